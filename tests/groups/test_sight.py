"""Who finds a group and who sees inside, apart from who is a member: three settings of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from app.core import clock
from app.core.db import db
from app.groups.models import Coordinator, WorkingGroup
from app.groups.rules import Access, Visibility
from app.meetings.models import Meeting
from app.meetings.rules import Visibility as MeetingVisibility
from app.membership.rules import State
from app.membership.service.seats import joining_of, set_joining
from tests.browsing import Browser, Visit
from tests.factories.groups import make_community, make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    """With a public meeting and one for members, both ahead."""
    made = make_group("secret-garden", names={"en": "Secret garden", "fr": "Jardin secret"},
                      community=make_community("climate"))  # fmt: skip
    soon = datetime.now().replace(microsecond=0) + timedelta(days=3)
    make_meeting(made, soon, title="Open gate", join_link="https://meet.example/garden")
    make_meeting(made, soon, title="Closed gate", visibility=MeetingVisibility.MEMBERS)
    make_membership(made, make_person("Mona Member"), association=make_association("VVSG"))
    return made


@pytest.fixture
def seen_by(app: Flask, group: WorkingGroup, visit: Visit) -> dict[str, Browser]:
    """A browser of each kind of viewer."""
    other = make_group()
    member, asking, outsider, elsewhere = (make_account() for _ in range(4))
    make_membership(group, member, association=make_association())
    make_membership(group, asking, State.REQUESTED, make_association())
    make_membership(other, elsewhere, association=make_association())
    coordinator = make_account()
    db.session.add(Coordinator(group_id=group.id, person_id=coordinator.id, appointed_at=clock.now()))
    db.session.commit()
    focal = make_account(association=make_association(), function="focal_point")
    people = {
        "member": member, "asking": asking, "outsider": outsider, "elsewhere": elsewhere, "focal": focal,
        "coordinator": coordinator, "admin": make_account(administrator=True),
    }  # fmt: skip
    return {"visitor": Browser(app)} | {name: visit(person) for name, person in people.items()}


def settle(group: WorkingGroup, visibility: Visibility, access: Access) -> None:
    group.visibility, group.access = visibility, access
    db.session.commit()


FINDS = {
    Visibility.PUBLIC: {"visitor", "member", "asking", "outsider", "elsewhere", "focal", "coordinator", "admin"},
    Visibility.SIGNED_IN: {"member", "asking", "outsider", "elsewhere", "focal", "coordinator", "admin"},
    Visibility.MEMBERS: {"member", "asking", "focal", "coordinator", "admin"},
}
INSIDE = {
    Access.MEMBERS: {"member", "coordinator", "admin"},
    Access.NETWORK: {"member", "coordinator", "admin", "elsewhere", "focal"},
}


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("access", list(Access))
def test_who_finds_it_and_who_sees_inside(
    group: WorkingGroup, seen_by: dict[str, Browser], visibility: Visibility, access: Access
) -> None:
    settle(group, visibility, access)
    public, inside = (db.session.query(Meeting).filter_by(title=title).one().reference
                      for title in ("Open gate", "Closed gate"))  # fmt: skip
    finds, sees = FINDS[visibility], INSIDE[access] & FINDS[visibility]
    for name, browser in seen_by.items():
        found, within = name in finds, name in sees
        for path in ("/", "/communities/climate", "/meetings", "/associations/VVSG"):
            assert browser.open(path).status == 200
            if path != "/associations/VVSG":
                assert ("Secret garden" in browser.text) is found, (name, path)
            assert ("Closed gate" in browser.text) is (within and path in ("/meetings", "/communities/climate", "/")), (
                name,
                path,
            )
        page = browser.open("/groups/secret-garden")
        signs_in = name == "visitor" and visibility == Visibility.SIGNED_IN
        assert (page.status, "/sign-in" in page.path) == ((200, signs_in) if found or signs_in else (404, False)), name
        assert ("Mona Member" in page.text) is within, name
        assert (browser.open(f"/meetings/{public}").status == 200) is found, name
        assert ("meet.example" in browser.text) is within, name
        assert (browser.open(f"/meetings/{inside}").status == 200) is within, name
        assert (browser.open("/meetings?group=secret-garden").status == 200) is found, name
        roster = browser.open("/groups/secret-garden/members")
        assert (roster.status == 200 and "/sign-in" not in roster.path) is within, name
        assert ("Mona Member" in browser.text) is within, name
        for below in ("next", "join", "seats", "nominate", "meetings/new"):
            if not found and not signs_in:
                assert browser.open(f"/groups/secret-garden/{below}").status == 404, (name, below)
    feed = seen_by["admin"].client.get("/groups/secret-garden/calendar.ics")
    assert feed.status_code == (200 if visibility == Visibility.PUBLIC else 404)


def test_a_hidden_groups_feed_goes_at_once_and_comes_back(group: WorkingGroup, browser: Browser) -> None:
    address = "/groups/secret-garden/calendar.ics"
    first = browser.client.get(address)
    assert first.status_code == 200 and b"Open gate" in first.data
    version = db.session.get_one(WorkingGroup, group.id).version
    hidden = replace(joining_of(group), visibility=Visibility.SIGNED_IN)
    set_joining(group.id, hidden, version, None, may_close=False)
    assert browser.client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404
    again = replace(hidden, visibility=Visibility.PUBLIC)
    set_joining(group.id, again, db.session.get_one(WorkingGroup, group.id).version, None, may_close=False)
    assert b"Open gate" in browser.client.get(address).data


def test_the_coordinator_sets_each_by_itself(group: WorkingGroup, seen_by: dict[str, Browser]) -> None:
    page = seen_by["coordinator"].open("/groups/secret-garden/joining")
    page.send(having="visibility", visibility="members")
    db.session.rollback()
    now = joining_of(db.session.get_one(WorkingGroup, group.id))
    assert (now.visibility, now.access, now.join_policy) == ("members", "members", "request")
    page.open("/groups/secret-garden/joining").send(having="access", access="network")
    db.session.rollback()
    now = joining_of(db.session.get_one(WorkingGroup, group.id))
    assert (now.visibility, now.access, now.join_policy) == ("members", "network", "request")
    page.open("/groups/secret-garden/joining").send(having="access", access="everybody")
    assert page.status == 422
