"""Commands of date polls. Each is one transaction: what changes, the audit, the mails.

Who may give a command is asked in `policy`, what is possible in `rules`. Every command locks the poll first, so what
happens to one poll happens one after the other. A command repeated (a button pressed twice) changes nothing and is no
error.
"""

from app.scheduling.service.answering import Via, answer
from app.scheduling.service.deciding import Outcome, cancel, close, extend, remind_now
from app.scheduling.service.moving import NotNow
from app.scheduling.service.opening import PollChanges, change, open_poll

__all__ = [
    "NotNow",
    "Outcome",
    "PollChanges",
    "Via",
    "answer",
    "cancel",
    "change",
    "close",
    "extend",
    "open_poll",
    "remind_now",
]
