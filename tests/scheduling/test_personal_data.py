"""What is kept about people: exported, erased, forgotten in time, and joined when two records are one person's."""

from __future__ import annotations

from datetime import timedelta

import time_machine
from sqlalchemy import select

from app.core import clock
from app.core.db import db, write
from app.merging.service.persons import FIELDS, merge_persons
from app.people import queries as people
from app.people.models import Delegate
from app.scheduling import personal_data, service
from app.scheduling.models import PollNotice, PollPerson, PollVote
from tests.factories.membership import make_membership
from tests.factories.people import make_delegate, make_person
from tests.factories.scheduling import say
from tests.scheduling.conftest import NOW, World


def said_by(person_id: int) -> list[str]:
    db.session.rollback()
    found = select(PollVote.answer).where(PollVote.person_id == person_id).order_by(PollVote.option_id)
    return list(db.session.scalars(found))


def test_what_a_person_gets_of_it(world: World) -> None:
    poll = world.poll(needed=(world.mia.id,))
    say(poll, world.mia.id, "yes", actor_id=world.cora.id)
    sections = {one.key: one.entries for one in personal_data.export(world.mia)}
    shown = {fact.key: str(fact.shown) for fact in sections["poll_votes"][0]}
    assert shown["answer"] == "Yes" and shown["answered_by_id"] == "Cora Coordinator"
    assert len(sections["poll_people"]) == len(sections["poll_notices"]) == 1
    others = {one.key: one.entries for one in personal_data.export(world.cora)}
    assert len(others["polls"]) == 1
    assert [[fact.key for fact in entry] for entry in others["poll_votes_for_others"]] == [["option_id", "answered_at"]]


def test_erasure_takes_the_answers_of_one_person_alone(world: World) -> None:
    poll = world.poll(needed=(world.mia.id,))
    say(poll, world.mia.id, "yes")
    say(poll, world.noe.id, "no", actor_id=world.mia.id)
    with write():
        personal_data.erase(world.mia)
    assert (said_by(world.mia.id), said_by(world.noe.id)) == ([], ["no"])
    assert not db.session.scalars(select(PollPerson)).all()
    assert world.mia.id not in set(db.session.scalars(select(PollNotice.person_id)))


def test_answers_go_in_time_once_a_poll_is_over(world: World) -> None:
    over, still = world.poll(), world.poll(named=True, people=(world.mia.id,))
    for poll in (over, still):
        say(poll, world.mia.id, "yes")
    service.cancel(over.id, "No.", None)
    for days, left in ((364, 2), (366, 1)):
        with time_machine.travel(NOW + timedelta(days=days), tick=False):
            swept = personal_data.retain(clock.now(), dry_run=True)
            assert swept[0].number == 2 - left
            personal_data.retain(clock.now(), dry_run=False)
            assert len(said_by(world.mia.id)) == left


def test_of_two_records_of_one_person_the_later_answer_stays(world: World) -> None:
    double = make_person("Mia Member", email="double@example.org")
    make_membership(world.group, double)
    make_delegate(world.mia, world.otto)
    make_delegate(double, world.otto)
    make_delegate(double, world.mia)
    poll = world.poll(needed=(double.id,), named=True, people=(double.id, world.mia.id))
    say(poll, world.mia.id, "yes", "yes")
    ids = (world.mia.id, double.id)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        say(poll, double.id, "no")
        say(poll, double.id, None, None, "if_need_be")
        merge_persons(*ids, dict.fromkeys(FIELDS, ids[0]), None)
    kept = people.person_at(ids[0])
    assert kept and said_by(kept.id) == ["no", "yes", "if_need_be"]
    rows = db.session.scalars(select(PollPerson)).all()
    assert [(one.person_id, one.needed) for one in rows] == [(kept.id, True)]
    assert [(one.person_id, one.delegate_id) for one in db.session.scalars(select(Delegate))] == [
        (kept.id, world.otto.id)
    ]
