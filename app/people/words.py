"""What functions and statuses are called."""

from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.people.rules import Audience

FUNCTIONS: dict[str, Text] = {
    "expert": _l("Expert"),
    "focal_point": _l("Focal point"),
    "deputy": _l("Deputy focal point"),
}
STATUSES: dict[str, Text] = {"member": _l("Member"), "associate": _l("Associate member"), "partner": _l("Partner")}

AUDIENCES: dict[str, Text] = {
    Audience.COORDINATORS: _l("Only coordinators and focal points"),
    Audience.MEMBERS: _l("Members of the groups"),
    Audience.PUBLIC: _l("Everybody, on the web"),
}
"""Whom a person shows something to, the fewest first."""


def audience_word(audience: str) -> Text:
    """What an audience is called."""
    return AUDIENCES[audience]


def function_word(function: str) -> Text:
    """What a function is called."""
    return FUNCTIONS[function]


def status_word(status: str) -> Text:
    """What an association's status is called."""
    return STATUSES[status]
