"""The pages of the work programme, as a browser without scripts uses them; and where else it stands."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core import dates
from app.core.db import db, write
from app.core.outbox import OutboxMessage
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.rules import Visibility
from app.people.viewer import SignedIn, Visitor
from app.programme import queries, service
from app.programme.models import Milestone
from app.programme.rules import Kind, State
from tests.browsing import Browser
from tests.factories.groups import make_community, make_group
from tests.factories.programme import make_milestone
from tests.meetings.conftest import Cast, signed_in
from tests.queries import counted_queries

ALL = "/groups/climate/programme"
NEW = f"{ALL}/new"
FILLED = {
    "kind": "consultation", "title": "Heat in towns", "first_day": "2027-01-04", "last_day": "2027-03-12",
    "file_reference": "COM(2026) 123", "link": "https://have-your-say.example/1", "description": "**Draft**",
}  # fmt: skip
SOON = timedelta(days=10)

pytestmark = pytest.mark.usefixtures("november")


def the_milestone() -> Milestone:
    db.session.rollback()
    return db.session.scalars(select(Milestone)).one()


def mails() -> int:
    return db.session.scalar(select(func.count(OutboxMessage.id))) or 0


def text(browser: Browser) -> str:
    """The page's words, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", browser.text)).split())


def send(browser: Browser, step: str, **values: Any) -> Browser:
    return browser.send(having="title", step=step, **values)


@pytest.fixture
def chair(app: Flask, people: Cast) -> Browser:
    return signed_in(app, people.chair)


def test_what_is_added_is_said_in_words_then_saved(chair: Browser, people: Cast) -> None:
    page = send(chair.open(NEW), "check", **FILLED)
    words = text(page)
    assert "Nothing is saved yet" in words and "Mon 4 January 2027 – Fri 12 March 2027" in words
    assert "3 members and coordinators get a mail" in words and "Everyone sees it" in words
    assert db.session.scalar(select(func.count(Milestone.id))) == 0
    form = send(page, "change")
    assert 'value="Heat in towns"' in form.text
    page = send(send(form, "check"), "save")
    milestone = the_milestone()
    assert page.path == f"/milestones/{milestone.reference}" and milestone.modified_by_id == people.chair.id
    words = text(page)
    assert "COM(2026) 123" in words and "Consultation deadline" in words and "Draft" in words
    assert 'href="https://have-your-say.example/1"' in page.text
    assert mails() == 3


def test_what_is_wrong_is_said_beside_its_field(chair: Browser) -> None:
    page = send(chair.open(NEW), "check", **{**FILLED, "first_day": "2027-04-01", "link": "http://a.example"})
    assert page.status == 422
    assert "First day: The first day must not come after the last." in text(page)
    assert "Link: Give the whole link" in text(page)
    page = send(chair.open(NEW), "check", **{**FILLED, "last_day": "the 12th"})
    assert page.status == 422 and "Give a day of the calendar" in text(page)


def test_the_impact_goal_is_that_of_the_groups_community_unless_another_is_chosen(app: Flask, people: Cast) -> None:
    community = make_community("cohesion", goals={"en": "Cohesion for all", "fr": "La cohésion"})
    make_group("rivers", community=community, coordinators=(people.coordinator,))
    browser = signed_in(app, people.coordinator)
    assert browser.open("/groups/rivers/programme/new").form(having="title")["fields"]["goal"] == str(community.id)
    assert browser.open(NEW).form(having="title")["fields"]["goal"] == "", "its community has none"
    page = send(send(browser.open(NEW), "check", **FILLED, goal=str(community.id)), "save")
    assert the_milestone().goal_id == community.id
    assert "Impact Goal Cohesion for all" in text(page)
    assert "Objectif d’impact La cohésion" in text(Browser(app, "fr").open(page.path))
    assert send(browser.open(NEW), "check", **FILLED, goal="99").status == 422


def test_changing_with_two_at_once(app: Flask, people: Cast) -> None:
    milestone = make_milestone(people.group)
    path = f"/milestones/{milestone.reference}/edit"
    first, second = signed_in(app, people.chair).open(path), signed_in(app, people.vice_chair).open(path)
    send(send(first, "check", last_day="2027-03-19"), "save")
    page = send(second, "check", title="Mine")
    assert page.status == 422 and "Fri 19 March 2027" in text(page)
    page = send(send(page, "check"), "save")
    db.session.expire_all()
    assert (milestone.title, milestone.last_day, milestone.sequence) == ("Mine", date(2027, 3, 19), 1)
    again = send(signed_in(app, people.chair).open(path), "check")
    assert "Nothing was different" in text(again)


def test_done_dropped_and_back(chair: Browser, people: Cast) -> None:
    milestone = make_milestone(people.group)
    page = chair.open(f"/milestones/{milestone.reference}")
    page = page.send(action=f"/milestones/{milestone.reference}/done")
    assert "is marked as done" in text(page) and the_milestone().state == State.DONE
    page = page.send(action=f"/milestones/{milestone.reference}/done")
    assert "no longer marked as done" in text(page) and the_milestone().state == State.PLANNED
    page = chair.open(f"/milestones/{milestone.reference}/drop").send(having="reason", reason="Too few.")
    assert "This was dropped" in text(page) and "Too few." in text(page)
    assert "was dropped. Reinstate it" in text(chair.open(f"/milestones/{milestone.reference}/edit"))
    chair.open(f"/milestones/{milestone.reference}/reinstate").send(
        action=f"/milestones/{milestone.reference}/reinstate"
    )
    assert the_milestone().state == State.PLANNED


def test_the_whole_programme_by_year_filtered_and_as_a_file(app: Flask, people: Cast) -> None:
    for day, title, kind in (
        (date(2027, 5, 2), "Late", Kind.DEADLINE), (date(2027, 1, 9), "Early", Kind.MILESTONE),
        (date(2025, 3, 3), "Long ago", Kind.MILESTONE),
    ):  # fmt: skip
        make_milestone(people.group, day, title=title, kind=kind)
    hidden = make_milestone(people.group, title="=Closed", visibility=Visibility.MEMBERS)
    service.mark(hidden.id, done=True, actor_id=None)
    visitor, member = Browser(app), signed_in(app, people.member)
    words = text(visitor.open(ALL))
    order = [words.index(word) for word in (" 2027 ", "Early", "Late", " 2025 ", "Long ago")]
    assert order == sorted(order) and "Closed" not in words
    assert "Closed" in text(member.open(ALL))
    words = text(visitor.open(f"{ALL}?kind=milestone"))
    assert "Early" in words and "Late" not in words
    assert "Closed" in text(member.open(f"{ALL}?state=done")) and "Early" not in text(member)
    assert "Nothing of that kind" in text(visitor.open(f"{ALL}?state=done"))
    assert visitor.open(f"{ALL}?kind=nonsense&page=99").status == 200
    with member.client.get(f"{ALL}?format=csv", headers=member.headers) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert {row["Title"] for row in rows} == {"Early", "Late", "Long ago", "'=Closed"}
    assert rows[0]["Last day"] == "2027-01-09"
    with visitor.client.get(f"{ALL}?format=csv&kind=deadline", headers=visitor.headers) as answer:
        assert answer.data.count(b"\n") == 2 and b"Closed" not in answer.data
    with visitor.client.get(f"{ALL}?format=xlsx") as answer:
        assert answer.status_code == 200


def test_where_else_it_stands_and_for_whom(app: Flask, people: Cast) -> None:
    today = dates.today()
    make_milestone(people.group, today + SOON, title="Soon open")
    make_milestone(people.group, today + SOON, title="Soon closed", visibility=Visibility.MEMBERS)
    make_milestone(people.group, today + SOON * 9, title="Far off", kind=Kind.DEADLINE)
    make_milestone(people.group, today - SOON, title="Was due", kind=Kind.MILESTONE)
    done = make_milestone(people.group, today + SOON, title="All done")
    service.mark(done.id, done=True, actor_id=None)
    community = f"/communities/{people.group.community.slug}"
    visitor, member, chair = Browser(app), signed_in(app, people.member), signed_in(app, people.chair)
    for path in ("/", community, "/groups/climate", "/search?q=soon"):
        assert "Soon open" in text(visitor.open(path)) and "Soon closed" not in visitor.text, path
        assert "Soon closed" in text(member.open(path)), path
    assert "in 10 days" in text(visitor.open("/")) and "All done" not in visitor.text
    group_page = text(visitor.open("/groups/climate"))
    assert "The year behind (1)" in group_page and "All done" in group_page
    own = text(member.open("/me"))
    assert "My next deadlines" in own and "Soon closed" in own and "All done" not in own
    assert "Soon" not in text(signed_in(app, people.expert).open("/me"))
    desk = text(chair.open("/desk"))
    assert "Soon closed" in desk and "Was due" in desk and "10 days ago" in desk and "Far off" not in desk
    page = chair.send(action=f"/milestones/{done_of('Was due')}/done")
    assert page.path.startswith("/desk") and "Was due" not in text(page).partition("Due within 30 days")[2]


def done_of(title: str) -> str:
    return db.session.scalars(select(Milestone.reference).where(Milestone.title == title)).one()


def test_a_hidden_groups_programme_is_hidden_with_it(app: Flask, client: FlaskClient, people: Cast) -> None:
    milestone = make_milestone(people.group, dates.today() + SOON)
    with write():
        db.session.get_one(type(people.group), people.group.id).visibility = GroupVisibility.MEMBERS
    for path in (ALL, f"/milestones/{milestone.reference}"):
        assert client.get(path).status_code == 404
        assert signed_in(app, people.expert).open(path).status == 404
        assert signed_in(app, people.member).open(path).status == 200
    for path in ("/", f"/communities/{people.group.community.slug}", "/search?q=heat"):
        assert "Consultation on heat" not in Browser(app).open(path).text


def test_what_the_planner_asks_for(app: Flask, people: Cast) -> None:
    long = make_milestone(people.group, date(2027, 3, 12), first_day=date(2027, 1, 4))
    inner = make_milestone(people.group, date(2027, 2, 1), visibility=Visibility.MEMBERS)
    dropped = make_milestone(people.group, date(2027, 2, 2))
    service.drop(dropped.id, None, actor_id=None)
    assert people.member.account
    visitor, member = Visitor(), SignedIn(people.member.account)
    first, last = date(2027, 2, 1), date(2027, 2, 28)
    assert queries.between(visitor, first, last) == [long]
    assert queries.between(member, first, last) == [long, inner]
    assert queries.between(member, first, last, dropped=True) == [long, inner, dropped]
    assert queries.between(member, first, last, groups=[people.group.id + 1]) == []
    assert queries.between(visitor, date(2027, 3, 12), date(2027, 4, 1)) == [long]
    assert queries.between(visitor, date(2027, 3, 13), date(2027, 4, 1)) == []


def test_more_milestones_ask_no_more_of_the_database(app: Flask, people: Cast) -> None:
    paths = ("/", "/groups/climate", ALL, f"/communities/{people.group.community.slug}", "/me", "/desk")
    browser, sent = signed_in(app, people.chair), list[list[int]]()
    for number in (1, 12):
        for more in range(number):
            make_milestone(people.group, dates.today() + SOON, title=f"{number} {more}", kind=Kind.DEADLINE)
        sent.append([])
        for path in paths:
            browser.open(path)
            with counted_queries() as statements:
                assert browser.open(path).status == 200
            sent[-1].append(len(statements))
            assert len(statements) <= 17, (path, statements)
    assert sent[0] == sent[1]


def test_plans_say_what_changed(app: Flask, people: Cast) -> None:
    milestone = make_milestone(people.group, actor_id=people.chair.id)
    plan = replace(service.plan_of(milestone), title="Other")
    service.change_milestone(milestone.id, plan, version=milestone.version, actor_id=people.chair.id)
    words = text(signed_in(app, people.member).open("/groups/climate/history"))
    assert "Chira Chair changed Other in the work programme of" in words
