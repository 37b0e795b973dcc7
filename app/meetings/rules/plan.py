"""What a meeting may be, and what its changes mean to calendars. Pure: no database, no request."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from app.core import zones
from app.core.errors import DomainError
from app.core.zones import Reading

LONGEST = timedelta(days=14)
LOOK_BACK = timedelta(days=31) + timedelta(days=1)
"""What is not over yet began at most so long ago (a month, and a clock change in it): queries rely on it."""
DAY = timedelta(days=1)
YEARS_BACK, YEARS_AHEAD = 2, 10
MOST_DAYS_BEFORE = 365
"""How long before a meeting a deadline may be."""


class Status(StrEnum):
    """RFC 5545 §3.8.1.11, for VEVENT."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Visibility(StrEnum):
    """Who may know of a meeting, besides those who coordinate its group."""

    PUBLIC = "public"
    MEMBERS = "members"
    CHAIRS = "chairs"
    """Chairs and vice-chairs alone."""
    NAMED = "named"
    """Those named alone."""

    @property
    def is_of_few(self) -> bool:
        """Whether not even the other members of the group may know."""
        return self in (Visibility.CHAIRS, Visibility.NAMED)

    def within(self, other: Visibility) -> bool:
        """Whether nobody who is kept out by the other one learns of what is seen by this one."""
        return self == other or other == Visibility.PUBLIC or (other == Visibility.MEMBERS and self.is_of_few)


class Precision(StrEnum):
    """What is known of the time."""

    HOURS = "hours"
    DAYS = "days"
    """Only the days: from midnight to midnight."""
    MONTH = "month"
    """Only the month; `starts` is its first day, `ends` the first of the next."""


class ShownAs(StrEnum):
    """How calendars show a meeting of several days."""

    SPAN = "span"
    """One bar from the first hour to the last."""
    ALL_DAYS = "all_days"
    """Whole days."""
    DAILY_HOURS = "daily_hours"
    """From the starting to the ending hour, each day."""


class Mode(StrEnum):
    """Where people take part."""

    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"


@dataclass(frozen=True)
class MeetingPlan:
    """What people say of a meeting. `starts` and `ends` are wall-clock times in `time_zone`."""

    title: str
    starts: datetime
    ends: datetime
    time_zone: str
    precision: Precision = Precision.HOURS
    shown_as: ShownAs = ShownAs.SPAN
    mode: Mode | None = None
    """None: as venue and link have it."""
    venue: str | None = None
    address: str | None = None
    """Postal, on one line."""
    room_id: int | None = None
    """A room of the house, booked for it."""
    remark: str | None = None
    """About the place, for everyone: "bring your identity card"."""
    join_link: str | None = None
    dial_in: str | None = None
    passcode: str | None = None
    spoken: tuple[str, ...] = ()
    """ISO 639-1 codes; likewise `interpreted`, the languages that are interpreted into."""
    interpreted: tuple[str, ...] = ()
    book_interpreters: int | None = None
    """Days before the meeting by which interpreters must be booked; None: nobody reminds of it."""
    release_interpreters: int | None = None
    """Days before the meeting until which they can be cancelled for nothing."""
    interpreters_booked: bool = False
    description: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    tentative: bool = False

    @property
    def starts_at(self) -> datetime:
        """When it begins, as an instant."""
        return zones.to_utc(self.starts, self.time_zone)

    @property
    def ends_at(self) -> datetime:
        """When it ends, as an instant."""
        return zones.to_utc(self.ends, self.time_zone)

    @property
    def last_day(self) -> date:
        """The day on which it ends; of whole days, the last of them."""
        ends = self.ends if self.precision == Precision.HOURS else self.ends - DAY
        return ends.date()

    @property
    def lasts_days(self) -> bool:
        """Whether it goes over several days, as far as its days are known."""
        return self.precision != Precision.MONTH and self.last_day > self.starts.date()

    @property
    def takes_part(self) -> Mode | None:
        """How people take part: as said, else as venue and link have it."""
        return self.mode or implied_mode(self.venue, self.address, self.room_id, self.join_link, self.dial_in)

    def differences(self, other: MeetingPlan) -> frozenset[str]:
        """The names of what is not the same in both."""
        names = (field.name for field in fields(self))
        return frozenset(name for name in names if (getattr(self, name) or None) != (getattr(other, name) or None))

    def as_fields(self) -> dict[str, object]:
        """The same as the form's fields show it; the last day only where it is another."""
        timed, dated = self.precision == Precision.HOURS, self.precision != Precision.MONTH
        return {
            "title": self.title,
            "precision": self.precision,
            "month": None if dated else self.starts.date(),
            "starts_on": self.starts.date() if dated else None,
            "starts_time": self.starts.time() if timed else None,
            "ends_on": self.last_day if self.lasts_days else None,
            "ends_time": self.ends.time() if timed else None,
            "shown_as": self.shown_as,
            "time_zone": self.time_zone,
            "mode": self.takes_part or "",
            "room_id": self.room_id,
            "venue": self.venue,
            "address": self.address,
            "remark": self.remark,
            "join_link": self.join_link,
            "dial_in": self.dial_in,
            "passcode": self.passcode,
            "spoken": list(self.spoken),
            "interpreted": list(self.interpreted),
            "book_interpreters": self.book_interpreters,
            "release_interpreters": self.release_interpreters,
            "interpreters_booked": self.interpreters_booked,
            "description": self.description,
            "visibility": self.visibility.value,
            "status": "tentative" if self.tentative else "confirmed",
        }


def implied_mode(
    venue: str | None, address: str | None, room_id: int | None, join_link: str | None, dial_in: str | None
) -> Mode | None:
    """How people take part if nothing else is said: where there is a place, a way in, or both."""
    online = bool(join_link or dial_in)
    if venue or address or room_id:
        return Mode.HYBRID if online else Mode.ON_SITE
    return Mode.ONLINE if online else None


def span_of_days(first: date, last: date) -> tuple[datetime, datetime]:
    """From the midnight before the first day to that after the last."""
    return datetime.combine(first, time()), datetime.combine(last, time()) + DAY


def span_of_month(any_day: date) -> tuple[datetime, datetime]:
    """From the first day of a month to the first of the next."""
    first = any_day.replace(day=1)
    return datetime.combine(first, time()), datetime.combine((first + 31 * DAY).replace(day=1), time())


TIME = frozenset({"starts", "ends", "time_zone", "precision"})
PLACE = frozenset({"mode", "venue", "address", "room_id"})
REVISES = TIME | PLACE | {"shown_as", "tentative"}
"""What raises SEQUENCE: time, place and status (RFC 5546 §2.1.4), not words about the meeting."""
WAYS_IN = frozenset({"join_link", "dial_in", "passcode"})
WORTH_A_MAIL = TIME | PLACE | WAYS_IN | {"tentative"}


LEAP = 1000
"""How far SEQUENCE leaps when a backup is restored: beyond all changes that a meeting can have seen since."""


def next_sequence(sequence: int, changed: frozenset[str]) -> int:
    """SEQUENCE after a change of these parts of the plan."""
    return sequence + 1 if changed & REVISES else sequence


class OddTime(DomainError):
    """A wall-clock time that its day does not have, or has twice. `earlier`, `later`: times to take instead."""

    def __init__(self, local: datetime, zone: str, field: str) -> None:
        move = abs(zones.change_at(local, zone))
        begins = _first_like(local, zone, move)
        words = {"time": _hour(local), "begins": _hour(begins), "ends": _hour(begins + move)}
        self.reading = zones.reading(local, zone)
        self.earlier, self.later = local - move, local + move
        if move >= timedelta(days=1):
            message = _l("This day does not exist in that zone: the calendar leaps over it.")
        elif self.reading is Reading.SKIPPED:
            message = _l(
                "%(time)s does not exist on this day: clocks are put forward from %(begins)s to %(ends)s. Which time "
                "do you mean?",
                **words,
            )
        else:
            message = _l(
                "%(time)s comes twice on this day: clocks are put back from %(ends)s to %(begins)s, and calendars "
                "disagree on which of the two is meant. Take a time before or after.",
                **words,
            )
        super().__init__(message, field)


def _first_like(local: datetime, zone: str, move: timedelta) -> datetime:
    """The first minute of the skipped or doubled hour around a time in it."""
    like, low, high = zones.reading(local, zone), 0, int(move.total_seconds() // 60)
    while low < high:  # the largest number of minutes one can go back within it
        middle = (low + high + 1) // 2
        inside = zones.reading(local - timedelta(minutes=middle), zone) is like
        low, high = (middle, high) if inside else (low, middle - 1)
    return local - timedelta(minutes=low)


def _hour(value: datetime) -> str:
    return value.strftime("%H:%M")


def problems(plan: MeetingPlan, now: datetime) -> list[DomainError]:
    """Everything that speaks against a plan, each with the field it concerns."""
    return [*_when_problems(plan, now), *_where_problems(plan)]


def check(plan: MeetingPlan, now: datetime) -> None:
    """Refuse a plan that cannot be. Raises DomainError."""
    for problem in problems(plan, now):
        raise problem


def _when_problems(plan: MeetingPlan, now: datetime) -> list[DomainError]:
    try:
        zones.zone(plan.time_zone)
    except zones.UnknownZone:
        return [DomainError(_l("Choose a time zone from the list."), "time_zone")]
    if not now.year - YEARS_BACK <= plan.starts.year <= now.year + YEARS_AHEAD:
        words = {"back": YEARS_BACK, "ahead": YEARS_AHEAD}
        return [
            DomainError(
                _l("Choose a day from %(back)d years ago to %(ahead)d years from now. Is the year right?", **words),
                "month" if plan.precision == Precision.MONTH else "starts_on",
            )
        ]
    if plan.precision == Precision.MONTH:
        return []
    if plan.ends - plan.starts > LONGEST:
        return [DomainError(_l("A meeting lasts 14 days at most. Is the day of the end right?"), "ends_on")]
    if plan.precision == Precision.DAYS:
        wrong = _l("The last day must not come before the first.")
        return [DomainError(wrong, "ends_on")] if plan.ends <= plan.starts else []
    if plan.ends <= plan.starts:
        field = "ends_on" if plan.ends.date() < plan.starts.date() else "ends_time"
        return [DomainError(_l("The end must come after the start. If it is on another day, give that day."), field)]
    if plan.shown_as == ShownAs.DAILY_HOURS and plan.ends.time() <= plan.starts.time():
        wrong = _l("For the hours of each day, the hour of the end must be later than that of the start.")
        return [DomainError(wrong, "shown_as")]
    odd: list[DomainError] = [
        OddTime(local, plan.time_zone, field)
        for local, field in ((plan.starts, "starts_time"), (plan.ends, "ends_time"))
        if zones.reading(local, plan.time_zone) is not Reading.ONCE
    ]
    if not odd and plan.shown_as == ShownAs.DAILY_HOURS and not _alike_every_day(plan):
        wrong = _l(
            "On one of these days the clocks change in or at these hours, and calendars disagree on what that means. "
            "Let the days be shown another way."
        )
        return [DomainError(wrong, "shown_as")]
    return odd


def _alike_every_day(plan: MeetingPlan) -> bool:
    """Whether the hours of each day exist once, and last as long as on the clock."""
    for number in range((plan.ends.date() - plan.starts.date()).days + 1):
        day = plan.starts.date() + number * DAY
        one = replace(
            plan, starts=datetime.combine(day, plan.starts.time()), ends=datetime.combine(day, plan.ends.time())
        )
        odd = any(zones.reading(local, plan.time_zone) is not Reading.ONCE for local in (one.starts, one.ends))
        if odd or crosses_change(one):
            return False
    return True


def crosses_change(plan: MeetingPlan) -> bool:
    """Whether clocks change while it lasts: of a rule with such a date every client makes something else."""
    lasts = plan.ends_at - plan.starts_at
    return lasts != plan.ends - plan.starts


def _where_problems(plan: MeetingPlan) -> list[DomainError]:
    found = []
    if plan.join_link and not is_join_link(plan.join_link):
        found.append(DomainError(_l("Give the whole link, beginning with https://"), "join_link"))
    if plan.room_id and plan.precision == Precision.MONTH:
        found.append(DomainError(_l("A room can be booked once the days are known."), "room_id"))
    book, release = plan.book_interpreters, plan.release_interpreters
    for days, field in ((book, "book_interpreters"), (release, "release_interpreters")):
        if days is not None and not 1 <= days <= MOST_DAYS_BEFORE:
            words = {"most": MOST_DAYS_BEFORE}
            found.append(DomainError(_l("Give a number of days from 1 to %(most)d.", **words), field))
    return found


def is_join_link(text: str) -> bool:
    """Whether it is a link that a browser opens safely: https, a host, no name and password, no blanks."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme == "https" and not any(char.isspace() or char in '<>"\\' for char in text)
