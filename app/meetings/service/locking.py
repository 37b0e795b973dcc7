"""Locks on meetings: a series before its dates, so that nobody waits in a circle."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.db import lock, writing
from app.core.errors import DomainError
from app.meetings.models import Meeting, MeetingSeries


def locked(meeting_id: int) -> Meeting:
    """The meeting, for this transaction alone; where it is one of a series, the series first."""
    series_id = writing().scalar(select(Meeting.series_id).where(Meeting.id == meeting_id))
    if series_id is not None:
        lock(MeetingSeries, series_id)
    meeting = lock(Meeting, meeting_id)
    if meeting is None:
        raise DomainError(_l("This meeting is gone."))
    return meeting
