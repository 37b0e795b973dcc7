"""Invented meetings: past and to come, firm, tentative and cancelled, open and for members only."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core import zones
from app.core.settings import settings
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.groups.queries import zone_of
from app.meetings.models import ALPHABET, Meeting, Status, Visibility

BATCH = 2_000
PLACES = (
    ("Conference centre, Rue de l’Exemple 1, Brussels", "Europe/Brussels"),
    ("Kuntatalo, Esimerkkikatu 14, Helsinki", "Europe/Helsinki"),
    ("Casa dos Municípios, Rua do Exemplo 3, Lisbon", "Europe/Lisbon"),
    ("Town hall, Mustergasse 5, Vienna", "Europe/Vienna"),
    ("House of Local Government, Sample Street 7, Edinburgh", "Europe/London"),
    ("Δημαρχείο, Οδός Παραδείγματος 9, Athens", "Europe/Athens"),
    ("Town hall, Magaliti Street 11, Tbilisi", "Asia/Tbilisi"),
)
TITLES = (
    "Exchange of practice: {en}",
    "Working meeting: {en}",
    "Preparing our position: {en}",
    "Échange d’expériences : {fr}",
    "Réunion de travail : {fr}",
    "Online briefing: {en}",
)
DESCRIPTION = """**This meeting is invented, to show what Roundtable does.**

- Welcome and agenda
- {topic}: news from the members
- Next steps and date of the next meeting
"""


def invent_meetings(session: Session, plan: Plan, groups: Sequence[WorkingGroup]) -> None:
    """Insert the meetings."""
    batch: list[dict[str, Any]] = []
    for row in _rows(plan, groups):
        batch.append(row)
        if len(batch) == BATCH:
            session.execute(insert(Meeting), batch)
            batch = []
    if batch:
        session.execute(insert(Meeting), batch)


def _rows(plan: Plan, groups: Sequence[WorkingGroup]) -> Iterator[dict[str, Any]]:
    """The columns of each meeting, in turn for each group, spread over the time that their number needs."""
    dice = plan.dice("meetings")
    planned = [group for number, group in enumerate(groups) if number % 10 != 8] or list(groups)
    each = max(1, plan.meetings // len(planned))
    ahead = min(365 * 3, 60 * (each // 2 + 1))
    behind = min(365 * 10, 60 * (each - each // 2))
    step = (ahead + behind) / each
    later = {group.id: dice.uniform(0, step) for group in planned}
    for number in range(plan.meetings):
        group, turn = planned[number % len(planned)], number // len(planned)
        day = plan.today + timedelta(days=round(turn * step - behind + later[group.id]) + dice.randrange(-5, 6))
        yield row_of(plan, dice, group, working_day(day), turn)


def row_of(plan: Plan, dice: random.Random, group: WorkingGroup, day: date, turn: int) -> dict[str, Any]:
    """The columns of one meeting of a group on a day; `turn` chooses what it is about."""
    place, zone = dice.choice(PLACES) if dice.random() < 0.45 else (None, zone_of(group))
    starts = datetime.combine(day, time(dice.choice((9, 10, 13, 14)), dice.choice((0, 30))))
    ends = starts + timedelta(minutes=dice.choice((90, 120, 180, 240)))
    if place and dice.random() < 0.25:
        ends = datetime.combine(day + timedelta(days=1), time(12, 30))
    topics = group.topics or {}
    topic = {code: _turn(topics.get(code) or ["…"], turn + group.id) for code in ("en", "fr")}
    title = _turn(TITLES, turn + group.id).format(**topic)
    status = dice.choices((Status.CONFIRMED, Status.TENTATIVE, Status.CANCELLED), weights=(82, 11, 7))[0]
    made = min(plan.ago(3), datetime.combine(day, time(8), UTC) - timedelta(days=dice.randrange(40, 120)))
    reference = "".join(dice.choice(ALPHABET) for _ in range(10))
    return {
        "reference": reference,
        "uid": f"{uuid.UUID(int=dice.getrandbits(128), version=4)}@{settings().host_name}",
        "group_id": group.id,
        "title": f"{title} {MARK}",
        "starts_local": starts,
        "ends_local": ends,
        "time_zone": zone,
        "starts_at": zones.to_utc(starts, zone),
        "ends_at": zones.to_utc(ends, zone),
        "venue": place,
        "join_link": f"https://meet.demo.example/{reference}" if place is None or dice.random() < 0.5 else None,
        "description": DESCRIPTION.format(topic=topic["en"]),
        "visibility": Visibility.MEMBERS if dice.random() < 0.15 else Visibility.PUBLIC,
        "status": status,
        "cancellation_reason": "Too few could come." if status == Status.CANCELLED else None,
        "sequence": 1 if status == Status.CANCELLED else 0,
        "created_at": made,
        "modified_at": made,
        "demo": True,
        "version": 1,
    }


def _turn(choices: Sequence[str], number: int) -> str:
    """One after the other, so that a group's meetings differ."""
    return choices[number % len(choices)]


def working_day(day: date) -> date:
    """The day, or one near it when people work: not at a weekend, in August or about the turn of the year."""
    if day.month == 8:
        day += timedelta(days=31)
    if (day.month, day.day) >= (12, 19) or (day.month, day.day) <= (1, 6):
        day += timedelta(days=21)
    return day - timedelta(days=max(0, day.weekday() - 4))
