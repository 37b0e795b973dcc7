"""All pages: importing this hangs them on the blueprint."""

from app.pages import (
    administration,
    association_desk,
    associations,
    community,
    deciding,
    desk,
    group,
    help,
    history,
    home,
    me,
    meeting,
    meetings,
    operations,
    people,
    search,
    theme,
)
from app.pages.blueprint import bp

__all__ = [
    "administration",
    "association_desk",
    "associations",
    "bp",
    "community",
    "deciding",
    "desk",
    "group",
    "help",
    "history",
    "home",
    "me",
    "meeting",
    "meetings",
    "operations",
    "people",
    "search",
    "theme",
]
