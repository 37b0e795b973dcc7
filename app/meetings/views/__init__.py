"""Views of the feature's own actions."""

from app.meetings.views import company, guests, meeting, rooms, series, task_forces
from app.meetings.views.blueprint import bp

__all__ = ["bp", "company", "guests", "meeting", "rooms", "series", "task_forces"]
