"""Times found by integers full of bits are those that a clock and a list of people give: an oracle of its own says so.

The oracle imports nothing of the application. It looks at every minute of every candidate by itself.
"""

from __future__ import annotations

import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.availability.slots import Around, Attendee, Marked, Question, Slot, Wish, find

ZONES = ("Europe/Brussels", "Europe/Lisbon", "Asia/Tbilisi", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca")
SPRING, AUTUMN = date(2027, 3, 26), date(2027, 10, 29)
"""Two days before the clocks of Brussels move."""


def at(text: str, zone: str = "Europe/Brussels") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


# The oracle -----------------------------------------------------------------------------------------------------------


def oracle(question: Question, around: Around) -> list[tuple[datetime, int, list[datetime]]]:
    """(start, cost, other starts of the day that cost the same), the best day first."""
    home, length = ZoneInfo(question.zone), timedelta(minutes=question.minutes)
    days: dict[date, list[tuple[int, datetime]]] = {}
    day = question.first
    while day <= question.last:
        for step in range(48 * 30):
            local = datetime.combine(day, question.opens) + timedelta(minutes=30 * step)
            closes = datetime.combine(day, question.closes)
            closes += timedelta(days=question.closes == time())
            if local >= closes or day.weekday() not in question.weekdays:
                break
            if not plain(local, home):
                continue
            start = local.replace(tzinfo=home).astimezone(UTC)
            end = start + length
            local_end = end.astimezone(home).replace(tzinfo=None)
            too_early = question.not_before is not None and start < question.not_before
            if local_end > closes or not plain(local_end, home) or too_early:
                continue
            days.setdefault(day, []).append((cost(question, around, start, end), local))
        day += timedelta(days=1)
    best = sorted((min(found)[0], found[0][1], found) for found in days.values())
    listed = []
    for least, _first, found in best[: question.most]:
        equal = [local for price, local in found if price == least]
        listed.append((equal[0], least, equal[1:]))
    return listed


def plain(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock shows it once."""
    return len({local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}) == 1


def cost(question: Question, around: Around, start: datetime, end: datetime) -> int:
    total = 0
    for person in around.attendees:
        spans = [*person.busy, *(span for key in person.shares for span in around.shared[key])]
        local, until = (moment.astimezone(ZoneInfo(person.zone)) for moment in (start, end - timedelta(seconds=1)))
        days = {local.date(), until.date()}
        last = end.astimezone(ZoneInfo(person.zone))
        if any(begins < end.timestamp() and start.timestamp() < ends for begins, ends in spans):
            price = 10
        elif days & set(around.holidays.get(person.calendar or "", ())):
            price = 6
        elif any(begins < end.timestamp() and start.timestamp() < ends for begins, ends in person.kept):
            price = 4
        elif local.time() < time(8) or last.date() != local.date() or last.time() > time(20):
            price = 3
        else:
            price = 0
        total += price * (20 if person.required else 1)
    whole = 10 * len(around.attendees)
    home = ZoneInfo(question.zone)
    days = {start.astimezone(home).date(), (end - timedelta(seconds=1)).astimezone(home).date()}
    for item in around.marked:
        if any(item.first <= day <= item.last for day in days):
            total += {"avoid": whole * 25 // 100, "wanted": whole * -25 // 100, "neutral": 0}[item.wish.value]
    if any(begins <= start.timestamp() < ends for begins, ends in question.near):
        total -= whole * 50 // 100
    return total


def shown(slots: list[Slot]) -> list[tuple[datetime, int, list[datetime]]]:
    return [(slot.starts, slot.cost, list(slot.also)) for slot in slots]


# What it is tried with ------------------------------------------------------------------------------------------------


@st.composite
def cases(draw: st.DrawFn) -> tuple[Question, Around]:
    first = draw(st.sampled_from((SPRING, AUTUMN, date(2027, 3, 12), date(2027, 10, 31)))) + timedelta(
        days=draw(st.integers(0, 3))
    )
    last = first + timedelta(days=draw(st.integers(0, 4)))
    low = at(first.isoformat()) - 86_400

    def spans(most: int) -> st.SearchStrategy[list[tuple[int, int]]]:
        minute = st.integers(0, 7 * 24 * 60)
        one = st.tuples(minute, st.integers(1, 900)).map(lambda it: (low + it[0] * 60, low + (it[0] + it[1]) * 60))
        return st.lists(one, max_size=most)

    days = st.integers(-1, 6).map(lambda number: first + timedelta(days=number))
    people = [
        Attendee(
            key=number,
            zone=draw(st.sampled_from(ZONES)),
            required=draw(st.booleans()),
            busy=draw(spans(3)),
            shares=draw(st.lists(st.sampled_from((1, 2)), unique=True)),
            calendar=draw(st.sampled_from((None, "BE", "PT"))),
            kept=draw(spans(2)),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    around = Around(
        attendees=people,
        shared={1: draw(spans(3)), 2: draw(spans(1))},
        holidays={"BE": draw(st.frozensets(days, max_size=2)), "PT": draw(st.frozensets(days, max_size=2))},
        marked=[
            Marked(number, begins, begins + timedelta(days=draw(st.integers(0, 2))), wish)
            for number, (begins, wish) in enumerate(
                draw(st.lists(st.tuples(days, st.sampled_from(list(Wish))), max_size=3))
            )
        ],
    )
    question = Question(
        first=first,
        last=last,
        minutes=draw(st.sampled_from((30, 45, 120, 600))),
        zone=draw(st.sampled_from(ZONES)),
        opens=draw(st.sampled_from((time(0), time(1, 15), time(9)))),
        closes=draw(st.sampled_from((time(0), time(4), time(18, 10)))),
        weekdays=range(7),
        near=draw(spans(2)),
        not_before=draw(st.sampled_from((None, datetime(2027, 3, 27, 13, 7, tzinfo=UTC)))),
        most=draw(st.sampled_from((2, 9))),
    )
    return question, around


@settings(max_examples=60, deadline=None)
@given(cases())
def test_what_is_found_is_what_the_oracle_finds(case: tuple[Question, Around]) -> None:
    question, around = case
    assert shown(find(question, around)) == oracle(question, around)


@settings(max_examples=25, deadline=None)
@given(cases())
def test_the_reasons_told_are_those_that_were_counted(case: tuple[Question, Around]) -> None:
    question, around = case
    people = {person.key: person for person in around.attendees}
    for slot in find(question, around):
        weights = [(10, slot.losses.taken)]
        weights += [(6, keys) for _calendar, _day, keys in slot.losses.holidays]
        weights += [(4, slot.losses.kept)]
        weights += [(3, keys) for _zone, keys in slot.losses.unsociable]
        lost = [key for _weight, keys in weights for key in keys]
        assert len(lost) == len(set(lost)), "each person once"
        price = sum(weight * (20 if people[key].required else 1) for weight, keys in weights for key in keys)
        whole = 10 * len(people)
        wishes = {item.key: item.wish for item in around.marked}
        signs = {Wish.AVOID: 25, Wish.WANTED: -25, Wish.NEUTRAL: 0}
        price += sum(whole * signs[wishes[key]] // 100 for key in slot.losses.marked)
        price -= whole * 50 // 100 if slot.near else 0
        assert price == slot.cost


# Single things said by hand -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "at_one"), [(date(2027, 3, 28), [0, 30]), (date(2027, 10, 31), [0])])
def test_on_days_whose_clocks_move_no_start_or_end_is_skipped_or_doubled(day: date, at_one: list[int]) -> None:
    """In autumn what begins at 01:30 would end at 02:00, which comes twice."""
    question = Question(day, day, 30, "Europe/Brussels", time(0), time(0), weekdays=range(7))
    (slot,) = find(question, Around([]))
    starts = [slot.starts, *slot.also]
    assert [start.minute for start in starts if start.hour == 1] == at_one
    assert all(start.hour != 2 for start in starts)


def test_two_hours_across_the_change_are_two_hours_of_time() -> None:
    question = Question(date(2027, 10, 31), date(2027, 10, 31), 240, "Europe/Brussels", time(0), time(4), range(7))
    (slot,) = find(question, Around([]))
    assert (slot.starts.hour, slot.ends.hour) == (0, 3)
    assert slot.ends_at - slot.starts_at == timedelta(hours=4)


def test_back_to_back_is_no_clash() -> None:
    day = date(2027, 3, 15)
    busy = [(at("2027-03-15T09:00"), at("2027-03-15T11:00")), (at("2027-03-15T13:00"), at("2027-03-15T18:00"))]
    (slot,) = find(Question(day, day, 120, "Europe/Brussels"), Around([Attendee(1, "Europe/Brussels", busy=busy)]))
    assert (slot.starts, slot.also, slot.cost) == (datetime(2027, 3, 15, 11), [], 0)


def test_one_who_must_be_there_outweighs_many() -> None:
    day = date(2027, 3, 15)
    morning, afternoon = (
        (at("2027-03-15T09:00"), at("2027-03-15T12:00")),
        (
            at("2027-03-15T12:00"),
            at("2027-03-15T18:00"),
        ),
    )
    people = [Attendee(number, "Europe/Brussels", busy=[morning]) for number in range(15)]
    chair = Attendee(99, "Europe/Brussels", required=True, busy=[afternoon])
    (slot,) = find(Question(day, day, 180, "Europe/Brussels"), Around([*people, chair]))
    assert slot.starts == datetime(2027, 3, 15, 9)
    assert 99 not in slot.losses.taken


def test_500_people_and_90_days_within_a_second() -> None:
    first = date(2027, 3, 1)
    begin = at("2027-03-01")

    def hours(start: int, length: int) -> tuple[int, int]:
        return begin + start * 3600, begin + (start + length) * 3600

    shared = {group: [hours(group * 7 + number * 31, 2) for number in range(60)] for group in range(60)}
    people = [
        Attendee(
            key=number,
            zone=ZONES[number % len(ZONES)],
            required=number % 50 == 0,
            busy=[hours(number + day * 24, 1) for day in range(90)],
            shares=[number % 60, (number * 7) % 60],
            calendar=("BE", "PT", None)[number % 3],
        )
        for number in range(500)
    ]
    around = Around(people, shared, {"BE": {date(2027, 5, 1)}, "PT": {date(2027, 4, 25)}})
    question = Question(first, first + timedelta(days=89), 120, "Europe/Brussels", time(0), time(0), range(7))
    began = stopwatch.process_time()
    found = find(question, around)
    assert stopwatch.process_time() - began < 1
    assert len(found) == 12
