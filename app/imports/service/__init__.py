"""Commands of imports: bringing a file, deciding about doubles, confirming, giving up.

`working` is what the worker does with them, `writing` how the rows come into the tables, `telling` who gets a mail.
"""

from app.imports.service.bringing import cancel, choose, confirm, upload
from app.imports.service.telling import tell_next
from app.imports.service.working import forget_old, work_off

__all__ = ["cancel", "choose", "confirm", "forget_old", "tell_next", "upload", "work_off"]
