"""Finding a time: one interactive request for 500 members and 90 days, in steps of half an hour, around the clock."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.membership.rules import State

SLUG = "climate-and-energy"
MEMBERS, DAYS, ROUNDS = 500, 90, 7
MOST_SECONDS = 1.0


def address(app: Flask) -> tuple[str, int]:
    """The page's address with as many groups as it takes to have so many members; and how many they are."""
    with app.app_context():
        members = db.session.execute(
            select(WorkingGroup.slug, Membership.person_id)
            .join(WorkingGroup, WorkingGroup.id == Membership.group_id)
            .where(Membership.state == State.ACTIVE)
            .order_by(WorkingGroup.slug != SLUG, WorkingGroup.id)
        ).all()
    chosen: dict[str, None] = {}
    people: set[int] = set()
    for slug, person_id in members:
        if slug not in chosen and len(people) >= MEMBERS:
            break
        chosen[slug] = None
        people.add(person_id)
    first = clock.now().date() + timedelta(days=1)
    asked = [
        ("minutes", "120"), ("first", str(first)), ("last", str(first + timedelta(days=DAYS - 1))),
        ("opens", "00:00"), ("closes", "00:00"), ("needed", "leading"),
        *(("groups", slug) for slug in chosen if slug != SLUG),
    ]  # fmt: skip
    return f"/groups/{SLUG}/find-a-time?{urlencode(asked)}", len(people)


def report(median: float, queries: int, people: int) -> bool:
    """Say what came out; whether it falls short."""
    short = median > MOST_SECONDS
    print(
        f"Finding a time for {people} members within {DAYS} days: {median * 1000:.0f} ms, {queries} queries"
        f"{'   FALLS SHORT' if short else ''} (must reach: {MOST_SECONDS:.0f} s)",
        flush=True,
    )
    return short
