"""The list of meetings as a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.links import absolute
from app.core.tables.model import Column, Kind, Table
from app.meetings.models import Meeting
from app.meetings.presentation import status_word
from app.meetings.rules import Precision, Status
from app.meetings.times import when_of


def _hours(meeting: Meeting) -> tuple[datetime | None, datetime | None]:
    """From when to when; of a meeting known by its days or its month only, nothing."""
    if meeting.precision != Precision.HOURS:
        return None, None
    return meeting.starts_local, meeting.ends_local


def meetings(found: Iterable[Meeting]) -> Table:
    """One row each: when by the clock of its place, where, how it stands. Join links are not handed out."""
    columns = [
        Column(_("Group")),
        Column(_("Title")),
        Column(_("When")),
        Column(_("Begins"), Kind.WALL_TIME),
        Column(_("Ends"), Kind.WALL_TIME),
        Column(_("Time zone")),
        Column(_("Place")),
        Column(_("Address")),
        Column(_("State")),
        Column(_("For members only")),
        Column(_("Page")),
    ]
    return Table(
        _("Meetings"),
        columns,
        (
            [
                translated(item.group.names),
                item.title,
                when_of(item.said, None),
                *_hours(item),
                item.time_zone,
                item.venue,
                item.address,
                status_word(Status(item.status)),
                _("no") if item.is_public else _("yes"),
                absolute("pages.meeting", reference=item.reference),
            ]
            for item in found
        ),
    )
