"""Invented weeks of the institutions for this year and the next, absences, and calendars that say busy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.availability.models import Absence, Band, BusyCalendar, BusyPeriod
from app.availability.rules import USUAL_WISH, BandKind
from app.core.settings import settings
from app.demo.memberships import home_of
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.people.models import Person

AWAY = 6
"""One in so many people has noted when they are away."""
READ = 9
"""One in so many has a calendar read."""
BUSY_WEEKS = 20
PLENARY = {"en": "European Parliament: plenary session", "fr": "Parlement européen : session plénière"}
COMMITTEES = {"en": "European Parliament: committee meetings", "fr": "Parlement européen : réunions des commissions"}
REGIONS = {"en": "Committee of the Regions: plenary session", "fr": "Comité des régions : session plénière"}
SUMMER = {"en": "Summer recess of the institutions", "fr": "Pause d’été des institutions"}
WINTER = {"en": "Winter recess of the institutions", "fr": "Pause d’hiver des institutions"}
FAIR = {"en": "Annual conference of the community", "fr": "Conférence annuelle de la communauté"}

Days = tuple[dict[str, str], BandKind, str | None, date, date]


def invent_availability(session: Session, plan: Plan, groups: Sequence[WorkingGroup]) -> None:
    """Mark days for all and for one group; let some people be away and others have a calendar read."""
    for names, kind, city, first, last in _institutions(plan):
        session.add(_band(names, kind, city, first, last))
    home = home_of(groups)
    spring = _monday(date(plan.today.year + 1, 4, 10)) + timedelta(days=2)
    fair = _band(FAIR, BandKind.EVENT, "Lisbon", spring, spring + timedelta(days=1))
    fair.group_id = home.id
    session.add(fair)
    _people(session, plan)


def _institutions(plan: Plan) -> Iterator[Days]:
    """Dates as such weeks mostly lie, invented all the same: a week of each month, none in August."""
    for year in (plan.today.year, plan.today.year + 1):
        for month in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12):
            week = _monday(date(year, month, 8))
            yield PLENARY, BandKind.SESSION, "Strasbourg", week, week + timedelta(days=3)
            week += timedelta(days=7)
            yield COMMITTEES, BandKind.COMMITTEE, "Brussels", week, week + timedelta(days=3)
        for month in (2, 4, 6, 10, 12):
            start = _monday(date(year, month, 22)) + timedelta(days=2)
            yield REGIONS, BandKind.SESSION, "Brussels", start, start + timedelta(days=1)
        yield SUMMER, BandKind.RECESS, None, date(year, 7, 21), date(year, 8, 24)
        yield WINTER, BandKind.RECESS, None, date(year, 12, 21), date(year + 1, 1, 6)


def _band(names: dict[str, str], kind: BandKind, city: str | None, first: date, last: date) -> Band:
    return Band(
        kind=kind,
        wish=USUAL_WISH[kind],
        names={code: f"{name} {MARK}" for code, name in names.items()},
        city=city,
        starts_on=first,
        ends_on=last,
        demo=True,
    )


def _people(session: Session, plan: Plan) -> None:
    dice = plan.dice("availability")
    absences: list[dict[str, object]] = []
    periods: list[dict[str, object]] = []
    for person_id, zone in session.execute(select(Person.id, Person.time_zone).order_by(Person.id)).all():
        zone = zone or settings().default_time_zone
        if person_id % AWAY == 1:
            first = plan.today + timedelta(days=dice.randrange(10, 200))
            starts = datetime.combine(first, time())
            absences.append(
                {"person_id": person_id, "starts_local": starts, "time_zone": zone, "whole_days": True,
                 "ends_local": starts + timedelta(days=dice.randrange(1, 15)), "note": MARK}
            )  # fmt: skip
        if person_id % READ == 2:
            calendar = BusyCalendar(
                person_id=person_id, label=f"Work {MARK}", from_file=True, created_at=plan.ago(20), read_at=plan.ago(20)
            )
            session.add(calendar)
            session.flush()
            weekday, hour = dice.randrange(5), dice.randrange(7, 15)
            for week in range(BUSY_WEEKS):
                day = _monday(plan.today) + timedelta(days=7 * week + weekday)
                begins = datetime.combine(day, time(hour), UTC)
                periods.append(
                    {"calendar_id": calendar.id, "starts_at": begins, "ends_at": begins + timedelta(hours=2)}
                )
    if absences:
        session.execute(insert(Absence), absences)
    if periods:
        session.execute(insert(BusyPeriod), periods)


def _monday(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())
