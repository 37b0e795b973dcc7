"""The pages of date polls, as people use them without JavaScript."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.core.db import db
from app.groups.rules import Visibility
from app.meetings.models import Meeting
from app.membership.rules import Role
from app.scheduling.models import Poll
from tests.browsing import Browser, Visit
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_delegate, make_person
from tests.factories.scheduling import DATES, say
from tests.membership.conftest import Mails, addressed
from tests.people.helpers import link_in, signed_in
from tests.queries import counted_queries
from tests.scheduling.conftest import World

TYPED = {
    "title": "Spring meeting", "options-0-day": "2027-03-10", "options-0-start": "10:00",
    "options-2-day": "2027-03-11", "options-2-start": "14:00", "closes_on": "2027-02-20", "closes_time": "17:00",
}  # fmt: skip


def only_poll() -> Poll:
    db.session.rollback()
    return db.session.scalars(sa.select(Poll)).one()


def choose(browser: Browser, *answers: str, action: str | None = None) -> Browser:
    """Answer the dates of the page in their order."""
    names = [name for name in browser.form(having=None, action=action)["fields"] if name.startswith("option_")]
    return browser.send(action=action, **dict(zip(names, answers, strict=False)))


def test_a_poll_from_the_first_date_to_the_meeting(world: World, visit: Visit, mails: Mails) -> None:
    cora = visit(world.cora).open("/groups/heat").open("/groups/heat/polls/new")
    cora.send(step="more", **TYPED)
    assert "options-5-day" in cora.text and 'value="2027-03-10"' in cora.text, "more rows, and what was typed"
    cora.send(step="check")
    assert "Thu 11 March 2027, 14:00–16:00 (Brussels)" in cora.text and "3 people are asked." in cora.text
    cora.send(step="change")
    assert 'value="2027-03-11"' in cora.text
    cora.send(step="check").send(step="save")
    poll = only_poll()
    assert cora.path == f"/polls/{poll.reference}" and "held: 2 dates" in cora.open("/desk").text
    assert [option.starts_local for option in poll.offered] == [DATES[0], DATES[1]]
    assert addressed(mails()) == {"mia@example.org", "noe@example.org"}

    mia = visit(world.mia)
    for path in ("/me", "/groups/heat", "/groups/heat/polls"):
        assert "Spring meeting" in mia.open(path).text, path
    mia.open(f"/polls/{poll.reference}/answer")
    assert "11:00–13:00 your time (Helsinki)" in mia.text
    choose(mia, "yes", "no")
    assert "Change my answers" in mia.text and "1 of 3" in mia.text
    me = mia.open("/me").text
    assert "Answered" in me and me.count("Kept free") == 1, "not the date to which she said no"

    cora.open(f"/polls/{poll.reference}").send(action="/remind")
    assert "2 people were reminded" not in cora.text and "1 person was reminded" in cora.text
    cora.open(f"/polls/{poll.reference}/answer/{world.noe.id}")
    assert "You answer for Noé Membre" in cora.text
    choose(cora, "yes", "yes")
    assert "by Cora Coordinator for Noé Membre" in mia.open(f"/polls/{poll.reference}").text

    cora.open(f"/polls/{poll.reference}/close")
    first = re.search(r"2 yes, 0 if need be, 0 no, 1 open", cora.text)
    assert first and cora.form(having="venue")["fields"]["option"] == str(poll.offered[0].id), "the best date"
    cora.send(having="venue", step="check", venue="Town hall")
    assert "Nothing is saved yet" in cora.text and "Town hall" in cora.text
    assert not db.session.scalar(sa.select(Meeting.id))
    cora.send(step="save")
    meeting = db.session.scalars(sa.select(Meeting)).one()
    assert f"/meetings/{meeting.reference}" in cora.text and meeting.starts_local == DATES[0]
    assert "Kept free" not in mia.open("/me").text
    assert "Choose the date…" not in cora.open(f"/polls/{poll.reference}").text
    assert "its meeting is planned" in cora.open(f"/polls/{poll.reference}/close").text


def test_slots_are_handed_over_in_the_address(world: World, visit: Visit) -> None:
    address = f"option=2027-03-12T09:30&option=2027-03-10T10:00&option=nonsense&minutes=75&needed={world.mia.id}"
    page = visit(world.cora).open(f"/groups/heat/polls/new?{address}&zone=Europe/Athens&title=Handed+over")
    fields = page.form(having="title")["fields"]
    said = {name: fields[name] for name in ("title", "minutes", "time_zone", "needed", "options-0-day",
                                            "options-1-start")}  # fmt: skip
    assert said == {
        "title": "Handed over", "minutes": "75", "time_zone": "Europe/Athens", "needed": str(world.mia.id),
        "options-0-day": "2027-03-10", "options-1-start": "09:30",
    }  # fmt: skip


def test_what_is_wrong_is_said_beside_the_date(world: World, visit: Visit) -> None:
    cora = visit(world.cora).open("/groups/heat/polls/new")
    cora.send(step="check", **{**TYPED, "options-2-day": "2027-03-28", "options-2-start": "02:30"})
    assert cora.status == 422 and "02:30 does not exist on this day" in cora.text
    assert re.search(r'id="options-2-day-error"', cora.text)
    cora.send(step="check", **{**TYPED, "options-1-day": "2027-03-12"})
    assert cora.status == 422 and 'id="options-1-start-error"' in cora.text
    cora.open("/groups/heat/polls/new").send(step="check", **{**TYPED, "title": ""})
    assert cora.status == 422


def test_changing_giving_time_and_calling_off(world: World, visit: Visit, mails: Mails) -> None:
    poll = world.poll()
    mails()
    cora = visit(world.cora).open(f"/polls/{poll.reference}/edit")
    cora.send(step="more").send(withdrawn=str(poll.offered[0].id), **{"options-0-day": "2027-03-15",
                                                                      "options-0-start": "09:00"})  # fmt: skip
    assert "The dates are changed" in cora.text and len(mails()) == 2
    cora.open(f"/polls/{poll.reference}/edit").send()
    assert "Nothing was different" in cora.text
    other = visit(world.cora).open(f"/polls/{poll.reference}/edit")
    cora.open(f"/polls/{poll.reference}/edit").send(title="Another title")
    other.send(title="A third one")
    assert other.status == 422 and "Another title" in other.text, "a conflict is shown"
    cora.open(f"/polls/{poll.reference}/extend").send(closes_on="2027-02-25")
    assert "There is more time" in cora.text and "Thu 25 February 2027" in cora.text
    cora.open(f"/polls/{poll.reference}/cancel").send()
    assert cora.status == 422
    cora.send(reason="No money.")
    assert "No money." in cora.text and "No money." in visit(world.mia).open(f"/polls/{poll.reference}").text


def test_what_waits_for_a_decision_stands_on_the_desk(world: World, visit: Visit) -> None:
    world.poll()
    assert "Date polls to decide" not in visit(world.cora).open("/desk").text
    with time_machine.travel(datetime(2027, 2, 21, tzinfo=UTC), tick=False):
        assert "Date polls to decide" in visit(world.cora).open("/desk").text


def test_an_assistant_answers_and_is_named(world: World, visit: Visit) -> None:
    poll = world.poll()
    otto = visit(world.otto)
    assert otto.open(f"/polls/{poll.reference}/answer/{world.mia.id}").status == 404
    make_delegate(world.mia, world.otto)
    assert "for Mia Member" in otto.open("/me").text
    choose(otto.open(f"/polls/{poll.reference}/answer/{world.mia.id}"), "yes", "yes", "no")
    assert otto.path == "/me" and "saved, as given by you" in otto.text
    assert otto.open(f"/polls/{poll.reference}").status == 404, "the answers of the others are not theirs to see"
    assert otto.open(f"/polls/{poll.reference}/answer/{world.noe.id}").status == 404
    assert "par Otto Outside pour Mia Member" in visit(world.noe).open(f"/polls/{poll.reference}").text


def test_an_assistant_is_named_and_dismissed_on_the_profile(
    world: World, visit: Visit, mails: Mails, app: Flask
) -> None:
    mia = visit(world.mia).open("/me/profile")
    assert "Name someone" in mia.text
    mia.open("/me/delegates/new").send(full_name="Asta Assistant", email="OTTO@example.org")
    assert "Asta Assistant" in mia.text and "Otto" not in mia.text, "an address does not tell whose it is"
    assert addressed(mails()) == {"otto@example.org"}
    mia.open("/me/delegates/new").send(full_name="Me", email="mia@example.org")
    assert mia.status == 422
    mia.open("/me/delegates/new").send(full_name="Nina New", email="nina@example.org")
    otto = signed_in(app, world.otto).open("/me/profile")
    assert "For whom you act" in otto.text
    otto.send(action="/end")
    assert "For whom you act" not in otto.text and "Asta" not in mia.open("/me/profile").text
    mia.send(action="/end")
    assert "Nina" not in mia.text
    assert addressed(mails()) == {"mia@example.org", "nina@example.org"}


def test_nobody_else_finds_a_trace(world: World, visit: Visit, browser: Browser) -> None:
    """A poll among named people: for other members, in feeds and in search, there is none."""
    pia = make_account("Pia", email="pia@example.org")
    make_membership(world.group, pia, role=Role.VICE_CHAIR)
    poll = world.poll(named=True, people=(world.mia.id,), title="Zyzzyva conclave")
    paths = [
        "/", "/meetings", "/groups/heat", "/groups/heat/polls", "/groups/heat/history", "/me", "/me/history",
        "/search?q=Zyzzyva", "/groups/heat/calendar.ics", "/calendar.ics", "/me/data.json",
    ]  # fmt: skip
    for person in (world.noe, world.otto):
        window = visit(person)
        assert [path for path in paths if "conclave" in window.open(path).text] == []
        for path in ("", "/answer", "/edit", f"/answer/{world.mia.id}"):
            assert window.open(f"/polls/{poll.reference}{path}").status == 404, path
    assert [path for path in paths if "conclave" in browser.open(path).text] == []
    for person in (world.mia, world.cora, pia):
        assert "conclave" in visit(person).open(f"/polls/{poll.reference}").text
        assert "conclave" in visit(person).open("/groups/heat").text
    assert "conclave" in visit(world.mia).open("/me").text and "conclave" not in visit(world.cora).open("/me").text
    assert "conclave" not in browser.open("/groups/heat/calendar.ics").text


def test_the_public_learns_of_no_poll_at_all(world: World, browser: Browser, visit: Visit) -> None:
    poll = world.poll(title="Zyzzyva conclave")
    for path in ("/", "/groups/heat", "/groups/heat/calendar.ics", "/calendar.ics", "/search?q=Zyzzyva"):
        assert "conclave" not in browser.open(path).text
        assert "conclave" not in visit(world.otto).open(path).text
    assert "/sign-in" in browser.open(f"/polls/{poll.reference}").path
    assert browser.open("/polls/no-such-one").status == 404


def test_only_groups_that_one_sees_inside_can_be_asked_too(world: World, visit: Visit) -> None:
    make_group("closed-shop", visibility=Visibility.MEMBERS, names={"en": "Closed shop"})
    own = make_group("own", coordinators=(world.cora,), names={"en": "Own group"})
    page = visit(world.cora).open("/groups/heat/polls/new")
    assert "Own group" in page.text and "Closed shop" not in page.text
    page.send(step="check", further_groups=str(own.id + 999), **TYPED)
    assert page.status == 422


def test_the_link_answers_without_signing_in(world: World, browser: Browser, mails: Mails) -> None:
    poll = world.poll()
    say(poll, world.noe.id, "no", "no", "no")
    link = next(link_in(mail) for mail in mails() if "mia@" in mail.recipient)
    browser.open(link)
    assert browser.status == 200 and "You answer as Mia Member" in browser.text
    assert "11:00–13:00 your time (Helsinki)" in browser.text
    assert "Noé" not in browser.text and "checked" not in browser.text, "nobody else's answers"
    assert browser.page is not None
    assert browser.page.headers["Referrer-Policy"] == "no-referrer"
    assert browser.page.headers["Cache-Control"] == "private, no-store"
    assert db.session.scalar(sa.text("SELECT count(*) FROM poll_votes")) == 3, "looking changes nothing"
    browser.send()
    assert browser.status == 422 and "Answer at least one date" in browser.text
    choose(browser, "yes", "maybe", "no")
    assert "Your answers are saved" in browser.text and browser.text.count(" checked") == 2
    choose(browser, "if_need_be", "yes", "no")
    votes = [(one.answer, one.by_link, one.answered_by_id) for one in
             only_poll().options[0].votes if one.person_id == world.mia.id]  # fmt: skip
    assert votes == [("if_need_be", True, None)]


def test_a_link_holds_for_one_poll_one_person_and_until_its_end(world: World, browser: Browser, mails: Mails) -> None:
    poll = world.poll()
    link = next(link_in(mail) for mail in mails() if "mia@" in mail.recipient)
    assert browser.open(link[:-2]).status == 410
    client = browser.client
    with time_machine.travel(datetime(2027, 2, 20, 16, tzinfo=UTC), tick=False):
        gone = browser.open(link)
        assert gone.status == 410 and "The time to answer this poll is over" in gone.text
        assert client.post(link, data={f"option_{poll.offered[0].id}": "yes"}).status_code in (400, 410)
    world.mia.email = "other@example.org"
    db.session.commit()
    assert browser.open(link).status == 410, "the address is another's now"
    assert db.session.scalar(sa.text("SELECT count(*) FROM poll_votes")) == 0


def test_the_link_takes_no_form_without_its_token_and_needs_no_referrer(
    world: World, app: Flask, browser: Browser, mails: Mails
) -> None:
    poll = world.poll()
    link = next(link_in(mail) for mail in mails() if "mia@" in mail.recipient)
    form = browser.open("https://localhost" + link).form()
    answers = {f"option_{option.id}": "yes" for option in poll.offered}
    secure = {"base_url": "https://localhost"}
    assert browser.client.post(link, data=answers, **secure).status_code == 422
    sent = browser.client.post(link, data={**answers, "csrf_token": form["fields"]["csrf_token"]}, **secure)
    assert sent.status_code == 303, "browsers send no Referer from this page"


def test_pages_ask_as_little_of_many_as_of_few(world: World, visit: Visit) -> None:
    poll = world.poll()
    window, me = visit(world.cora), visit(world.mia)
    paths = [f"/polls/{poll.reference}", "/groups/heat/polls", "/groups/heat", "/desk"]

    def count() -> list[int]:
        numbers = []
        for browser, path in [*((window, path) for path in paths), (me, "/me")]:
            browser.open(path)
            with counted_queries() as statements:
                browser.open(path)
            numbers.append(len(statements))
        return numbers

    before = count()
    for number in range(6):
        person = make_person(email=f"p{number}@example.org")
        make_membership(world.group, person)
        say(poll, person.id, "yes", "no", "yes", actor_id=world.cora.id)
    for _number in range(3):
        world.poll()
    assert count() == before


@pytest.mark.parametrize(
    "address",
    [
        "option=9999-12-31T23:59&minutes=99999999999&zone=Europe/Nowhere&needed=x&title=%00",
        "option=0001-01-01T00:00&option=%00&minutes=-1&zone=../../etc/passwd&needed=99999999999999999999",
    ],
)
def test_nonsense_in_the_address_is_left_out(world: World, visit: Visit, address: str) -> None:
    page = visit(world.cora).open(f"/groups/heat/polls/new?{address}")
    assert page.status == 200 and page.form(having="title")["fields"]["time_zone"] == "Europe/Brussels"


@pytest.mark.parametrize(
    "typed",
    [
        {"options-0-day": "9999-12-31", "options-0-start": "23:59"}, {"minutes": "999999999999"}, {"minutes": "x"},
        {"closes_on": "9999-12-31"}, {"people": "x", "asked": "named"}, {"further_groups": "99999999999999999999"},
        {"asked": "nobody"}, {"options-0-day": "0001-01-01"}, {"time_zone": "Mars/Base"},
    ],
)  # fmt: skip
def test_nonsense_in_the_form_is_refused(world: World, visit: Visit, typed: dict[str, str]) -> None:
    page = visit(world.cora).open("/groups/heat/polls/new").send(step="check", **{**TYPED, **typed})
    assert page.status == 422


def test_an_address_with_a_nul_is_nowhere(world: World, visit: Visit) -> None:
    assert visit(world.cora).open("/polls/%00").status == 404
    assert visit(world.cora).open("/polls/%00/answer/1").status == 404
