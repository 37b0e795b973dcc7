"""What becomes of answers when a meeting goes, within the same transaction."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete

from app.core.db import writing
from app.meetings.models import Meeting
from app.meetings.signals import meeting_dropped
from app.proceedings.models import Response


def init_app(_app: Flask) -> None:
    """Connect to the signal."""
    meeting_dropped.connect(on_meeting_dropped)


def on_meeting_dropped(meeting: Meeting) -> None:
    """A date that its series has no longer takes its answers along."""
    writing().execute(
        delete(Response).where(Response.meeting_id == meeting.id).execution_options(synchronize_session=False)
    )
