"""Every command that changes something leaves who did it, to what, and what became different in the audit trail."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.core.audit import AuditEntry
from app.core.db import db
from app.groups import service as groups
from app.groups.models import WorkingGroup
from app.groups.service.coordinators import appoint_coordinator, dismiss_coordinator
from app.groups.service.facts import CommunityFacts, GroupIdentity, GroupPage
from app.membership import service
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import Role, State, Who
from app.membership.service import mandates
from app.membership.service.nominating import Nomination
from app.membership.service.seats import joining_of
from app.people.models import Association, Person
from app.people.service import administrators, affiliations, associations, persons
from app.people.service.persons import NewPerson
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_association, make_person

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
SERVICES = sorted(
    path for path in Path("app").rglob("*.py")
    if "service" in path.parts or path.name in ("service.py", "loading.py")
)  # fmt: skip


class World:
    """What the commands act on."""

    def __init__(self) -> None:
        self.home: Association = make_association("HOME")
        self.actor: Person = make_account("Ada Admin", administrator=True)
        self.member: Person = make_account("Mia Member", association=self.home)
        self.group: WorkingGroup = make_group("climate", seats_member=9, term_months=36)
        self.other: Person = make_person("Otto Other", email="otto@example.org", association=self.home)

    def membership(self, state: State = State.ACTIVE, **values: object) -> Membership:
        return make_membership(self.group, self.member, state, self.home, **values)  # type: ignore[arg-type]


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield World()


Made = tuple[str, dict[str, object], str | None]
"""(action, part of the details, reason)"""


def joining(w: World) -> Made:
    wanted = joining_of(w.group)
    service.set_joining(w.group.id, type(wanted)(**{**vars(wanted), "seats_member": 4}), w.group.version, w.actor.id,
                        may_close=True)  # fmt: skip
    return "group.joining_changed", {"old": {"seats_member": 9}, "new": {"seats_member": 4}}, None


def seats(w: World) -> Made:
    service.set_exception(w.group.id, w.home.id, 7, w.actor.id)
    return "group.seats_granted", {"old": None, "new": 7}, None


def renamed(w: World) -> Made:
    before = GroupIdentity.of(w.group)
    wanted = GroupIdentity({**before.names, "en": "Other"}, before.slug, before.community_id, before.position)
    groups.rename_group(w.group.id, wanted, version=w.group.version, actor_id=w.actor.id)
    return "group.renamed", {"fields": ["names"], "old": {"names": before.names}, "new": {"names": wanted.names}}, None


def edited(w: World) -> Made:
    page = GroupPage({"en": ["new"]}, {"en": "A long text"}, "Europe/Athens")
    groups.edit_group(w.group.id, page, version=w.group.version, actor_id=w.actor.id)
    return "group.edited", {"fields": ["topics", "mandate", "time_zone"], "old": {"time_zone": None},
                            "new": {"time_zone": "Europe/Athens"}}, None  # fmt: skip


def created(w: World) -> Made:
    groups.create_group({"en": "New"}, "new", w.group.community_id, actor_id=w.actor.id)
    return "group.created", {}, None


def community(w: World) -> Made:
    before = CommunityFacts.of(w.group.community)
    wanted = CommunityFacts(**{**vars(before), "names": {"en": "Weather"}, "goals": {"en": "A long text"}})
    groups.edit_community(w.group.community_id, wanted, version=w.group.community.version, actor_id=w.actor.id)
    return "community.edited", {"fields": ["names", "goals"], "new": {"names": {"en": "Weather"}}}, None


def appointed(w: World) -> Made:
    appoint_coordinator(w.group.id, w.member.email or "", w.actor.id)
    return "coordinator.appointed", {}, None


def dismissed(w: World) -> Made:
    appoint_coordinator(w.group.id, w.member.email or "", w.actor.id)
    dismiss_coordinator(w.group.id, w.member.id, w.actor.id)
    return "coordinator.dismissed", {}, None


def association(w: World) -> Made:
    facts = associations.facts_of(w.home)
    associations.edit_association(w.home.id, type(facts)(**{**vars(facts), "status": "partner"}), w.home.version,
                                  w.actor.id)  # fmt: skip
    return "association.changed", {"old": {"status": "member"}, "new": {"status": "partner"}}, None


def person(w: World) -> Made:
    facts = persons.facts_of(w.member)
    persons.edit_person(w.member.id, type(facts)(**{**vars(facts), "job_title": "Boss"}), w.member.version, w.actor.id)
    return "person.changed", {"fields": ["job_title"]}, None


def entered(w: World) -> Made:
    persons.add_person(NewPerson("New", None, "new@example.org", None, w.home.id, None), w.actor.id)
    return "affiliation.added", {"function": "expert"}, None


def administrator(w: World) -> Made:
    administrators.make_administrator(w.member.id, w.actor.id)
    return "administrator.appointed", {}, None


def affiliation(w: World) -> Made:
    made = affiliations.add_affiliation(w.other.id, None, "University", "expert", date(2026, 11, 1), w.actor.id)
    service.end_affiliation(made.id, date(2026, 11, 20), w.actor.id)
    return "affiliation.ended", {"function": "expert", "ends_on": "2026-11-20"}, None


def accepted(w: World) -> Made:
    service.accept(w.membership(State.REQUESTED).id, w.actor.id)
    return "membership.accept", {"from": "requested", "to": "active", "as": "coordinator", "seat": 1}, None


def declined(w: World) -> Made:
    service.decline(w.membership(State.REQUESTED).id, w.actor.id, "Full.")
    return "membership.decline", {"from": "requested", "to": "declined"}, "Full."


def refused(w: World) -> Made:
    service.refuse(w.membership(State.TO_ENDORSE).id, w.actor.id, "No.")
    return "membership.refuse", {"to": "declined", "as": "focal_point"}, "No."


def ended(w: World) -> Made:
    service.end(w.membership().id, w.actor.id, "Never came.")
    return "membership.end", {"from": "active", "to": "ended"}, "Never came."


def recalled(w: World) -> Made:
    service.recall(w.membership().id, w.actor.id, "Other duties.")
    return "membership.recall", {"from": "active", "to": "ended"}, "Other duties."


def role(w: World) -> Made:
    service.set_role(w.membership().id, Role.CHAIR, w.actor.id)
    return "membership.set_role", {"role": "chair", "old_role": "member"}, None


def added(w: World) -> Made:
    service.enter(w.group.id, NewPerson("", None, "otto@example.org", None, None, None), Role.OBSERVER, w.actor.id)
    return "membership.enter", {"to": "active", "role": "observer"}, None


def nominated(w: World) -> Made:
    service.nominate(Nomination(w.group.id, w.home.id), [Nominee("otto@example.org")], w.actor.id)
    return "membership.nominate", {"to": "nominated", "as": "focal_point"}, None


def invited_again(w: World) -> Made:
    service.resend(w.membership(State.NOMINATED).id, w.actor.id)
    return "membership.invited_again", {}, None


def renewed(w: World) -> Made:
    mandates.renew(w.membership(ends_on=date(2026, 12, 1)).id, Who.COORDINATOR, w.actor.id)
    return "membership.renew", {"to": "active", "until": "2029-12-01"}, None


def answered(w: World) -> Made:
    mandates.answer(w.membership(ends_on=date(2026, 12, 1)).id, Who.FOCAL_POINT, False, w.actor.id)
    return "membership.renewal_answered", {"said_as": "focal_point", "goes_on": False}, None


COMMANDS = (
    joining, seats, renamed, edited, created, community, appointed, dismissed, association, person, entered,
    administrator, affiliation, accepted, declined, refused, ended, recalled, role, added, nominated, invited_again,
    renewed, answered,
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_who_did_what_and_why(world: World, command: Callable[[World], Made]) -> None:
    action, details, reason = command(world)
    entry = db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.actor_id, entry.reason, entry.at) == (action, world.actor.id, reason, NOW)
    assert {name: entry.details.get(name) for name in details} == details
    area = action.partition(".")[0]
    assert area == "community" or (entry.person_id or entry.group_id or entry.association_id)
    if area in ("membership", "coordinator"):
        assert entry.person_id in (world.member.id, world.other.id) and entry.group_id == world.group.id
    private = {world.member.full_name, world.member.email, world.other.full_name, world.other.email, "Boss"}
    assert not any(str(text) in str(entry.details) for text in private), "ids, no names"


WRITES_WITHOUT_AN_ENTRY = {
    "app/availability/service/absences.py": "when somebody is away is nobody's business, not even the trail's",
    "app/availability/service/calendars.py": "that somebody has a calendar read, likewise",
    "app/availability/service/reading.py": "the worker's reading of calendars",
    "app/calendars/service/storing.py": "what is stored of meetings for feeds; the meetings themselves are recorded",
    "app/proceedings/service.py": "who comes is read by those who plan the meeting, and by nobody else",
    "app/meetings/service/repairs.py": "instants by new rules of time zones: what was planned is the same",
    "app/people/service/accounts.py": "signing up and in: nothing counts until the address is confirmed",
    "app/membership/service/reminding.py": "reminders by the clock",
    "app/people/limits.py": "counts of attempts",
    "app/calls/service/reminding.py": "reminders by the clock",
    "app/calls/service/daily.py": "the clock: deadlines and reserve lists by `step`, mails, reminders",
    "app/scheduling/service/daily.py": "the clock: reminders, invitations, instants; what ends is recorded by `cancel`",
    "app/imports/service/telling.py": "mails about an import that is recorded",
    "app/representation/service/balance.py": "figures, which concern nobody by name",
    "app/representation/service/declaring.py": "who declared a gender is nobody's business, not even the trail's",
}


def _writers(path: Path) -> Iterator[tuple[str, bool]]:
    """(function with `with write()` in it, whether its module records anything)."""
    tree = ast.parse(path.read_text())
    records = any(isinstance(node, ast.Attribute) and node.attr == "record" for node in ast.walk(tree))
    moves = any(isinstance(node, ast.Name) and node.id in ("move", "step", "begin", "note") for node in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            isinstance(item, ast.With) and "write()" in ast.unparse(item.items[0]) for item in ast.walk(node)
        ):
            yield node.name, records or moves


@pytest.mark.parametrize("path", SERVICES, ids=str)
def test_a_service_that_writes_also_records(path: Path) -> None:
    """A net with wide meshes: no module of commands that never records; the commands themselves are tried above."""
    if str(path) not in WRITES_WITHOUT_AN_ENTRY:
        assert [name for name, recorded in _writers(path) if not recorded] == []
