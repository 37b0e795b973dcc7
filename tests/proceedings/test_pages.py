"""Saying whether one comes on the meeting's page, without JavaScript; and what others see of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.groups.models import WorkingGroup
from app.meetings import service as meetings
from app.meetings.rules.company import Company
from app.membership.rules import Role
from app.people.models import Person
from app.proceedings import service
from app.proceedings.rules import Partstat
from tests.browsing import Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_person
from tests.queries import counted_queries

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cora(app: Flask) -> Person:
    return make_account("Cora Coordinator", email="cora@example.org")


@pytest.fixture
def group(cora: Person) -> WorkingGroup:
    return make_group("heat", community=make_community(), coordinators=(cora,))


@pytest.fixture
def mia(group: WorkingGroup) -> Person:
    person = make_account("Mia Member", email="mia@example.org")
    make_membership(group, person)
    return person


def test_from_the_question_to_who_comes(group: WorkingGroup, mia: Person, cora: Person, visit: Visit) -> None:
    make_membership(group, make_person("Noe Noord"))
    meeting = make_meeting(group)
    me = visit(mia).open("/me")
    assert "Say whether you come" in me.text
    page = visit(mia).open(f"/meetings/{meeting.reference}")
    assert "Are you coming?" in page.text and 'aria-pressed="true"' not in page.text
    page.send(action="/answer", partstat="ACCEPTED")
    assert "Your answer is saved" in page.text
    assert page.text.count('aria-pressed="true"') == 1
    assert "Mia Member" not in page.text.split("<main")[1], "members learn how many, not who"
    assert "Change your answer" in visit(mia).open("/me").text
    seen = visit(cora).open(f"/meetings/{meeting.reference}").text
    assert "Coming (1)" in seen and "Mia Member" in seen
    assert "No answer yet (2)" in seen and "Noe Noord" in seen, "who coordinates is asked as well"


def test_in_french(group: WorkingGroup, mia: Person, visit: Visit) -> None:
    meeting = make_meeting(group)
    page = visit(mia, "fr").open(f"/meetings/{meeting.reference}").send(action="/answer", partstat="DECLINED")
    assert "Votre réponse est enregistrée" in page.text and "Non, je ne peux pas venir" in page.text


def test_a_page_left_open_while_the_meeting_moves(group: WorkingGroup, mia: Person, visit: Visit) -> None:
    meeting = make_meeting(group)
    page = visit(mia).open(f"/meetings/{meeting.reference}")
    page.send(action="/answer", partstat="ACCEPTED")
    later = replace(meeting.said, starts=meeting.starts_local + timedelta(days=1),
                    ends=meeting.ends_local + timedelta(days=1))  # fmt: skip
    meetings.change_meeting(meeting.id, later, version=meeting.version, actor_id=None)
    page.send(action="/answer", partstat="DECLINED")
    assert "This meeting was changed meanwhile" in page.text
    assert "You answered “Yes, I’m coming” before this meeting was moved" in page.text
    page.send(action="/answer", partstat="DECLINED")
    assert "Your answer is saved" in page.text and "before this meeting was moved" not in page.text


@pytest.mark.parametrize("fields", [{}, {"partstat": "MAYBE"}, {"partstat": "ACCEPTED", "sequence": "-1"},
                                    {"partstat": "ACCEPTED", "sequence": "٣"}])  # fmt: skip
def test_what_no_button_sends(group: WorkingGroup, mia: Person, visit: Visit, fields: dict[str, str]) -> None:
    meeting = make_meeting(group)
    page = visit(mia).open(f"/meetings/{meeting.reference}").send(action="/answer", **fields)
    assert page.status == 200 and 'aria-pressed="true"' not in page.text
    assert "Choose one of the answers" in page.text or "changed meanwhile" in page.text


def test_who_is_not_asked_sees_nothing_of_it(group: WorkingGroup, mia: Person, visit: Visit, app: Flask) -> None:
    meeting = make_meeting(group)
    service.answer(meeting.id, mia.id, Partstat.ACCEPTED, sequence=0)
    stranger, member = make_account("Sam Stranger"), make_account("Otto Other")
    make_membership(group, member)
    for text in (visit(stranger).open(f"/meetings/{meeting.reference}").text,
                 app.test_client().get(f"/meetings/{meeting.reference}").text):  # fmt: skip
        assert 'id="your-answer"' not in text and "Mia" not in text
    assert "Mia" not in visit(member).open("/groups/heat/history").text
    few = make_meeting(group, visibility="named", company=Company(person_ids=frozenset({mia.id})))
    chair = make_account("Cha Chair")
    make_membership(group, chair, role=Role.CHAIR)
    assert visit(chair).open(f"/meetings/{few.reference}").status == 404
    assert "Are you coming?" in visit(mia).open(f"/meetings/{few.reference}").text


def test_what_is_over_or_cancelled(group: WorkingGroup, mia: Person, cora: Person, visit: Visit) -> None:
    meeting = make_meeting(group, datetime(2026, 11, 26, 10))
    off = make_meeting(group)
    for one in (meeting, off):
        service.answer(one.id, mia.id, Partstat.TENTATIVE, sequence=0)
    meetings.cancel_meeting(off.id, None, actor_id=None)
    assert 'id="your-answer"' not in visit(cora).open(f"/meetings/{off.reference}").text
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        page = visit(mia).open(f"/meetings/{meeting.reference}").text
        assert "Your answer:" in page and "/answer" not in page
        assert "No answer yet" not in page
        unanswered = make_meeting(group, datetime(2026, 11, 26, 15))
        assert "Who comes" not in visit(cora).open(f"/meetings/{unanswered.reference}").text, "nobody was asked then"


def test_as_many_queries_for_many_as_for_few(group: WorkingGroup, mia: Person, cora: Person, visit: Visit) -> None:
    meeting = make_meeting(group)
    browser = visit(cora)
    browser.open(f"/meetings/{meeting.reference}")
    with counted_queries() as few:
        browser.open(f"/meetings/{meeting.reference}")
    for number in range(8):
        person = make_person(f"Person {number}")
        make_membership(group, person)
        service.answer(meeting.id, person.id, list(Partstat)[number % 3], sequence=0)
        make_meeting(group, datetime(2027, 4, 1 + number, 9))
    with counted_queries() as many:
        browser.open(f"/meetings/{meeting.reference}")
    assert len(many) == len(few)


def test_an_administrator_is_asked_what_is_for_them(group: WorkingGroup, mia: Person, visit: Visit) -> None:
    admin = make_account("Ada Admin", administrator=True)
    make_membership(group, admin)
    few = make_meeting(group, title="Of few", visibility="named", company=Company(person_ids=frozenset({mia.id})))
    page = visit(admin).open("/me")
    assert "Of few" in page.text and "Say whether you come" not in page.text
    page = page.open(f"/meetings/{few.reference}")
    assert page.status == 200 and "Are you coming?" not in page.text
