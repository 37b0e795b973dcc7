"""Imports through their pages: from the file to what is written."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.tables.incoming import Limits
from app.core.tables.reading import read
from app.imports.models import Import, ImportRow
from app.imports.rules import ImportState
from app.membership.models import Membership
from app.people.models import Affiliation, Association, Person
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.people import make_account, make_association, make_person
from tests.imports.conftest import Rows, as_csv, work
from tests.queries import counted_queries

HEADS = "Full name,E-mail address,Association,Function,Job title"
ROWS, FAULTY, HOMONYMS = 5000, 40, 10


def bring(browser: Browser, path: str, heads: str, rows: Rows, name: str = "list.csv") -> Browser:
    """Send a file by the page's form."""
    return browser.open(path).send(having="file", file=(io.BytesIO(as_csv(heads, rows)), name))


def fetch(browser: Browser, path: str) -> tuple[str, bytes]:
    """The name and the bytes of a file."""
    with browser.client.get(path, headers=browser.headers) as answer:
        assert answer.status_code == 200
        kind, _, name = answer.headers["Content-Disposition"].partition("; filename=")
        assert (kind, answer.headers["Cache-Control"]) == ("attachment", "private, no-store")
        return name, answer.data


def tabs(page: str) -> dict[str, int]:
    """{kind: number} as the preview shows them."""
    found = re.findall(r'kind=(\w+)"[^>]*>\s*[\w ]+<span class="muted">(\d+)', page)
    return {kind: int(number) for kind, number in found}


def five_thousand() -> list[list[str]]:
    """Rows of people: every 125th is faulty, every 500th has the name of someone known."""
    rows = []
    for number in range(ROWS):
        row = [f"Person Number{number}", f"row{number}@example.org", f"BODY{number % 60}", "expert", "Planner"]
        if number % 125 == 7:
            row[number % 3] = ["", "no address", "NOWHERE"][number % 3]
        elif number % 500 == 11:
            row[0] = f"Homonym {number // 500}"
        rows.append(row)
    return rows


def test_five_thousand_rows_with_faults_and_homonyms(app: Flask, admin: Person, visit: Visit) -> None:
    for number in range(60):
        make_association(f"BODY{number}")
    known = [make_person(f"Hómonym {number}", email=f"known{number}@example.org") for number in range(HOMONYMS)]
    before = db.session.scalar(select(func.count(Person.id)))
    browser = bring(visit(admin), "/imports/people/new", HEADS, five_thousand())
    assert (browser.status, "is being checked" in browser.text) == (200, True)
    assert "<progress" in browser.text
    work()
    browser.open(browser.path)
    assert tabs(browser.text) == {"double": 10, "faulty": 40, "new": 4950, "all": 5000}
    assert "may be about people who are known already" in browser.text
    assert "Write it now" not in browser.text, "doubles are decided first"

    faulty = browser.open(browser.path.partition("?")[0] + "?kind=faulty").text
    for why in ("Full name: This is needed.", "This is not an e-mail address", "There is no association “NOWHERE”."):
        assert why in faulty
    browser.open(browser.path.partition("?")[0] + "?kind=double")
    fields = [name for name in browser.form(action="/choices")["fields"] if name.startswith("choice-")]
    assert len(fields) == HOMONYMS
    same = re.findall(r'value="(same:\d+)"', browser.text)
    assert same == [f"same:{person.id}" for person in known]
    answers = dict.fromkeys(fields, "new") | {fields[0]: same[0], fields[1]: "skip"}
    browser.send(action="/choices", **answers)
    work()
    browser.open(browser.path.partition("?")[0])
    assert tabs(browser.text) == {"faulty": 40, "new": 4958, "changed": 1, "skipped": 1, "all": 5000}

    browser.send(action="/confirm")
    assert (browser.status, "There are faulty rows" in browser.text) == (422, True)
    browser.send(action="/confirm", leave_out="y")
    assert "are being written" in browser.text
    assert db.session.scalar(select(func.count(Person.id))) == before
    work()
    assert "The import is written." in browser.open(browser.path).text
    assert db.session.scalar(select(func.count(Person.id))) == (before or 0) + 4958
    assert db.session.scalar(select(func.count(Affiliation.id))) == 4959
    assert db.session.get_one(Person, known[0].id).job_title == "Planner"
    entered = select(func.count(AuditEntry.id)).where(AuditEntry.action == "person.entered")
    assert db.session.scalar(entered) == 4958

    again = bring(browser, "/imports/people/new", HEADS, five_thousand())
    work()
    again.open(again.path)
    assert tabs(again.text) == {"unchanged": 4958, "double": 2, "faulty": 40, "all": 5000}, "each is recognised"


def test_the_preview_asks_the_same_few_questions_however_long_it_is(app: Flask, admin: Person, visit: Visit) -> None:
    counts = []
    for number in (3, 45):
        for n in range(number):
            make_person(f"Twin {number} {n}", association=make_association())
        rows = [[f"Twin {number} {n}", "", "", "", ""] for n in range(number)]
        browser = bring(visit(admin), "/imports/people/new", HEADS, rows)
        work()
        with counted_queries() as statements:
            browser.open(browser.path)
        assert tabs(browser.text) == {"double": number, "all": number}
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_coordinator_imports_members_of_the_own_group(app: Flask, vvsg: Association, visit: Visit) -> None:
    cleo = make_account("Cleo")
    make_group("climate", coordinators=(cleo,))
    make_person("Anna Example", email="anna@example.org", association=vvsg)
    browser = visit(cleo).open("/groups/climate/members")
    assert "/groups/climate/members/import" in browser.text
    bring(browser, "/groups/climate/members/import", "E-mail address,Role", [["anna@example.org", "Chair"]])
    work()
    browser.open(browser.path).send(action="/confirm")
    work()
    assert db.session.scalars(select(Membership.role)).all() == ["chair"]
    assert "Anna Example" in browser.open("/groups/climate/members").text
    assert "list.csv" in browser.open("/imports").text


def test_others_do_not_know_of_it(app: Flask, visit: Visit) -> None:
    cleo, other = make_account("Cleo"), make_account("Other")
    make_group("climate", coordinators=(cleo,))
    make_group("water", coordinators=(other,))
    browser = bring(visit(cleo), "/groups/climate/members/import", "E-mail address", [["anna@example.org"]])
    work()
    page = browser.path
    assert visit(other).open(page).status == 404
    assert visit(make_account()).open(page).status == 404
    assert visit(make_account(administrator=True)).open(page).status == 200
    assert "list.csv" not in visit(other).open("/imports").text
    assert visit(other).open("/groups/climate/members/import").status == 403


def test_progress_in_numbers(app: Flask, admin: Person, visit: Visit) -> None:
    browser = bring(visit(admin), "/imports/people/new", HEADS, [["Anna", "", "", "", ""]])
    answer = browser.client.get(f"{browser.path}/progress").get_json()
    assert answer == {"working": True, "state": "queued", "done": 0, "total": 0}
    work()
    answer = browser.client.get(f"{browser.path}/progress").get_json()
    assert answer == {"working": False, "state": "preview", "done": 2, "total": 2}


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("list.csv", b"Full name\n=1+1\n", "formulas, which are not imported: A2"),
        ("list.csv", b"E-mail\na@example.org\n", "Missing: Full name"),
    ],
)
def test_what_the_worker_refuses_is_said(
    app: Flask, admin: Person, visit: Visit, name: str, data: bytes, why: str
) -> None:
    browser = visit(admin).open("/imports/people/new").send(having="file", file=(io.BytesIO(data), name))
    work()
    browser.open(browser.path)
    assert "This file cannot be imported. Nothing was written." in browser.text
    assert why in browser.text
    item = db.session.scalars(select(Import)).one()
    assert (item.state, item.content) == (ImportState.REFUSED, None)
    assert db.session.scalar(select(func.count(ImportRow.id))) == 0


@pytest.mark.parametrize(
    ("name", "data", "status", "why"),
    [
        ("list.csv", "Full name\nÅsa\n".encode("latin-1"), 422, "Line 2 is not in UTF-8"),
        ("list.pdf", b"%PDF", 422, "neither a CSV file nor an Excel workbook"),
        ("list.csv", b"", 422, "The file is empty."),
        ("list.csv", b"Full name\n" + b"a" * 3_000_000, 422, "The file is larger than 3\u00a0MB"),
        ("list.csv", b"Full name\n" + b"a" * 7_000_000, 413, "The file is larger than 3\u00a0MB"),
        ("list.xls", b"\xd0\xcf\x11\xe0" + b"x" * 100, 422, "old format"),
    ],
)  # fmt: skip
def test_what_is_refused_at_once_is_said_beside_the_field(
    app: Flask, admin: Person, visit: Visit, name: str, data: bytes, status: int, why: str
) -> None:
    browser = visit(admin).open("/imports/people/new").send(having="file", file=(io.BytesIO(data), name))
    assert (browser.status, why in browser.text) == (status, True)
    assert db.session.scalar(select(func.count(Import.id))) == 0


def test_no_file_is_said_too(app: Flask, admin: Person, visit: Visit) -> None:
    browser = visit(admin).open("/imports/people/new").send(having="file")
    assert (browser.status, "Choose a file." in browser.text) == (422, True)


@pytest.mark.parametrize("kind", ["people", "memberships"])
@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_templates_are_read_as_they_are(
    app: Flask, admin: Person, visit: Visit, kind: str, wanted: str, language: str
) -> None:
    make_association("ABC")
    make_group("night-trains")
    browser = visit(admin, language)
    name, data = fetch(browser, f"/imports/{kind}/template?format={wanted}&lang={language}")
    browser.open(f"/imports/{kind}/new").send(having="file", file=(io.BytesIO(data), name))
    work()
    assert tabs(browser.open(browser.path).text) == {"new": 1, "all": 1}


def test_faulty_rows_are_taken_away_mended_and_brought_again(app: Flask, admin: Person, visit: Visit) -> None:
    browser = bring(visit(admin), "/imports/people/new", HEADS, [
        ["Anna", "anna@example.org", "", "", ""], ["", "=bo".replace("=", ""), "", "", "+32 2"],
    ])  # fmt: skip
    work()
    _name, data = fetch(browser, f"{browser.path}?kind=faulty&format=csv")
    sheet = read(data, "x.csv", Limits(10_000, 10))
    assert sheet.headings[-3:] == ["Row", "Is", "Why"]
    (line,) = sheet.lines
    assert list(line.cells.values())[:3] == ["bo", "+32 2", "3"]
    browser.open("/imports/people/new").send(having="file", file=(io.BytesIO(data), "mended.csv"))
    work()
    assert tabs(browser.open(browser.path).text) == {"faulty": 1, "all": 1}


def test_giving_up(app: Flask, admin: Person, visit: Visit) -> None:
    browser = bring(visit(admin), "/imports/people/new", HEADS, [["Anna", "", "", "", ""]])
    browser.send(action="/cancel")
    assert "its file and rows are deleted" in browser.text
    assert db.session.scalar(select(func.count(Import.id))) == 0
