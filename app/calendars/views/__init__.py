"""Views of calendars. Public feeds, and personal ones, are answered by the door, before any view."""

from app.calendars.views import secrets, single  # noqa: F401
from app.calendars.views.blueprint import bp

__all__ = ["bp"]
