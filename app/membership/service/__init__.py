"""Commands of memberships. Each is one transaction: the move, its history, its mails.

Who may give a command is asked in `policy`, what is possible in `rules`. A command repeated word for word by the
same person (a button pressed twice) changes nothing and is no error; whoever comes second with another one is told
what was done, by whom and when.
"""

from app.membership.service.deciding import accept, admit, decide_many, decline, endorse, pass_on_unheard, refuse
from app.membership.service.departing import end_affiliation, let_go
from app.membership.service.moving import AlreadyMoved
from app.membership.service.nominating import nominate, replace, resend, revoke, take_up, turn_down
from app.membership.service.requesting import request, withdraw
from app.membership.service.roster import end, enter, leave, recall, set_role
from app.membership.service.seats import set_exception, set_joining
from app.membership.service.taking_in import take_in

__all__ = [
    "AlreadyMoved",
    "accept",
    "admit",
    "decide_many",
    "decline",
    "end",
    "end_affiliation",
    "endorse",
    "enter",
    "leave",
    "let_go",
    "nominate",
    "pass_on_unheard",
    "recall",
    "refuse",
    "replace",
    "request",
    "resend",
    "revoke",
    "set_exception",
    "set_joining",
    "set_role",
    "take_in",
    "take_up",
    "turn_down",
    "withdraw",
]
