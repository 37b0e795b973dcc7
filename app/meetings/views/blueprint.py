"""The blueprint, and where its views lead."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.meetings.models import Meeting, MeetingSeries

bp = Blueprint("meetings", __name__)
CHANGE = "change"
"""The `step` that leads back from the page that asks to check."""


def address(meeting: Meeting) -> str:
    """A meeting's page."""
    return url_for("pages.meeting", reference=meeting.reference)


def series_address(series: MeetingSeries) -> str:
    """A series' page."""
    return url_for("meetings.series", reference=series.reference)


def to(url: str) -> ResponseReturnValue:
    """On to another page; a browser that reloads it sends nothing again."""
    return redirect(url, 303 if request.method == "POST" else 302)
