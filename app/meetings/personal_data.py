"""What this feature keeps about people: who last changed a meeting or a series."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.db import db
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept
from app.meetings.models import Meeting, MeetingSeries
from app.people.models import Person

MEETING = Claim(
    "meetings",
    personal={"modified_by_id": _l("last changed by"), "modified_at": _l("last changed")},
    other=(
        "id", "reference", "uid", "creation_key", "group_id", "series_id", "part_id", "recurrence_id", "title",
        "starts_local", "ends_local", "time_zone",
        "starts_at", "ends_at", "precision", "shown_as", "mode", "venue", "address", "room_id", "remark", "dial_in",
        "passcode", "spoken", "interpreted", "book_interpreters", "release_interpreters", "interpreters_booked",
        "join_link", "description", "visibility", "status", "cancellation_reason",
        "sequence", "created_at", "demo", "version", "title_key",
    ),
)  # fmt: skip

SERIES = Claim(
    "meeting_series",
    personal={"modified_by_id": _l("last changed by"), "modified_at": _l("last changed")},
    other=("id", "reference", "creation_key", "group_id", "rules", "until", "created_at", "demo", "version"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="meetings",
        title=_l("Who planned a meeting"),
        people=_l("Coordinators, chairs and vice-chairs"),
        purpose=_l("To tell members who has moved or cancelled a meeting."),
        basis=Basis.INTEREST,
        recipients=_l("Members of the group."),
        kept=lambda: _l("For as long as the meeting is kept."),
        exported=_l("The meetings that you changed last, with the time."),
        erased=_l("What stays bears a number in place of the name."),
        claims=(MEETING, SERIES),
    ),
)
IMPERSONAL: tuple[str, ...] = ("series_parts", "dropped_dates", "rooms", "room_bookings")


def export(person: Person) -> list[Section]:
    """The meetings and series that the person was the last to change."""
    found = db.session.scalars(
        select(Meeting).where(Meeting.modified_by_id == person.id).order_by(Meeting.modified_at, Meeting.id)
    )
    entries = [
        [
            Fact("title", _l("meeting"), item.title),
            Fact("starts_at", _l("starts"), item.starts_at),
            Fact("modified_by_id", MEETING.personal["modified_by_id"], item.modified_by_id, person.display_name),
            Fact("modified_at", MEETING.personal["modified_at"], item.modified_at),
        ]
        for item in found
    ]
    series = db.session.scalars(
        select(MeetingSeries)
        .where(MeetingSeries.modified_by_id == person.id)
        .options(selectinload(MeetingSeries.parts))
        .order_by(MeetingSeries.modified_at, MeetingSeries.id)
    )
    changed = [
        [
            Fact("title", _l("meeting"), item.parts[-1].title),
            Fact("modified_by_id", SERIES.personal["modified_by_id"], item.modified_by_id, person.display_name),
            Fact("modified_at", SERIES.personal["modified_at"], item.modified_at),
        ]
        for item in series
    ]
    return [
        Section("meetings", _l("Meetings you changed last"), entries),
        Section("meeting_series", _l("Series of meetings you changed last"), changed),
    ]


def erase(person: Person) -> None:
    """Nothing: the meeting is the group's, and the name goes with the person."""


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing: meetings are the group's history."""
    return []
