"""The pages: what is stored about one, asking for erasure, keeping; the notice, the register, the list."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import time_machine
from flask import Flask

from app.core import clock
from app.groups.models import WorkingGroup
from app.membership.rules import State
from app.people.models import Association, Person
from app.privacy import features, queries
from app.privacy.models import ErasureState
from app.privacy.service import erasing
from tests.browsing import PASSWORD, Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person
from tests.factories.privacy import make_erasure
from tests.people.helpers import link_in, mails
from tests.privacy.everything import know_everything_about
from tests.queries import counted_queries


def make_anna() -> tuple[Person, WorkingGroup, Association]:
    association = make_association("VVSG")
    anna = make_account("Anna Example", email="anna@example.org", association=association, job_title="Adviser")
    group = make_group(names={"en": "Heat", "fr": "Chaleur"}, coordinators=(anna,))
    make_membership(group, anna, association=association, motivation="I know a lot about heat.")
    make_membership(group, make_account("Ben Sample"), State.DECLINED, decided_by=anna)
    make_erasure(anna, state=ErasureState.WITHDRAWN)
    return anna, group, association


def test_the_page_shows_everything_with_names_for_numbers(app: Flask, visit: Visit) -> None:
    anna, _group, association = make_anna()
    browser = visit(anna).open("/me/data")
    assert browser.status == 200
    for text in ("anna@example.org", "Adviser", "Heat", association.name, "I know a lot about heat.",
                 "Groups you coordinate or once did", "What you decided about others", "Withdrawn"):  # fmt: skip
        assert text in browser.text, text
    assert "Ben Sample" not in browser.text and "argon2" not in browser.text
    assert browser.page and browser.page.headers["Cache-Control"] == "private, no-store"


def test_the_json_has_every_personal_column_but_the_secrets(app: Flask, visit: Visit) -> None:
    anna, group, _association = make_anna()
    browser = visit(anna).open("/me/data.json")
    assert browser.page
    assert browser.page.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    data = json.loads(browser.text)["data"]
    assert data["person"][0]["email"] == "anna@example.org"
    assert data["memberships"][0]["group_id"] == group.id
    assert data["memberships"][0]["group_id_text"] == "Heat"
    assert "Ben Sample" not in browser.text and "argon2" not in browser.text


def test_the_same_for_someone_without_an_account(app: Flask) -> None:
    paula = make_person("Παύλα Paper", latin_name="Pavla Paper")
    run = app.test_cli_runner().invoke
    data = json.loads(run(args=["privacy", "export", str(paula.id)]).output)["data"]
    assert data["person"][0]["full_name"] == "Παύλα Paper"
    refused = run(args=["privacy", "export", "999999"])
    assert refused.exit_code == 1 and "There is no person 999999." in refused.output


def test_files_among_the_data_are_given_too() -> None:
    """Base64 in the file, their size on the page."""
    from app.core.personal import Fact, plain
    from app.privacy.words import fact_text

    assert plain(b"\x00\xff") == "AP8="
    assert fact_text(Fact("photo", "photo", bytes(1025))) == "2 kB"


def test_each_claimed_column_is_exported_or_withheld(app: Flask) -> None:
    """Every claim has an entry in some section whose keys are its columns."""
    anna, group, association = make_anna()
    know_everything_about(anna, group, association)
    with app.test_request_context():
        exported = [
            {fact.key for fact in facts}
            for feature in features.FEATURES
            for section in feature.export(anna)
            for facts in section.entries
        ]
    for claim in features.claims():
        wanted = set(claim.personal) - set(claim.withheld)
        assert any(wanted <= keys for keys in exported), claim.table


def test_asking_and_thinking_better_of_it(app: Flask, visit: Visit) -> None:
    person = make_account(email="anna@example.org")
    browser = visit(person).open("/me/data/erase")
    assert browser.send(having="password", password="not my password").status == 422
    assert "This is not your password." in browser.text
    browser.send(having="password", password=PASSWORD)
    assert browser.path == "/me/data" and "Your data will be erased on" in browser.text
    assert "Have my data erased…" not in browser.text
    assert "Your data will be erased on" in browser.open("/me").text
    browser.send("/me/data/keep")
    assert "Your data stay as they are." in browser.text
    assert "Your data will be erased on" not in browser.open("/me").text
    assert queries.pending_of(person.id) is None
    assert [mail.subject for mail in mails("anna@example.org")][-1] == "Your data will not be erased"


def test_keeping_by_the_link_of_the_mail_without_signing_in(app: Flask, visit: Visit, browser: Browser) -> None:
    person = make_account(email="anna@example.org")
    visit(person).open("/me/data/erase").send(having="password", password=PASSWORD)
    link = link_in(mails("anna@example.org")[0])
    assert browser.open(link).status == 200
    assert queries.pending_of(person.id), "opening it does nothing"
    assert "Everything stays as it was." in browser.send("").text
    assert queries.pending_of(person.id) is None
    assert browser.open(link).status == 410


def test_a_link_of_one_person_keeps_nobody_else(app: Flask, visit: Visit, browser: Browser) -> None:
    """After a restoration numbers of erasures may be given again."""
    from app.people import tokens

    erasure = make_erasure(make_account(email="anna@example.org"))
    token = tokens.make(tokens.KEEP, id=erasure.id, mark=tokens.mark("ben@example.org"))
    assert browser.open(f"/keep-my-data/{token}").status == 410


def test_after_the_erasure_the_link_says_so(app: Flask, visit: Visit, browser: Browser, journal_file: Path) -> None:
    visit(make_account(email="anna@example.org")).open("/me/data/erase").send(having="password", password=PASSWORD)
    link = link_in(mails("anna@example.org")[0])
    with time_machine.travel(clock.now() + timedelta(days=14, seconds=1)):
        assert erasing.erase_due() == 1
        assert "cannot be brought back" in browser.open(link).text


def test_the_last_administrator_is_told(app: Flask, visit: Visit) -> None:
    browser = visit(make_account(administrator=True)).open("/me/data/erase")
    assert browser.send(having="password", password=PASSWORD).status == 422
    assert "You are the only administrator." in browser.text


def test_an_administrator_erases_by_letter_and_withdraws(app: Flask, visit: Visit) -> None:
    admin, person = make_account(administrator=True), make_person("Paula Paper")
    browser = visit(admin).open(f"/admin/people/{person.id}")
    assert f"/admin/people/{person.id}/erase" in browser.text
    browser.open(f"/admin/people/{person.id}/erase")
    assert browser.send(having="is_known").status == 422
    browser.send(having="is_known", is_known="y")
    assert browser.path == "/admin/erasures" and "Paula Paper" in browser.text and "by letter" in browser.text
    assert "Will be erased on" in browser.open(f"/admin/people/{person.id}").text
    erasure = queries.pending_of(person.id)
    assert erasure
    browser.open(f"/admin/erasures/{erasure.id}/withdraw").send()
    assert browser.path == "/admin/erasures" and queries.pending_of(person.id) is None


def test_who_has_an_account_is_not_erased_by_letter(app: Flask, visit: Visit) -> None:
    browser = visit(make_account(administrator=True)).open(f"/admin/people/{make_account().id}/erase")
    assert "asks for erasure there" in browser.text and "is_known" not in browser.text


def test_the_erased_stand_as_numbers_on_every_page(app: Flask, visit: Visit, journal_file: Path) -> None:
    anna, group, association = make_anna()
    admin = make_account(administrator=True)
    make_erasure(anna)
    erasing.erase_due()
    browser, number = visit(admin), f"Erased person {anna.id}"
    for path in ("/admin/erasures", f"/admin/people/{anna.id}"):
        browser.open(path)
        assert browser.status == 200 and number in browser.text, path
    assert "Edit the data" not in browser.text and "Add an affiliation" not in browser.text
    for path in ("/", f"/groups/{group.slug}", f"/groups/{group.slug}/members", f"/associations/{association.code}",
                 "/admin/people", "/admin/coordinators", "/desk", "/admin", "/admin/outbox"):  # fmt: skip
        assert browser.open(path).status == 200, path
        assert "Anna Example" not in browser.text and "anna@example.org" not in browser.text, path


def test_erasures_are_filtered_and_paged_with_as_many_statements(app: Flask, visit: Visit) -> None:
    admin = make_account(administrator=True)
    browser = visit(admin)

    def statements() -> int:
        with counted_queries() as sent:
            assert browser.open("/admin/erasures").status == 200
        return len(sent)

    make_erasure(make_person("Paula Paper"), asked_by=admin)
    few = statements()
    for _ in range(60):
        make_erasure(make_person(), asked_by=admin)
    assert statements() == few
    assert "Page 1 of 2" in browser.text
    assert "Paula Paper" in browser.open("/admin/erasures?state=pending&page=2").text
    assert "No erasure in this state" in browser.open("/admin/erasures?state=done").text
    assert browser.open("/admin/erasures?state=nonsense").status == 200


def test_ones_data_cost_as_many_statements_whatever_there_is(app: Flask, visit: Visit) -> None:
    association = make_association()
    anna = make_account(association=association)
    browser = visit(anna)

    def statements() -> int:
        make_membership(make_group(coordinators=(anna,)), anna, association=association)
        with counted_queries() as sent:
            assert browser.open("/me/data").status == 200
        return len(sent)

    few = statements()
    for _ in range(5):
        statements()
    assert statements() == few


def test_a_long_list_is_cut_on_the_page_and_whole_in_the_file(app: Flask, visit: Visit) -> None:
    from app.core import audit
    from app.core.db import write

    anna = make_account()
    with write():
        for _ in range(103):
            audit.record("person.changed", anna, anna.id)
    browser = visit(anna).open("/me/data")
    assert "The latest 100 of 103 are shown here" in browser.text
    assert browser.text.count("person.changed") == 100
    assert len(json.loads(browser.open("/me/data.json").text)["data"]["audit"]) == 103


def test_the_notice_is_for_everybody_and_linked_from_the_foot(app: Flask, browser: Browser) -> None:
    assert 'href="/privacy"' in browser.open("/").text
    browser.open("/privacy")
    for item in features.processing():
        assert str(item.title) in browser.text and str(item.purpose) in browser.text
    assert "365 days" in browser.text


def test_the_register_says_the_same_as_the_declarations(app: Flask, visit: Visit) -> None:
    browser = visit(make_account(administrator=True)).open("/admin/register")
    for item in features.processing():
        assert str(item.title) in browser.text
        assert all(claim.table in browser.text for claim in item.claims)
    assert 'href="/admin/register"' in browser.open("/admin").text and 'href="/admin/erasures"' in browser.text
    browser.open("/admin/register.csv")
    heading, *rows = csv.reader(io.StringIO(browser.text.removeprefix("\ufeff")))
    assert heading[0] == "Activity" and len(rows) == len(features.processing())
    assert all(cell.strip() for row in rows for cell in row)
