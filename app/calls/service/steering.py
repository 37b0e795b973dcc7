"""What coordinators do with a call: write it, open it, put its deadline off, call it off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.calls import audience, mails
from app.calls.models import Call, Candidacy
from app.calls.rules import IN_PLAY, MOST_SEATS, CallMove, CallState, Step
from app.calls.service.moving import NotNow, locked, move, step
from app.calls.words import NOT_NOW
from app.core import audit, clock, conflicts, i18n, zones
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.core.i18n import with_others
from app.core.zones import Reading
from app.groups.models import WorkingGroup
from app.membership.rules import Who, bar_to_entering
from app.membership.words import BARS
from app.people.models import Association, Person

YEARS_AHEAD = 3
FIXED_ONCE_OPEN = frozenset({"deadline", "time_zone", "one_per_association", "limited_to"})
"""What people rely on once a call is open; the deadline is put off by `extend`."""


@dataclass(frozen=True)
class CallFacts:
    """What a call says. `deadline` is a wall-clock time in `time_zone`; `limited_to` holds ids of associations."""

    titles: Mapping[str, str]
    profiles: Mapping[str, str]
    texts: Mapping[str, str]
    seats: int
    deadline: datetime
    time_zone: str
    one_per_association: bool = False
    limited_to: tuple[int, ...] = ()
    reserve_until: date | None = None

    @classmethod
    def of(cls, call: Call) -> CallFacts:
        """What a call says now."""
        return cls(
            titles=call.titles,
            profiles=call.profiles,
            texts=call.texts,
            seats=call.seats,
            deadline=call.deadline_local,
            time_zone=call.time_zone,
            one_per_association=call.one_per_association,
            limited_to=tuple(sorted(one.id for one in call.limited_to)),
            reserve_until=call.reserve_until,
        )

    def as_fields(self) -> dict[str, object]:
        """The same as the form's fields show it."""
        return {
            "titles": i18n.in_our_languages(self.titles, ""),
            "profiles": i18n.in_our_languages(self.profiles, ""),
            "texts": i18n.in_our_languages(self.texts, ""),
            "seats": self.seats,
            "deadline_on": self.deadline.date(),
            "deadline_time": self.deadline.time(),
            "time_zone": self.time_zone,
            "one_per_association": self.one_per_association,
            "limited_to": [str(one) for one in self.limited_to],
            "reserve_until": self.reserve_until,
        }


def create(group_id: int, facts: CallFacts, actor_id: int | None, creation_key: str | None = None) -> Call:
    """A draft; for a form that was sent twice, the one that it made the first time. Raises DomainError."""
    check(facts)
    with write() as session:
        if creation_key:
            lock_name(f"call:{creation_key}")
            made = session.scalar(select(Call).where(Call.creation_key == creation_key, Call.group_id == group_id))
            if made is not None:
                return made
        call = Call(group=session.get_one(WorkingGroup, group_id), creation_key=creation_key, created_at=clock.now(),
                    state=CallState.DRAFT)  # fmt: skip
        _put(call, facts)
        call.moved_by_id = actor_id
        session.add(call)
        audit.record("call.written", call, actor_id, group_id=group_id)
    return call


def edit(call_id: int, facts: CallFacts, version: int, actor_id: int | None) -> Call:
    """Let a call say this. Raises EditConflict, NotNow, DomainError.

    Of an open call the texts, the seats and the reserve list can be changed, not what people rely on.
    """
    check(facts)
    with write():
        call = locked(call_id)
        if call.state not in (CallState.DRAFT, CallState.OPEN):
            raise NotNow(call.id, NOT_NOW[CallState(call.state)])
        before = CallFacts.of(call)
        facts = replace(
            facts,
            titles=with_others(facts.titles, before.titles),
            profiles=with_others(facts.profiles, before.profiles),
            texts=with_others(facts.texts, before.texts),
            limited_to=tuple(sorted(facts.limited_to)),
        )
        changed = conflicts.differences(before, facts)
        if not changed:
            return call
        conflicts.check_version(call.version, version, before.as_fields())
        if call.state == CallState.OPEN:
            if FIXED_ONCE_OPEN.intersection(changed):
                raise DomainError(_l("The deadline and for whom the call is stay as they are once it is open."))
            _check_whole(facts)
        _put(call, facts)
        audit.record("call.changed", call, actor_id, fields=changed)
    return call


def open_call(call_id: int, actor_id: int | None) -> Call:
    """Make a draft public; focal points are written to at once, experts by the worker. Raises NotNow, DomainError."""
    with write():
        call = locked(call_id)
        if call.state == CallState.OPEN and call.moved_by_id == actor_id:
            return call
        bar = bar_to_entering(call.group.status)
        if bar is not None:
            raise DomainError(BARS[bar])
        if call.state == CallState.DRAFT:
            _check_whole(CallFacts.of(call))
            if call.deadline_at <= clock.now():
                raise DomainError(_l("The deadline has passed already. Choose a later one first."), "deadline_on")
        call.opened_at, call.announced_to = clock.now(), 0
        move(call, CallMove.OPEN, Who.COORDINATOR, actor_id)
        writing().flush()
        mails.opened(call, audience.speakers(call))
    return call


def extend(call_id: int, deadline: datetime, time_zone: str, actor_id: int | None) -> Call:
    """Put the deadline off; a call that had closed opens again. Raises NotNow, DomainError."""
    check_deadline(deadline, time_zone)
    with write():
        call = locked(call_id)
        if (call.deadline_local, call.time_zone, call.state) == (deadline, time_zone, CallState.OPEN):
            return call
        at = zones.to_utc(deadline, time_zone)
        if at <= call.deadline_at or at <= clock.now():
            raise DomainError(_l("Choose a time after the present deadline, and after now."), "deadline_on")
        move(call, CallMove.EXTEND, Who.COORDINATOR, actor_id)
        call.close_at(deadline, time_zone)
        call.extended_at = clock.now()
        call.reminded_at = call.choice_reminded_at = call.escalated_at = None
        if call.reserve_until is not None and call.reserve_until < deadline.date():
            raise DomainError(_l("The reserve list would end before the deadline. Change it first."), "deadline_on")
        mails.extended(call, [*audience.speakers(call), *_people(_in_play(call))])
    return call


def cancel(call_id: int, reason: str, actor_id: int | None) -> Call:
    """Call it off; all who stand or were asked are told why. Raises NotNow, or DomainError without a reason."""
    with write():
        call = locked(call_id)
        if (call.state, call.moved_by_id, call.reason) == (CallState.CANCELLED, actor_id, reason):
            return call
        was_open = call.opened_at is not None
        standing = _in_play(call)
        call.reason, call.announced_to = reason, None
        move(call, CallMove.CANCEL, Who.COORDINATOR, actor_id, reason)
        for one in standing:
            step(one, Step.DROP, Who.COORDINATOR, actor_id)
        if was_open:
            mails.cancelled(call, [*audience.speakers(call), *_people(standing)])
    return call


def check(facts: CallFacts) -> None:
    """Refuse what cannot be. Raises DomainError."""
    if not 1 <= facts.seats <= MOST_SEATS:
        raise DomainError(_l("Give a number from 1 to 50."), "seats")
    check_deadline(facts.deadline, facts.time_zone)
    if facts.reserve_until is not None and facts.reserve_until < facts.deadline.date():
        raise DomainError(_l("The reserve list begins after the deadline. Choose a later day."), "reserve_until")
    if facts.reserve_until is not None and facts.reserve_until.year > clock.now().year + YEARS_AHEAD:
        raise DomainError(_l("Check the year."), "reserve_until")


def check_deadline(deadline: datetime, time_zone: str) -> None:
    """Refuse a time that its day does not have once. Raises DomainError."""
    try:
        zones.zone(time_zone)
    except zones.UnknownZone:
        raise DomainError(_l("Choose a time zone from the list."), "time_zone") from None
    if not 0 <= deadline.year - clock.now().year <= YEARS_AHEAD:
        raise DomainError(_l("Check the year."), "deadline_on")
    if zones.reading(deadline, time_zone) is not Reading.ONCE:
        raise DomainError(
            _l("Clocks change at that hour, so the time is not there once on this day. Take another."), "deadline_time"
        )


def _check_whole(facts: CallFacts) -> None:
    """A call is opened once its title and text stand there in every language. Raises DomainError."""
    for field, texts in (("titles", facts.titles), ("texts", facts.texts)):
        missing = [name for code, name in i18n.language_names() if not texts.get(code)]
        if missing:
            text = _("Before the call is opened, write this in every language. Missing: %(languages)s.",
                     languages=", ".join(missing))  # fmt: skip
            raise DomainError(text, field)


def _put(call: Call, facts: CallFacts) -> None:
    values = asdict(facts)
    for name in ("titles", "profiles", "texts", "seats", "one_per_association", "reserve_until"):
        setattr(call, name, values[name])
    call.close_at(facts.deadline, facts.time_zone)
    found = writing().scalars(select(Association).where(Association.id.in_(facts.limited_to))).all()
    if len(found) != len(set(facts.limited_to)):
        raise DomainError(_l("One of these associations is no longer here."), "limited_to")
    call.limited_to = list(found)


def _in_play(call: Call) -> Sequence[Candidacy]:
    found = select(Candidacy).where(Candidacy.call_id == call.id, Candidacy.state.in_(IN_PLAY))
    return writing().scalars(found.order_by(Candidacy.id)).all()


def _people(candidates: Sequence[Candidacy]) -> list[Person]:
    return [one.person for one in candidates]
