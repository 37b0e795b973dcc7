"""Coverage and how it changed: numbers as tables, the same as charts, snapshots without any person."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.core.db import db
from app.groups.models import WorkingGroup
from app.membership.models import Membership
from app.membership.rules import State
from app.people.models import Association, Person
from app.representation import charts
from app.representation.coverage import changes
from app.representation.models import CoverageCount, CoverageSnapshot
from app.representation.service import take_stock
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.queries import counted_queries
from tests.representation.reading import rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Scene:
    """Two groups of one community, one of another; KEDE sits in two of them, SAL in one, VVSG in none."""

    def __init__(self) -> None:
        blue, red = make_community("blue", names={"en": "BLUE"}), make_community("red", names={"en": "RED"}, position=2)
        self.water = make_group("water", community=blue, names={"en": "Water"})
        self.air = make_group("air", community=blue, names={"en": "Air"})
        self.fire = make_group("fire", community=red, names={"en": "Fire"})
        self.kede, self.sal = make_association("KEDE", country="GR"), make_association("SAL", country="SE")
        self.ola = make_association("OLA", country="SE")
        self.vvsg = make_association("VVSG", country="BE")
        self.admin = make_account("Admin", administrator=True)
        self.first = self.sit(self.water, self.kede)
        self.sit(self.water, self.sal)
        self.sit(self.fire, self.kede)
        self.sit(self.water, self.ola)

    def sit(self, group: WorkingGroup, association: Association) -> Membership:
        """Someone who holds a seat."""
        return make_membership(group, make_person(), association=association)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


class TestCoverage:
    """By community, group and country, and what is missing."""

    def test_by_community_and_group(self, scene: Scene, visit: Visit) -> None:
        table = rows(visit(scene.admin).open("/representation/coverage").text)
        assert table["BLUE"] == ["3", "4", "75%", "3", "16", "13"]
        assert table["Water"] == ["3", "4", "75%", "3", "8", "5"]
        assert table["Air"] == ["0", "4", "0%", "0", "8", "8"]
        assert table["RED"] == ["1", "4", "25%", "1", "8", "7"]

    def test_by_country(self, scene: Scene, visit: Visit) -> None:
        table = rows(visit(scene.admin).open("/representation/coverage").text, 1)
        assert table == {
            "Belgium": ["0", "3", "0%", "0", "6", "6"],
            "Greece": ["2", "3", "67%", "2", "6", "4"],
            "Sweden": ["1", "3", "33%", "2", "12", "10"],
        }

    def test_names_what_is_missing(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation/coverage").text
        missing = text.split('id="missing"')[1].split("</section>")[0]
        assert re.findall(r'/associations/(\w+)"', missing) == ["VVSG"]
        assert missing.index("Air") < missing.index("Fire") < missing.index("Water")

    def test_charts_show_the_same_numbers(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation/coverage").text
        bars = re.findall(r'<text x="0"[^>]*>([^<]+)</text>.*?class="chart-bar"[^>]* width="([\d.]+)%"', text, re.S)
        assert [(label, float(width)) for label, width in bars] == [
            ("Water", 75.0), ("Air", 0.0), ("Fire", 25.0), ("Belgium", 0.0), ("Greece", 66.67), ("Sweden", 33.33),
        ]  # fmt: skip
        for svg in re.findall(r"<svg role=\"img\".*?</svg>", text, re.S):
            assert "<title" in svg
            assert "<desc" in svg

    def test_as_a_file(self, scene: Scene, visit: Visit) -> None:
        page = visit(scene.admin).open("/representation/coverage?format=csv").page
        assert page
        lines = list(csv.reader(io.StringIO(page.data.decode("utf-8-sig"))))
        assert lines[1] == ["All", "", "3", "4", "4", "24", "20"]
        assert ["Country", "Greece", "2", "3", "2", "6", "4"] in lines

    def test_without_anything(self, app: Flask, visit: Visit) -> None:
        browser = visit(make_account(administrator=True))
        assert browser.open("/representation/coverage").status == 200
        assert browser.open("/representation/coverage?format=xlsx").status == 200
        assert "Nothing has been noted yet" in browser.open("/representation/changes").text

    def test_queries_do_not_grow_with_the_people(self, scene: Scene, visit: Visit) -> None:
        browser, sent = visit(scene.admin), []
        for number in (20, 100):
            for _one in range(number):
                scene.sit(scene.air, scene.vvsg)
            with counted_queries() as statements:
                browser.open("/representation/coverage")
            sent.append(len(statements))
        assert sent[0] == sent[1] <= 10


class TestStock:
    """What is noted month by month."""

    def test_notes_each_seat_once_a_day(self, scene: Scene) -> None:
        assert take_stock()
        assert not take_stock()
        assert db.session.scalar(select(func.count()).select_from(CoverageSnapshot)) == 1
        noted = db.session.scalars(select(CoverageCount).where(CoverageCount.held > 0)).all()
        assert {(one.group_id, one.association_id, one.held, one.granted) for one in noted} == {
            (scene.water.id, scene.kede.id, 1, 2), (scene.water.id, scene.sal.id, 1, 2),
            (scene.water.id, scene.ola.id, 1, 2), (scene.fire.id, scene.kede.id, 1, 2),
        }  # fmt: skip
        assert db.session.scalar(select(func.count()).select_from(CoverageCount)) == 3 * 4

    def test_keeps_nothing_about_people(self) -> None:
        for model in (CoverageSnapshot, CoverageCount):
            assert all(key.column.table is not Person.__table__ for key in model.__table__.foreign_keys)

    def test_says_what_changed_since_a_quarter(
        self, scene: Scene, visit: Visit, clock: time_machine.Coordinates
    ) -> None:
        take_stock()
        scene.first.state = State.LEFT
        db.session.commit()
        scene.sit(scene.water, scene.vvsg)
        scene.sit(scene.water, scene.sal)
        clock.move_to(NOW + timedelta(days=60))
        take_stock()
        clock.move_to(NOW + timedelta(days=100))
        text = visit(scene.admin).open("/representation/changes").text
        assert "Since Tue 24 November 2026" in text
        table = rows(text)
        assert table["Water"] == ["3", "4", "+2", "−1", "VVSG", "KEDE"]
        assert table["Fire"] == ["1", "1", "–", "–", "–", "–"]
        assert table["All groups"] == ["4", "5", "+2", "−1", "", ""]

    def test_as_a_file(self, scene: Scene, visit: Visit, clock: time_machine.Coordinates) -> None:
        take_stock()
        clock.move_to(NOW + timedelta(days=30))
        take_stock()
        page = visit(scene.admin).open("/representation/changes?format=csv").page
        assert page
        lines = list(csv.reader(io.StringIO(page.data.decode("utf-8-sig"))))
        assert lines[1] == ["2026-11-24", "BLUE", "Water", "3", "8", "3"]
        assert len(lines) == 1 + 2 * 3

    def test_only_administrators_see_it(self, scene: Scene, visit: Visit, browser: Browser) -> None:
        assert visit(make_account()).open("/representation/changes").status == 403


def test_changes_are_counted_association_by_association() -> None:
    found = changes({(1, 1): 2, (1, 2): 1}, {(1, 1): 1, (1, 3): 2}, [1, 2])
    assert (found[1].before, found[1].now, found[1].gained, found[1].lost) == (3, 3, 2, 2)
    assert (found[1].came, found[1].went) == ([3], [2])
    assert (found[2].before, found[2].now, found[2].gained, found[2].lost) == (0, 0, 0, 0)


def test_a_line_runs_from_the_first_day_to_the_last() -> None:
    days = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21)]
    found = charts.line(days, [0, 10, 5])
    assert found
    assert found.points.split()[0] == "0.0,40.0"
    assert found.points.split()[1].startswith("50.0,")
    assert found.points.split()[2].startswith("100.0,")
    assert (found.first, found.last, found.change) == (0, 5, 5)
    assert charts.line(days[:1], [3]) is None
    assert charts.line(days, [0, 0, 0]) is not None
