"""The last touch to stored components: alarms where a reader wants them, and in one's own feed what one answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.calendars.alarms import with_alarm
from app.calendars.choice import Choice
from app.calendars.components import exception_of, part_component
from app.calendars.forms import Form
from app.calendars.responses import Answer, rule_revised, with_answer, with_exception
from app.calendars.sources import MEETINGS, PARTS, Source
from app.core.i18n import force_locale
from app.meetings.models import Meeting, SeriesPart
from app.meetings.policy import OF_FEW
from app.proceedings.queries import Said
from app.proceedings.words import own_answer


class Finisher:
    """For one feed: by what its reader chose, and said if it is their own."""

    def __init__(self, session: Session, choice: Choice, form: Form, now: datetime, said: Sequence[Said]) -> None:
        self.session, self.choice, self.form, self.now = session, choice, form, now
        self.zones: set[str] = set()
        """Those that answered dates refer to."""
        with force_locale(choice.language):
            self.answers = {
                one.meeting_id: Answer(one.partstat, own_answer(one.partstat), one.answered_at)
                for one in said
                if one.holds
            }
        self.dates_answered: dict[int, list[Said]] = defaultdict(list)
        for one in said:
            if one.part_id is not None:
                self.dates_answered[one.part_id].append(one)

    def events(self, source: Source, contents: Mapping[int, str]) -> Iterable[bytes]:
        """The events of a source, from components {id: VEVENTs}; all in one piece where there is nothing to do."""
        if not (self.choice.alarm or self.answers or self.dates_answered):
            return ["".join(contents.values()).encode()]
        answers = self.answers if source is MEETINGS else {}
        events = {key: self._one(content.encode(), answers.get(key)) for key, content in contents.items()}
        if source is PARTS:
            answered = sorted(self.dates_answered.keys() & events.keys())
            events |= self._without_declined(answered)
            for date in self._dates(answered):
                events[date.part_id or 0] = self._with_date(events[date.part_id or 0], date)
        return events.values()

    def _one(self, events: bytes, answer: Answer | None) -> bytes:
        if answer is not None and answer.declines:
            return with_answer(events, answer) if self.choice.declined else b""
        reminding = with_alarm(events, self.choice.alarm) if self.choice.alarm else events
        return reminding if answer is None else with_answer(reminding, answer)

    def _without_declined(self, part_ids: Collection[int]) -> dict[int, bytes]:
        """Rules some of whose dates were answered, where what was declined is left out: revised by each answer."""
        if self.choice.declined or not part_ids:
            return {}
        declined = {key for key, answer in self.answers.items() if answer.declines}
        found = select(SeriesPart).where(SeriesPart.id.in_(part_ids)).options(*PARTS.loading)
        rules = {}
        for part in self.session.scalars(found):
            made = part_component(part, self.choice.language, self.form, self.now, declined)
            at = max(one.answered_at for one in self.dates_answered[part.id])
            rules[part.id] = rule_revised(self._one(made.content, None), at)
        return rules

    def _dates(self, part_ids: Collection[int]) -> list[Meeting]:
        """The dates of these rules that were answered, that all members know of, and that stay."""
        stay = [key for key, answer in self.answers.items() if self.choice.declined or not answer.declines]
        found = select(Meeting).where(
            Meeting.id.in_(stay),
            Meeting.part_id.in_(part_ids),
            Meeting.uid.is_(None),
            Meeting.visibility.not_in(OF_FEW),
        )
        found = found.options(*MEETINGS.loading, joinedload(Meeting.part)).order_by(Meeting.starts_at, Meeting.id)
        return list(self.session.scalars(found)) if part_ids and stay else []

    def _with_date(self, events: bytes, date: Meeting) -> bytes:
        """A rule with a date that was answered, as an exception for its owner alone."""
        made = exception_of(date, self.choice.language, self.form)
        self.zones.update(made.zones)
        return with_exception(events, self._one(made.content, self.answers[date.id]))
