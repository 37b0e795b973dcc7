"""The commands of date polls: what they do, refuse, write to whom, and hold free."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.errors import DomainError
from app.groups.rules import GroupStatus
from app.meetings.models import Meeting
from app.meetings.rules import Visibility
from app.membership.rules import Role, State
from app.scheduling import queries, service
from app.scheduling.models import Poll, PollNotice, PollOption, PollVote
from app.scheduling.rules import PollState, Standing, span
from app.scheduling.service import NotNow, Outcome, PollChanges, Via, daily
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_delegate, make_person
from tests.factories.scheduling import DATES, make_poll, say
from tests.membership.conftest import Mails, addressed
from tests.scheduling.conftest import NOW, World

EVER = (datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))
NEXT = span(datetime(2027, 3, 15, 9), 120)


def fresh(poll: Poll) -> Poll:
    db.session.expire_all()
    found = queries.poll(poll.id)
    assert found
    return found


def changes(poll: Poll, **values: Any) -> PollChanges:
    present: dict[str, Any] = {
        "title": poll.title, "description": poll.description, "people": tuple(one.person_id for one in poll.people),
        "needed": tuple(sorted(poll.needed)),
    }  # fmt: skip
    return PollChanges(**{**present, **values})


def close(world: World, poll: Poll, number: int = 0, **values: Any) -> Poll:
    return service.close(poll.id, poll.offered[number].id, Outcome(poll.title, **values), world.cora.id)


def test_whoever_is_asked_is_written_to_in_their_zone_and_language(world: World, mails: Mails) -> None:
    poll = world.poll()
    written = {mail.recipient.rpartition("<")[2].rstrip(">"): mail.text or "" for mail in mails()}
    assert set(written) == {"mia@example.org", "noe@example.org"}, "not who opened it"
    assert "Wed 10 March 2027, 11:00–13:00 your time (Helsinki) · 10:00–12:00 (Brussels)" in written["mia@example.org"]
    assert "mer. 10 mars 2027, 10:00–12:00 (Bruxelles)" in written["noe@example.org"]
    assert "/polls/answer/" in written["mia@example.org"]
    assert [option.starts_at.hour for option in poll.offered] == [9, 13, 8]


def test_a_form_sent_twice_makes_one_poll(world: World, mails: Mails) -> None:
    one = make_poll(world.group, key="once")
    assert make_poll(world.group, key="once").id == one.id
    assert len(mails()) == 3


def test_no_poll_in_a_group_that_is_over(world: World) -> None:
    world.group.status = GroupStatus.CLOSED
    db.session.commit()
    with pytest.raises(DomainError):
        world.poll()


def test_answers_are_kept_changed_and_bear_who_gave_them(world: World) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "yes", "no")
    say(poll, world.mia.id, "if_need_be", None, via=Via.LINK)
    say(poll, world.noe.id, "yes", actor_id=world.cora.id)
    db.session.rollback()
    votes = {(one.person_id, one.option_id): one for one in queries.votes(poll.id)}
    first, second = (option.id for option in poll.offered[:2])
    mia, noe = world.mia.id, world.noe.id
    assert (votes[mia, first].answer, votes[mia, first].by_link, votes[mia, first].answered_by_id) == (
        "if_need_be", True, None,
    )  # fmt: skip
    assert (votes[mia, second].answer, votes[mia, second].answered_by_id) == ("no", mia), "what was said before stays"
    assert votes[noe, first].by_another and not votes[mia, second].by_another
    entries = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "poll.answered")).all()
    assert [(one.actor_id, one.person_id, one.details["via"]) for one in entries] == [
        (mia, mia, "page"), (mia, mia, "link"), (world.cora.id, noe, "page"),
    ]  # fmt: skip
    assert [person.id for person in queries.silent(fresh(poll))] == [world.cora.id, mia, noe], "none has said all"


def test_who_cannot_answer(world: World) -> None:
    poll = world.poll()
    with pytest.raises(DomainError):
        say(poll, world.otto.id, "yes")
    with time_machine.travel(datetime(2027, 2, 20, 16, tzinfo=UTC), tick=False), pytest.raises(NotNow):
        say(poll, world.mia.id, "yes")


def test_dates_come_and_go_and_answers_to_the_others_stay(world: World, mails: Mails) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "yes", "no", "yes")
    mails()
    gone = poll.offered[0].id
    changed = service.change(
        poll.id, changes(poll, added=(NEXT,), withdrawn=(gone,)), fresh(poll).version, world.cora.id
    )
    assert changed == ["options"]
    poll = fresh(poll)
    assert [option.starts_local for option in poll.offered] == [*DATES[1:], NEXT.starts]
    assert [vote.answer for vote in queries.votes(poll.id, world.mia.id)] == ["no", "yes"]
    texts = [mail.text or "" for mail in mails()]
    assert len(texts) == 2 and all("15 M" in text or "15 mars" in text for text in texts)
    service.change(poll.id, changes(poll, added=(span(DATES[0], 120),)), fresh(poll).version, world.cora.id)
    assert [vote.answer for vote in queries.votes(poll.id, world.mia.id)] == ["yes", "no", "yes"], "offered again"
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PollOption)) == 4


def test_words_change_without_a_mail(world: World, mails: Mails) -> None:
    poll = world.poll()
    mails()
    version = fresh(poll).version
    assert service.change(poll.id, changes(poll, title="Summer", needed=(world.mia.id,)), version, None) == [
        "title", "needed",
    ]  # fmt: skip
    assert fresh(poll).needed == {world.mia.id} and not mails()
    assert service.change(poll.id, changes(fresh(poll)), fresh(poll).version, None) == []


def test_the_last_date_stays(world: World) -> None:
    poll = world.poll(dates=DATES[:1])
    with pytest.raises(DomainError) as refused:
        service.change(poll.id, changes(poll, withdrawn=(poll.offered[0].id,)), fresh(poll).version, None)
    assert refused.value.field == "withdrawn"


def test_the_database_refuses_doubles(world: World) -> None:
    poll = world.poll()
    double = PollOption(poll_id=poll.id)
    double.plan(DATES[0], DATES[0] + timedelta(hours=2), poll.time_zone)
    db.session.add(double)
    with pytest.raises(sa.exc.IntegrityError):
        db.session.flush()
    db.session.rollback()


def test_closing_makes_the_meeting_and_releases_the_holds(world: World, mails: Mails) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "no", "yes", "if_need_be")
    mails()
    held = queries.holds([world.mia.id, world.otto.id], *EVER)
    assert [(one.person_id, one.option_id) for one in held] == [
        (world.mia.id, option.id) for option in (poll.offered[1], poll.offered[2])
    ], "whoever said no keeps nothing free"
    close(world, poll, 1, venue="Town hall")
    meeting = db.session.scalars(sa.select(Meeting)).one()
    assert (meeting.title, meeting.starts_local, meeting.venue) == ("Spring meeting", DATES[1], "Town hall")
    poll = fresh(poll)
    assert (poll.state, poll.meeting_id) == (PollState.CLOSED, meeting.id)
    assert [option.chosen for option in poll.offered] == [False, True, False]
    assert queries.holds([world.mia.id], *EVER) == []
    assert addressed(mails()) == {"mia@example.org", "noe@example.org"}, "the mail of the meeting, and no other"
    close(world, poll, 1, venue="Another, but the same date")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Meeting)) == 1
    with pytest.raises(NotNow):
        close(world, poll, 0)


def test_a_meeting_that_cannot_be_leaves_the_poll_open(world: World) -> None:
    poll = world.poll()
    with pytest.raises(DomainError):
        close(world, poll, join_link="http://not-safe.example")
    assert fresh(poll).now == Standing.OPEN
    with time_machine.travel(datetime(2027, 3, 10, 12, tzinfo=UTC)), pytest.raises(DomainError) as refused:
        close(world, poll)
    assert refused.value.field == "option", "that date is past"


def test_named_people_alone_are_asked(world: World, mails: Mails) -> None:
    poll = world.poll(named=True, people=(world.mia.id, world.cora.id), needed=(world.mia.id,))
    assert addressed(mails()) == {"mia@example.org"}
    assert queries.questions(world.noe.id) == [] and queries.holds([world.noe.id], *EVER) == []
    with pytest.raises(DomainError):
        say(poll, world.noe.id, "yes")
    people = (world.noe.id, world.cora.id)
    service.change(poll.id, changes(poll, people=people), fresh(poll).version, world.cora.id)
    assert addressed(mails()) == {"noe@example.org"} and not fresh(poll).needed
    close(world, poll, visibility=Visibility.PUBLIC)
    meeting = db.session.scalars(sa.select(Meeting)).one()
    assert meeting.visibility == "named", "whatever the form said"
    assert [one.person_id for one in meeting.people] == [world.noe.id], "the coordinator sees it anyway"
    assert addressed(mails()) == {"noe@example.org"}


def test_of_named_people_who_are_members_no_more_no_meeting_is_made(world: World) -> None:
    poll = world.poll(named=True, people=(world.otto.id,))
    with pytest.raises(DomainError) as refused:
        close(world, poll)
    assert refused.value.field == "option" and not db.session.scalar(sa.select(Meeting.id))
    mia = make_membership(world.group, make_person("Vice"), role=Role.VICE_CHAIR).person
    poll = world.poll(named=True, people=(world.mia.id,))
    service.close(poll.id, poll.offered[0].id, Outcome("Spring"), mia.id)
    meeting = db.session.scalars(sa.select(Meeting)).one()
    assert {one.person_id for one in meeting.people} == {world.mia.id, mia.id}, "who made it sees it"


def test_groups_are_asked_together_and_each_person_once(world: World, mails: Mails) -> None:
    other = make_group("water", coordinators=(make_account(email="wilma@example.org"),))
    pia = make_account(email="pia@example.org")
    for person in (pia, world.mia):
        make_membership(other, person)
    poll = world.poll(further_groups=(other.id,))
    march = DATES[0].date(), DATES[1].date()
    assert [one.starts_local for one in queries.offered_between(sa.true(), *march, [other.id])] == [*DATES[:2]]
    assert queries.offered_between(sa.true(), *march, [0]) == queries.offered_between(sa.false(), *march) == []
    written = [mail.recipient for mail in mails()]
    assert len(written) == 4
    assert [len(queries.questions(person.id)) for person in (world.mia, pia)] == [1, 1]
    say(poll, pia.id, "yes")
    close(world, poll)
    assert addressed(mails()) == {"mia@example.org", "noe@example.org", "pia@example.org", "wilma@example.org"}
    meeting = db.session.scalars(sa.select(Meeting)).one()
    assert [(one.group_id, one.consent) for one in meeting.joint_groups] == [(other.id, "asked")]
    assert meeting.group_ids == {world.group.id}, "until they agree"


def test_calling_off(world: World, mails: Mails) -> None:
    poll = world.poll()
    mails()
    with pytest.raises(DomainError):
        service.cancel(poll.id, " ", world.cora.id)
    service.cancel(poll.id, "No money.", world.cora.id)
    service.cancel(poll.id, "No money.", world.cora.id)
    written = mails()
    assert addressed(written) == {"mia@example.org", "noe@example.org"} and "No money." in (written[0].text or "")
    assert queries.holds([world.mia.id], *EVER) == []
    for command in (
        lambda: close(world, poll),
        lambda: service.extend(poll.id, datetime(2027, 3, 1, 12), None),
        lambda: service.remind_now(poll.id, None),
        lambda: service.change(poll.id, changes(poll, title="x"), 1, None),
    ):
        with pytest.raises(NotNow):
            command()


def test_more_time_opens_a_poll_that_was_over(world: World, mails: Mails) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "yes", "yes", "yes")
    mails()
    with time_machine.travel(datetime(2027, 2, 21, tzinfo=UTC), tick=False):
        assert fresh(poll).now == Standing.TO_DECIDE
        assert queries.holds([world.mia.id], *EVER), "held until somebody decides"
        for closes in (datetime(2027, 2, 20, 23), datetime(2027, 3, 20, 12)):
            with pytest.raises(DomainError):
                service.extend(poll.id, closes, world.cora.id)
        service.extend(poll.id, datetime(2027, 3, 1, 12), world.cora.id)
        assert fresh(poll).now == Standing.OPEN
    assert addressed(mails()) == {"noe@example.org"}, "those who lack an answer"


def test_reminding_by_hand_once_a_day(world: World, mails: Mails) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "yes", "yes", "yes")
    mails()
    assert service.remind_now(poll.id, world.cora.id) == 1
    assert addressed(mails()) == {"noe@example.org"}
    with pytest.raises(NotNow):
        service.remind_now(poll.id, world.cora.id)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert service.remind_now(poll.id, world.cora.id) == 1


def test_the_silent_are_chased_once_before_the_end(world: World, mails: Mails) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "yes", "yes", "yes")
    mails()
    assert not daily.remind()
    with time_machine.travel(datetime(2027, 2, 17, 17, tzinfo=UTC), tick=False):
        assert daily.remind() and not daily.remind()
        assert addressed(mails()) == {"noe@example.org", "cora@example.org"}
        service.extend(poll.id, datetime(2027, 3, 1, 12), None)
        mails()
    with time_machine.travel(datetime(2027, 2, 27, tzinfo=UTC), tick=False):
        assert daily.remind(), "once more before the new end"
    with time_machine.travel(datetime(2027, 3, 2, tzinfo=UTC), tick=False):
        mails()
        assert not daily.remind() and not mails()


def test_nobody_is_chased_in_the_pause(world: World, mails: Mails) -> None:
    with time_machine.travel(datetime(2027, 8, 2, tzinfo=UTC), tick=False):
        make_poll(world.group, [datetime(2027, 9, 9, 9)], closes=datetime(2027, 8, 4, 9))
        mails()
        assert not daily.remind()


def test_whoever_joins_is_asked_too(world: World, mails: Mails) -> None:
    poll = world.poll()
    mails()
    assert not daily.invite_newcomers()
    make_membership(world.group, world.otto)
    make_membership(world.group, make_person("No address"))
    assert daily.invite_newcomers() and not daily.invite_newcomers()
    assert addressed(mails()) == {"otto@example.org"}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PollNotice)) == 4
    say(poll, world.otto.id, "yes")


def test_who_leaves_counts_no_more(world: World) -> None:
    poll = world.poll()
    make_membership(world.group, world.otto, State.LEFT)
    assert world.otto.id not in [person.id for person in queries.silent(poll)]
    assert queries.questions(world.otto.id) == []


def test_polls_end_with_their_group(world: World, mails: Mails) -> None:
    poll = world.poll()
    mails()
    world.group.status = GroupStatus.CLOSED
    db.session.commit()
    assert daily.cancel_with_group() and not daily.cancel_with_group()
    assert fresh(poll).now == Standing.CANCELLED and len(mails()) == 3


def test_assistants_are_written_to_as_well(world: World, mails: Mails) -> None:
    make_delegate(world.mia, world.otto)
    make_delegate(world.mia, make_person("Without account", email="none@example.org"))
    poll = world.poll()
    letters = {mail.recipient: mail.text or "" for mail in mails()}
    (letter,) = (text for to, text in letters.items() if "otto" in to)
    assert "/polls/answer/" not in letter, "no link of anybody's"
    assert f"/polls/{poll.reference}/answer/{world.mia.id}" in letter
    assert not any("none@" in to for to in letters)


def test_holds_between_two_instants(world: World) -> None:
    world.poll()
    starts = DATES[0].replace(hour=9, tzinfo=UTC)
    ends = starts + timedelta(hours=2)
    hour = timedelta(hours=1)
    spans = [(starts - hour, starts), (ends, ends + hour), (starts + hour, starts + hour * 1.5), (starts - hour, ends)]
    assert [len(queries.holds([world.mia.id], *one)) for one in spans] == [0, 0, 1, 1]


def test_instants_follow_new_rules_of_a_zone(world: World) -> None:
    poll = world.poll()
    assert daily.rederive_instants() == 0
    db.session.execute(sa.update(Poll).values(closes_at=NOW))
    db.session.commit()
    assert daily.rederive_instants() == 1
    assert fresh(poll).closes_at == datetime(2027, 2, 20, 16, tzinfo=UTC)


def test_the_answers_of_one_person_alone(world: World) -> None:
    poll = world.poll()
    say(poll, world.mia.id, "yes")
    say(poll, world.noe.id, "no")
    assert [vote.person_id for vote in queries.votes(poll.id, world.mia.id)] == [world.mia.id]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(PollVote)) == 2
