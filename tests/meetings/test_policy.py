"""Who may know of meetings, see links to join, and plan."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.core.db import db
from app.meetings import policy
from app.meetings.models import Meeting, Visibility
from app.people.models import Person
from app.people.viewer import SignedIn, Viewer, Visitor
from tests.factories.meetings import make_meeting
from tests.meetings.conftest import Cast

INSIDE = {"coordinator", "chair", "vice_chair", "member", "administrator"}
PLANNING = {"coordinator", "chair", "vice_chair", "administrator"}
EVERYONE = ["coordinator", "chair", "vice_chair", "member", "elsewhere", "expert", "administrator", "visitor"]


def viewer(people: Cast, role: str) -> Viewer:
    if role == "visitor":
        return Visitor()
    person: Person = getattr(people, role)
    assert person.account is not None
    return SignedIn(person.account)


@pytest.mark.parametrize("role", EVERYONE)
def test_by_role(people: Cast, role: str) -> None:
    public = make_meeting(people.group, title="public", join_link="https://a.example")
    hidden = make_meeting(people.group, title="hidden", visibility=Visibility.MEMBERS)
    who = viewer(people, role)
    assert policy.see(who, public)
    assert policy.see(who, hidden) is (role in INSIDE)
    assert policy.see_join_link(who, public) is (role in INSIDE)
    assert policy.plan(who, people.group) is (role in PLANNING)
    assert policy.edit(who, public) is (role in PLANNING)
    titles = set(db.session.scalars(select(Meeting.title).where(policy.visible(who))))
    assert titles == ({"public", "hidden"} if role in INSIDE else {"public"})
