"""Forms of meetings and their series."""

from app.meetings.forms.meeting import CancelForm, MeetingForm, ReinstateForm
from app.meetings.forms.series import SeriesForm

__all__ = ["CancelForm", "MeetingForm", "ReinstateForm", "SeriesForm"]
