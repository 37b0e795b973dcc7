"""Why two records may be of one person, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.merging.rules import Reason

REASONS: dict[Reason, Text] = {
    Reason.NAME: _l("same name"),
    Reason.LATIN_NAME: _l("same name in Latin letters"),
    Reason.ADDRESS: _l("same e-mail address"),
    Reason.ASSOCIATION: _l("same association"),
}
