"""The matrix: what its cells say, who sees which of them, filters, files, and what lies behind a cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from app.core.db import db
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership.models import SeatGrant
from app.membership.rules import Role, State
from app.people.models import Association, Person
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.queries import counted_queries
from tests.representation.reading import rows

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


class Scene:
    """Two communities with three groups, three associations, and those who sit there."""

    def __init__(self) -> None:
        blue = make_community("blue", names={"en": "BLUE"}, position=1)
        red = make_community("red", names={"en": "RED"}, position=2)
        self.coordinator = make_account("Coordinator")
        self.water = make_group("water", community=blue, names={"en": "Water"}, coordinators=(self.coordinator,))
        self.air = make_group("air", community=blue, names={"en": "Air"})
        self.fire = make_group("fire", community=red, names={"en": "Fire"})
        self.kede = make_association("KEDE", country="GR")
        self.sal = make_association("SAL", country="SE", status="associate")
        self.vvsg = make_association("VVSG", country="BE")
        self.focal = make_account("Focal", association=self.kede, function="focal_point")
        self.admin = make_account("Admin", administrator=True)
        self.sit(self.water, self.kede, name="Anna", role=Role.CHAIR, ends_on=date(2029, 1, 1))
        self.sit(self.water, self.kede, name="Bela", ends_on=date(2026, 12, 31))
        self.sit(self.fire, self.kede, name="Carl")
        self.sit(self.water, self.sal, name="Dora", ends_on=date(2026, 11, 1))
        make_membership(self.air, make_person("Watcher"), association=self.vvsg, role=Role.OBSERVER)
        make_membership(self.air, make_person("Waiting"), State.WAITING, self.vvsg)

    def sit(self, group: WorkingGroup, association: Association, name: str | None = None, **values: object) -> Person:
        """Someone who holds a seat."""
        person = make_person(name)
        make_membership(group, person, association=association, **values)  # type: ignore[arg-type]
        return person


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


class TestCells:
    """Seats held of seats granted, mandates that end, sums."""

    def test_says_how_many_sit_where(self, scene: Scene, visit: Visit) -> None:
        table = rows(visit(scene.admin).open("/representation").text)
        assert table["VVSG"] == ["0 of 2", "0 of 2", "0 of 2", "0 /6"]
        assert table["KEDE"] == ["2 of 2, 1 ending soon", "0 of 2", "1 of 2", "3 /6"]
        assert table["SAL"] == ["1 of 1, 1 ending soon", "0 of 1", "0 of 1", "1 /3"]
        assert table["Seats held of those granted"] == ["3 /5", "0 /5", "1 /5", "4 /15"]
        assert table["Associations that sit there"] == ["2", "0", "1", "2"]

    def test_draws_each_seat(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation").text
        cell = text.split('href="/representation/KEDE/water"')[1].split("</td>")[0]
        assert cell.count('<i class="h">') == 1
        assert cell.count('<i class="e">') == 1
        assert '<i class="v">' not in cell
        assert text.split('href="/representation/KEDE/air"')[1].split("</td>")[0].count('<i class="v">') == 2

    def test_many_seats_are_written_as_a_number(self, scene: Scene, visit: Visit) -> None:
        db.session.add(SeatGrant(group_id=scene.air.id, association_id=scene.kede.id, number=20))
        db.session.commit()
        text = visit(scene.admin).open("/representation").text
        cell = text.split('href="/representation/KEDE/air"')[1].split("</td>")[0]
        assert "0<small>/20</small>" in cell
        assert "<i" not in cell

    def test_where_no_seat_is_granted_there_is_no_link(self, scene: Scene, visit: Visit) -> None:
        db.session.add(SeatGrant(group_id=scene.air.id, association_id=scene.kede.id, number=0))
        db.session.commit()
        browser = visit(scene.admin).open("/representation")
        assert rows(browser.text)["KEDE"][1] == "no seat"
        assert "/representation/KEDE/air" not in browser.text

    def test_closed_groups_are_left_out(self, scene: Scene, visit: Visit) -> None:
        db.session.get_one(WorkingGroup, scene.air.id).status = GroupStatus.CLOSED
        db.session.commit()
        text = visit(scene.admin).open("/representation").text
        assert "Air" not in text
        assert len(rows(text)["KEDE"]) == 3

    def test_a_table_for_screen_readers(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation").text
        assert "<caption" in text
        assert 'scope="colgroup" colspan="2"><span title="BLUE">BLUE</span>' in text
        assert text.count('scope="rowgroup"') == 3
        assert text.count('scope="row"') == 3 + 2

    def test_without_anything(self, app: Flask, visit: Visit) -> None:
        text = visit(make_account(administrator=True)).open("/representation").text
        assert "Nothing is left" in text


class TestFilters:
    """All in the address, together."""

    @pytest.mark.parametrize(
        ("query", "associations", "width"),
        [
            ("community=red", ["VVSG", "KEDE", "SAL"], 1),
            ("country=GR", ["KEDE"], 3),
            ("status=associate", ["SAL"], 3),
            ("country=GR&community=blue", ["KEDE"], 2),
            ("vacant=1&country=GR", ["KEDE"], 2),
            ("ending=1", ["KEDE", "SAL"], 1),
            ("status=nonsense", ["VVSG", "KEDE", "SAL"], 3),
        ],
    )
    def test_narrow(self, scene: Scene, visit: Visit, query: str, associations: list[str], width: int) -> None:
        table = rows(visit(scene.admin).open(f"/representation?{query}").text)
        assert [one for one in table if one in ("VVSG", "KEDE", "SAL")] == associations
        assert {len(table[one]) for one in associations} == {width + 1}

    def test_only_empty_seats_leaves_full_cells_blank(self, scene: Scene, visit: Visit) -> None:
        table = rows(visit(scene.admin).open("/representation?vacant=1").text)
        assert table["KEDE"] == ["", "0 of 2", "1 of 2", "1 /4"]

    @pytest.mark.parametrize("query", ["country=XX", "community=none", "country=<b>", "ending=1&status=partner"])
    def test_that_leave_nothing_say_so(self, scene: Scene, visit: Visit, query: str) -> None:
        browser = visit(scene.admin).open(f"/representation?{query}")
        assert browser.status == 200
        assert "Nothing is left" in browser.text

    def test_are_kept_by_the_form_and_the_files(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation?country=GR&ending=1").text
        assert '<option value="GR" selected>' in text
        assert 'name="ending" value="1" checked' in text
        assert "/representation?country=GR&amp;ending=1&amp;format=csv" in text


class TestWhoSeesWhat:
    """Administrators everything, coordinators their columns, focal points their rows, nobody else anything."""

    def test_a_coordinator_sees_the_own_groups(self, scene: Scene, visit: Visit) -> None:
        browser = visit(scene.coordinator).open("/representation")
        assert rows(browser.text)["SAL"] == ["1 of 1, 1 ending soon", "1 /1"]
        assert "Fire" not in browser.text
        assert browser.open("/representation/VVSG/water").status == 200
        assert browser.open("/representation/KEDE/fire").status == 403

    def test_a_focal_point_sees_the_own_association(self, scene: Scene, visit: Visit) -> None:
        browser = visit(scene.focal).open("/representation")
        table = rows(browser.text)
        assert table["KEDE"] == ["2 of 2, 1 ending soon", "0 of 2", "1 of 2", "3 /6"]
        assert "SAL" not in browser.text
        assert "Belgium" not in browser.text
        assert browser.open("/representation/KEDE/fire").status == 200
        assert browser.open("/representation/SAL/water").status == 403

    def test_who_is_both_sees_both_and_no_more(self, scene: Scene, visit: Visit) -> None:
        make_affiliation(scene.coordinator, scene.kede, "deputy")
        table = rows(visit(scene.coordinator).open("/representation").text)
        assert table["KEDE"] == ["2 of 2, 1 ending soon", "0 of 2", "1 of 2", "3 /6"]
        assert table["SAL"] == ["1 of 1, 1 ending soon", "", "", "1 /1"]

    def test_others_see_nothing(self, scene: Scene, visit: Visit, browser: Browser) -> None:
        member = make_account(association=scene.vvsg)
        make_membership(scene.air, member, association=scene.vvsg, role=Role.CHAIR)
        assert visit(member).open("/representation").status == 403
        assert "/representation" not in visit(member).open("/").text
        browser.open("/representation")
        assert browser.path.startswith("/sign-in")

    def test_the_way_there(self, scene: Scene, visit: Visit) -> None:
        """From every page for those who may see it, and on top of the administration."""
        assert 'href="/representation"' in visit(scene.coordinator).open("/").text
        main = visit(scene.admin).open("/admin").text.split("<main")[1]
        assert main.index('href="/representation"') < main.index("<h2")

    def test_files_obey_the_same(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.focal).open("/representation?format=csv").text
        assert "KEDE" in text
        assert "SAL" not in text


class TestPlace:
    """Behind a cell: the people."""

    def test_names_who_sits_there_and_until_when(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation/KEDE/water").text
        assert text.index("Anna") < text.index("Bela")
        assert "Chair" in text
        assert "until Thu 31 December 2026" in text
        assert "ends soon" in text

    def test_names_observers_and_who_waits(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.admin).open("/representation/VVSG/air").text
        assert "Watcher" in text
        assert "Waiting" in text

    def test_an_empty_one_offers_to_nominate(self, scene: Scene, visit: Visit) -> None:
        text = visit(scene.focal).open("/representation/KEDE/air").text
        assert "Nobody sits there" in text
        assert "/groups/air/nominate?association=KEDE" in text


class TestFiles:
    """CSV and XLSX."""

    def test_csv(self, scene: Scene, visit: Visit) -> None:
        browser = visit(scene.admin).open("/representation?country=GR&format=csv")
        assert browser.page and browser.page.mimetype == "text/csv"
        lines = list(csv.reader(io.StringIO(browser.page.data.decode("utf-8-sig"))))
        assert lines[0][:2] == ["Country", "Association"]
        assert lines[1] == ["Greece", "KEDE", "Association KEDE", "Member", "BLUE", "Water", "2", "2", "0", "1"]
        assert len(lines) == 4

    def test_no_cell_is_a_formula(self, scene: Scene, visit: Visit) -> None:
        db.session.get_one(Association, scene.kede.id).name = '=HYPERLINK("http://evil.example")'
        db.session.commit()
        browser = visit(scene.admin)
        assert "'=HYPERLINK" in browser.open("/representation?format=csv").text
        page = browser.open("/representation?format=xlsx").page
        assert page
        cells = [cell for row in load_workbook(io.BytesIO(page.data)).active.rows for cell in row]
        assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
        assert {cell.data_type for cell in cells} <= {"s", "n"}

    def test_other_kinds_are_not_there(self, scene: Scene, visit: Visit) -> None:
        assert visit(scene.admin).open("/representation/matrix.exe").status == 404


def test_queries_do_not_grow_with_the_people(scene: Scene, visit: Visit) -> None:
    browser = visit(scene.admin)
    sent = []
    for number in (45, 450):
        for _one in range(number):
            scene.sit(scene.air, scene.vvsg)
        with counted_queries() as statements:
            browser.open("/representation")
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 10
