"""Meetings of few: nobody else learns that they exist, from no page, list, count, search, feed, history or mail.

All pages of the url map that take a group or nothing are read by each kind of outsider before such meetings are made,
and after: they must not differ by a byte, but for what is random in every answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.db import db, write
from app.core.outbox import OutboxMessage
from app.meetings import policy, queries
from app.meetings.models import Meeting, MeetingSeries, Visibility
from app.meetings.rules.company import Company, GuestPlan
from app.meetings.rules.pattern import Frequency, Pattern, Weekday
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import MeetingPlan, cancel_meeting, change_meeting, create_meeting
from app.meetings.service.series import create_series
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.people.models import Person
from app.people.viewer import SignedIn, Viewer, Visitor
from tests.browsing import Browser
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.meetings.conftest import Cast, signed_in

RANDOM = re.compile(rb'(name="csrf_token" value="[^"]*"|nonce="?[^" ;]*|name="creation_key"[^>]*>)')
ASKED_TOO = (
    "/search?q=secret", "/search/results?q=secret", "/meetings?past=1", "/meetings?group=climate",
    "/meetings?group=climate&past=1", "/meetings?format=csv", "/meetings?format=csv&past=1", "/me/history?only=mine",
    "/groups/climate/calendar.ics?lang=fr",
)  # fmt: skip
LEFT_OUT = (
    "/healthz", "/readyz", "/metrics", "/static", "/dev/", "/sign-", "/me/data.json", "/admin/", "/imports", "/terms",
    "/forgotten-password", "/theme.css", "/robots.txt",
)  # fmt: skip
"""What says how the server is, or what those who ask are not let into or is the same for all."""
NAMES = {"slug": ("climate", "other")}


def plan(title: str, day: datetime, visibility: Visibility) -> MeetingPlan:
    return MeetingPlan(
        title, day, day + timedelta(hours=2), "Europe/Brussels", visibility=visibility, venue="Secret house",
        join_link="https://secret.example/room",
    )  # fmt: skip


def make_meetings_of_few(people: Cast, named: Person) -> list[Meeting]:
    """Ahead and over, single and in series, cancelled, with guests; the first ones before all others."""
    group_id, by = people.group.id, people.coordinator.id
    guest = GuestPlan("s@secret.example", "Sam Secret", speaks=True)
    mine = Company(person_ids=frozenset({named.id}), guests=frozenset({guest}))
    soon, past = datetime(2026, 11, 26, 9), datetime(2026, 11, 2, 9)
    made = [
        create_meeting(group_id, plan("Secret chairs", soon, Visibility.CHAIRS), actor_id=by),
        create_meeting(group_id, plan("Secret names", soon, Visibility.NAMED), actor_id=by, company=mine),
        create_meeting(group_id, plan("Secret over", past, Visibility.NAMED), actor_id=by, company=mine),
    ]
    off = create_meeting(group_id, plan("Secret off", soon, Visibility.NAMED), actor_id=by, company=mine)
    made.append(cancel_meeting(off.id, "Secret reason", actor_id=by))
    series = create_series(
        group_id,
        SeriesPlan(
            plan("Secret series", datetime(2026, 12, 1, 9), Visibility.NAMED),
            Pattern(Frequency.WEEKLY, 1, (Weekday(1),)),
            date(2026, 12, 22),
        ),
        actor_id=by,
        company=mine,
    )
    return [*made, *series.meetings]


@pytest.fixture
def named(people: Cast) -> Person:
    """A member who is named."""
    person = make_account("Nina Named")
    make_membership(people.group, person)
    make_meeting(people.group, datetime(2026, 12, 10, 10), title="Open to all", actor_id=people.coordinator.id)
    make_meeting(people.group, datetime(2026, 11, 1, 10), title="Over", visibility=Visibility.MEMBERS)
    return person


def pages(app: Flask) -> Iterator[str]:
    """All that can be asked for with GET, of the group that holds such meetings and of another."""
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        for rule in app.url_map.iter_rules():
            if "GET" not in (rule.methods or ()) or rule.rule.startswith(LEFT_OUT):
                continue
            if rule.arguments == {"slug"}:
                yield from (adapter.build(rule.endpoint, {"slug": slug}) for slug in NAMES["slug"])
            elif not rule.arguments:
                yield adapter.build(rule.endpoint)
    yield from ASKED_TOO


def answers(browser: Browser, addresses: list[str]) -> dict[str, tuple[object, ...]]:
    found: dict[str, tuple[object, ...]] = {}
    for address in addresses:
        answer = browser.client.get(address)
        told = (answer.headers.get("Location"), answer.headers.get("ETag"), answer.headers.get("Last-Modified"))
        found[address] = (answer.status_code, RANDOM.sub(b"", answer.data), *told)
        answer.close()
    return found


def test_nobody_else_learns_that_they_exist(app: Flask, people: Cast, named: Person) -> None:
    make_membership(make_group("fifth"), people.elsewhere, role=Role.CHAIR)
    outsiders = {"visitor": None, "member": people.member, "coordinator and chair elsewhere": people.elsewhere}
    addresses = list(pages(app))
    assert len(addresses) > 45
    browsers = {name: signed_in(app, person) for name, person in outsiders.items()}
    before = {name: answers(browser, addresses) for name, browser in browsers.items()}
    made = make_meetings_of_few(people, named)
    for name, browser in browsers.items():
        after = answers(browser, addresses)
        differing = [address for address in addresses if after[address] != before[name][address]]
        assert differing == [], name
    # asked for by its address, it is as one that never was
    series = db.session.scalars(select(MeetingSeries.reference)).one()
    rules = [rule for rule in app.url_map.iter_rules() if rule.arguments == {"reference"}]
    asked = [(method, rule.rule) for rule in rules for method in ("GET", "POST") if method in (rule.methods or ())]
    for method, path in asked:
        never = browsers["member"].client.open(path.replace("<reference>", "2222222222"), method=method)
        for reference in (made[1].reference, series):
            real = browsers["member"].client.open(path.replace("<reference>", reference), method=method)
            said = RANDOM.sub(b"", real.data).replace(reference.encode(), b"2222222222")
            assert (real.status_code, said) == (never.status_code, RANDOM.sub(b"", never.data))


def test_nobody_else_is_written_to(app: Flask, people: Cast, named: Person) -> None:
    with write() as session:
        session.query(OutboxMessage).delete()
    make_meetings_of_few(people, named)
    for message in db.session.scalars(select(OutboxMessage)):
        about_chairs = "chairs" in message.subject
        allowed = {people.chair.email, people.vice_chair.email} if about_chairs else {named.email, "s@secret.example"}
        assert any(str(address) in message.recipient for address in allowed), (message.subject, message.recipient)
        assert "secret.example/room" not in f"{message.text}{message.html}"


def viewer(person: Person) -> Viewer:
    assert person.account
    return SignedIn(person.account)


def test_who_knows_of_them(app: Flask, people: Cast, named: Person) -> None:
    made = make_meetings_of_few(people, named)
    chairs, names = made[0], made[1]
    who = {
        "chair": people.chair, "vice": people.vice_chair, "member": people.member, "named": named,
        "coordinator": people.coordinator, "elsewhere": people.elsewhere, "administrator": people.administrator,
    }  # fmt: skip
    sees = {name: (policy.see(viewer(one), chairs), policy.see(viewer(one), names)) for name, one in who.items()}
    assert sees == {
        "chair": (True, False), "vice": (True, False), "member": (False, False), "named": (False, True),
        "coordinator": (True, True), "elsewhere": (False, False), "administrator": (True, True),
    }  # fmt: skip
    for name, one in who.items():
        found = set(queries.upcoming(viewer(one), limit=99)) & {chairs, names}
        assert (chairs in found, names in found) == sees[name], name
        found = set(queries.upcoming(viewer(one), group_ids=[people.group.id], limit=99)) & {chairs, names}
        assert (chairs in found, names in found) == sees[name], name
        matched = set(queries.titled(viewer(one), "secret", 99))
        assert (chairs in matched, names in matched) == sees[name], name
        first = queries.next_of(viewer(one), people.group.id)
        assert first is not None and (first in (chairs, names)) == any(sees[name])
        assert queries.next_by_group(viewer(one))[people.group.id] == first, name
    assert set(queries.upcoming(Visitor(), limit=99)).isdisjoint(made)
    for person, address in ((people.coordinator, True), (named, False)):
        page = signed_in(app, person).open(f"/meetings/{names.reference}").text
        assert "Sam Secret" in page and "Nina Named" in page and ("s@secret.example" in page) == address


def test_who_leaves_the_group_knows_no_more(people: Cast, named: Person) -> None:
    made = make_meetings_of_few(people, named)
    assert policy.see(viewer(named), made[1])
    with write() as session:
        membership = session.scalars(select(Membership).where(Membership.person_id == named.id)).one()
        membership.state = State.LEFT
    assert not policy.see(viewer(named), made[1])
    assert set(queries.upcoming(viewer(named), limit=99)).isdisjoint(made)
    assert named not in queries.audience(people.group.id, visibility=Visibility.NAMED, person_ids=[named.id])


def test_a_chair_who_plans_one_is_among_its_people(app: Flask, people: Cast, named: Person) -> None:
    """Else they would plan what they may not see; other chairs may not change it."""
    filled = {"title": "Few", "starts_on": "2026-12-03", "starts_time": "10:00", "ends_time": "11:00",
              "visibility": "named", "people": str(named.id)}  # fmt: skip
    page = signed_in(app, people.chair).open("/groups/climate/meetings/new")
    page.send(having="title", step="check", **filled)
    assert "Only the people named" in page.text and "Nina Named" in page.text
    page.send(having="title", step="save")
    meeting = db.session.scalars(select(Meeting).where(Meeting.title == "Few")).one()
    assert {one.person_id for one in meeting.people} == {named.id, people.chair.id}
    assert policy.edit(viewer(people.chair), meeting)
    assert not policy.edit(viewer(people.vice_chair), meeting)


def test_nobody_named_is_refused(app: Flask, people: Cast) -> None:
    page = signed_in(app, people.coordinator).open("/groups/climate/meetings/new")
    filled = {"title": "Few", "starts_on": "2026-12-03", "starts_time": "10:00", "ends_time": "11:00"}
    page.send(having="title", step="check", visibility="named", **filled)
    assert page.status == 422 and "Name at least one person, or a task force." in page.text


def test_a_public_meeting_made_one_of_few_is_gone_for_the_others(app: Flask, people: Cast, named: Person) -> None:
    meeting = make_meeting(people.group, datetime(2026, 12, 9, 10), title="Was open", actor_id=people.coordinator.id)
    member = signed_in(app, people.member)
    assert "Was open" in member.open("/groups/climate/history").text
    company = Company(person_ids=frozenset({named.id}))
    few = replace(meeting.said, visibility=Visibility.NAMED)
    change_meeting(meeting.id, few, version=meeting.version, actor_id=people.coordinator.id, company=company)
    for path in ("/groups/climate/history", "/groups/climate", "/search?q=open", "/groups/climate/calendar.ics"):
        assert "Was open" not in member.open(path).text, path
    assert "Was open" in signed_in(app, people.coordinator).open("/groups/climate/history").text
