"""A meeting's page: what each kind of viewer sees and may do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from app.groups.models import WorkingGroup
from app.meetings.models import Meeting
from app.meetings.rules import Visibility
from app.meetings.service import cancel_meeting
from app.membership.rules import Role, State
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.queries import counted_queries

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LINK = "https://meet.example.org/secret"
VIEWERS = ["visitor", "signed in", "waiting", "former", "member", "chair", "coordinator", "administrator"]
INSIDE = {"member", "chair", "coordinator", "administrator"}
RUNS = {"chair", "coordinator", "administrator"}


@pytest.fixture(autouse=True)
def _now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("water", names={"en": "Water"}, coordinators=(make_account(email="cora@example.org"),))


def as_viewer(who: str, group: WorkingGroup, visit: Visit, browser: Browser) -> Browser:
    """A browser of someone who is `who` to the group."""
    if who == "visitor":
        return browser
    if who == "administrator":
        return visit(make_account(administrator=True))
    person = make_account("Vera Viewer")
    if who == "coordinator":
        from app.core.db import db
        from app.groups.models import Coordinator

        db.session.add(Coordinator(group_id=group.id, person_id=person.id, appointed_at=NOW))
        db.session.commit()
    states = {"waiting": State.REQUESTED, "former": State.LEFT, "member": State.ACTIVE, "chair": State.ACTIVE}
    if who in states:
        make_membership(group, person, states[who], role=Role.CHAIR if who == "chair" else Role.MEMBER)
    return visit(person)


def meeting_of(group: WorkingGroup, visibility: Visibility = Visibility.PUBLIC) -> Meeting:
    return make_meeting(
        group,
        datetime(2026, 12, 4, 10),
        title="Winter meeting",
        venue="Town hall",
        join_link=LINK,
        description="We talk about **rivers**. <img src=x>",
        visibility=visibility,
    )


@pytest.mark.parametrize("who", VIEWERS)
def test_a_public_meeting_is_for_all_but_its_link(
    who: str, group: WorkingGroup, visit: Visit, browser: Browser
) -> None:
    found = meeting_of(group)
    page = as_viewer(who, group, visit, browser).open(f"/meetings/{found.reference}")
    assert page.status == 200
    for shown in ("Winter meeting", "Fri 4 December 2026, 10:00–12:00 (Brussels)", "Town hall", "<strong>rivers"):
        assert shown in page.text
    assert "<img src=x" not in page.text
    assert 'href="/groups/water"' in page.text
    assert f'href="/meetings/{found.reference}/meeting.ics"' in page.text
    assert (LINK in page.text) == (who in INSIDE)
    for action in ("edit", "cancel"):
        assert (f'href="/meetings/{found.reference}/{action}"' in page.text) == (who in RUNS)
    assert page.text.count("btn-primary") == 1
    assert "Vera" not in page.text or who != "visitor"


@pytest.mark.parametrize("who", VIEWERS)
def test_a_members_meeting_is_not_there_for_others(
    who: str, group: WorkingGroup, visit: Visit, browser: Browser
) -> None:
    found = meeting_of(group, Visibility.MEMBERS)
    page = as_viewer(who, group, visit, browser).open(f"/meetings/{found.reference}")
    assert page.status == (200 if who in INSIDE else 404)
    assert ("Winter meeting" in page.text) == (who in INSIDE)


def test_the_viewers_time_comes_first(group: WorkingGroup, visit: Visit) -> None:
    found = meeting_of(group)
    text = visit(make_account(time_zone="Europe/Athens")).open(f"/meetings/{found.reference}").text
    assert "Fri 4 December 2026, 11:00–13:00 your time (Athens)" in text
    assert "10:00–12:00 (Brussels)" in text


def test_a_cancelled_meeting_says_so_and_why(group: WorkingGroup, visit: Visit, browser: Browser) -> None:
    found = meeting_of(group)
    cancel_meeting(found.id, "The hall is flooded.", actor_id=None)
    page = browser.open(f"/meetings/{found.reference}")
    assert "This meeting is cancelled" in page.text
    assert "The hall is flooded." in page.text
    assert "meeting.ics" not in page.text
    edits = as_viewer("coordinator", group, visit, browser).open(f"/meetings/{found.reference}")
    assert f'href="/meetings/{found.reference}/reinstate"' in edits.text
    assert f'href="/meetings/{found.reference}/cancel"' not in edits.text


def test_unknown(browser: Browser) -> None:
    assert browser.open("/meetings/nothing").status == 404


def test_its_title_names_the_day(group: WorkingGroup, browser: Browser) -> None:
    found = meeting_of(group)
    assert "<title>Winter meeting, Fri 4 December 2026 – " in browser.open(f"/meetings/{found.reference}").text


def test_few_queries(group: WorkingGroup, visit: Visit, browser: Browser) -> None:
    found = meeting_of(group)
    page = as_viewer("coordinator", group, visit, browser)
    with counted_queries() as sent:
        page.open(f"/meetings/{found.reference}")
    assert page.status == 200
    assert len(sent) <= 12
