"""Opening a poll, and changing it while it is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock, conflicts
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.people.models import Person
from app.scheduling import audience, mails, rules
from app.scheduling.models import Poll, PollOption, PollPerson
from app.scheduling.rules import Move, PollFacts, PollState, Span
from app.scheduling.service.moving import first_time, locked, refuse_unless, touch

INVITED = "invited"


@dataclass(frozen=True)
class PollChanges:
    """What can become different while a poll is open. Ids, but for the new dates; the answers given stay."""

    title: str
    description: str | None
    people: tuple[int, ...]
    needed: tuple[int, ...]
    added: tuple[Span, ...] = ()
    withdrawn: tuple[int, ...] = ()
    """Options that are no longer offered."""


def open_poll(group_id: int, facts: PollFacts, actor_id: int | None, creation_key: str | None = None) -> Poll:
    """Ask for a date; those who are asked are written to. Of a form sent twice, what it made the first time.

    Raises DomainError.
    """
    for problem in rules.problems(facts, clock.now()):
        raise problem
    with write() as session:
        if creation_key:
            lock_name(f"poll:{creation_key}")
            made = session.scalar(select(Poll).where(Poll.creation_key == creation_key, Poll.group_id == group_id))
            if made is not None:
                return made
        group = session.get_one(WorkingGroup, group_id)
        if group.status == GroupStatus.CLOSED:
            raise DomainError(_l("This group is closed."))
        now = clock.now()
        poll = Poll(
            group=group, creation_key=creation_key, title=facts.title, description=facts.description or None,
            minutes=facts.minutes, named=facts.named, state=PollState.OPEN, created_at=now,
        )  # fmt: skip
        poll.close_at(facts.closes, facts.time_zone)
        if not facts.named:
            poll.further_groups = _groups(set(facts.further_groups) - {group_id})
        touch(poll, actor_id)
        session.add(poll)
        session.flush()
        _add(poll, facts.spans)
        _put_people(poll, facts.people if facts.named else (), facts.needed)
        session.flush()
        audit.record("poll.opened", poll, actor_id)
        invite(poll, audience.asked(poll), but=actor_id)
    return poll


def change(poll_id: int, changes: PollChanges, version: int, actor_id: int | None) -> list[str]:
    """Let an open poll say this; what became different. Who is asked is told of dates that came and went.

    Raises EditConflict, NotNow, DomainError.
    """
    with write() as session:
        poll = locked(poll_id)
        refuse_unless(Move.EDIT, poll)
        before = audience.asked(poll)
        withdrawn = [one for one in poll.offered if one.id in changes.withdrawn]
        kept = [one for one in poll.offered if one not in withdrawn]
        added = [one for one in changes.added if one not in _spans(kept)]
        changed = _changed(poll, changes, added, withdrawn)
        if not changed:
            return []
        conflicts.check_version(poll.version, version, {"title": poll.title, "description": poll.description})
        problems = rules.span_problems(added, poll.time_zone, poll.closes_local, clock.now(), _spans(kept))
        if not kept and not added:
            problems = [DomainError(_l("At least one date has to stay. To give up, call the poll off."), "withdrawn")]
        for problem in problems:
            raise problem
        if poll.named and not changes.people:
            raise DomainError(_l("Choose who is asked."), "people")
        now = clock.now()
        poll.title, poll.description = changes.title, changes.description or None
        for option in withdrawn:
            option.withdrawn_at = now
        new = _add(poll, added)
        _put_people(poll, changes.people if poll.named else (), changes.needed)
        # what changes in other tables alone has to be a new version of the poll as well
        touch(poll, actor_id)
        session.flush()
        session.expire(poll, ["options", "people"])
        audit.record("poll.changed", poll, actor_id, fields=changed)
        people = audience.asked(poll)
        known = {person.id for person in before}
        invite(poll, [person for person in people if person.id not in known], but=actor_id)
        if new or withdrawn:
            told = first_time(poll, [one for one in people if one.id in known], f"changed:{poll.version}")
            mails.changed(poll, new, withdrawn, [one for one in told if one.id != actor_id])
    return changed


def invite(poll: Poll, people: Iterable[Person], but: int | None = None) -> bool:
    """Write to those who were not invited yet, `but` who acts; whether there were any."""
    fresh = first_time(poll, [person for person in people if person.recipient], INVITED)
    mails.invited(poll, [person for person in fresh if person.id != but])
    return bool(fresh)


def _changed(poll: Poll, changes: PollChanges, added: Sequence[Span], withdrawn: Sequence[PollOption]) -> list[str]:
    named = {one.person_id for one in poll.people} if poll.named else set()
    different = {
        "title": poll.title != changes.title,
        "description": (poll.description or None) != (changes.description or None),
        "people": poll.named and named != set(changes.people),
        "needed": poll.needed != _needed(poll, changes),
        "options": bool(added or withdrawn),
    }
    return [name for name, is_different in different.items() if is_different]


def _needed(poll: Poll, changes: PollChanges) -> set[int]:
    """Of a poll that names people, only those who are asked."""
    return set(changes.needed) & set(changes.people) if poll.named else set(changes.needed)


def _spans(options: Iterable[PollOption]) -> list[Span]:
    return [Span(one.starts_local, one.ends_local) for one in options]


def _add(poll: Poll, spans: Iterable[Span]) -> list[PollOption]:
    """The options of these dates; one that was withdrawn is offered again, with the answers it had."""
    session = writing()
    known = {
        (one.starts_local, one.ends_local, one.time_zone): one
        for one in session.scalars(select(PollOption).where(PollOption.poll_id == poll.id))
    }
    made = []
    for one in spans:
        option = known.get((one.starts, one.ends, poll.time_zone))
        if option is None:
            option = PollOption(poll_id=poll.id)
            option.plan(one.starts, one.ends, poll.time_zone)
            session.add(option)
        option.withdrawn_at = None
        made.append(option)
    session.flush()
    return made


def _put_people(poll: Poll, people: Iterable[int], needed: Iterable[int]) -> None:
    """Who is asked by name and who must be there; ids of nobody are left out."""
    session = writing()
    wanted, must = set(people), set(needed)
    if poll.named:
        must &= wanted
    known = set(session.scalars(select(Person.id).where(Person.id.in_(wanted | must), Person.erased_at.is_(None))))
    present = {one.person_id: one for one in poll.people}
    for person_id, one in present.items():
        if person_id not in known:
            poll.people.remove(one)
    for person_id in sorted(known):
        row = present.get(person_id)
        if row is None:
            poll.people.append(PollPerson(person_id=person_id, needed=person_id in must))
        else:
            row.needed = person_id in must
    session.flush()


def _groups(ids: set[int]) -> list[WorkingGroup]:
    found = writing().scalars(select(WorkingGroup).where(WorkingGroup.id.in_(ids)).order_by(WorkingGroup.id))
    return [group for group in found if group.status != GroupStatus.CLOSED]
