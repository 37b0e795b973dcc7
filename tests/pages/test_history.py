"""The history of groups, of oneself, and the whole trail for administrators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.calls.rules import CallMove, Step
from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db, write
from app.groups import service as groups
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus, JoinPolicy
from app.groups.service.coordinators import appoint_coordinator
from app.membership import service
from app.membership.rules import Move, Role, State
from app.membership.service.seats import joining_of
from app.pages.history import words
from app.pages.history.lines import lines
from app.people.models import Person
from app.people.service import persons
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_expert, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def anna(app: Flask) -> Person:
    return make_account("Anna Coordinator", email="anna@example.org")


@pytest.fixture
def group(anna: Person) -> WorkingGroup:
    names = {"en": "Climate", "fr": "Climat"}
    return make_group("climate", coordinators=(anna,), names=names)


@pytest.fixture
def admin(app: Flask) -> Person:
    return make_account("Ada Admin", administrator=True)


def said(page: Browser) -> str:
    """The history on a page, without its tags."""
    text = page.text
    found = re.search(r'<ol class="rows history">(.*?)</ol>', text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def grow(group: WorkingGroup, anna: Person) -> tuple[Person, Person]:
    """Somebody who came in and was ended, and somebody who was declined."""
    eve, otto = make_expert("Eve Expert"), make_expert("Otto Other")
    made = service.request(eve.id, group.id, "My private motivation.")
    service.accept(made.id, anna.id)
    service.end(made.id, anna.id, "Did not come to any meeting.")
    service.decline(service.request(otto.id, group.id, "Me too.").id, anna.id, "The group is full.")
    return eve, otto


class TestOfAGroup:
    """All of it for those who decide; for members what concerns the group and its seats."""

    def test_coordinators_see_everything_and_why(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        grow(group, anna)
        page = visit(anna).open("/groups/climate/history")
        history = said(page)
        for sentence in (
            "Eve Expert asked to join Climate",
            "Anna Coordinator accepted Eve Expert into Climate",
            "Anna Coordinator ended the membership of Eve Expert in Climate",
            "Did not come to any meeting.",
            "Anna Coordinator declined the request of Otto Other for Climate",
            "The group is full.",
            "Thu 26 November 2026, 11:00 (Brussels)",
        ):
            assert sentence in history, sentence
        assert "My private motivation." not in page.text
        assert history.index("declined") < history.index("accepted"), "the newest first"
        assert 'href="/groups/climate/history"' in page.open("/groups/climate").text
        assert 'href="/groups/climate/history"' in page.open("/groups/climate/members").text

    def test_members_see_settings_and_seats_without_reasons(
        self, visit: Visit, group: WorkingGroup, anna: Person, admin: Person
    ) -> None:
        member = make_account("Mia Member")
        make_membership(group, member)
        grow(group, anna)
        wanted = replace(joining_of(group), seats_member=5, join_policy=JoinPolicy.OPEN)
        service.set_joining(group.id, wanted, group.version, anna.id, may_close=False)
        appoint_coordinator(group.id, member.email or "", admin.id)
        dismissed = visit(member)
        groups.dismiss_coordinator(group.id, member.id, admin.id)
        page = dismissed.open("/groups/climate/history")
        history = said(page)
        for sentence in (
            "Anna Coordinator changed how one joins Climate",
            "seats of each member association: from “2” to “5”",
            "how one joins: from “On request” to “Open”",
            "Ada Admin made Mia Member coordinator of Climate",
            "Anna Coordinator accepted Eve Expert into Climate",
            "Anna Coordinator ended the membership of Eve Expert in Climate",
        ):
            assert sentence in history, sentence
        for hidden in ("Otto Other", "asked to join", "Did not come", "The group is full", "/memberships/"):
            assert hidden not in page.text, hidden

    def test_nothing_of_other_groups(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        grow(make_group("water", coordinators=(anna,)), anna)
        assert "Nothing yet" in visit(anna).open("/groups/climate/history").text

    @pytest.mark.parametrize("path", ["/groups/climate/history", "/me/history", "/admin/audit"])
    def test_queries_do_not_grow(self, visit: Visit, group: WorkingGroup, path: str) -> None:
        boss = make_account(administrator=True)
        page, numbers = visit(boss), []
        for more in (1, 12):
            for number in range(more):
                person = make_expert()
                other = make_group(coordinators=(boss,))
                service.request(person.id, group.id, "Hello.")
                appoint_coordinator(other.id, make_account().email or "", boss.id)
                make_meeting(group, datetime(2027, 1, number + 1, 10), actor_id=boss.id)
                with write():
                    audit.record("person.changed", db.session.get_one(Person, boss.id), person.id, fields=["email"])
                    audit.record("terms.drafted", make_terms_in(number + more), boss.id)
            with counted_queries() as statements:
                assert page.open(path).status == 200
            numbers.append(len(statements))
        assert numbers[0] == numbers[1] <= 20, statements

    def test_long_histories_are_turned_page_by_page(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        with write():
            for number in range(120):
                audit.record("group.edited", group, anna.id, reason=f"Reason {number:03}.")
        page = visit(anna).open("/groups/climate/history")
        seen = re.findall(r"Reason (\d+)\.", page.text)
        assert seen == [f"{number:03}" for number in range(119, 69, -1)]
        assert 'rel="prev"' not in page.text
        for expected in (range(69, 19, -1), range(19, -1, -1)):
            page.open(re.search(r'rel="next" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))  # type: ignore[index]
            assert re.findall(r"Reason (\d+)\.", page.text) == [f"{number:03}" for number in expected]
        assert 'rel="next"' not in page.text
        page.open(re.search(r'rel="prev" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))  # type: ignore[index]
        assert re.findall(r"Reason (\d+)\.", page.text)[0] == "069"
        page.open(re.search(r'rel="prev" href="([^"]+)"', page.text)[1].replace("&amp;", "&"))  # type: ignore[index]
        assert 'rel="prev"' not in page.text and "Reason 119." in page.text
        for odd in ("?before=0", "?before=x", "?after=99999999999999999999", "?after=999999"):
            assert page.open(f"/groups/climate/history{odd}").status == 200


def make_terms_in(number: int) -> object:
    """A text to have an entry about, within a transaction."""
    from app.core.db import writing
    from app.terms.models import TermsVersion
    from app.terms.rules import Kind

    made = TermsVersion(kind=Kind.CONDUCT, number=number, texts={"en": "x"}, created_at=NOW, published_at=NOW,
                        valid_from=date(2099, 1, 1))  # fmt: skip
    writing().add(made)
    return made


class TestOfOneself:
    """What was done about one, by whom and why; and what one did."""

    def test_what_concerns_me_and_what_i_did(
        self, visit: Visit, group: WorkingGroup, anna: Person, admin: Person
    ) -> None:
        eve, _otto = grow(group, anna)
        facts = persons.facts_of(eve)
        persons.edit_person(eve.id, type(facts)(**{**vars(facts), "full_name": "Eve Example"}), eve.version, admin.id)
        page = visit(eve)
        assert 'href="/me/history"' in page.open("/me").text
        history = said(page.open("/me/history"))
        assert "Ada Admin corrected the data of Eve Example name" in history
        assert "Anna Coordinator ended the membership of Eve Example in Climate" in history
        assert "Did not come to any meeting." in history
        assert "Otto" not in history and "/admin/" not in page.text
        mine = said(visit(anna).open("/me/history?only=mine"))
        assert "Anna Coordinator declined the request of Otto Other for Climate" in mine
        assert said(visit(anna).open("/me/history")) == ""

    def test_in_french(self, visit: Visit, group: WorkingGroup, anna: Person) -> None:
        eve, _otto = grow(group, anna)
        assert visit(eve, "fr").open("/me/history").status == 200
        assert "Climat" in said(visit(eve, "fr").open("/me/history"))


class TestTheWholeTrail:
    """Searched by action, persons, group, association, days and words."""

    @pytest.fixture
    def filled(self, group: WorkingGroup, anna: Person, admin: Person) -> None:
        with time_machine.travel(NOW - timedelta(days=10)):
            grow(group, anna)
        home = make_association("HOME")
        lea = make_account("Léa Dupont", association=home)
        service.request(lea.id, make_group("water", names={"en": "Water"}).id, "I know water.")
        appoint_coordinator(group.id, lea.email or "", admin.id)

    @pytest.mark.parametrize(
        ("query", "found", "not_found"),
        [
            ("", "Léa Dupont", "~"),
            ("action=membership.decline", "Otto Other", "accepted"),
            ("action=coordinator", "made Léa Dupont coordinator", "asked"),
            ("action=nonsense", "Otto Other", "~"),
            ("person=lea+dup", "Léa Dupont asked to join Water", "Otto"),
            ("actor=anna", "Anna Coordinator declined", "asked"),
            ("actor=%23999999", "", "Anna"),
            ("group=water", "Léa Dupont asked to join Water", "Climate"),
            ("group=unknown", "Climate", "~"),
            ("first=2026-11-20", "Léa Dupont", "Otto"),
            ("last=2026-11-20", "Otto", "Léa Dupont"),
            ("first=2026-11-16&last=2026-11-16", "Otto", "Léa Dupont"),
            ("first=soon&last=0001-01-01", "Otto", "~"),
            ("text=GROUP+is+full", "The group is full.", "accepted"),
            ("text=100%25", "", "full"),
            ("action=membership&person=otto&text=full", "declined the request of Otto", "asked"),
            ("association=99999999999", "Otto", "~"),
        ],
    )
    def test_searching(self, filled: None, visit: Visit, admin: Person, query: str, found: str, not_found: str) -> None:
        page = visit(admin).open(f"/admin/audit?{query}")
        history = said(page)
        assert page.status == 200
        assert found in history and not_found not in history
        if not found:
            assert "Nothing is found" in page.text

    def test_by_association(self, filled: None, visit: Visit, admin: Person) -> None:
        home = db.session.scalar(sa.text("SELECT id FROM associations WHERE code = 'HOME'"))
        history = said(visit(admin).open(f"/admin/audit?association={home}"))
        assert "Léa Dupont asked to join Water" in history and "Otto" not in history

    def test_what_was_asked_stays_in_the_form_and_on_the_way(
        self, visit: Visit, admin: Person, group: WorkingGroup
    ) -> None:
        with write():
            for _number in range(60):
                audit.record("group.edited", group, admin.id)
            audit.record("person.changed", db.session.get_one(Person, admin.id), admin.id)
        page = visit(admin).open("/admin/audit?action=group.edited&group=climate&actor=ada")
        assert '<option value="group.edited" selected>' in page.text and 'value="ada"' in page.text
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        assert following
        page.open(following[1].replace("&amp;", "&"))
        assert "edited the page" in said(page) and "corrected" not in said(page)

    def test_names_lead_to_their_pages(self, filled: None, visit: Visit, admin: Person, anna: Person) -> None:
        text = visit(admin).open("/admin/audit").text
        assert f'<a href="/admin/people/{anna.id}">Anna Coordinator</a>' in text
        assert '<a href="/groups/climate">Climate</a>' in text
        assert f'href="/admin/audit?person=%23{anna.id}"' not in text

    def test_names_are_shown_as_they_are(self, visit: Visit, admin: Person, group: WorkingGroup) -> None:
        mean = make_person("<b>Bold</b> %(actor)s", email=None)
        with write():
            audit.record("person.entered", db.session.get_one(Person, mean.id), None, reason="<i>why</i>")
        text = visit(admin).open("/admin/audit").text
        assert "&lt;b&gt;Bold&lt;/b&gt; %(actor)s" in text and "&lt;i&gt;why&lt;/i&gt;" in text

    def test_of_what_is_gone_only_that_is_said(self, app: Flask, group: WorkingGroup) -> None:
        with write() as session:
            audit.record("coordinator.appointed", group, 4711, person_id=4712)
            audit.record("someone.else", group, None)
        entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).all()
        with app.test_request_context():
            [unknown, gone] = lines(entries, with_reasons=True)
        assert "someone who is no longer here made someone who is no longer here coordinator of" in gone.what
        assert "someone.else" in unknown.what


def test_every_action_has_its_words() -> None:
    """What the features record is in words: as a sentence, and in the list that one chooses from."""
    sources = "\n".join(path.read_text() for path in Path("app").rglob("*.py"))
    recorded = set(re.findall(r'audit\.record\(\s*"([a-z_]+\.[a-z_]+)"', sources))
    recorded |= {f"membership.{move}" for move in Move}
    recorded |= {f"call.{move}" for move in CallMove} | {f"candidacy.{step}" for step in Step}
    recorded |= {"keyword.offered", "keyword.retired", "meeting.joined", "meeting.left"}
    recorded |= {f"{kind}.loaded" for kind in ("community", "group", "association", "keyword")}
    assert recorded == set(words.SENTENCES) == set(words.CALLED)
    assert {action.partition(".")[0] for action in recorded} == set(words.AREAS)
    assert set(words.BY_ONESELF) < recorded


def test_roles_and_statuses_come_in_words(app: Flask, group: WorkingGroup, anna: Person) -> None:
    member = make_membership(group, make_person("Mia Member"), association=make_association())
    service.set_role(member.id, Role.CHAIR, anna.id)
    wanted = joining_of(group)
    service.set_joining(group.id, type(wanted)(**{**vars(wanted), "status": GroupStatus.DORMANT}), group.version,
                        anna.id, may_close=True)  # fmt: skip
    entries = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    with app.test_request_context():
        [role, status] = [line.changes[0] for line in lines(entries, with_reasons=True)]
    assert (role.old, role.new) == ("Member", "Chair")
    assert (status.old, status.new) == ("At work", "Dormant")


def test_days_and_states_are_kept(app: Flask, group: WorkingGroup, anna: Person) -> None:
    made = service.request(make_expert().id, group.id, "Hello.")
    service.accept(made.id, anna.id)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "membership.accept")).one()
    assert (entry.person_id, entry.group_id, entry.association_id) == (made.person_id, group.id, made.association_id)
    assert entry.details["to"] == State.ACTIVE and entry.details["until"] == str(date(2029, 11, 25))
