"""What functions and statuses are called."""

from flask_babel import lazy_gettext as _l

from app.core.errors import Text

FUNCTIONS: dict[str, Text] = {
    "expert": _l("Expert"),
    "focal_point": _l("Focal point"),
    "deputy": _l("Deputy focal point"),
}
STATUSES: dict[str, Text] = {"member": _l("Member"), "associate": _l("Associate member"), "partner": _l("Partner")}


def function_word(function: str) -> Text:
    """What a function is called."""
    return FUNCTIONS[function]


def status_word(status: str) -> Text:
    """What an association's status is called."""
    return STATUSES[status]
