"""What this feature keeps about people: whether they said that they come to a meeting."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, exists, select
from sqlalchemy.orm import aliased

from app.core.db import writing
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry, sweep
from app.meetings.models import Meeting
from app.people.models import Person
from app.proceedings import queries
from app.proceedings.models import Response
from app.proceedings.rules import Partstat
from app.proceedings.signals import responses_changed
from app.proceedings.words import PARTSTATS

KEPT = timedelta(days=400)
"""How long after a meeting, or after the last date under the same rule: as long as one's own calendar shows it."""

RESPONSE = Claim(
    "responses",
    personal={"meeting_id": _l("meeting"), "partstat": _l("answer"), "answered_at": _l("answered")},
    other=("person_id", "starts_local", "ends_local", "time_zone"),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="responses",
        title=_l("Who comes to a meeting"),
        people=_l("Those whom a meeting is for"),
        purpose=_l("To prepare the meeting, and to show people their own answers in their calendars."),
        basis=Basis.INTEREST,
        recipients=_l(
            "Those who plan the meeting and see who is in the group. Others whom it is for learn how many come."
        ),
        kept=lambda: _l("Until %(days)d days after the meeting, or the last one of its series.", days=KEPT.days),
        exported=_l("Your answers, with the time."),
        erased=_l("Your answers are deleted."),
        claims=(RESPONSE,),
    ),
)
IMPERSONAL: tuple[str, ...] = ()


def export(person: Person) -> list[Section]:
    """What the person said to meetings."""
    said = [
        entry(RESPONSE, item, meeting_id=item.meeting.title, partstat=PARTSTATS[Partstat(item.partstat)][0])
        for item in queries.of_person(person.id)
    ]
    return [Section("responses", _l("Whether you come to meetings"), said)]


def erase(person: Person) -> None:
    """Nobody reads their answers any more, nor do they stand in a calendar."""
    writing().execute(delete(Response).where(Response.person_id == person.id))
    responses_changed.send(person.id)


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Answers to meetings that have been over for long, which no calendar shows any more."""
    later = aliased(Meeting)
    goes_on = exists().where(later.part_id == Meeting.part_id, later.ends_at >= now - KEPT)
    over = Response.meeting_id.in_(select(Meeting.id).where(Meeting.ends_at < now - KEPT, ~goes_on))
    return [sweep(_("Answers to meetings that are over"), "", Response, over, delete(Response), dry_run=dry_run)]
