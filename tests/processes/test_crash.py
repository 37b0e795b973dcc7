"""Killed at random moments of a burst of writes: what was answered as done is done, and mailed once.

Clients sign up, ask to join groups and accept requests over HTTP, with real sessions and CSRF tokens; meanwhile
processes are killed with SIGKILL. At the end every answer is compared with the rows, and the rows with what a real SMTP
server received.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.outbox import SENT, OutboxMessage
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Move, State
from app.people.models import Person, SignUp
from tests.factories.groups import make_community, make_group
from tests.factories.people import make_account, make_association
from tests.mail.smtp import Server, smtp_server
from tests.processes.installation import Installation, wait_for
from tests.processes.visitor import Answer, Visitor

pytestmark = [pytest.mark.processes, pytest.mark.database]
ROUNDS = 10
"""Twice each victim; the same again where the other database is tested."""
EXPERTS, GROUPS = 20, 30
PASSWORD = "a long password for the burst"

VICTIMS: dict[str, Callable[[Installation], list[int]]] = {
    "a process that answers": lambda it: [random.choice(it.web_answering()).pid],
    "the web server": lambda it: [it.web_main().pid],
    "the worker": lambda it: [item.pid for item in it.workers()],
    "the server and the worker": lambda it: [it.web_main().pid, *(item.pid for item in it.workers())],
    "everything": lambda it: [item.pid for item in it.processes()],
}


@dataclass
class Told:
    """What clients were answered."""

    signed_up: dict[str, bool] = field(default_factory=dict)
    """Address: whether the answer was yes. False: no answer came, so both may be true."""
    asked: dict[tuple[int, int], bool] = field(default_factory=dict)
    """(person, group): the same."""
    accepted: dict[int, bool] = field(default_factory=dict)
    """Membership: the same."""
    strange: list[Answer] = field(default_factory=list)
    _yes: int = 0

    @property
    def answered(self) -> int:
        """How often the answer was yes."""
        return self._yes

    def note(self, book: dict, key: object, answer: Answer) -> None:  # type: ignore[type-arg]
        """Keep an answer. Anything but yes or no answer at all is strange."""
        book[key] = answer.status == 303
        self._yes += answer.status == 303
        if answer.status == 0:
            time.sleep(0.1)  # nobody is there; a client does not hammer
        elif answer.status != 303:
            self.strange.append(answer)


Wishes = Iterator[tuple[int, Visitor, int, str]]
"""Who asks (with a browser) to join which group."""


@dataclass
class World:
    """The people of the story, signed in."""

    running: Installation
    told: Told
    association_id: int
    groups: list[tuple[int, str]]
    experts: list[tuple[int, Visitor]]
    coordinator: Visitor
    stranger: Visitor

    def wishes(self) -> Wishes:
        """Every expert with every group, once."""
        for group_id, slug in self.groups:
            for person_id, visitor in self.experts:
                yield person_id, visitor, group_id, slug


def burst(world: World, wishes: Wishes, over: threading.Event) -> list[threading.Thread]:
    """Start clients that write until it is over."""
    told = world.told

    def sign_up() -> None:
        while not over.is_set():
            email = f"new{len(told.signed_up)}@example.org"
            answer = world.stranger.post(
                "/sign-up", full_name="New Person", email=email, association=str(world.association_id),
                password=PASSWORD, password_again=PASSWORD,
            )  # fmt: skip
            told.note(told.signed_up, email, answer)

    def ask() -> None:
        while not over.is_set():
            person_id, visitor, group_id, slug = next(wishes)
            answer = visitor.post(f"/groups/{slug}/join", motivation="I work on this every day.")
            told.note(told.asked, (person_id, group_id), answer)

    def accept() -> None:
        while not over.is_set():
            with world.running.app_context():
                waiting = db.session.scalars(sa.select(Membership.id).where(Membership.state == State.REQUESTED)).all()
            untried = [membership_id for membership_id in waiting if membership_id not in told.accepted]
            if not untried:
                time.sleep(0.05)
            for membership_id in untried[:3]:
                if not over.is_set():
                    answer = world.coordinator.post(f"/memberships/{membership_id}/accept")
                    told.note(told.accepted, membership_id, answer)

    threads = [threading.Thread(target=client) for client in (sign_up, ask, accept)]
    for thread in threads:
        thread.start()
    return threads


@pytest.fixture
def world(running: Installation) -> Iterator[World]:
    with running.app_context():
        association = make_association("VVSG")
        coordinator = make_account("Coordinator", email="coordinator@example.org")
        community = make_community()
        groups = [make_group(community=community, coordinators=(coordinator,), seats_member=50) for _ in range(GROUPS)]
        experts = [
            make_account(f"Expert {number}", email=f"expert{number}@example.org", association=association)
            for number in range(EXPERTS)
        ]
        made = World(
            running,
            Told(),
            association.id,
            [(group.id, group.slug) for group in groups],
            [(person.id, Visitor(running.address)) for person in experts],
            Visitor(running.address),
            Visitor(running.address),
        )
    yield made
    with running.app_context():
        db.engine.dispose()


def kill(running: Installation, whom: str) -> None:
    for pid in VICTIMS[whom](running):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_nothing_is_lost_and_nothing_comes_twice(
    running: Installation, world: World, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    with smtp_server() as server:
        server.on_data = lambda _item: time.sleep(0.05)  # so that a kill often finds a mail under way
        running.more |= {"SMTP_URL": f"smtp://127.0.0.1:{server.port}", "MAIL_LEASE": "3"}
        running.serve("--workers", "2")
        for number, (_person_id, visitor) in enumerate(world.experts):
            visitor.sign_in(f"expert{number}@example.org")
        world.coordinator.sign_in("coordinator@example.org")
        world.stranger.get("/sign-up")
        wishes, killed = world.wishes(), Counter[str]()
        order = [list(VICTIMS)[number % len(VICTIMS)] for number in range(ROUNDS)]
        random.shuffle(order)
        for whom in order:
            over = threading.Event()
            threads = burst(world, wishes, over)
            wanted = world.told.answered + random.randint(3, 12)
            wait_for(lambda wanted=wanted: world.told.answered >= wanted, pause=0.005)  # type: ignore[misc]
            time.sleep(random.uniform(0, 0.1))
            kill(running, whom)
            killed[whom] += 1
            time.sleep(0.1)
            over.set()
            for thread in threads:
                thread.join()
            if whom == "everything":
                running.serve("--workers", "2")
            wait_for(lambda: running.answers() and running.workers() and running.web_answering(), seconds=40)
        settle(running)
        summary = compare(running, world.told, server, killed)
    with capsys.disabled():
        request.config.get_terminal_writer().line(f"\n{summary}")


def settle(running: Installation) -> None:
    """Until every mail is out."""
    with running.app_context():
        unsent = sa.select(sa.func.count()).select_from(OutboxMessage).where(OutboxMessage.state != SENT)
        wait_for(lambda: db.session.rollback() or db.session.scalar(unsent) == 0, seconds=40, pause=0.2)


def compare(running: Installation, told: Told, server: Server, killed: Counter[str]) -> str:
    assert told.strange == [], "every answer is yes or none at all"
    with running.app_context():
        sign_ups = Counter(db.session.scalars(sa.select(SignUp.email)))
        memberships = db.session.scalars(sa.select(Membership)).all()
        events = Counter(
            (event.membership_id, event.move) for event in db.session.scalars(sa.select(MembershipEvent))
        )  # fmt: skip
        mails = db.session.scalars(sa.select(OutboxMessage)).all()
        audited = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
        names = {person.id: person.email for person in db.session.scalars(sa.select(Person))}

        for email, yes in told.signed_up.items():
            assert sign_ups[email] == 1 if yes else sign_ups[email] <= 1, email
        pairs = Counter((item.person_id, item.group_id) for item in memberships)
        for pair, yes in told.asked.items():
            assert pairs[pair] == 1 if yes else pairs[pair] <= 1, pair
        states = {item.id: item.state for item in memberships}
        for membership_id, yes in told.accepted.items():
            if yes:
                assert states[membership_id] == State.ACTIVE
        assert set(sign_ups) <= set(told.signed_up)
        assert set(pairs) <= set(told.asked)

        # Each transaction is there whole or not at all: its rows, its history and its mails.
        for item in memberships:
            assert events[item.id, Move.REQUEST] == 1
            assert events[item.id, Move.ACCEPT] == (1 if item.state == State.ACTIVE else 0)
        expected = Counter(sign_ups)
        for item in memberships:
            expected["coordinator@example.org"] += 1
            expected[str(names[item.person_id])] += 1 + (item.state == State.ACTIVE)
        addressed = Counter(mail.recipient.rpartition("<")[2].rstrip(">") for mail in mails)
        assert addressed == expected
        assert audited == sum(events.values())

        # What was written is what was received: nothing missing, nothing invented, nothing twice but where SMTP
        # cannot tell, and then under the same Message-ID.
        received = Counter(server.ids)
        assert set(received) == {mail.message_id for mail in mails}
        sent_to = {mail.message_id: mail.recipient.rpartition("<")[2].rstrip(">") for mail in mails}
        for item in server.received:
            assert item.recipients == [sent_to[item.message_id]]
        repeats = sum(received.values()) - len(received)
        workers_killed = sum(number for whom, number in killed.items() if "worker" in whom or whom == "everything")
        assert repeats <= workers_killed, "at most the one mail that a killed worker had in hand"
        assert all(mail.text is None and mail.html is None for mail in mails)
    yes = [sum(book.values()) for book in (told.signed_up, told.asked, told.accepted)]
    unknown = [len(book) - sum(book.values()) for book in (told.signed_up, told.asked, told.accepted)]
    assert sum(yes) > 5 * ROUNDS, "the burst was one"
    assert min(yes) > 5
    return (
        f"killed {sum(killed.values())} times; sign-ups, requests and acceptances answered with yes: {yes}, without an "
        f"answer: {unknown}; {len(mails)} mails, {repeats} of them received twice"
    )
