"""Views of the feature's own actions."""

from app.meetings.views import meeting, rooms, series
from app.meetings.views.blueprint import bp

__all__ = ["bp", "meeting", "rooms", "series"]
