"""What a meeting may be, and what its changes mean to calendars. Pure: no database, no request."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l

from app.core import zones
from app.core.errors import DomainError
from app.core.zones import Reading

LONGEST = timedelta(days=14)
LOOK_BACK = LONGEST + timedelta(days=1)
"""What is not over yet began at most so long ago (a clock change in between included): queries rely on it."""
YEARS_BACK, YEARS_AHEAD = 2, 10


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

    def differences(self, other: MeetingPlan) -> frozenset[str]:
        """The names of what is not the same in both."""
        names = (field.name for field in fields(self))
        return frozenset(name for name in names if (getattr(self, name) or None) != (getattr(other, name) or None))

    def as_fields(self) -> dict[str, object]:
        """The same as the form's fields show it; the last day only where it is another."""
        return {
            "title": self.title,
            "starts_on": self.starts.date(),
            "starts_time": self.starts.time(),
            "ends_on": self.ends.date() if self.ends.date() != self.starts.date() else None,
            "ends_time": self.ends.time(),
            "time_zone": self.time_zone,
            "venue": self.venue,
            "join_link": self.join_link,
            "description": self.description,
            "visibility": self.visibility.value,
            "status": "tentative" if self.tentative else "confirmed",
        }


TIME = frozenset({"starts", "ends", "time_zone"})
REVISES = TIME | {"venue", "tentative"}
"""What raises SEQUENCE: time, place and status (RFC 5546 §2.1.4), not words about the meeting."""
WORTH_A_MAIL = REVISES | {"join_link"}


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
    found = [*_when_problems(plan, now)]
    if plan.join_link and not is_join_link(plan.join_link):
        found.append(DomainError(_l("Give the whole link, beginning with https://"), "join_link"))
    return found


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
                "starts_on",
            )
        ]
    if plan.ends - plan.starts > LONGEST:
        return [DomainError(_l("A meeting lasts 14 days at most. Is the day of the end right?"), "ends_on")]
    if plan.ends <= plan.starts:
        field = "ends_on" if plan.ends.date() < plan.starts.date() else "ends_time"
        return [DomainError(_l("The end must come after the start. If it is on another day, give that day."), field)]
    odd: list[DomainError] = [
        OddTime(local, plan.time_zone, field)
        for local, field in ((plan.starts, "starts_time"), (plan.ends, "ends_time"))
        if zones.reading(local, plan.time_zone) is not Reading.ONCE
    ]
    return odd


def is_join_link(text: str) -> bool:
    """Whether it is a link that a browser opens safely: https, a host, no name and password, no blanks."""
    try:
        parts = urlsplit(text)
        named = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    return named and parts.scheme == "https" and not any(char.isspace() or char in '<>"\\' for char in text)
