"""What members and coordinators are written: to whom, in whose language and zone, and what is never in it."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, insert, select

from app.core.db import db
from app.core.outbox import OutboxMessage
from app.meetings import mails as writing
from app.meetings.models import Meeting
from app.meetings.service import cancel_meeting, change_meeting, plan_of, reinstate_meeting
from app.membership.models import Membership
from app.people.models import Person
from tests.factories.meetings import make_meeting
from tests.meetings.conftest import NOW, Cast

LINK = "https://meet.example.org/secret"


def mails() -> dict[str, OutboxMessage]:
    """{address: the mail to it} since the last look."""
    found = db.session.scalars(select(OutboxMessage)).all()
    by_address = {message.recipient.split("<")[-1].rstrip(">"): message for message in found}
    assert len(by_address) == len(found)
    return by_address


def clear() -> None:
    db.session.execute(delete(OutboxMessage))
    db.session.commit()


def change(meeting: Meeting, **values: object) -> None:
    clear()
    plan = replace(plan_of(meeting), **values)  # type: ignore[arg-type]
    change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)


def test_everyone_inside_but_the_one_who_did_it(people: Cast) -> None:
    make_meeting(people.group, actor_id=people.chair.id)
    assert set(mails()) == {people.coordinator.email, people.vice_chair.email, people.member.email}


def test_a_new_meeting(people: Cast) -> None:
    meeting = make_meeting(people.group, venue="Rue X 1", join_link=LINK)
    message = mails()[str(people.member.email)]
    assert message.subject == f"New meeting: Spring meeting ({people.group.names['en']})"
    text = message.text or ""
    for part in ("Dear Memo Member", "When: Fri 12 March 2027, 10:00–12:00 (Brussels)", "Where: Rue X 1",
                 f"http://localhost/meetings/{meeting.reference}", "once you have signed in"):  # fmt: skip
        assert part in text
    assert "tentative" not in text


def test_links_to_join_are_in_no_mail(people: Cast) -> None:
    meeting = make_meeting(people.group, join_link=LINK)
    texts = [f"{m.subject}{m.text}{m.html}" for m in mails().values()]
    change(meeting, join_link=LINK + "2")
    texts += [f"{m.subject}{m.text}{m.html}" for m in mails().values()]
    assert len(texts) == 8 and not any("meet.example.org" in text for text in texts)
    assert "The link to join is new" in texts[-1]


def test_each_in_their_language_and_zone(people: Cast) -> None:
    people.member.language, people.member.time_zone = "fr", "Europe/Lisbon"
    people.chair.time_zone = "Europe/Helsinki"
    db.session.commit()
    make_meeting(people.group)
    sent = mails()
    french = sent[str(people.member.email)]
    assert french.language == "fr" and "ven. 12 mars 2027, 09:00–11:00" in (french.text or "")
    assert people.group.names["fr"] in french.subject
    assert "11:00–13:00 your time (Helsinki) · 10:00–12:00 (Brussels)" in (sent[str(people.chair.email)].text or "")
    assert sent[str(people.coordinator.email)].language == "en"


def test_a_tentative_date_is_said_to_be_one(people: Cast) -> None:
    meeting = make_meeting(people.group, tentative=True)
    assert "The date is tentative." in (mails()[str(people.member.email)].text or "")
    change(meeting, tentative=False)
    text = mails()[str(people.member.email)].text or ""
    assert "The date is now confirmed." in text and "When, as before:" in text


def test_another_time_and_place_are_told_with_the_old_ones(people: Cast) -> None:
    meeting = make_meeting(people.group, venue="Rue X 1")
    change(meeting, starts=datetime(2027, 3, 29, 9), ends=datetime(2027, 3, 29, 11), venue="Rue Y 2")
    message = mails()[str(people.member.email)]
    assert message.subject.startswith("Changed meeting: Spring meeting")
    text = message.text or ""
    for part in ("New time: Mon 29 March 2027, 09:00–11:00 (Brussels)", "It was: Fri 12 March 2027, 10:00–12:00",
                 "New place: Rue Y 2", "It was: Rue X 1"):  # fmt: skip
        assert part in text
    change(meeting, venue=None)
    text = mails()[str(people.member.email)].text or ""
    assert "New place: none" in text and "When, as before:" in text


def test_words_alone_are_worth_no_mail(people: Cast) -> None:
    meeting = make_meeting(people.group)
    change(meeting, title="Other", description="Other")
    assert mails() == {}


def test_cancelling_and_back(people: Cast) -> None:
    meeting = make_meeting(people.group, join_link="https://example.org/join")
    clear()
    cancel_meeting(meeting.id, "Too few\ncan come <here>.", actor_id=people.coordinator.id)
    sent = mails()
    assert set(sent) == {people.chair.email, people.vice_chair.email, people.member.email}
    message = sent[str(people.member.email)]
    assert message.subject.startswith("Cancelled: Spring meeting")
    assert "The reason:" in (message.text or "") and "link to join" not in (message.text or "")
    assert "> Too few\n> can come <here>." in (message.text or "") and "&lt;here&gt;" in (message.html or "")
    clear()
    reinstate_meeting(meeting.id, actor_id=None, tentative=True)
    message = mails()[str(people.member.email)]
    assert "takes place after all" in (message.text or "") and "tentative" in (message.text or "")


def test_nobody_is_written_about_what_is_over(people: Cast) -> None:
    meeting = make_meeting(people.group, datetime(2026, 11, 20, 10))
    change(meeting, venue="Rue Y")
    cancel_meeting(meeting.id, None, actor_id=None)
    assert mails() == {}


def test_a_past_date_moved_ahead_is_news(people: Cast) -> None:
    meeting = make_meeting(people.group, datetime(2026, 11, 20, 10))
    change(meeting, starts=datetime(2026, 12, 20, 10), ends=datetime(2026, 12, 20, 12))
    assert len(mails()) == 4


def test_no_mail_of_what_was_rolled_back(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_what: object, **_more: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(writing, "queue", fail)
    with pytest.raises(RuntimeError):
        make_meeting(people.group)
    assert mails() == {} and db.session.scalars(select(Meeting)).all() == []


def test_a_group_of_three_hundred_is_told_within_seconds(people: Cast) -> None:
    zones = ["Europe/Lisbon", "Europe/Helsinki", "Europe/Brussels", None]
    persons = [
        {"stored_name": f"P {number}", "email": f"p{number}@example.org", "language": ["en", "fr"][number % 2],
         "time_zone": zones[number % 4], "created_at": NOW, "version": 1, "demo": False}
        for number in range(300)
    ]  # fmt: skip
    db.session.execute(insert(Person), persons)
    ids = db.session.scalars(select(Person.id).where(Person.full_name.startswith("P "))).all()
    db.session.execute(
        insert(Membership),
        [
            {"group_id": people.group.id, "person_id": i, "state": "active", "role": "member",
             "began_at": NOW, "moved_at": NOW, "version": 1}
            for i in ids
        ],
    )  # fmt: skip
    db.session.commit()
    began = time.process_time()
    make_meeting(people.group)
    took = time.process_time() - began
    print(f"{took:.2f} s")  # noqa: T201
    assert len(mails()) == 304
    assert took < 5


def test_times_beside_a_clock_change(people: Cast) -> None:
    """Between 14 and 28 March 2027 New York is five hours behind Brussels, not six."""
    people.member.time_zone = "America/New_York"
    db.session.commit()
    meeting = make_meeting(people.group, datetime(2027, 3, 16, 10))
    assert "05:00–07:00 your time (New York)" in (mails()[str(people.member.email)].text or "")
    assert meeting.starts_at == datetime(2027, 3, 16, 9, tzinfo=UTC)
    change(meeting, starts=datetime(2027, 3, 30, 10), ends=datetime(2027, 3, 30, 12))
    text = mails()[str(people.member.email)].text or ""
    assert "04:00–06:00 your time (New York)" in text and "It was: Tue 16 March 2027, 05:00–07:00" in text
