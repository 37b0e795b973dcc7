"""Saying whether one comes. One transaction each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from app.core import audit, clock
from app.core.db import lock, write, writing
from app.core.errors import DomainError
from app.meetings.models import Meeting
from app.meetings.rules import LEAP
from app.proceedings import rules
from app.proceedings.models import Response
from app.proceedings.rules import Partstat
from app.proceedings.signals import responses_changed


def answer(meeting_id: int, person_id: int, partstat: Partstat, *, sequence: int) -> Response:
    """Note what a person says to a meeting; what they said before is gone.

    `sequence`: the meeting's as the person saw it. Raises DomainError where it has become another time or place since,
    or where nobody is asked any more.
    """
    with write() as session:
        meeting = lock(Meeting, meeting_id)
        if meeting is None:
            raise DomainError(_l("This meeting is no longer here."))
        if not rules.is_asked(
            ends_at=meeting.ends_at, cancelled=meeting.is_cancelled, precision=meeting.precision, now=clock.now()
        ):
            raise DomainError(_l("Who comes to this meeting is not asked any more."))
        if not rules.holds(sequence, meeting.sequence):
            raise DomainError(_l("This meeting was changed meanwhile. See whether you can still come, then answer."))
        said = session.get(Response, (meeting_id, person_id), populate_existing=True)
        if said is not None and (said.partstat, said.sequence) == (partstat, meeting.sequence):
            return said
        if said is None:
            said = Response(meeting_id=meeting_id, person_id=person_id)
            session.add(said)
        said.partstat, said.sequence, said.answered_at = partstat, meeting.sequence, clock.now()
        session.flush()
        audit.record("meeting.answered", meeting, person_id, person_id=person_id)
        responses_changed.send(person_id)
    return said


def leap_sequences() -> None:
    """Let answers hold for meetings whose SEQUENCE leaps as a backup is restored, within that transaction."""
    leap = update(Response).values(sequence=Response.sequence + LEAP)
    writing().execute(leap.execution_options(synchronize_session=False))
