"""Finds the times that suit most people, and says whom each loses and why. Pure: no Flask, no database.

Every possible start is one bit of an integer. What takes somebody away is a range of bits; how many are lost at each
start is added up for all starts at once, plane by plane of the binary numbers. That is exact, whatever the length of a
busy period, and for 500 people and 90 days takes a fraction of a second.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeAlias

from app.core import zones
from app.core.zones import Reading

Span: TypeAlias = tuple[int, int]
"""From one instant until another, in seconds since 1970."""

TAKEN, HOLIDAY, KEPT, UNSOCIABLE = 10, 6, 4, 3
"""What losing one person costs: taken, on holiday where they live, keeping the time free for something that may not
be then, at an hour when people do not meet where they live."""
REQUIRED = 20
"""How many others one who must be there outweighs."""
AVOIDED, WANTED, NEAR = 25, 25, 50
"""A time that is marked as to be avoided costs as much as losing so many in a hundred; a wanted one gains as much."""
SOCIABLE = (time(8), time(20))
"""Between these hours, by the clock where they live, people meet."""
STEP = 30
"""Minutes between two starts."""
DAY = timedelta(days=1)


class Wish(StrEnum):
    """What a marked period means to those who plan."""

    AVOID = "avoid"
    NEUTRAL = "neutral"
    WANTED = "wanted"


@dataclass(frozen=True)
class Attendee:
    """Someone who is to come.

    `shares`: schedules kept for many at once; `calendar`: whose public holidays count; `kept`: free for something that
    is not decided.
    """

    key: int
    zone: str
    required: bool = False
    busy: Sequence[Span] = ()
    shares: Sequence[int] = ()
    calendar: str | None = None
    kept: Sequence[Span] = ()


@dataclass(frozen=True)
class Marked:
    """A period of whole days, by the calendar of the meeting's place."""

    key: int
    first: date
    last: date
    wish: Wish


@dataclass(frozen=True)
class Around:
    """Everything about the people and their time that does not depend on what is asked."""

    attendees: Sequence[Attendee]
    shared: Mapping[int, Sequence[Span]] = field(default_factory=dict)
    holidays: Mapping[str, Collection[date]] = field(default_factory=dict)
    """{name of a calendar: its public holidays}"""
    marked: Sequence[Marked] = ()


@dataclass(frozen=True)
class Question:
    """What is looked for. Days and hours are those of `zone`; the meeting ends by `closes`, midnight being 00:00."""

    first: date
    last: date
    minutes: int
    zone: str
    opens: time = time(9)
    closes: time = time(18)
    weekdays: Collection[int] = range(5)
    near: Sequence[Span] = ()
    """Starts that are wanted since something else is near."""
    not_before: datetime | None = None
    most: int = 12


@dataclass(frozen=True)
class Losses:
    """Whom a time loses. Each person once, by what weighs most."""

    taken: Sequence[int] = ()
    holidays: Sequence[tuple[str, date, Sequence[int]]] = ()
    """(calendar, day, who lives by it)"""
    kept: Sequence[int] = ()
    unsociable: Sequence[tuple[str, Sequence[int]]] = ()
    """(zone, who lives there)"""
    marked: Sequence[int] = ()
    """Keys of the periods that it falls into, neutral ones too."""


@dataclass(frozen=True)
class Slot:
    """One time, with what it costs: 0 where everybody can come and nothing is marked."""

    starts: datetime
    """By the clock of the meeting's zone; `ends` likewise."""
    ends: datetime
    starts_at: datetime
    ends_at: datetime
    cost: int
    losses: Losses
    near: bool = False
    also: Sequence[datetime] = ()
    """Other starts of the same day that cost the same, by the same clock."""


def find(question: Question, around: Around) -> list[Slot]:
    """The best start of each day, the best days first, equal ones in the order of time."""
    grid = _Grid(question)
    costs = grid.costs(around)
    by_day: dict[date, list[int]] = defaultdict(list)
    for number, local in enumerate(grid.local):
        by_day[local.date()].append(number)
    best = sorted(
        (min(costs[number] for number in numbers), numbers[0], day) for day, numbers in by_day.items()
    )[: question.most]  # fmt: skip
    found = []
    for cost, _first, day in best:
        equal = [number for number in by_day[day] if costs[number] == cost]
        start = grid.starts[equal[0]]
        starts_at, ends_at = _instant(start), _instant(start + grid.length)
        found.append(
            Slot(
                starts=grid.local[equal[0]],
                ends=zones.to_local(ends_at, question.zone),
                starts_at=starts_at,
                ends_at=ends_at,
                cost=cost,
                losses=losses(starts_at, ends_at, question.zone, around),
                near=_is_near(start, question.near),
                also=[grid.local[number] for number in equal[1:]],
            )
        )
    return found


def losses(starts_at: datetime, ends_at: datetime, zone: str, around: Around) -> Losses:
    """Whom this one span loses, and into which marked periods it falls by the calendar of `zone`."""
    span = (seconds(starts_at), seconds(ends_at))
    shared = {key for key, spans in around.shared.items() if _overlaps(spans, span)}
    taken: list[int] = []
    holidays: dict[tuple[str, date], list[int]] = defaultdict(list)
    kept: list[int] = []
    unsociable: dict[str, list[int]] = defaultdict(list)
    days: dict[str, list[date]] = {}
    sociable: dict[str, bool] = {}
    for person in around.attendees:
        if shared.intersection(person.shares) or _overlaps(person.busy, span):
            taken.append(person.key)
            continue
        if person.zone not in days:
            days[person.zone] = local_days(starts_at, ends_at, person.zone)
            sociable[person.zone] = is_sociable(starts_at, ends_at, person.zone)
        off = around.holidays.get(person.calendar, ()) if person.calendar else ()
        free = next((day for day in days[person.zone] if day in off), None)
        if free is not None and person.calendar:
            holidays[person.calendar, free].append(person.key)
        elif _overlaps(person.kept, span):
            kept.append(person.key)
        elif not sociable[person.zone]:
            unsociable[person.zone].append(person.key)
    where = local_days(starts_at, ends_at, zone)
    return Losses(
        taken=taken,
        holidays=[(calendar, day, keys) for (calendar, day), keys in holidays.items()],
        kept=kept,
        unsociable=list(unsociable.items()),
        marked=[item.key for item in around.marked if item.first <= where[-1] and where[0] <= item.last],
    )


def is_sociable(starts_at: datetime, ends_at: datetime, zone: str) -> bool:
    """Whether it lies within the hours of one day at which people of that zone meet."""
    starts, ends = zones.to_local(starts_at, zone), zones.to_local(ends_at, zone)
    day = starts.date()
    return datetime.combine(day, SOCIABLE[0]) <= starts and ends <= datetime.combine(day, SOCIABLE[1])


def local_days(starts_at: datetime, ends_at: datetime, zone: str) -> list[date]:
    """The days that it touches by the calendar of a zone."""
    first = zones.to_local(starts_at, zone).date()
    last = zones.to_local(ends_at - timedelta(microseconds=1), zone).date()
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def day_span(first: date, last: date, zone: str) -> Span:
    """From the beginning of one day until the end of another, in a zone."""
    return (
        seconds(zones.to_utc(datetime.combine(first, time()), zone)),
        seconds(zones.to_utc(datetime.combine(last + DAY, time()), zone)),
    )


def seconds(instant: datetime) -> int:
    """An instant as spans count it."""
    return int(instant.timestamp())


class _Grid:
    """All starts that the question allows, in the order of time."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.length = question.minutes * 60
        self.local: list[datetime] = []
        self.starts: list[int] = []
        earliest = seconds(question.not_before) if question.not_before else None
        for number in range((question.last - question.first).days + 1):
            day = question.first + timedelta(days=number)
            if day.weekday() in question.weekdays:
                for local, start in self._starts_of(day):
                    if earliest is None or start >= earliest:
                        self.local.append(local)
                        self.starts.append(start)

    def costs(self, around: Around) -> list[int]:
        """What each start costs."""
        shared = {key: self._mask(spans) for key, spans in around.shared.items()}
        holidays: dict[tuple[str, str], int] = {}
        unsociable: dict[str, int] = {}
        lost: dict[int, _Counter] = defaultdict(lambda: _Counter(len(self.starts)))
        for person in around.attendees:
            taken = self._mask(person.busy)
            for key in person.shares:
                taken |= shared.get(key, 0)
            if person.zone not in unsociable:
                unsociable[person.zone] = self._unsociable(person.zone)
            off = 0
            if person.calendar:
                place = (person.zone, person.calendar)
                if place not in holidays:
                    days = around.holidays.get(person.calendar, ())
                    holidays[place] = self._mask(day_span(day, day, person.zone) for day in days)
                off = holidays[place]
            times = REQUIRED if person.required else 1
            lost[TAKEN * times].add(taken)
            lost[HOLIDAY * times].add(off & ~taken)
            kept = self._mask(person.kept)
            lost[KEPT * times].add(kept & ~(taken | off))
            lost[UNSOCIABLE * times].add(unsociable[person.zone] & ~(taken | off | kept))
        costs = [0] * len(self.starts)
        for weight, counter in lost.items():
            for number, count in enumerate(counter.values()):
                costs[number] += weight * count
        whole = TAKEN * len(around.attendees)
        for item in around.marked:
            if item.wish is not Wish.NEUTRAL:
                change = whole * (AVOIDED if item.wish is Wish.AVOID else -WANTED) // 100
                for number in _bits(self._mask([day_span(item.first, item.last, self.question.zone)])):
                    costs[number] += change
        if self.question.near:
            for number, start in enumerate(self.starts):
                if _is_near(start, self.question.near):
                    costs[number] -= whole * NEAR // 100
        return costs

    def _mask(self, spans: Iterable[Span]) -> int:
        """The starts from which the meeting would overlap one of the spans."""
        mask = 0
        for begins, ends in spans:
            low, high = bisect_right(self.starts, begins - self.length), bisect_left(self.starts, ends)
            if low < high:
                mask |= ((1 << (high - low)) - 1) << low
        return mask

    def _unsociable(self, zone: str) -> int:
        """The starts from which the meeting would not lie within one day's sociable hours of a zone."""
        if not self.starts:
            return 0
        good = 0
        day = zones.to_local(_instant(self.starts[0]), zone).date()
        last = zones.to_local(_instant(self.starts[-1]), zone).date()
        while day <= last:
            opens, closes = (seconds(zones.to_utc(datetime.combine(day, hour), zone)) for hour in SOCIABLE)
            low, high = bisect_left(self.starts, opens), bisect_right(self.starts, closes - self.length)
            if low < high:
                good |= ((1 << (high - low)) - 1) << low
            day += DAY
        return ((1 << len(self.starts)) - 1) & ~good

    def _starts_of(self, day: date) -> Iterable[tuple[datetime, int]]:
        """The starts of a day: those whose start and end the day's clock shows once, and that end in time."""
        question = self.question
        closes = datetime.combine(day + DAY if question.closes == time() else day, question.closes)
        local = datetime.combine(day, question.opens)
        shift = _even_offset(day, question.zone)
        while local + timedelta(minutes=question.minutes) <= closes or (shift is None and local < closes):
            if shift is not None:
                yield local, int(local.replace(tzinfo=UTC).timestamp()) - shift
            elif zones.reading(local, question.zone) is Reading.ONCE:
                start = zones.to_utc(local, question.zone)
                ends = zones.to_local(start + timedelta(minutes=question.minutes), question.zone)
                if ends <= closes and zones.reading(ends, question.zone) is Reading.ONCE:
                    yield local, seconds(start)
            local += timedelta(minutes=STEP)


class _Counter:
    """Counts at every start at once: bit `number` of each plane is one digit of that start's number."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.planes: list[int] = []

    def add(self, mask: int) -> None:
        """One more at each start of the mask."""
        for number, plane in enumerate(self.planes):
            if not mask:
                return
            self.planes[number], mask = plane ^ mask, plane & mask
        if mask:
            self.planes.append(mask)

    def values(self) -> list[int]:
        """The number at each start."""
        counts = [0] * self.size
        for power, plane in enumerate(self.planes):
            for number in _bits(plane):
                counts[number] += 1 << power
        return counts


def _bits(mask: int) -> Iterable[int]:
    return (number for number, digit in enumerate(reversed(f"{mask:b}")) if digit == "1")


def _even_offset(day: date, zone: str) -> int | None:
    """Seconds by which a zone is ahead of UTC all day long; None on a day on which its clocks move."""
    tz = zones.zone(zone)
    ends = (datetime.combine(day, time()), datetime.combine(day + DAY, time(1)))
    offsets = {local.replace(tzinfo=tz, fold=fold).utcoffset() for local in ends for fold in (0, 1)}
    offset = offsets.pop()
    return int(offset.total_seconds()) if not offsets and offset is not None else None


def _overlaps(spans: Iterable[Span], span: Span) -> bool:
    return any(begins < span[1] and span[0] < ends for begins, ends in spans)


def _is_near(start: int, near: Sequence[Span]) -> bool:
    return any(begins <= start < ends for begins, ends in near)


def _instant(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
