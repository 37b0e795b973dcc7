"""Commands of calls. Each is one transaction: what is moved, the audit, the mails.

Who may give a command is asked in `policy`, what is possible in `rules`. Locks are taken in the same order everywhere:
the group, then the call; so whatever happens to one call happens one after the other. A command repeated (a button
pressed twice) changes nothing and is no error.
"""

from app.calls.service.choosing import decide, take
from app.calls.service.endorsing import answer_many, endorse, refuse
from app.calls.service.moving import NotNow
from app.calls.service.standing import apply, nominate, rank, take_back, withdraw
from app.calls.service.steering import CallFacts, cancel, create, edit, extend, open_call

__all__ = [
    "CallFacts",
    "NotNow",
    "answer_many",
    "apply",
    "cancel",
    "create",
    "decide",
    "edit",
    "endorse",
    "extend",
    "nominate",
    "open_call",
    "rank",
    "refuse",
    "take",
    "take_back",
    "withdraw",
]
