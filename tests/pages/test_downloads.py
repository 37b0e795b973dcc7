"""Every list as a file: what the page shows, for whom it shows it, safe in a spreadsheet, and noted."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.calls.rules import CallState, Standing
from app.core import clock
from app.core.audit import AuditEntry
from app.core.db import db
from app.extensions import limiter
from app.imports import service
from app.imports.models import Import
from app.imports.rules import ImportKind, ImportState
from app.meetings.rules import Visibility
from app.membership.queries import members
from app.membership.review_rules import fingerprint, snapshot
from app.membership.rules import Role, State
from app.membership.service import reviewing
from app.people.service import expertise
from app.people.service.expertise import KeywordFacts
from app.privacy.service import asking
from tests.browsing import Browser, Client, Visit
from tests.factories.calls import make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.imports.conftest import kinds, work
from tests.queries import counted_queries

Row = dict[str, str]


def taken(browser: Browser, path: str) -> list[Row]:
    """The rows of the CSV at an address."""
    mark = "&" if "?" in path else "?"
    with browser.client.get(f"{path}{mark}format=csv", headers=browser.headers) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/csv")
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def world(app: Flask) -> Iterator[dict[str, Any]]:
    """A group with a member, an alternate and a request; an administrator and a coordinator."""
    admin, cleo = make_account("Ada Admin", administrator=True), make_account("Cleo")
    body = make_association("VVSG")
    group = make_group("climate", coordinators=(cleo,))
    anna = make_person("=Anna", email="anna@example.org", association=body, job_title="+32 2")
    make_membership(group, anna, association=body, role=Role.CHAIR)
    member = make_account("Member", association=body)
    make_membership(group, member, association=body, role=Role.ALTERNATE, seat_number=1)
    make_membership(group, make_person("Rita", association=body), State.REQUESTED, body)
    yield {"admin": admin, "cleo": cleo, "member": member, "group": group, "anna": anna, "body": body}


def test_the_roster_shows_addresses_only_to_those_who_see_them(visit: Visit, world: dict[str, Any]) -> None:
    mine = taken(visit(world["cleo"]), "/groups/climate/members")
    assert [row["Full name"] for row in mine] == ["'=Anna", "Member"]
    assert (mine[0]["E-mail address"], mine[0]["Association"], mine[0]["Role"]) == ("anna@example.org", "VVSG", "Chair")
    assert mine[1]["Stands in for"] == "anna@example.org"
    theirs = taken(visit(world["member"]), "/groups/climate/members")
    assert [row["Full name"] for row in theirs] == ["'=Anna", "Member"]
    assert "E-mail address" not in theirs[0] and "anna@example.org" not in str(theirs)


def test_who_does_not_see_the_page_gets_no_file(app: Flask, visit: Visit, world: dict[str, Any]) -> None:
    stranger = visit(make_account())
    for path in ("/groups/climate/members", "/groups/climate/seats", "/admin/people", "/admin/associations",
                 "/admin/groups", "/admin/coordinators", "/associations/VVSG/desk", "/desk/decide"):  # fmt: skip
        assert stranger.client.get(f"{path}?format=csv").status_code == 403, path
        assert Browser(app).client.get(f"{path}?format=csv").status_code == 302, path


def test_people_with_the_filters_of_the_page(visit: Visit, world: dict[str, Any]) -> None:
    browser = visit(world["admin"])
    assert {row["Full name"] for row in taken(browser, "/admin/people?only=accounts")} == {
        "Ada Admin",
        "Cleo",
        "Member",
    }
    (anna,) = taken(browser, "/admin/people?q=anna&association=VVSG")
    assert (anna["Job title"], anna["Association"], anna["Function"]) == ("'+32 2", "VVSG", "Expert")
    assert taken(browser, "/admin/people?q=nobody") == []


def test_links_keep_the_filters_and_drop_the_page(visit: Visit, world: dict[str, Any]) -> None:
    page = visit(world["admin"]).open("/admin/people?q=anna&only=&page=1&_scheme=x&endpoint=y").text
    assert 'href="/admin/people?q=anna&amp;only=&amp;_scheme=x&amp;endpoint=y&amp;format=xlsx"' in page


def test_other_lists(visit: Visit, world: dict[str, Any]) -> None:
    browser = visit(world["admin"])
    assert [row["Focal points"] for row in taken(browser, "/admin/associations")] == [""]
    assert taken(browser, "/admin/associations?only=without-expert") == []
    (group,) = taken(browser, "/admin/groups")
    assert (group["Address"], group["Coordinators"], group["Members"], group["Waiting"]) == (
        "climate",
        "Cleo",
        "2",
        "1",
    )
    (cleo,) = taken(browser, "/admin/coordinators")
    assert cleo["Coordinator"] == "Cleo"
    seats = taken(browser, "/groups/climate/seats")
    assert [(row["Seat"], row["State"], row["Role"]) for row in seats] == [
        ("1", "Member", "Chair"), ("1", "Member", "Alternate"), ("", "Waiting for a decision", "Member"),
        ("2", "Vacant", ""),
    ]  # fmt: skip
    assert taken(browser, "/associations/VVSG/desk") == seats
    for path in ("/desk?only=waiting", "/desk/decide"):
        assert [row["Full name"] for row in taken(browser, path)] == ["Rita"]
    trail = taken(browser, f"/admin/audit?person=%23{world['admin'].id}")
    assert {row["What"] for row in trail} == {"Ada Admin took away a list with personal data"}
    assert len(taken(browser, "/me/history?only=mine")) == len(trail) + 1
    (vvsg,) = taken(browser, "/associations?q=vvsg")
    assert (vvsg["Association"], vvsg["Seats"]) == ("VVSG", "2")


def test_lists_of_the_administration(visit: Visit, world: dict[str, Any]) -> None:
    browser, admin, anna = visit(world["admin"]), world["admin"], world["anna"]
    asking.ask_by_letter(anna.id, admin.id)
    (row,) = taken(browser, "/admin/erasures?state=pending")
    assert (row["Person"], row["State"], row["Asked for by"], row["Entered by"], row["Withdrawn or done"]) == (
        "'=Anna", "In its pause", "The person, by letter", "Ada Admin", "",
    )  # fmt: skip
    assert taken(browser, "/admin/erasures?state=done") == []
    (mail,) = taken(browser, "/admin/outbox?state=queued")
    assert (mail["Recipient"], mail["State"], mail["Attempts"]) == ("'=Anna <anna@example.org>", "Waiting", "0")
    assert "keep-my-data" not in str(mail), "never what a mail says"
    assert taken(browser, "/admin/outbox?state=sent") == []
    make_person("=Anna", email="other@example.org", association=world["body"])
    (pair,) = taken(browser, "/admin/people/doubles")
    assert {pair["Full name 1"], pair["Full name 2"]} == {"'=Anna"} and pair["Belongs to 1"] == "VVSG"
    assert "same name" in pair["Why"]
    expertise.add_keyword(KeywordFacts({"en": "@Waste", "fr": "Déchets"}, {"en": ["garbage"]}), admin.id)
    (keyword,) = taken(browser, "/admin/expertise")
    assert (keyword["Keyword"], keyword["Name (Français)"], keyword["People"]) == ("'@Waste", "Déchets", "0")
    assert keyword["Other words for the same (English)"] == "garbage" and keyword["State"] == "offered"
    register = taken(browser, "/admin/register")
    assert register == taken(browser, "/admin/register.csv") and "candidacies" in str(register)
    for path in ("/admin/erasures", "/admin/outbox", "/admin/people/doubles", "/admin/expertise", "/admin/register"):
        assert "Download:" in browser.open(path).text, path
        assert visit(world["cleo"]).client.get(f"{path}?format=csv").status_code == 403, path


def test_imports_and_experts_as_each_may_see_them(app: Flask, visit: Visit, world: dict[str, Any]) -> None:
    for who in (world["admin"], world["cleo"]):
        group_id = None if who is world["admin"] else world["group"].id
        service.upload(ImportKind.MEMBERSHIPS, group_id, f"={who.full_name}.csv", b"Group\n", actor_id=who.id,
                       language="en")  # fmt: skip
    assert [row["File"] for row in taken(visit(world["cleo"]), "/imports")] == ["'=Cleo.csv"]
    both = taken(visit(world["admin"]), "/imports")
    assert [(row["Brought by"], row["What"]) for row in both] == [("Cleo", "Memberships"), ("Ada Admin", "Memberships")]
    fay = make_account("Fay", association=world["body"], function="focal_point")
    rows = taken(visit(fay), "/associations/VVSG")
    assert [(row["Full name"], row["Role"]) for row in rows] == [("'=Anna", "Chair"), ("Member", "Alternate")]
    assert "Download:" in visit(fay).open("/associations/VVSG").text
    for other in (Browser(app), visit(world["member"])):
        answer = other.open("/associations/VVSG?format=csv")
        assert answer.status == 200 and "Anna" not in answer.text and "Download:" not in answer.text
    noted = db.session.scalars(select(AuditEntry.details).where(AuditEntry.action == "list.exported"))
    assert [details["list"] for details in noted] == ["imports", "imports", "experts"]


def test_calls_and_candidates(app: Flask, visit: Visit, world: dict[str, Any]) -> None:
    call = make_call(world["group"], titles={"en": "=Heat"}, profiles={}, texts={}, limited_to=(world["body"],))
    make_call(world["group"], CallState.DRAFT)
    eve = make_person("Eve", email="eve@example.org")
    make_candidacy(call, eve, Standing.TO_ENDORSE, world["body"], motivation="=1+1")
    (row,) = taken(Browser(app), "/calls")
    assert (row["Title"], row["State"], row["Seats"], row["Only for"]) == ("'=Heat", "Open", "2", "VVSG")
    assert taken(Browser(app), "/groups/climate/calls") == [row], "who stands, and drafts, are for the coordinators"
    drafted = taken(visit(world["cleo"]), "/groups/climate/calls")
    assert [(one["State"], one["In the running"]) for one in drafted] == [("Draft", "0"), ("Open", "1")]
    (one,) = taken(visit(world["cleo"]), f"/calls/{call.id}")
    assert (one["Full name"], one["E-mail address"], one["State"]) == ("Eve", "eve@example.org", "With the association")
    assert one["Motivation"] == "'=1+1"
    assert "Download:" in visit(world["cleo"]).open(f"/calls/{call.id}").text
    for other in (Browser(app), visit(world["member"])):
        answer = other.open(f"/calls/{call.id}?format=csv")
        assert answer.status == 200 and "Eve" not in answer.text and "Download:" not in answer.text


def test_who_has_confirmed_in_a_yearly_review(visit: Visit, world: dict[str, Any]) -> None:
    browser = visit(world["admin"])
    assert browser.open("/admin/reviews?format=csv").status == 200, "the page, while there is no review"
    review = reviewing.open_round(clock.now().date() + timedelta(days=60), world["admin"].id)
    reviewing.confirm_group(world["group"].id, world["cleo"].id, fingerprint(snapshot(members(world["group"].id))))
    rows = {row["List"]: row for row in taken(browser, f"/admin/reviews?year={review.year}")}
    assert (rows["VVSG"]["Confirmed by"], rows["climate"]["Confirmed by"]) == ("", "Cleo")
    assert rows["climate"]["Confirmed"] and "Download:" in browser.open("/admin/reviews").text


def test_the_directory_as_each_may_see_it(app: Flask, visit: Visit, world: dict[str, Any]) -> None:
    mine = {row["Full name"]: row for row in taken(visit(world["admin"]), "/people")}
    assert mine["'=Anna"]["E-mail address"] == "anna@example.org"
    assert mine["'=Anna"]["Groups"].endswith("(Chair)")
    theirs = {row["Full name"]: row for row in taken(visit(world["member"]), "/people")}
    assert theirs["'=Anna"]["E-mail address"] == "" and "anna@example.org" not in str(theirs)
    assert taken(Browser(app), "/people") == []
    assert [row["Full name"] for row in taken(visit(world["admin"]), "/people?q=member")] == ["Member"]


def test_meetings_as_the_viewer_may_know_of_them(app: Flask, visit: Visit, world: dict[str, Any]) -> None:
    make_meeting(world["group"], datetime(2027, 3, 12, 10), title="Open", join_link="https://meet.example/x")
    make_meeting(world["group"], datetime(2027, 3, 13, 10), title="Closed", visibility=Visibility.MEMBERS)
    (row,) = taken(Browser(app), "/meetings")
    assert (row["Title"], row["Begins"], row["Time zone"]) == ("Open", "2027-03-12T10:00", "Europe/Brussels")
    assert "meet.example" not in str(row)
    assert [row["Title"] for row in taken(visit(world["member"]), "/meetings")] == ["Open", "Closed"]
    assert taken(visit(world["member"]), "/meetings?past=1") == []


def test_taking_personal_data_away_is_noted_without_names(visit: Visit, world: dict[str, Any]) -> None:
    taken(visit(world["admin"]), "/admin/people?q=anna")
    taken(visit(world["cleo"]), "/groups/climate/members")
    found = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "list.exported").order_by(AuditEntry.id)
    ).all()
    assert [(entry.actor_id, entry.details["list"], entry.details["rows"]) for entry in found] == [
        (world["admin"].id, "people", 1), (world["cleo"].id, "roster", 2)
    ]  # fmt: skip
    assert "anna" not in str([entry.details for entry in found])


def test_in_the_language_of_the_reader_and_as_a_workbook(visit: Visit, world: dict[str, Any]) -> None:
    browser = visit(world["admin"], "fr")
    with browser.client.get("/admin/people?format=xlsx", headers=browser.headers) as answer:
        sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet["A1"].value == "Nom complet"
    names = {row[0].value: row[0].data_type for row in sheet.iter_rows(min_row=2)}
    assert names["=Anna"] == "s"


@pytest.mark.parametrize("path", ["/admin/people", "/admin/groups", "/groups/climate/members", "/groups/climate/seats",
                                  "/meetings", "/desk/decide", "/associations/VVSG"])  # fmt: skip
def test_the_same_few_questions_however_long_the_list(visit: Visit, world: dict[str, Any], path: str) -> None:
    browser = visit(world["admin"])
    make_meeting(world["group"], datetime(2027, 3, 12, 9))
    counts = []
    for _more in range(2):
        with counted_queries() as statements:
            taken(browser, path)
        counts.append(len(statements))
        for number in range(12):
            body = make_association()
            person = make_person(association=body)
            make_affiliation(person, make_association())
            make_membership(world["group"], person, association=body)
            make_membership(make_group(), make_person(), State.REQUESTED, body)
            make_meeting(world["group"], datetime(2027, 3, 12, 10 + number % 9))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_taken_away_is_known_when_it_is_brought(
    visit: Visit, world: dict[str, Any], wanted: str, language: str
) -> None:
    make_affiliation(world["anna"], make_association("OTHER"), "focal_point")
    make_person("Ελένη", latin_name="Eleni", association=world["body"])
    browser = visit(world["admin"], language)
    for path, kind in (("/admin/people", ImportKind.PEOPLE), ("/groups/climate/members", ImportKind.MEMBERSHIPS)):
        with browser.client.get(f"{path}?format={wanted}", headers=browser.headers) as answer:
            data = answer.data
        item = service.upload(kind, None, f"x.{wanted}", data, actor_id=world["admin"].id, language=language)
        import_id = item.id
        work()
        item = db.session.get_one(Import, import_id)
        assert item.state == ImportState.PREVIEW, item.message
        assert set(kinds(item)) == {"unchanged"}


def test_so_many_an_hour(limited: Callable[..., Flask]) -> None:
    browser = Browser(limited())
    statuses = []
    for _number in range(61):
        with browser.client.get("/meetings?format=csv") as answer:
            statuses.append(answer.status_code)
    assert statuses == [*[200] * 60, 429]
    assert browser.open("/meetings").status == 200, "the page itself is not limited"


@pytest.fixture
def limited(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Flask]]:
    """The application with its limits in force."""
    import config
    from app import create_app

    plain = config.Settings.flask
    monkeypatch.setattr(config.Settings, "flask", lambda self: {**plain(self), "RATELIMIT_ENABLED": True})

    def make() -> Flask:
        made = create_app(app.config["ROUNDTABLE"])
        made.test_client_class = Client
        return made

    yield make
    limiter.enabled = False
