"""Four readers of iCalendar, none of which knows another, find in a feed's bytes what the site shows, and nothing else.

They are icalendar with recurring-ical-events, dateutil, ical.js and libical; khal and vdirsyncer have their own tests.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.calendars import content
from app.calendars.assembly import assemble
from app.calendars.choice import Choice
from app.calendars.feeds import FeedKey, FeedKind
from app.core.db import db
from app.demo.generate import invent
from app.demo.plan import Plan
from app.groups import catalogue
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import MeetingPlan, Precision, ShownAs
from app.meetings.rules.pattern import LAST, Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import cancel_meeting, change_meeting, reinstate_meeting, series_plan
from app.meetings.service import series as service
from app.proceedings import service as proceedings
from app.proceedings.rules import Partstat
from app.programme import service as programme
from tests.calendars import readers, site
from tests.calendars.assembling import group_feed
from tests.calendars.hostile import TEXTS, Programme
from tests.calendars.readers.programs import MISSING
from tests.calendars.test_series import NOW, Meant, live
from tests.databases import empty_all_tables
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.factories.programme import make_milestone

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(bool(MISSING), reason=f"{' and '.join(MISSING)} not installed: run scripts/install clients"),
]

ZONES = ("Europe/Brussels", "Europe/London", "America/New_York", "Africa/Casablanca", "Asia/Tehran", "UTC")
PATTERNS = (
    Pattern(Frequency.WEEKLY, 1, (Weekday.MO, Weekday.TH)),
    Pattern(Frequency.WEEKLY, 2, (Weekday.WE,)),
    Pattern(Frequency.MONTHLY, 1, (Weekday.TU,), (2, 4)),
    Pattern(Frequency.MONTHLY, 2, (Weekday.FR,), (LAST,)),
    Pattern(Frequency.MONTHLY, 1, monthday=15),
    Pattern(Frequency.MONTHLY, 3, monthday=LAST),
    Pattern(Frequency.YEARLY, 1, (Weekday.SA,), (1,), month=3),
    Pattern(Frequency.YEARLY, 1, monthday=12, month=11),
)
DAY = timedelta(days=1)


def agree(reads: dict[str, readers.Read], group: WorkingGroup, first: date, until: date) -> int:
    """Every reader finds in the group's feed what the site shows in that time; how much that is."""
    expected = site.shown(group, first, until)
    feed = group_feed(group.id, "en", datetime.now(UTC))
    assert feed is not None
    for name, read in reads.items():
        found = read(feed.body, first, until)
        too_much, lacks = Counter(found) - Counter(expected), Counter(expected) - Counter(found)
        assert not (too_much or lacks), f"{name} has {list(too_much)}, lacks {list(lacks)}"
    return len(expected)


@pytest.mark.parametrize("stays", [True, False])
def test_with_their_owners_answers(app: Flask, reads: dict[str, readers.Read], stays: bool) -> None:
    """Of some dates, moved, renamed and whole-day ones too: what was declined stays at its time, or is left out."""
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        group = make_group("answered")
        member = make_account()
        make_membership(group, member)
        for zone in ("Europe/Brussels", "America/New_York", "UTC"):
            _lived_through(_series(group, 2027, zone, PATTERNS[1]))
            make_meeting(group, datetime(2027, 3, 28, 10), time_zone=zone, title="Alone")
        asked = db.session.scalars(select(Meeting).where(Meeting.status != "CANCELLED").order_by(Meeting.id)).all()
        said = {one.id: list(Partstat)[number % 3] for number, one in enumerate(asked) if number % 4 < 3}
        for one in asked:
            if one.id in said:
                proceedings.answer(one.id, member.id, said[one.id], sequence=one.sequence)
        first, until = date(2026, 11, 1), date(2030, 1, 1)
        declined = {key for key, partstat in said.items() if partstat == Partstat.DECLINED}
        left = site.shown(group, first, until, but=frozenset() if stays else declined)
        named = [one._replace(summary=f"{group.names['en']}: {one.summary}") for one in left]
        feed = assemble(FeedKey(FeedKind.MINE, member.id), Choice("en", declined=stays), datetime.now(UTC))
        assert feed is not None and len(declined) > 10
        for name, read in reads.items():
            found = read(feed.body, first, until)
            too_much, lacks = Counter(found) - Counter(named), Counter(named) - Counter(found)
            assert not (too_much or lacks), f"{name} has {list(too_much)}, lacks {list(lacks)}"
        again = assemble(FeedKey(FeedKind.MINE, member.id), Choice("en", declined=stays), datetime.now(UTC))
        assert again is not None and again.body == feed.body


@pytest.mark.parametrize("year", [2027, 2038])
def test_all_that_there_can_be(app: Flask, reads: dict[str, readers.Read], year: int) -> None:
    with time_machine.travel(datetime(year - 1, 11, 25, 9, tzinfo=UTC), tick=False):
        group = make_group("everything")
        for number, zone in enumerate(ZONES):
            _singles(group, year, zone)
            for pattern in PATTERNS[number % 2 :: 2]:  # by turns, to save time
                _lived_through(_series(group, year, zone, pattern))
        _texts(group, year)
        assert agree(reads, group, date(year - 1, 1, 1), date(year + 5, 1, 1)) > 500
        assert agree(reads, group, date(year, 6, 15), date(year, 7, 1)) > 10  # in the middle of series


def _singles(group: WorkingGroup, year: int, zone: str) -> None:
    """Alone: some hours, a night in which clocks change, whole days, several days shown in each way."""
    for month, day in ((1, 15), (3, 20), (4, 3), (7, 1), (10, 20), (11, 10)):
        make_meeting(group, datetime(year, month, day, 10), time_zone=zone, tentative=month == 7)
    for month in (3, 10, 11):
        for sunday in (date(year, month, day) for day in range(1, 31) if date(year, month, day).weekday() == 6):
            evening = datetime(year, month, sunday.day, 22) - DAY
            make_meeting(group, evening, ends=evening + timedelta(hours=8), time_zone=zone, title=f"Night {sunday}")
    days = datetime(year, 3, 27), datetime(year, 4, 1)
    make_meeting(group, days[0], ends=days[1], time_zone=zone, precision=Precision.DAYS, title="Days alone known")
    for shown_as in ShownAs:
        ends = datetime(year, 3, 31, 16, 30)
        make_meeting(group, datetime(year, 3, 26, 9), ends=ends, time_zone=zone, shown_as=shown_as, title=shown_as)
    called_off = make_meeting(group, datetime(year, 5, 4, 9), time_zone=zone, title="Called off")
    cancel_meeting(called_off.id, None, actor_id=None)
    make_milestone(group, date(year, 5, 1), title="Deadline")
    dropped = make_milestone(group, date(year, 6, 9), first_day=date(year, 6, 7), title="Consultation")
    programme.drop(dropped.id, None, actor_id=None)


def _series(group: WorkingGroup, year: int, zone: str, pattern: Pattern) -> MeetingSeries:
    """For about a year, or three times, with two days left out."""
    first = next(day for day in (date(year, 1, 2) + number * DAY for number in range(400)) if pattern.gives(day))
    until = first + (900 if pattern.frequency == Frequency.YEARLY else 330) * DAY
    days = pattern.dates(first, until)
    starts = datetime.combine(first, datetime.min.time()).replace(hour=14)
    said = MeetingPlan(" ".join(pattern.rules()), starts, starts + timedelta(minutes=90), zone)
    left_out = frozenset(days[5:7]) if len(days) > 7 else frozenset()
    return service.create_series(group.id, SeriesPlan(said, pattern, until, left_out), actor_id=None)


def _lived_through(series: MeetingSeries) -> None:
    """Dates go to another day, zone and name, to whole days, are called off, and one is held after all; one is added;
    from one on it is at another hour.
    """
    dates = sorted(series.meetings, key=lambda each: each.starts_at)
    second = dates[1]
    moved = datetime.combine(second.starts_local.date() + 2 * DAY, datetime.min.time()).replace(hour=17)
    other_zone = "America/New_York" if second.time_zone != "America/New_York" else "Europe/Brussels"
    plan = replace(second.said, starts=moved, ends=moved + timedelta(hours=3), time_zone=other_zone, title="Moved")
    change_meeting(second.id, plan, version=second.version, actor_id=None)
    if len(dates) < 8:
        return
    midnight = datetime.combine(dates[2].starts_local.date(), datetime.min.time())
    plan = replace(dates[2].said, starts=midnight, ends=midnight + 2 * DAY, precision=Precision.DAYS)
    change_meeting(dates[2].id, plan, version=dates[2].version, actor_id=None)
    for off in dates[3:5]:
        cancel_meeting(off.id, "Too few", actor_id=None)
    reinstate_meeting(dates[4].id, actor_id=None)
    extra = dates[-1].starts_local + timedelta(days=3, hours=1)
    service.add_date(series.id, replace(dates[-1].said, starts=extra, ends=extra + timedelta(hours=1)), actor_id=None)
    db.session.rollback()
    at = dates[-3].recurrence_id
    assert at
    later = series_plan.plan_from(series, at)
    first = replace(later.first, starts=later.first.starts.replace(hour=9), ends=later.first.starts.replace(hour=11))
    service.change_series(series.id, at, replace(later, first=first), version=series.version, actor_id=None)


def _texts(group: WorkingGroup, year: int) -> None:
    """Titles that a reader must unescape and unfold."""
    for number, title in enumerate(
        (
            "Towns; regions, \"both\": 50 % \\ C:\\News\\; a\\, b",
            "Δήμοι και περιφέρειες · Общини и региони · 👩‍👩‍👧 e\u0301" * 3,
            "מועצה של ערים ואזורים: פגישה",
            "END:VEVENT BEGIN:VALARM",
            "é" * 40 + "\\" * 9 + ";" * 9 + "𝄞" * 30,
        )
    ):  # fmt: skip
        make_meeting(group, datetime(year, 9, 1 + number, 10), title=title)


def test_a_date_left_out_since_clocks_skip_or_double_its_hour(app: Flask, reads: dict[str, readers.Read]) -> None:
    with time_machine.travel(NOW, tick=False):
        group = make_group("night-owls")
        for first, odd in ((date(2027, 3, 7), date(2027, 3, 28)), (date(2027, 10, 3), date(2027, 10, 31))):
            starts = datetime(first.year, first.month, first.day, 2, 15)
            said = MeetingPlan("Call", starts, starts + timedelta(minutes=30), "Europe/Brussels")
            sundays = Pattern(Frequency.WEEKLY, 1, (Weekday.SU,))
            service.create_series(group.id, SeriesPlan(said, sundays, odd + 14 * DAY, frozenset({odd})), actor_id=None)
        assert agree(reads, group, date(2027, 1, 1), date(2028, 1, 1)) == 5 + 6
        series = make_series(group, datetime(2027, 3, 7, 10), date(2027, 4, 18))
        assert [part.rule is None for part in series.parts] == [False]


def test_the_demos_feeds(app: Flask, reads: dict[str, readers.Read]) -> None:
    with time_machine.travel(NOW, tick=False):
        catalogue.load_files()
        assert invent(Plan(today=NOW.date(), people=60, meetings=120, seed=3), "invented for one test only")
        groups = db.session.scalars(select(WorkingGroup).order_by(WorkingGroup.id)).all()
        assert sum(agree(reads, group, date(2027, 1, 1), date(2029, 1, 1)) for group in groups) > 100


@given(data=st.data())
@settings(
    max_examples=1_000 if os.environ.get("TEST_AT_RANDOM") else 40,
    deadline=None,
    derandomize=not os.environ.get("TEST_AT_RANDOM"),
    phases=(Phase.explicit, Phase.generate),  # as in test_series.py
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_generated_series(app: Flask, reads: dict[str, readers.Read], data: st.DataObject) -> None:
    def look(group: WorkingGroup, _meant: Meant) -> None:
        assert agree(reads, group, date(2026, 1, 1), date(2033, 1, 1)) > 0

    with time_machine.travel(NOW, tick=False):
        try:
            live(data, look)
        finally:
            db.session.rollback()
            empty_all_tables()


@given(texts=TEXTS)
@settings(
    max_examples=1_000 if os.environ.get("TEST_AT_RANDOM") else 100,
    derandomize=not os.environ.get("TEST_AT_RANDOM"),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_titles_come_back_whatever_is_typed(app: Flask, reads: dict[str, readers.Read], texts: list[str]) -> None:
    programme = Programme([each if content.one_line(each) else "untitled" for each in texts])
    body = programme.body()
    titles = {(each.uid, each.summary) for each in programme.expected()}
    for name, read in reads.items():
        found = {(each.uid, each.summary) for each in read(body, date(2027, 1, 1), date(2028, 1, 1))}
        lost = titles - found
        if name == "icalendar":  # takes an escaped backslash before an n for a line break
            lost = {(uid, title) for uid, title in lost if "\\n" not in title.lower()}
        assert not lost, name
