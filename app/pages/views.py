"""All pages: importing this hangs them on the blueprint."""

from app.pages import (
    administration,
    associations,
    community,
    desk,
    group,
    help,
    home,
    me,
    meeting,
    meetings,
    operations,
    theme,
)
from app.pages.blueprint import bp

__all__ = [
    "administration",
    "associations",
    "bp",
    "community",
    "desk",
    "group",
    "help",
    "home",
    "me",
    "meeting",
    "meetings",
    "operations",
    "theme",
]
