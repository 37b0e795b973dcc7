"""What this feature keeps about people: who last changed meetings and series, whom they are for, who is a guest."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core.db import db, writing
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.meetings.models import Guest, JointGroup, Meeting, MeetingPerson, MeetingSeries, TaskForcePerson
from app.meetings.rules.company import Consent
from app.membership.models import Membership
from app.membership.rules import State
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
JOINT = Claim(
    "joint_groups",
    personal={"decided_by_id": _l("answered by"), "decided_at": _l("answered")},
    other=("meeting_id", "group_id", "consent", "asked_at", "reason"),
)
PEOPLE = Claim("meeting_people", personal={"person_id": _l("person")}, other=("meeting_id",))
TASK_FORCES = Claim("task_force_people", personal={"person_id": _l("person")}, other=("task_force_id",))
GUESTS = Claim(
    "meeting_guests",
    personal={
        "name": _l("name"),
        "email": _l("e-mail address"),
        "speaks": _l("speaks"),
        "language": _l("language"),
    },
    other=("id", "meeting_id"),
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
        claims=(MEETING, SERIES, JOINT),
    ),
    Processing(
        key="meeting_people",
        title=_l("Meetings and task forces of few"),
        people=_l("Members of groups"),
        purpose=_l("To hold meetings that only some members of a group know of."),
        basis=Basis.INTEREST,
        recipients=_l("Those it is for, and those who plan the group’s meetings."),
        kept=lambda: _l("For as long as the meeting or the task force is kept."),
        exported=_l("The meetings that are for you by name, and the task forces that you are in."),
        erased=_l("The name is taken out."),
        claims=(PEOPLE, TASK_FORCES),
    ),
    Processing(
        key="meeting_guests",
        title=_l("Guests of meetings"),
        people=_l("Guests and speakers from outside, who have no account"),
        purpose=_l("To invite them, and to tell them of changes."),
        basis=Basis.INTEREST,
        recipients=_l("Those who plan the meeting; that someone speaks, those who come to it."),
        kept=lambda: _l("Until %(days)d days after the meeting.", days=settings().guest_kept_days),
        exported=_l("Those at your own address. To guests without an account the secretariat answers by hand."),
        erased=_l("Deleted after that time, or when the guest is taken out of the meeting."),
        claims=(GUESTS,),
    ),
)
IMPERSONAL: tuple[str, ...] = (
    "series_parts", "dropped_dates", "rooms", "room_bookings", "task_forces", "meeting_task_forces",
)  # fmt: skip


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
        Section("joint_groups", _l("Joint meetings you answered for a group"), _answers(person)),
        Section("meeting_people", _l("Meetings that are for you by name"), _named(person)),
        Section("task_force_people", _l("Task forces you are in"), _task_forces(person)),
        Section("meeting_guests", _l("Meetings that you are a guest of"), _visits(person)),
    ]


def _answers(person: Person) -> list[list[Fact]]:
    found = db.session.scalars(
        select(JointGroup)
        .join(JointGroup.meeting)
        .options(contains_eager(JointGroup.meeting))
        .where(JointGroup.decided_by_id == person.id)
        .order_by(JointGroup.decided_at, JointGroup.meeting_id)
    )
    return [
        [
            Fact("title", _l("meeting"), "" if _is_secret(one) else one.meeting.title),
            Fact("decided_by_id", JOINT.personal["decided_by_id"], one.decided_by_id, person.display_name),
            Fact("decided_at", JOINT.personal["decided_at"], one.decided_at),
        ]
        for one in found
    ]


def _is_secret(joint: JointGroup) -> bool:
    """Whether the meeting has become one that the group that was asked may not know of."""
    return joint.consent != Consent.AGREED or joint.meeting.is_of_few


def _named(person: Person) -> list[list[Fact]]:
    still = select(Membership.group_id).where(Membership.person_id == person.id, Membership.state == State.ACTIVE)
    inside = set(db.session.scalars(still))
    found = db.session.scalars(
        select(Meeting)
        .join(MeetingPerson, MeetingPerson.meeting_id == Meeting.id)
        .where(MeetingPerson.person_id == person.id)
        .order_by(Meeting.starts_at, Meeting.id)
    )
    return [
        [
            Fact("title", _l("meeting"), one.title if one.group_id in inside else ""),
            Fact("starts_at", _l("starts"), one.starts_at),
            Fact("person_id", PEOPLE.personal["person_id"], person.id, person.display_name),
        ]
        for one in found
    ]


def _task_forces(person: Person) -> list[list[Fact]]:
    found = db.session.scalars(
        select(TaskForcePerson)
        .where(TaskForcePerson.person_id == person.id)
        .options(joinedload(TaskForcePerson.task_force))
        .order_by(TaskForcePerson.task_force_id)
    )
    return [
        [
            Fact("name", _l("task force"), one.task_force.name),
            Fact("person_id", TASK_FORCES.personal["person_id"], person.id, person.display_name),
        ]
        for one in found
    ]


def _visits(person: Person) -> list[list[Fact]]:
    """As a guest, by the address that is the person's."""
    if person.email is None:
        return []
    found = db.session.scalars(
        select(Guest).where(Guest.email == person.email).options(joinedload(Guest.meeting)).order_by(Guest.id)
    )
    return [[Fact("title", _l("meeting"), one.meeting.title), *entry(GUESTS, one)] for one in found]


def erase(person: Person) -> None:
    """Take the person out of meetings of few, task forces and lists of guests; the meetings are the group's."""
    if person.email is not None:
        writing().execute(delete(Guest).where(Guest.email == person.email))
    for model in (MeetingPerson, TaskForcePerson):
        writing().execute(delete(model).where(model.person_id == person.id))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Delete the guests of meetings that were long ago; the meetings are the group's history."""
    days = settings().guest_kept_days
    over = select(Meeting.id).where(Meeting.ends_at < now - timedelta(days=days))
    due = Guest.meeting_id.in_(over)
    return [sweep(_l("Guests of meetings"), "GUEST_KEPT_DAYS", Guest, due, delete(Guest), dry_run=dry_run)]
