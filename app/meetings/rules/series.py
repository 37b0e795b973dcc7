"""What a series is made of, and what becomes of it when it is changed from one date on.

A date keeps what was changed on it alone: each part of its plan follows the series only as long as it says the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l

from app.core import zones
from app.core.errors import DomainError
from app.core.zones import Reading
from app.meetings.rules.pattern import MOST_DATES, Pattern, days_of_rule, latest_end, split_rule
from app.meetings.rules.plan import TIME, MeetingPlan, ShownAs, crosses_change

NEAR = timedelta(days=16)
"""How far a date may move when the rule of its series changes and it is still the same date."""


@dataclass(frozen=True)
class SeriesPlan:
    """What people say of a series: all that its first date says, and which dates follow."""

    first: MeetingPlan
    pattern: Pattern | None
    """None: the dates are picked one by one."""
    until: date
    """The last day on which it may have a date."""
    left_out: frozenset[date] = frozenset()
    picked: tuple[date, ...] = ()
    """The days of a series without a pattern, its first one included."""

    def all_days(self) -> list[date]:
        """Every day that the pattern gives, also those left out. Raises ValueError where it does not begin with one."""
        if self.pattern is None:
            return sorted(set(self.picked))
        return self.pattern.dates(self.first.starts.date(), self.until)

    def days(self) -> list[date]:
        """The days on which it takes place."""
        return [day for day in self.all_days() if day not in self.left_out]

    def on(self, day: date) -> MeetingPlan:
        """What is planned for one of its days."""
        return on(self.first, day)


@dataclass(frozen=True)
class Part:
    """A run of dates with one rule and one UID; without a rule, dates that stand each for itself."""

    key: int | None
    """Its id; None while it has none."""
    rule: str | None
    """RRULE without an end."""
    template: MeetingPlan
    """What its dates say unless they were changed one by one; with the times of its first day."""
    last: date
    """The last day that the rule gives."""
    follows: int | None = None
    """The part that it continues."""

    @property
    def first(self) -> date:
        """The day of DTSTART."""
        return self.template.starts.date()


@dataclass(frozen=True)
class Occurrence:
    """One date of a series as it stands."""

    key: int | None
    """The meeting's id; None while there is none."""
    part: int | None
    original: datetime
    """When the series has it (RECURRENCE-ID, RFC 5545 §3.8.4.4), wherever it was moved."""
    plan: MeetingPlan
    cancelled: bool = False


@dataclass(frozen=True)
class Change:
    """What becomes of one date: made where `before` is None, dropped where `after` is None."""

    before: Occurrence | None
    after: Occurrence | None
    part: int | None = None
    """Index, in the revision, of the part it belongs to then."""

    @property
    def differences(self) -> frozenset[str]:
        """What the date says differently afterwards; nothing for one that is made or dropped."""
        return self.before.plan.differences(self.after.plan) if self.before and self.after else frozenset()

    @property
    def order(self) -> datetime:
        """When the series has it, or had it."""
        one = self.after or self.before
        assert one is not None
        return one.original


@dataclass(frozen=True)
class Revision:
    """A series as it will be from one date on."""

    parts: tuple[Part, ...]
    """Those that hold dates from there on; without a key where they are new."""
    ended: tuple[Part, ...]
    """Those that go no further than before that date, shortened."""
    gone: tuple[int, ...]
    """Ids of those that keep no date at all."""
    changes: tuple[Change, ...]
    """Of every date from there on, in order."""


def on(plan: MeetingPlan, day: date) -> MeetingPlan:
    """The same on another day, by the clock."""
    by = timedelta(days=(day - plan.starts.date()).days)
    return replace(plan, starts=plan.starts + by, ends=plan.ends + by)


def merge(mine: MeetingPlan, old: MeetingPlan, new: MeetingPlan) -> MeetingPlan:
    """The new plan, but for what mine says differently from the old one; the time is one thing."""
    own_time = any(getattr(mine, name) != getattr(old, name) for name in TIME)
    kept = {name: getattr(mine, name) for name in TIME} if own_time else {}
    for field in fields(MeetingPlan):
        if field.name not in TIME and getattr(mine, field.name) != getattr(old, field.name):
            kept[field.name] = getattr(mine, field.name)
    if "visibility" in kept and not mine.visibility.within(new.visibility):
        del kept["visibility"]  # a series that fewer may know of has no date that more may know of
    return replace(new, **kept)


def parts_of(plan: SeriesPlan) -> list[Part]:
    """What a new series is made of."""
    days = plan.days()
    if plan.pattern is None or plan.first.shown_as != ShownAs.SPAN or not _reads_alike(plan, days):
        return [Part(None, None, plan.on(days[0]), days[-1])]
    shares = ((rule, split_rule(rule, days)) for rule in plan.pattern.rules())
    return [Part(None, rule, plan.on(mine[0]), mine[-1]) for rule, mine in shares if mine]


def _reads_alike(plan: SeriesPlan, days: Sequence[date]) -> bool:
    """Whether every client works out the same dates by the rule, those included that it gives and that are left out.

    libical moves what follows a date whose start is skipped by the clocks, and does not find it by its EXDATE.
    """
    given = (plan.on(day) for day in plan.all_days() if days[0] <= day <= days[-1])
    odd = any(zones.reading(one.starts, one.time_zone) is not Reading.ONCE for one in given)
    return not odd and not any(crosses_change(plan.on(day)) for day in days)


def index_for(parts: Sequence[Part], day: date) -> int:
    """Which of the parts that hold a series has one of its days."""
    return next(index for index, part in enumerate(parts) if part.rule is None or split_rule(part.rule, [day]))


def revise(
    parts: Sequence[Part],
    dates: Sequence[Occurrence],
    at: datetime,
    old: SeriesPlan,
    new: SeriesPlan,
    *,
    apart: bool = False,
) -> Revision:
    """The series changed from the date on that it has at `at`.

    `parts` and `dates`: the series as it stands. `old`: what it says from that date on, as its form shows it; `new`:
    what it is to say. `apart`: the dates from there on share no rule with those before, being held by other groups.
    """
    ahead = [item for item in dates if item.original >= at]
    behind = {item.part for item in dates if item.original < at}
    known = {part.key: part for part in parts}
    added = _added(ahead, known, old)
    drafts = [_kept(draft, parts, behind, old, new, at, apart=apart) for draft in parts_of(new)]
    changes = []
    for before, day in match([item for item in ahead if item not in added], new.days()):
        if day is None:
            changes.append(Change(before, None))
            continue
        index = index_for(drafts, day)
        original = new.on(day).starts
        if before is None:
            changes.append(Change(None, Occurrence(None, None, original, on(drafts[index].template, day)), index))
        else:
            plan = _followed(before, known[before.part], old, new, day)
            changes.append(Change(before, replace(before, original=original, plan=plan), index))
    for item in added:
        loose = known[item.part]
        index = next((index for index, draft in enumerate(drafts) if draft.key == loose.key), len(drafts))
        if index == len(drafts):
            drafts.append(replace(loose, template=_followed_template(loose, old, new, loose.first)))
        plan = _followed(item, loose, old, new, item.original.date())
        changes.append(Change(item, replace(item, plan=plan), index))
    held = {draft.key for draft in drafts}
    return Revision(
        parts=tuple(drafts),
        ended=tuple(_shortened(part, at) for part in parts if part.key in behind - held),
        gone=tuple(part.key for part in parts if part.key is not None and part.key not in behind | held),
        changes=tuple(sorted(changes, key=lambda change: change.order)),
    )


def match(dates: Sequence[Occurrence], days: Sequence[date]) -> list[tuple[Occurrence | None, date | None]]:
    """Which of the new days each date goes to: its own if it is among them, else the nearest that is free and near.

    A cancelled date moves with the others and stays cancelled: what does not take place is not planned anew beside it.
    """
    free = dict.fromkeys(days)
    found: list[tuple[Occurrence | None, date | None]] = []
    waiting = []
    for item in dates:
        day = item.original.date()
        if day in free:
            del free[day]
            found.append((item, day))
        else:
            waiting.append(item)
    pairs = sorted(
        (abs(day - item.original.date()), item.original, day, index)
        for index, item in enumerate(waiting)
        for day in free
        if abs(day - item.original.date()) <= NEAR
    )
    placed: set[int] = set()
    for _distance, _original, day, index in pairs:
        if index not in placed and day in free:
            del free[day]
            placed.add(index)
            found.append((waiting[index], day))
    found += [(item, None) for index, item in enumerate(waiting) if index not in placed]
    return [*found, *((None, day) for day in free)]


def _kept(
    draft: Part,
    parts: Sequence[Part],
    behind: set[int | None],
    old: SeriesPlan,
    new: SeriesPlan,
    at: datetime,
    *,
    apart: bool,
) -> Part:
    """The draft in place of a part that goes on under its UID; as one that follows it where it cannot.

    Clients follow neither a moved start nor another rule under the same UID; other words, or a later end, they do.
    What is to stand `apart` goes on under no rule that has dates before.
    """
    same_words = not old.first.differences(on(new.first, old.first.starts.date())) - TIME
    for part in parts:
        if part.rule is None and draft.rule is None and part.key not in behind:
            return replace(draft, key=part.key)
        if apart and part.key in behind:
            continue
        if part.rule is None or part.rule != draft.rule or _clock(part.template) != _clock(draft.template):
            continue
        if draft.first not in days_of_rule(part.rule, part.first, draft.first):
            continue
        if same_words and part.last >= at.date():
            return replace(part, last=draft.last)
        if part.key not in behind and part.first == draft.first:
            return replace(draft, key=part.key)
    return replace(draft, follows=next((part.key for part in reversed(parts) if part.first <= draft.first), None))


def _added(ahead: Sequence[Occurrence], known: Mapping[int | None, Part], old: SeriesPlan) -> list[Occurrence]:
    """The dates that were added to a series that has a pattern: those that it does not give."""
    if old.pattern is None:
        return []
    given = {old.on(day).starts for day in old.all_days()}
    return [item for item in ahead if known[item.part].rule is None and item.original not in given]


def _followed_template(part: Part, old: SeriesPlan, new: SeriesPlan, day: date) -> MeetingPlan:
    """What a part's dates say after the change: where it said what the series said, what the series says now."""
    return merge(on(part.template, day), on(old.first, day), on(new.first, day))


def _followed(item: Occurrence, part: Part, old: SeriesPlan, new: SeriesPlan, day: date) -> MeetingPlan:
    """The same of one date, which keeps what it says differently from its part."""
    return merge(item.plan, on(part.template, item.original.date()), _followed_template(part, old, new, day))


def _shortened(part: Part, at: datetime) -> Part:
    if part.rule is None:
        return part
    return replace(part, last=[day for day in days_of_rule(part.rule, part.first, part.last) if day < at.date()][-1])


def check_room(dates: Sequence[Occurrence], at: datetime, new: SeriesPlan) -> None:
    """Refuse days that earlier dates of the series have already. Raises DomainError."""
    before = [item.original.date() for item in dates if item.original < at]
    if before and new.days()[0] <= max(before):
        raise DomainError(_l("Earlier dates of the series come after this day. Take a later one."), "starts_on")


def _clock(plan: MeetingPlan) -> tuple[object, ...]:
    """When in the day it is, for how long, and by which clocks."""
    return plan.starts.time(), plan.ends - plan.starts, plan.time_zone


def problems(plan: SeriesPlan, fewest: int = 2) -> Iterator[DomainError]:
    """What speaks against the dates of a series, each with the field it concerns. `fewest`: how many it must have."""
    first = plan.first.starts.date()
    if plan.pattern is not None and not plan.pattern.gives(first):
        yield DomainError(_l("The first day is not one of those that the rule gives."), "starts_on")
        return
    if plan.until > latest_end(first):
        yield DomainError(_l("A series lasts three years at most."), "until")
        return
    days = plan.days()
    if len(days) < fewest:
        yield DomainError(_l("This gives one date only. Let it go on longer, or plan a single meeting."), "until")
    if len(days) > MOST_DATES:
        yield DomainError(_l("A series has %(most)d dates at most.", most=MOST_DATES), "until")


def odd_days(plan: SeriesPlan) -> list[date]:
    """The days on which clock changes skip or double its start or its end: they are left out or moved."""
    return [
        day
        for day in plan.days()
        for one in (plan.on(day),)
        if any(zones.reading(local, one.time_zone) is not Reading.ONCE for local in (one.starts, one.ends))
    ]
