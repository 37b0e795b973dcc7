"""Saying whether one comes. One transaction each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.db import lock, write
from app.core.errors import DomainError
from app.meetings.service.locking import locked
from app.people.models import Person
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
        lock(Person, person_id)  # before meetings, as those do who merge persons
        meeting = locked(meeting_id)
        if not rules.is_asked(meeting, clock.now()):
            raise DomainError(_l("Who comes to this meeting is not asked any more."))
        if sequence != meeting.sequence:
            raise DomainError(_l("This meeting was changed meanwhile. See whether you can still come, then answer."))
        said = session.get(Response, (meeting_id, person_id), populate_existing=True)
        if said is not None and said.partstat == partstat and said.holds:
            return said
        if said is None:
            said = Response(meeting_id=meeting_id, person_id=person_id)
            session.add(said)
        said.say(partstat, meeting)
        said.answered_at = clock.now()
        session.flush()
        responses_changed.send(person_id)
    return said
