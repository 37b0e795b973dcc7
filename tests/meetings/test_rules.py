"""What a meeting may be: days, clock changes, links, and what raises SEQUENCE."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.core.zones import Reading
from app.meetings import rules
from app.meetings.rules import MeetingPlan, OddTime, Visibility

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
PLAN = MeetingPlan("Spring meeting", datetime(2027, 3, 12, 10), datetime(2027, 3, 12, 12), "Europe/Brussels")


def fields_blamed(plan: MeetingPlan) -> list[str | None]:
    return [problem.field for problem in rules.problems(plan, NOW)]


def at(start: datetime, hours: float = 2, zone: str = "Europe/Brussels") -> MeetingPlan:
    return replace(PLAN, starts=start, ends=start + timedelta(hours=hours), time_zone=zone)


def test_a_plain_plan_is_fine() -> None:
    assert rules.problems(PLAN, NOW) == []
    rules.check(PLAN, NOW)


def test_the_end_comes_after_the_start() -> None:
    assert fields_blamed(at(PLAN.starts, hours=0)) == ["ends_time"]
    assert fields_blamed(at(PLAN.starts, hours=-1)) == ["ends_time"]
    assert fields_blamed(at(PLAN.starts, hours=-30)) == ["ends_on"]


def test_two_weeks_at_most() -> None:
    assert fields_blamed(at(PLAN.starts, hours=14 * 24)) == []
    assert fields_blamed(at(PLAN.starts, hours=14 * 24 + 1)) == ["ends_on"]


@pytest.mark.parametrize("year", [1, 1900, 2023, 2037, 9999])
def test_years_that_are_slips_of_the_finger(year: int) -> None:
    assert fields_blamed(at(datetime(year, 6, 1, 10), hours=2)) == ["starts_on"]


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2036])
def test_years_that_may_be(year: int) -> None:
    assert fields_blamed(at(datetime(year, 6, 1, 10))) == []


def test_an_unknown_zone() -> None:
    assert fields_blamed(replace(PLAN, time_zone="Europe/Atlantis")) == ["time_zone"]


@pytest.mark.parametrize(
    ("zone", "local", "reading", "earlier", "later"),
    [
        ("Europe/Brussels", "2027-03-28T02:30", Reading.SKIPPED, "2027-03-28T01:30", "2027-03-28T03:30"),
        ("Europe/Brussels", "2027-10-31T02:00", Reading.TWICE, "2027-10-31T01:00", "2027-10-31T03:00"),
        ("Europe/London", "2027-03-28T01:59", Reading.SKIPPED, "2027-03-28T00:59", "2027-03-28T02:59"),
        ("America/New_York", "2027-11-07T01:15", Reading.TWICE, "2027-11-07T00:15", "2027-11-07T02:15"),
        ("Pacific/Auckland", "2027-09-26T02:15", Reading.SKIPPED, "2027-09-26T01:15", "2027-09-26T03:15"),
        ("Australia/Lord_Howe", "2027-10-03T02:15", Reading.SKIPPED, "2027-10-03T01:45", "2027-10-03T02:45"),
    ],
)
def test_odd_times_are_asked_about(zone: str, local: str, reading: Reading, earlier: str, later: str) -> None:
    (problem,) = rules.problems(at(datetime.fromisoformat(local), 5, zone), NOW)
    assert isinstance(problem, OddTime) and problem.field == "starts_time"
    assert problem.reading is reading
    assert (problem.earlier, problem.later) == (datetime.fromisoformat(earlier), datetime.fromisoformat(later))
    for instead in (problem.earlier, problem.later):
        assert rules.problems(at(instead, 5, zone), NOW) == []


def test_an_odd_end_is_asked_about_too() -> None:
    assert fields_blamed(at(datetime(2027, 3, 28, 0, 30))) == ["ends_time"]


def test_casablanca_changes_its_clocks_no_more() -> None:
    """Its clocks used to go back for Ramadan; from September 2026 on the zone stays on one time."""
    for day in (7, 14):
        for hour in (2, 3):
            assert fields_blamed(at(datetime(2027, 3, day, hour, 30), zone="Africa/Casablanca")) == []


def test_ramadan_changed_casablancas_clocks_before() -> None:
    assert fields_blamed(at(datetime(2026, 2, 15, 2, 30), zone="Africa/Casablanca")) == ["starts_time"]


def test_a_day_that_was_left_out() -> None:
    then = datetime(2011, 6, 1, tzinfo=UTC)
    plan = at(datetime(2011, 12, 30, 10), zone="Pacific/Apia")
    problems = rules.problems(plan, then)
    assert [problem.field for problem in problems] == ["starts_time", "ends_time"]
    first = problems[0]
    assert isinstance(first, OddTime)
    assert (first.earlier, first.later) == (datetime(2011, 12, 29, 10), datetime(2011, 12, 31, 10))


def test_words_say_when_the_clocks_move(app: object) -> None:
    skipped = OddTime(datetime(2027, 3, 28, 2, 30), "Europe/Brussels", "starts_time")
    assert "02:30 does not exist" in str(skipped.message) and "from 02:00 to 03:00" in str(skipped.message)
    doubled = OddTime(datetime(2027, 10, 31, 2, 59), "Europe/Brussels", "starts_time")
    assert "02:59 comes twice" in str(doubled.message) and "from 03:00 to 02:00" in str(doubled.message)
    short = OddTime(datetime(2027, 4, 4, 1, 30), "Australia/Lord_Howe", "starts_time")
    assert "from 02:00 to 01:30" in str(short.message)
    whole_day = OddTime(datetime(2011, 12, 30, 10), "Pacific/Apia", "starts_time")
    assert "This day does not exist" in str(whole_day.message)


@pytest.mark.parametrize(
    "link",
    ["https://meet.example.org/j/1?pwd=a%20b#x", "https://meet.example.org:8443/x", "https://réunion.example/é"],
)
def test_links_to_join(link: str) -> None:
    assert fields_blamed(replace(PLAN, join_link=link)) == []


@pytest.mark.parametrize(
    "link",
    [
        "http://meet.example.org", "meet.example.org/x", "javascript:alert(1)", "https:", "https://", "https:///x",
        "https://good.example@evil.example/", "https://a b.example/", "https://a.example/\nx", "https://[::1",
        "tel:112",
        'https://a.example/"onclick', "https://a.example:99999/", "//a.example",
    ],
)  # fmt: skip
def test_what_is_no_link_to_join(link: str) -> None:
    assert fields_blamed(replace(PLAN, join_link=link)) == ["join_link"]


def test_differences_are_named() -> None:
    assert PLAN.differences(PLAN) == frozenset()
    assert PLAN.differences(replace(PLAN, venue="")) == frozenset()
    assert PLAN.differences(replace(PLAN, venue="Rue X", title="Y")) == {"venue", "title"}


@pytest.mark.parametrize(
    ("change", "raises"),
    [
        ({"starts": datetime(2027, 3, 12, 9)}, True),
        ({"ends": datetime(2027, 3, 12, 13)}, True),
        ({"time_zone": "Europe/Paris"}, True),
        ({"venue": "Rue X"}, True),
        ({"tentative": True}, True),
        ({"title": "Y"}, False),
        ({"description": "Y"}, False),
        ({"join_link": "https://a.example"}, False),
        ({"visibility": Visibility.MEMBERS}, False),
        ({}, False),
    ],
)
def test_what_raises_sequence(change: dict[str, object], raises: bool) -> None:
    changed = PLAN.differences(replace(PLAN, **change))  # type: ignore[arg-type]
    assert rules.next_sequence(4, changed) == (5 if raises else 4)
