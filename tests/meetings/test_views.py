"""The pages on which meetings are planned, changed, called off and back, as a browser without scripts uses them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from app.core.addresses import Address
from app.core.db import db
from app.core.outbox import OutboxMessage
from app.meetings.models import Meeting, Status, Visibility
from app.meetings.service import cancel_meeting, change_meeting, plan_of
from tests.browsing import Browser
from tests.factories.meetings import make_meeting
from tests.meetings.conftest import Cast, signed_in
from tests.queries import counted_queries

NEW = "/groups/climate/meetings/new"
FILLED = {
    "title": "Spring meeting",
    "starts_on": "2027-03-12",
    "starts_time": "10:00",
    "ends_time": "12:00",
    "venue": "Rue X 1",
    "join_link": "https://meet.example.org/secret",
    "description": "# Agenda\n\n- one",
}


def the_meeting() -> Meeting:
    db.session.rollback()
    return db.session.scalars(select(Meeting)).one()


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Meeting.id))) or 0


def text(browser: Browser) -> str:
    """The page's words, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", browser.text)).split())


def send(browser: Browser, step: str, **values: Any) -> Browser:
    """Send the meeting's form by one of its buttons."""
    return browser.send(having="title", step=step, **values)


def plan(browser: Browser, **values: Any) -> Browser:
    """Fill in the form for a new meeting and ask to check it."""
    return send(browser.open(NEW), "check", **{**FILLED, **values})


def edit_path(meeting: Meeting) -> str:
    return f"/meetings/{meeting.reference}/edit"


@pytest.fixture
def coordinator(app: Flask, people: Cast) -> Browser:
    return signed_in(app, people.coordinator)


# Planning


def test_what_will_be_saved_is_said_in_words_first(coordinator: Browser, people: Cast) -> None:
    page = plan(coordinator)
    assert page.status == 200 and count() == 0
    words = text(page)
    assert "Nothing is saved yet" in words
    assert "Fri 12 March 2027, 10:00–12:00 (Brussels)" in words
    assert "Everyone sees the meeting" in words and "3 members and coordinators get a mail" in words
    assert "https://meet.example.org/secret" in words and "<h3>Agenda</h3>" in page.text
    send(page, "save")
    assert page.path == f"/meetings/{the_meeting().reference}"
    meeting = the_meeting()
    assert (meeting.title, meeting.venue, meeting.status) == ("Spring meeting", "Rue X 1", Status.CONFIRMED)
    assert meeting.starts_at == datetime(2027, 3, 12, 9, tzinfo=UTC)
    assert meeting.description == "# Agenda\n\n- one"
    assert meeting.modified_by_id == people.coordinator.id
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == 3


def test_saving_answers_303_to_the_meetings_page(coordinator: Browser) -> None:
    page = plan(coordinator).send(having="title", step="save", follow=False).page
    assert page and page.status_code == 303 and page.location == f"/meetings/{the_meeting().reference}"


def test_the_viewers_own_time_and_that_of_members(app: Flask, people: Cast) -> None:
    people.coordinator.time_zone, people.member.time_zone = "Europe/Helsinki", "Europe/Lisbon"
    people.chair.time_zone, people.vice_chair.time_zone = "Europe/Dublin", "Pacific/Auckland"
    db.session.commit()
    words = text(plan(signed_in(app, people.coordinator)))
    assert "Fri 12 March 2027, 11:00–13:00 your time (Helsinki) · 10:00–12:00 (Brussels)" in words
    assert "09:00–11:00 (Dublin, Lisbon)" in words
    assert "Fri 12 March 2027, 22:00 – Sat 13 March 2027, 00:00 (Auckland)" in words


def test_going_back_to_change_keeps_everything(coordinator: Browser) -> None:
    page = send(plan(coordinator, visibility="members", status="tentative", time_zone="Europe/London"), "change")
    assert page.status == 200 and "There is a problem" not in page.text
    fields = page.form(having="title")["fields"]
    for name, value in {**FILLED, "visibility": "members", "status": "tentative", "time_zone": "Europe/London"}.items():
        assert fields[name] == value
    assert count() == 0


def test_saving_checks_once_more(coordinator: Browser) -> None:
    """What the check page carries can be changed by hand: it is validated again."""
    page = send(plan(coordinator), "save", join_link="javascript:alert(1)")
    assert page.status == 422 and count() == 0 and "beginning with https://" in text(page)


def test_members_only_and_tentative(coordinator: Browser) -> None:
    words = text(plan(coordinator, visibility="members", status="tentative"))
    assert "Only members of the group, its coordinators and administrators see the meeting." in words
    assert "Tentative" in words
    send(coordinator, "save")
    assert (the_meeting().visibility, the_meeting().status) == (Visibility.MEMBERS, Status.TENTATIVE)


def test_the_groups_zone_is_proposed(app: Flask, people: Cast) -> None:
    people.group.time_zone = "Europe/Riga"
    db.session.commit()
    page = signed_in(app, people.chair).open(NEW)
    assert page.form(having="title")["fields"]["time_zone"] == "Europe/Riga"


def test_an_end_on_another_day(coordinator: Browser) -> None:
    words = text(plan(coordinator, ends_on="2027-03-13"))
    assert "Fri 12 March 2027, 10:00 – Sat 13 March 2027, 12:00 (Brussels)" in words


def test_a_past_day_is_pointed_out_and_possible(coordinator: Browser) -> None:
    words = text(plan(coordinator, starts_on="2026-03-12"))
    assert "This time is already past" in words and "Nobody gets a mail, as the meeting is over." in words
    send(coordinator, "save")
    assert the_meeting().starts_local == datetime(2026, 3, 12, 10)


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"title": " "}, "title", "This is needed."),
        ({"title": "x" * 201}, "title", "200"),
        ({"starts_on": ""}, "starts_on", "This is needed."),
        ({"starts_on": "2027-02-29"}, "starts_on", "Give a day of the calendar"),
        ({"starts_time": "25:00"}, "starts_time", "Give a time of day"),
        ({"ends_time": ""}, "ends_time", "This is needed."),
        ({"ends_time": "09:00"}, "ends_time", "The end must come after the start."),
        ({"ends_on": "2027-03-11"}, "ends_on", "The end must come after the start."),
        ({"ends_on": "2027-04-30"}, "ends_on", "14 days at most"),
        ({"starts_on": "2127-03-12"}, "starts_on", "Is the year right?"),
        ({"starts_on": "0001-01-01"}, "starts_on", "Is the year right?"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "Not a valid choice"),
        ({"join_link": "http://meet.example.org"}, "join_link", "beginning with https://"),
        ({"visibility": "secret"}, "visibility", "Not a valid choice"),
        ({"description": "x" * 10_001}, "description", "10000"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    coordinator: Browser, values: dict[str, str], field: str, words: str
) -> None:
    page = plan(coordinator, **values)
    assert page.status == 422 and count() == 0
    beside = re.search(rf'<p class="field-error" id="{field}-error">(.*?)</p>', page.text, re.DOTALL)
    assert beside and words in unescape(beside[1])
    assert "There is a problem" in page.text
    kept = page.form(having="title")["fields"]
    for name, value in {**FILLED, **values}.items():
        if name not in ("visibility", "time_zone"):
            assert kept[name].strip() == value.strip()


def test_days_and_times_as_people_type_them_where_there_is_no_calendar(coordinator: Browser) -> None:
    words = text(plan(coordinator, starts_on="12.03.2027", starts_time="9.30", ends_time="11h45"))
    assert "Fri 12 March 2027, 09:30–11:45 (Brussels)" in words


# Hours that a clock change skips or doubles


@pytest.mark.parametrize(
    ("zone", "day", "time", "words", "earlier", "later"),
    [
        ("Europe/Brussels", "2027-03-28", "02:30", "02:30 does not exist", "01:30", "03:30"),
        ("Europe/London", "2027-03-28", "01:15", "01:15 does not exist", "00:15", "02:15"),
        ("America/New_York", "2027-03-14", "02:30", "02:30 does not exist", "01:30", "03:30"),
        ("Pacific/Auckland", "2027-04-04", "02:30", "02:30 comes twice", "01:30", "03:30"),
        ("Europe/Brussels", "2027-10-31", "02:30", "02:30 comes twice", "01:30", "03:30"),
    ],
)
def test_a_time_that_the_clocks_skip_or_double_is_asked_about(
    coordinator: Browser, zone: str, day: str, time: str, words: str, earlier: str, later: str
) -> None:
    page = plan(coordinator, starts_on=day, starts_time=time, ends_time="05:00", time_zone=zone)
    assert page.status == 422 and words in text(page) and count() == 0
    values = re.findall(r'name="starts_instead" type="radio" value="([^"]+)"', page.text) or re.findall(
        r'type="radio" value="([^"]+)"[^>]*name="starts_instead"', page.text
    )
    assert values == [f"{day}T{earlier}:00", f"{day}T{later}:00"]
    send(page, "check", starts_instead=values[1])
    assert page.status == 200 and f"{later}–05:00" in text(page)
    send(page, "save")
    assert the_meeting().starts_local == datetime.fromisoformat(values[1])


def test_an_end_in_the_skipped_hour(coordinator: Browser) -> None:
    page = plan(coordinator, starts_on="2027-03-28", starts_time="01:45", ends_time="02:30")
    assert page.status == 422 and "starts_instead" not in page.text
    assert "2027-03-28T01:30" not in page.text  # it would come before the start
    send(page, "check", ends_instead="2027-03-28T03:30:00")
    assert "01:45–03:30" in text(page)


def test_typing_another_time_counts_more_than_the_choice(coordinator: Browser) -> None:
    page = plan(coordinator, starts_on="2027-03-28", starts_time="02:30", ends_time="05:00")
    send(page, "check", starts_time="04:00", starts_instead="2027-03-28T03:30:00")
    assert "04:00–05:00" in text(page)


def test_asking_again_without_a_choice_asks_again(coordinator: Browser) -> None:
    page = plan(coordinator, starts_on="2027-10-31", starts_time="02:30", ends_time="05:00")
    for choice in (None, "nonsense", "2027-10-31T09:00:00"):
        send(page, "check", starts_instead=choice)
        assert page.status == 422 and "comes twice" in text(page)


def test_the_same_time_in_a_zone_that_does_not_change_is_fine(coordinator: Browser) -> None:
    page = plan(
        coordinator, starts_on="2027-03-28", starts_time="02:30", ends_time="05:00", time_zone="Africa/Casablanca"
    )
    assert page.status == 200


# Twice, and two at once


def test_saving_twice_makes_one_meeting(coordinator: Browser) -> None:
    page = plan(coordinator)
    fields = {**page.form(having="title")["fields"], "step": "save"}
    answers = [page.client.post(NEW, data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert count() == 1


def test_two_people_change_a_meeting_at_once(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group, venue="Rue X 1", description="Old words")
    first, second = signed_in(app, people.coordinator), signed_in(app, people.chair)
    first.open(edit_path(meeting))
    second.open(edit_path(meeting))
    send(send(first, "check", title="First title", venue="Rue Y 2"), "save")
    page = send(second, "check", title="Second title", description="New words")
    assert page.status == 422
    words = text(page)
    assert "Someone else saved changes while you were editing" in words
    assert "Saved meanwhile: First title" in words and "Saved meanwhile: Rue Y 2" in words
    assert "Saved meanwhile: Old words" not in words, "nobody changed this but the reader"
    fields = page.form(having="title")["fields"]
    assert (fields["title"], fields["description"]) == ("Second title", "New words"), "nothing typed is lost"
    assert fields["venue"] == "Rue Y 2", "what the reader left alone stays as it was saved"
    send(page, "check")
    assert page.status == 200 and "It was: First title" in text(page) and "Rue Y 2" not in text(page)
    send(page, "save")
    kept = the_meeting()
    assert (kept.title, kept.venue, kept.description) == ("Second title", "Rue Y 2", "New words")


def test_a_change_between_checking_and_saving(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group)
    page = send(signed_in(app, people.coordinator).open(edit_path(meeting)), "check", title="Mine")
    assert page.status == 200
    change_meeting(
        meeting.id,
        plan_of(meeting).__class__(**{**vars(plan_of(meeting)), "venue": "Theirs"}),
        version=meeting.version,
        actor_id=None,
    )
    send(page, "save")
    assert page.status == 422 and "Saved meanwhile: Theirs" in text(page)
    send(send(page, "check"), "save")
    assert (the_meeting().title, the_meeting().venue) == ("Mine", "Theirs")


def test_an_emptied_field_is_told_too(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group, venue="Rue X 1")
    first, second = signed_in(app, people.coordinator), signed_in(app, people.chair)
    second.open(edit_path(meeting))
    send(send(first.open(edit_path(meeting)), "check", venue=""), "save")
    page = send(second, "check", venue="Rue Z 3", starts_time="09:00")
    assert "nothing (it was emptied)" in text(page)
    assert page.form(having="title")["fields"]["starts_time"] == "09:00"


def test_a_change_saved_twice_says_that_it_is_saved(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group)
    page = send(signed_in(app, people.coordinator).open(edit_path(meeting)), "check", title="Once")
    fields = {**page.form(having="title")["fields"], "step": "save"}
    page.client.post(edit_path(meeting), data=fields)
    answer = page.client.post(edit_path(meeting), data=fields, follow_redirects=True)
    assert "The changes to “Once” are saved." in unescape(answer.get_data(as_text=True))
    assert the_meeting().version == 2


# Changing


def test_only_what_changes_is_shown_with_what_it_was(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group, venue="Rue X 1")
    words = text(send(coordinator.open(edit_path(meeting)), "check", starts_time="09:00"))
    assert "Fri 12 March 2027, 09:00–12:00 (Brussels)" in words
    assert "It was: Fri 12 March 2027, 10:00–12:00 (Brussels)" in words
    assert "Rue X 1" not in words and "get a mail" in words


def test_a_small_change_announces_no_mail(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group)
    words = text(send(coordinator.open(edit_path(meeting)), "check", title="Other"))
    assert "Nobody gets a mail, as time, place and status stay as they are." in words


def test_nothing_changed(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group, description="Two\n\nparagraphs", venue="Rue X 1")
    page = send(coordinator.open(edit_path(meeting)), "check")
    assert page.path == f"/meetings/{meeting.reference}" and "nothing was saved" in text(page)
    assert the_meeting().version == 1


def test_a_cancelled_meeting_is_not_edited(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group)
    coordinator.open(edit_path(meeting))
    cancel_meeting(meeting.id, None, actor_id=None)
    page = send(coordinator, "save", title="Other")
    assert "Reinstate it before you change it" in text(page)
    assert the_meeting().title == "Spring meeting"


# Calling off and back


def test_cancelling_asks_first_and_says_what_it_means(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group)
    path = f"/meetings/{meeting.reference}/cancel"
    words = text(coordinator.open(path))
    assert "It stays on the pages, marked as cancelled" in words and "3 members and coordinators get a mail" in words
    assert not the_meeting().is_cancelled
    page = coordinator.send(action="/cancel", reason="Snow\nand ice")
    assert page.path == f"/meetings/{meeting.reference}"
    assert "“Spring meeting” is cancelled." in text(page) and "Snow and ice" in text(page)
    assert the_meeting().cancellation_reason == "Snow\nand ice"
    assert "cancelled already" in text(coordinator.open(path))


def test_a_reason_that_is_too_long_is_kept(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group)
    page = coordinator.open(f"/meetings/{meeting.reference}/cancel").send(action="/cancel", reason="x" * 1001)
    assert page.status == 422 and page.form("/cancel")["fields"]["reason"] == "x" * 1001
    assert not the_meeting().is_cancelled


def test_two_people_cancel_at_once(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group)
    path = f"/meetings/{meeting.reference}/cancel"
    first, second = signed_in(app, people.coordinator).open(path), signed_in(app, people.chair).open(path)
    first.send(action="/cancel", reason="Snow")
    second.send(action="/cancel", reason="Ice")
    assert "Cora Coordinator has cancelled this meeting already." in text(second)
    assert (the_meeting().cancellation_reason, the_meeting().sequence) == ("Snow", 1)


def test_reinstating(coordinator: Browser, people: Cast) -> None:
    meeting = make_meeting(people.group)
    path = f"/meetings/{meeting.reference}/reinstate"
    assert "This meeting is not cancelled." in text(coordinator.open(path))
    cancel_meeting(meeting.id, "Snow", actor_id=None)
    page = coordinator.open(path).send(action="/reinstate", status="tentative")
    assert "“Spring meeting” takes place after all." in text(page)
    assert (the_meeting().status, the_meeting().sequence) == (Status.TENTATIVE, 2)


# Who may


@pytest.mark.parametrize(
    ("role", "answer"),
    [("coordinator", 200), ("chair", 200), ("vice_chair", 200), ("administrator", 200), ("member", 403),
     ("expert", 403), ("elsewhere", 403), (None, 302)],
)  # fmt: skip
def test_who_plans_and_changes(app: Flask, people: Cast, role: str | None, answer: int) -> None:
    meeting = make_meeting(people.group)
    client = signed_in(app, getattr(people, role) if role else None).client
    for path in (NEW, edit_path(meeting), f"/meetings/{meeting.reference}/cancel"):
        assert client.get(path).status_code == answer
        assert client.head(path).status_code == answer
    cancel_meeting(meeting.id, None, actor_id=None)
    assert client.get(f"/meetings/{meeting.reference}/reinstate").status_code == answer


@pytest.mark.parametrize(("role", "answer"), [("expert", 404), ("elsewhere", 404), (None, 404), ("member", 403)])
def test_meetings_for_members_are_not_there_for_others(app: Flask, people: Cast, role: str | None, answer: int) -> None:
    meeting = make_meeting(people.group, visibility=Visibility.MEMBERS)
    client = signed_in(app, getattr(people, role) if role else None).client
    for action in ("edit", "cancel", "reinstate"):
        assert client.get(f"/meetings/{meeting.reference}/{action}").status_code == answer
        assert client.get(f"/meetings/nothing/{action}").status_code == 404


def test_sending_takes_the_right_to(app: Flask, people: Cast) -> None:
    """The form of someone who lost the right meanwhile is refused."""
    browser = plan(signed_in(app, people.coordinator))
    from app.groups.models import Coordinator

    db.session.query(Coordinator).filter_by(person_id=people.coordinator.id).delete()
    db.session.commit()
    assert send(browser, "save").status == 403 and count() == 0


def test_no_change_without_a_token(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group)
    client = signed_in(app, people.coordinator).client
    assert client.post(NEW, data={**FILLED, "step": "save"}).status_code == 400
    assert client.post(f"/meetings/{meeting.reference}/cancel").status_code == 400
    assert not the_meeting().is_cancelled


# The next meeting


def test_the_way_to_the_next_meeting(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group, datetime(2026, 12, 10, 10))
    hidden = make_meeting(people.group, datetime(2026, 12, 5, 10), visibility=Visibility.MEMBERS)
    cancel_meeting(make_meeting(people.group, datetime(2026, 12, 1, 10)).id, None, actor_id=None)
    for person, wanted in ((None, meeting), (people.expert, meeting), (people.member, hidden)):
        client = signed_in(app, person).client
        for method in (client.get, client.head):
            answer = method("/groups/climate/next")
            assert (answer.status_code, answer.location) == (302, f"/meetings/{wanted.reference}")
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC), tick=False):
        answer = client.get("/groups/climate/next")
        assert (answer.status_code, answer.location) == (302, "/groups/climate")
        page = signed_in(app, None).open("/groups/climate/next")
        assert "has no meeting planned" in text(page)


def test_old_addresses_of_a_group_lead_to_the_new_one(app: Flask, people: Cast) -> None:
    db.session.add(Address(kind="group", slug="old-name", target_id=people.group.id))
    db.session.commit()
    client = signed_in(app, people.coordinator).client
    answer = client.get("/groups/old-name/meetings/new")
    assert (answer.status_code, answer.location) == (301, NEW)
    assert client.get("/groups/old-name/next").status_code in (301, 302)


def test_an_unknown_group(app: Flask, people: Cast) -> None:
    for path in ("/groups/nothing/next", "/groups/nothing/meetings/new"):
        assert signed_in(app, people.administrator).client.get(path).status_code == 404


# How much it takes


def test_pages_ask_little_of_the_database(app: Flask, people: Cast) -> None:
    meeting = make_meeting(people.group)
    browser = signed_in(app, people.coordinator)
    for path in (NEW, edit_path(meeting), f"/meetings/{meeting.reference}/cancel"):
        with counted_queries() as statements:
            browser.open(path)
        assert len(statements) <= 14, statements
    with counted_queries() as statements:
        plan(browser)
    assert len(statements) <= 34, statements  # the form and its check, with rooms, warnings and who meets


def test_in_french(app: Flask, people: Cast) -> None:
    page = plan(signed_in(app, people.coordinator, "fr"))
    assert "ven. 12 mars 2027, 10:00–12:00 (Bruxelles)" in text(page)


def test_texts_of_people_are_never_markup(app: Flask, people: Cast) -> None:
    page = plan(signed_in(app, people.coordinator), title="<b>x</b>", venue='"><script>', description="<i>y</i>")
    assert (
        "<b>x</b>" not in page.text
        and "<script>" not in page.text.replace("<script src", "")
        and "<i>y" not in page.text
    )
    send(page, "save")
    assert the_meeting().title == "<b>x</b>"


def test_what_no_database_takes_is_no_reference_and_no_key(app: Flask, people: Cast) -> None:
    browser = signed_in(app, people.coordinator)
    for address in ("/meetings/%00", "/meetings/a%00/edit", "/meetings/%00/meeting.ics"):
        assert browser.client.get(address).status_code == 404
    send(plan(browser, creation_key="\0key"), "save")
    assert the_meeting().creation_key == "key"
