"""The main pages: how many queries each sends, and what 5,000 people and 200,000 meetings cost against demo size.

Both sizes are measured turn by turn in one run, so that a noisy machine disturbs both alike; figures are medians. For
information, each page is also held against rendering its template alone, from data that lie ready.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core.db import db
from app.meetings.models import Meeting
from app.people.models import Account, Person
from bench import slots
from bench.databases import application, engines
from bench.rounds import interleaved
from tests.queries import counted_queries

ROUNDS = 40
MOST_QUERIES, MOST_RATIO = 12, 1.5

PAGES: list[tuple[str, str | None]] = [
    ("/", None),
    ("/", "expert"),
    ("/communities/climate", None),
    ("/groups/climate-and-energy", None),
    ("/groups/climate-and-energy", "coordinator"),
    ("/groups/climate-and-energy/members", "coordinator"),
    ("/groups/climate-and-energy/programme", None),
    ("/meetings", None),
    ("/meetings/{meeting}", None),
    ("/associations", None),
    ("/groups", None),
    ("/groups", "focal"),
    ("/associations/VVSG", "focal"),
    ("/me", "expert"),
    ("/desk", "coordinator"),
    ("/desk/decide", "coordinator"),
    ("/associations/VVSG/desk", "focal"),
    ("/calls", None),
    ("/people", "expert"),
    ("/people?q=ivan", "expert"),
    ("/search?q=climate", "expert"),
    ("/me/history", "expert"),
    ("/representation", "admin"),
    ("/representation", "coordinator"),
    ("/representation/coverage", "admin"),
    ("/representation/changes", "admin"),
    ("/representation/balance", "expert"),
    ("/representation/VVSG/climate-and-energy", "focal"),
    ("/admin", "admin"),
    ("/admin/people", "admin"),
    ("/admin/associations", "admin"),
    ("/admin/groups", "admin"),
    ("/admin/coordinators", "admin"),
    ("/admin/outbox", "admin"),
    ("/admin/audit", "admin"),
    ("/admin/reviews", "admin"),
    ("/admin/people/doubles", "admin"),
]


@dataclass
class Subject:
    """One page on one database."""

    app: Flask
    client: FlaskClient
    path: str

    def get(self) -> float:
        """Ask for the page; seconds it took."""
        began = time.perf_counter()
        answer = self.client.get(self.path)
        took = time.perf_counter() - began
        if answer.status_code != 200:
            raise SystemExit(f"{self.path} answers {answer.status_code}")
        return took

    def queries(self) -> int:
        """How many statements the page sends."""
        with self.app.app_context(), counted_queries() as statements:
            self.client.get(self.path)
        return len(statements)

    def rendering(self) -> float:
        """Seconds that the page's template takes with its data ready."""
        seen: list[tuple[object, dict[str, object]]] = []

        def note(_app: Flask, template: object, context: dict[str, object], **_more: object) -> None:
            seen.append((template, context))

        render: list[float] = []
        with self.app.app_context(), template_rendered.connected_to(note, self.app), self.client:
            self.client.get(self.path)
            template, context = seen[0]
            for _round in range(10):
                began = time.perf_counter()
                template.render(context)  # type: ignore[attr-defined]
                render.append(time.perf_counter() - began)
        return statistics.median(render)


def subject(app: Flask, path: str, role: str | None) -> Subject:
    """The page as the demo sign-in of that role sees it; a visitor without."""
    client = app.test_client()
    with app.app_context():
        if "{meeting}" in path:
            public = select(Meeting.reference).where(Meeting.visibility == "public")
            path = path.format(meeting=db.session.scalar(public.order_by(Meeting.starts_at.desc()).limit(1)))
        if role:
            mail = f"{role}@demo.example"
            account = db.session.scalars(select(Account).join(Person).where(Person.email == mail)).one()
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = f"{account.id}:{account.session_epoch}", True
        db.session.remove()
    return Subject(app, client, path)


def main() -> int:
    """Measure every page on every database; 1 where one misses what it must reach."""
    missed = 0
    for engine in engines():
        small, large = application(engine, "demo"), application(engine, "large")
        print(f"\n{engine}: {'page':38} {'as':12} queries   demo size   large  ratio  template alone")
        for path, role in PAGES:
            pages = [subject(app, path, role) for app in (small, large)]
            at_demo, at_large = interleaved(ROUNDS, pages[0].get, pages[1].get)
            queries, ratio = pages[1].queries(), at_large / at_demo
            short = queries > MOST_QUERIES or ratio > MOST_RATIO
            missed += short
            print(
                f"{'':{len(engine) + 2}}{path:38} {role or 'visitor':12} {queries:7} {at_demo * 1000:8.1f} ms "
                f"{at_large * 1000:5.1f} ms  {ratio:5.2f}  {pages[1].rendering() * 1000:8.1f} ms"
                f"{'   FALLS SHORT' if short else ''}",
                flush=True,
            )
        path, people = slots.address(large)
        page = subject(large, path, "coordinator")
        page.get()
        took = statistics.median(page.get() for _round in range(slots.ROUNDS))
        missed += slots.report(took, page.queries(), people)
    print(f"\nMust reach: at most {MOST_QUERIES} queries, ratio at most {MOST_RATIO}. Falls short: {missed}.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
