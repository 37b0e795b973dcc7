"""The life of a date poll, what its dates may be, and which of them is best. Pure: no database, no request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.core import zones
from app.core.errors import DomainError
from app.core.zones import Reading
from app.meetings.rules import OddTime

MOST_OPTIONS = 40
"""Dates that one poll offers at a time."""
MOST_PEOPLE = 200
"""Who can be asked by name."""
SHORTEST, LONGEST = 15, 14 * 24 * 60
"""Minutes that a meeting lasts."""
YEARS_AHEAD = 3
BETWEEN_REMINDERS = timedelta(days=1)
"""How often those who run a poll can have the others reminded."""


class PollState(StrEnum):
    """How a poll is kept."""

    OPEN = "open"
    CLOSED = "closed"
    """A meeting was made of one of its dates."""
    CANCELLED = "cancelled"


class Standing(StrEnum):
    """Where a poll stands: an open one whose time is over waits for a decision, whether or not anybody has noted it."""

    OPEN = "open"
    TO_DECIDE = "to_decide"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Answer(StrEnum):
    """What one says to a date."""

    YES = "yes"
    IF_NEED_BE = "if_need_be"
    NO = "no"


class Move(StrEnum):
    """What can be done with a poll."""

    ANSWER = "answer"
    EDIT = "edit"
    """Its words, its dates, who is asked and who must be there."""
    REMIND = "remind"
    EXTEND = "extend"
    """A later end; a poll that waited for a decision is open again."""
    CLOSE = "close"
    CANCEL = "cancel"


_UNDECIDED = frozenset({Standing.OPEN, Standing.TO_DECIDE})

POSSIBLE: Mapping[Move, frozenset[Standing]] = {
    Move.ANSWER: frozenset({Standing.OPEN}),
    Move.EDIT: frozenset({Standing.OPEN}),
    Move.REMIND: frozenset({Standing.OPEN}),
    Move.EXTEND: _UNDECIDED,
    Move.CLOSE: _UNDECIDED,
    Move.CANCEL: _UNDECIDED,
}
"""Where a poll has to stand for a move."""


def standing(state: PollState, closes_at: datetime, now: datetime) -> Standing:
    """Where a poll stands at an instant."""
    if state == PollState.OPEN:
        return Standing.OPEN if now < closes_at else Standing.TO_DECIDE
    return Standing(state.value)


def is_possible(move: Move, where: Standing) -> bool:
    """Whether something can be done with a poll that stands there."""
    return where in POSSIBLE[move]


def may_remind(reminded_at: datetime | None, now: datetime) -> bool:
    """Whether the last reminder by hand is long enough ago."""
    return reminded_at is None or now - reminded_at >= BETWEEN_REMINDERS


@dataclass(frozen=True, order=True)
class Span:
    """A date that is proposed: wall-clock times in the poll's zone."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class PollFacts:
    """What a poll says. `closes` is a wall-clock time in `time_zone`, as the spans are; the rest are ids."""

    title: str
    minutes: int
    time_zone: str
    closes: datetime
    spans: tuple[Span, ...]
    description: str | None = None
    further_groups: tuple[int, ...] = ()
    named: bool = False
    people: tuple[int, ...] = ()
    """Who is asked, where it is `named`."""
    needed: tuple[int, ...] = ()
    """Who must be there."""


def span(starts: datetime, minutes: int) -> Span:
    """A date of this length. By the clock on the wall: what begins at ten and lasts two hours ends at twelve."""
    try:
        return Span(starts, starts + timedelta(minutes=minutes))
    except OverflowError:  # beyond all calendars: refused for its year, or for its length
        return Span(starts, starts)


def problems(facts: PollFacts, now: datetime) -> list[DomainError]:
    """Everything that speaks against a new poll, each with the field it concerns ("options-2" for the third date)."""
    try:
        zones.zone(facts.time_zone)
    except zones.UnknownZone:
        return [DomainError(_l("Choose a time zone from the list."), "time_zone")]
    found = [*closing_problems(facts.closes, facts.time_zone, now)]
    if not SHORTEST <= facts.minutes <= LONGEST:
        found.append(DomainError(_l("Choose how long the meeting lasts."), "minutes"))
    if not facts.spans:
        found.append(DomainError(_l("Propose at least one date."), "options"))
    if facts.named and not facts.people:
        found.append(DomainError(_l("Choose who is asked."), "people"))
    if facts.named and not set(facts.needed) <= set(facts.people):
        found.append(DomainError(_l("Who must be there has to be asked too."), "needed"))
    if len(facts.people) > MOST_PEOPLE:
        found.append(DomainError(_l("Ask at most %(number)d people by name.", number=MOST_PEOPLE), "people"))
    if not found:
        found += span_problems(facts.spans, facts.time_zone, facts.closes, now)
    return found


def closing_problems(closes: datetime, zone: str, now: datetime) -> list[DomainError]:
    """What speaks against an end of the poll."""
    if not now.year <= closes.year <= now.year + YEARS_AHEAD:
        return [DomainError(_l("Is the year right? A poll ends within three years."), "closes_on")]
    if zones.reading(closes, zone) is not Reading.ONCE:
        return [OddTime(closes, zone, "closes_time")]
    if zones.to_utc(closes, zone) <= now:
        return [DomainError(_l("This time is past already. Choose a later one."), "closes_on")]
    return []


def span_problems(
    spans: Sequence[Span], zone: str, closes: datetime, now: datetime, kept: Collection[Span] = ()
) -> list[DomainError]:
    """What speaks against new dates, each with the number of the date; `kept` are those that stay beside them.

    A date begins after the poll has ended: before, it could be chosen by nobody.
    """
    found = []
    if len(spans) + len(kept) > MOST_OPTIONS:
        found.append(DomainError(_l("Propose at most %(number)d dates.", number=MOST_OPTIONS), "options"))
    seen = set(kept)
    for number, one in enumerate(spans):
        problem = _span_problem(one, zone, closes, now)
        if problem is None and one in seen:
            problem = DomainError(_l("This date is proposed already."))
        if problem is not None:
            problem.field = f"options-{number}"
            found.append(problem)
        seen.add(one)
    return found


def _span_problem(one: Span, zone: str, closes: datetime, now: datetime) -> DomainError | None:
    if not now.year <= one.starts.year <= now.year + YEARS_AHEAD:
        return DomainError(_l("Is the year right? Propose a date within three years."))
    if one.starts <= closes:
        return DomainError(_l("This date begins before the poll ends."))
    for local in (one.starts, one.ends):
        if zones.reading(local, zone) is not Reading.ONCE:
            return OddTime(local, zone, "")
    return None


@dataclass(frozen=True)
class Tally:
    """What was said to one date. The sets hold ids of people who are asked."""

    option_id: int
    starts_at: datetime
    yes: frozenset[int] = frozenset()
    if_need_be: frozenset[int] = frozenset()
    no: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()
    """Who has not answered."""
    needed: frozenset[int] = field(default=frozenset())

    @property
    def can(self) -> frozenset[int]:
        """Who could be there."""
        return self.yes | self.if_need_be

    @property
    def lost(self) -> frozenset[int]:
        """Who must be there and cannot."""
        return self.needed & self.no

    @property
    def unsure(self) -> frozenset[int]:
        """Who must be there and has not answered."""
        return self.needed & self.open


def tally(
    options: Iterable[tuple[int, datetime]],
    votes: Iterable[tuple[int, int, str]],
    asked: Collection[int],
    needed: Collection[int],
) -> list[Tally]:
    """What was said to each of these options (id, start), in their order.

    `votes` are (option id, person id, answer); those of people who are not asked do not count.
    """
    everyone = frozenset(asked)
    said: dict[int, dict[str, set[int]]] = {}
    for option_id, person_id, answer in votes:
        if person_id in everyone:
            said.setdefault(option_id, {}).setdefault(answer, set()).add(person_id)
    found = []
    for option_id, starts_at in options:
        by = {answer: frozenset(said.get(option_id, {}).get(answer, ())) for answer in Answer}
        yes, if_need_be, no = by[Answer.YES], by[Answer.IF_NEED_BE], by[Answer.NO]
        found.append(
            Tally(option_id, starts_at, yes, if_need_be, no, everyone - yes - if_need_be - no,
                  everyone & frozenset(needed))
        )  # fmt: skip
    return found


def ranked(tallies: Iterable[Tally]) -> list[Tally]:
    """The best date first: whom it loses of those who must be there, how surely they come, yes, if need be, then time.

    Between dates that lose nobody who must be there, one to which they said yes comes before one that leaves them open.
    """
    return sorted(
        tallies,
        key=lambda one: (
            len(one.lost), -len(one.needed & one.can), -len(one.needed & one.yes), -len(one.yes),
            -len(one.if_need_be), one.starts_at, one.option_id,
        ),
    )  # fmt: skip


def unanswered(option_ids: Collection[int], votes: Iterable[tuple[int, int]], asked: Collection[int]) -> set[int]:
    """Who of those asked lacks an answer to one of these options or more; `votes` are (option id, person id)."""
    wanted = set(option_ids)
    if not wanted:
        return set()
    given = Counter(person_id for option_id, person_id in votes if option_id in wanted)
    return {person_id for person_id in asked if given[person_id] < len(wanted)}
