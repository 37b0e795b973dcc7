"""How a year is laid out: months, days, what stands on each. Pure: no Flask, no database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

SHEET = 248
"""How many millimetres of a sheet of A3 the days have."""
TYPES = (("roomy", 7.0, 3.5, 17), ("close", 5.5, 3.1, 20), ("dense", 4.0, 2.75, 24))
"""(name, least height of a day, height of a line, letters on a line) in millimetres: see planner-poster.css."""
AROUND = 0.9
"""Above and below the lines of a day, in millimetres."""
NOTABLE = 10
"""A public holiday is marked where it is one for so many in a hundred of those whom the greatest one concerns."""


class Kind(StrEnum):
    """What can stand in a planner."""

    MEETINGS = "meetings"
    DEADLINES = "deadlines"
    POLLS = "polls"
    HOLIDAYS = "holidays"
    BANDS = "bands"


class Part(StrEnum):
    """Which of its days that is."""

    ONLY = "only"
    BEGINS = "begins"
    GOES_ON = "goes-on"
    ENDS = "ends"


@dataclass(frozen=True)
class Entry:
    """Something that takes place on a day or on several."""

    kind: Kind
    first: date
    last: date
    label: str
    """Short: the group, or where only one group is shown, the title."""
    title: str
    url: str
    community_slug: str
    time: str | None = None
    words: tuple[str, ...] = ()
    """What else is to be said: when in full, that it is tentative, for members only."""
    status: str = "confirmed"
    members_only: bool = False
    move_url: str | None = None
    of_month: bool = False
    """Only the month is known."""


@dataclass(frozen=True)
class Placed:
    """An entry on one of its days."""

    entry: Entry
    part: Part

    @property
    def letters(self) -> int:
        """How long what it says is."""
        return len(self.entry.label) + len(self.entry.time or "") + 2


@dataclass(frozen=True)
class Stripe:
    """A marked period on one of its days. `named`: whether it is the first of its days in the month."""

    name: str
    wish: str
    named: bool


@dataclass
class Day:
    """One day of the planner."""

    date: date
    weekend: bool
    today: bool
    holiday: str | None = None
    stripes: list[Stripe] = field(default_factory=list)
    placed: list[Placed] = field(default_factory=list)

    def lines(self, letters: int) -> int:
        """How many lines it takes; what is long takes two."""
        entries = sum(1 if placed.letters <= letters else 2 for placed in self.placed)
        return max(1, entries + sum(stripe.named for stripe in self.stripes) + bool(self.holiday))

    @property
    def says_something(self) -> bool:
        """Whether anything stands there."""
        return bool(self.placed or self.stripes or self.holiday)

    @property
    def says_something_new(self) -> bool:
        """Whether more stands there than that a marked period goes on."""
        return bool(self.placed or self.holiday or any(stripe.named for stripe in self.stripes))


@dataclass
class Month:
    """One month with all its days."""

    first: date
    days: list[Day]
    loose: list[Entry] = field(default_factory=list)
    """What is known to be in this month, but not on which day."""

    @property
    def says_something(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.loose) or any(day.says_something for day in self.days)


@dataclass(frozen=True)
class Marked:
    """A marked period, by its days."""

    id: int
    name: str
    wish: str


def last_day(starts: datetime, ends: datetime) -> date:
    """The last day that a span touches: one that ends at midnight is over the evening before."""
    return max(starts.date(), (ends - timedelta(microseconds=1)).date())


def lay_out(
    year: int,
    entries: Iterable[Entry],
    holidays: Mapping[date, str],
    marked: Mapping[date, Sequence[Marked]],
    today: date,
) -> list[Month]:
    """The twelve months with everything on its day, entries in the order given."""
    placed: dict[date, list[Placed]] = defaultdict(list)
    loose: dict[date, list[Entry]] = defaultdict(list)
    begin, end = date(year, 1, 1), date(year, 12, 31)
    for entry in entries:
        if entry.of_month:
            loose[entry.first.replace(day=1)].append(entry)
            continue
        day = max(begin, entry.first)
        while day <= min(end, entry.last):
            placed[day].append(Placed(entry, _part(entry, day)))
            day += timedelta(days=1)
    months = []
    for number in range(1, 13):
        first = date(year, number, 1)
        days = []
        for day in _days_of(first):
            before = {one.id for one in marked.get(day - timedelta(days=1), ())} if day != first else set()
            stripes = [Stripe(one.name, one.wish, one.id not in before) for one in marked.get(day, ())]
            days.append(Day(day, day.weekday() > 4, day == today, holidays.get(day), stripes, placed.get(day, [])))
        months.append(Month(first, days, loose.get(first, [])))
    return months


def density(months: Sequence[Month]) -> tuple[str, bool]:
    """In how large a type the year is printed so that it fits on one sheet, and whether all months share their rows.

    Rows in common are pleasant to look at, but each is as high as its fullest day: rather than in a smaller type,
    months are printed with rows of their own.
    """
    for name, least, line, letters in TYPES:
        heights = [[line * day.lines(letters) + AROUND for day in month.days] for month in months]
        shared = [max(column[row] for column in heights if row < len(column)) for row in range(31)]
        if sum(max(least, height) for height in shared) <= SHEET:
            return name, True
        if max(map(sum, heights)) <= SHEET:
            return name, False
    return "tight", False


def notable(people: Mapping[date, int]) -> set[date]:
    """The public holidays that concern so many that a planner of all of them marks the day. {day: how many}"""
    least = max(people.values(), default=0) * NOTABLE / 100
    return {day for day, number in people.items() if number >= least}


def _part(entry: Entry, day: date) -> Part:
    if entry.first == entry.last:
        return Part.ONLY
    return Part.BEGINS if day == entry.first else Part.ENDS if day == entry.last else Part.GOES_ON


def _days_of(first: date) -> list[date]:
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return [first + timedelta(days=number) for number in range((following - first).days)]
