"""Forms of meetings and their series."""

from app.meetings.forms.meeting import CancelForm, MeetingForm, MoveForm, ReinstateForm
from app.meetings.forms.series import SeriesForm

__all__ = ["CancelForm", "MeetingForm", "MoveForm", "ReinstateForm", "SeriesForm"]
