"""Views: one's own time, marked periods, finding a time."""

from app.availability.views import bands, calendars, finding, own
from app.availability.views.blueprint import bp

__all__ = ["bands", "bp", "calendars", "finding", "own"]
