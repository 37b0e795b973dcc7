"""Judging rows about memberships: in which group, who, in which role, on which seat, from when until when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import dates
from app.core.db import db
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.imports import cells
from app.imports.columns import FIELDS
from app.imports.judging.knowledge import Known, group_names, of_rows
from app.imports.judging.matching import Matcher, Undecided
from app.imports.judging.places import Places, Who
from app.imports.judging.verdict import Change, Faults, Reader, Row, Verdict
from app.imports.rules import ImportKind, RowKind
from app.membership import queries as membership
from app.membership.models import Membership
from app.membership.rules import OPEN, Role, State, bar_to_entering
from app.membership.service.many import Seating
from app.membership.service.moving import association_for, end_of_term
from app.membership.service.roster import already_in
from app.membership.words import BARS, ROLES
from app.people.models import Association, Person
from app.people.rules import fold, normal_email
from app.people.service import many
from app.people.service.many import Body, Entry, Facts

_ROLES_TOO = {
    "président": Role.CHAIR, "présidente": Role.CHAIR,
    "vice-président": Role.VICE_CHAIR, "vice-présidente": Role.VICE_CHAIR,
    "suppléant": Role.ALTERNATE, "suppléante": Role.ALTERNATE, "substitute": Role.ALTERNATE,
    "observateur": Role.OBSERVER, "observatrice": Role.OBSERVER,
}  # fmt: skip
"""What people call who has a role, where we name the role."""
_name = partial(cells.fits, longest=200)


@dataclass(frozen=True)
class Plan:
    """What to write for a row: the person, if new, and the seat."""

    entry: Entry
    group: WorkingGroup
    association: Association | None
    role: Role
    number: int | None
    starts_on: date
    ends_on: date | None
    membership: Membership | None

    def seating(self) -> Seating:
        """The membership, once the person is there."""
        assert self.entry.person is not None
        return Seating(self.group, self.entry.person, self.association, self.role, self.number, self.starts_on,
                       self.ends_on, self.membership)  # fmt: skip


@dataclass(frozen=True)
class _Said:
    """What a row says."""

    group: WorkingGroup
    facts: Facts
    association: Association | None
    role: Role | None
    stands_in_for: str | None
    starts_on: date | None
    ends_on: date | None


@dataclass
class _File:
    """What is known, and what earlier rows were about."""

    known: Known
    groups: dict[int, WorkingGroup]
    group_names: dict[str, int]
    scope: WorkingGroup | None
    roles: cells.Words
    matcher: Matcher
    present: dict[tuple[int, int], Membership]
    """{(group id, person id): the open membership}"""
    places: Places
    entries: dict[Who, Entry] = field(default_factory=dict)
    seen: dict[tuple[int, Who], int] = field(default_factory=dict)

    def group(self, text: str) -> WorkingGroup:
        """The group of that name or address. Raises DomainError."""
        found = self.groups.get(self.group_names.get(fold(text), 0))
        if found is None:
            raise DomainError(_("There is no group “%(text)s”.", text=text[:60]))
        if self.scope is not None and found.id != self.scope.id:
            raise DomainError(_("This import is into one group alone, which is another one."))
        return found


def judge(rows: Sequence[Row], scope_id: int | None) -> Iterator[Verdict]:
    """An answer to each row, in order; `plan` is the Plan to write. `scope_id`: the only group that may be named."""
    known = of_rows(rows, ("stands_in_for",))
    groups, names = group_names()
    named = touched(rows, scope_id, names)
    present = _present(named)
    roles = cells.Words({str(role): word for role, word in ROLES.items()}, _ROLES_TOO)
    file = _File(
        known=known,
        groups=groups,
        group_names=names,
        scope=groups[scope_id] if scope_id else None,
        roles=roles,
        matcher=Matcher(known),
        present={(item.group_id, item.person_id): item for item in present},
        places=Places.of([groups[one] for one in sorted(named)], list(known.associations.values()), present),
    )
    for row in rows:
        try:
            yield _judge(row, file)
        except (Faults, Undecided) as answer:
            yield answer.verdict


def touched(rows: Sequence[Row], scope_id: int | None, names: dict[str, int] | None = None) -> set[int]:
    """The ids of the groups that the rows name."""
    if scope_id is not None:
        return {scope_id}
    if names is None:
        _groups, names = group_names()
    texts = {fold(row.cells.get("group", "")) for row in rows}
    return {names[text] for text in texts if text in names}


def _present(group_ids: Collection[int]) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership)
        .where(Membership.group_id.in_(group_ids), Membership.state.in_(OPEN))
        .options(joinedload(Membership.person))
        .order_by(Membership.id)
        .execution_options(populate_existing=True)
    ).all()


def _judge(row: Row, file: _File) -> Verdict:
    said = _read(row, file)
    bar = bar_to_entering(said.group.status)
    if bar is not None:
        raise Faults(str(BARS[bar]))
    person, candidates = _person(row, said, file)
    entry = _entry(person, said, row, file)
    who = _who(person, said, row)
    first = file.seen.setdefault((said.group.id, who), row.number)
    if first != row.number:
        raise Faults(_("Row %(number)d puts the same person into the group.", number=first))
    try:
        association = _association(person, said)
        present = file.present.get((said.group.id, person.id)) if person else None
        if present is None:
            return _new(said, entry, association, candidates, who, file)
        return _change(said, entry, association, candidates, who, present, file)
    except DomainError as error:
        del file.seen[said.group.id, who]
        raise Faults(str(error.message)) from None


def _read(row: Row, file: _File) -> _Said:
    """What the row says. Raises Faults with all that is wrong."""
    if row.surplus:
        raise Faults(_("The row has more cells than there are headings."))
    reader = Reader(row, FIELDS[ImportKind.MEMBERSHIPS])
    group = reader.read("group", file.group) or (file.scope if not row.cells.get("group") else None)
    if group is None and not row.cells.get("group"):
        reader.blame(DomainError(_("This is needed.")), "group")
    facts = Facts(
        full_name=reader.read("full_name", _name),
        latin_name=reader.read("latin_name", _name),
        email=reader.read("email", normal_email),
    )
    if not row.cells.get("full_name") and not row.cells.get("email"):
        reader.blame(DomainError(_("Give an e-mail address or a name.")), "email")
    association = reader.read("association", file.known.association)
    role = reader.read("role", file.roles.read)
    starts_on, ends_on = reader.read("starts_on", cells.day), reader.read("ends_on", cells.day)
    if starts_on and starts_on > dates.today():
        reader.blame(DomainError(_("A mandate cannot begin in the future.")), "starts_on")
    if ends_on and ends_on < dates.today():
        reader.blame(DomainError(_("This mandate is over already.")), "ends_on")
    reader.done()
    assert group is not None
    return _Said(group, facts, association, Role(role) if role else None, row.cells.get("stands_in_for"),
                 starts_on, ends_on)  # fmt: skip


def _person(row: Row, said: _Said, file: _File) -> tuple[Person | None, list[int]]:
    """Whom the row is about. A name alone is enough for the one person of it in the association. See Matcher.match."""
    try:
        return file.matcher.match(row, said.facts)
    except Undecided as undecided:
        candidates = undecided.verdict.candidates
        if undecided.verdict.kind is not RowKind.DOUBLE or said.facts.email:
            raise
        if file.scope is not None and not any((file.scope.id, number) in file.present for number in candidates):
            raise Faults(_("Give the e-mail address: a name alone finds only those who are in the group.")) from None
        fitting = [number for number in candidates if _fits(file.known.persons[number], said)]
        if len(fitting) == 1 == len(candidates):
            return file.known.persons[fitting[0]], []
        raise


def _fits(person: Person, said: _Said) -> bool:
    return said.association is None or said.association in membership.associations_to_join_for(person)


def _entry(person: Person | None, said: _Said, row: Row, file: _File) -> Entry:
    """The person as one to write: nothing for those who are known, whom only an import of people corrects."""
    who = _who(person, said, row)
    if who in file.entries:
        return file.entries[who]
    if person is not None:
        entry = Entry(Facts(None), [], person)
    else:
        if not said.facts.full_name:
            raise Faults(_("We do not know this person yet. Please give the name."))
        try:
            many.check(None, said.facts)
        except DomainError as error:
            raise Faults(str(error.message)) from None
        entry = Entry(said.facts, [Body(said.association.id, None)] if said.association else [])
        file.matcher.remember(row, said.facts)
    file.entries[who] = entry
    return entry


def _who(person: Person | None, said: _Said, row: Row) -> Who:
    if person is not None:
        return ("known", person.id)
    return ("address", said.facts.email) if said.facts.email else ("row", row.number)


def _association(person: Person | None, said: _Said) -> Association | None:
    """For which association. Raises DomainError."""
    if person is None:
        return said.association
    return association_for(person, said.association.id if said.association else None)


def _new(
    said: _Said, entry: Entry, association: Association | None, candidates: list[int], who: Who, file: _File
) -> Verdict:
    role = said.role or Role.MEMBER
    starts_on = said.starts_on or dates.today()
    ends_on = said.ends_on or end_of_term(starts_on, said.group.term_months)
    if ends_on is not None and ends_on < dates.today():
        raise DomainError(_("A mandate that began then would have ended on %(day)s. Give its last day.",
                       day=dates.day(ends_on)))  # fmt: skip
    number = file.places.take(said.group, association, role, who, said.stands_in_for)
    file.places.name(who, entry)
    plan = Plan(entry, said.group, association, role, number, starts_on, ends_on, None)
    return Verdict(RowKind.NEW, candidates=candidates, plan=plan)


def _change(
    said: _Said, entry: Entry, association: Association | None, candidates: list[int], who: Who, present: Membership,
    file: _File,
) -> Verdict:  # fmt: skip
    if present.state != State.ACTIVE:
        raise DomainError(already_in(present))
    if said.association is not None and present.association_id != said.association.id:
        raise DomainError(_("%(name)s sits in the group for another association.", name=present.person.display_name))
    if said.association is None:
        association = file.known.associations.get(present.association_id or 0)
    role = said.role or Role(present.role)
    starts_on = said.starts_on or present.starts_on or dates.today()
    ends_on = said.ends_on or present.ends_on
    if ends_on is not None and ends_on < starts_on:
        raise DomainError(_("The mandate would end before it begins."))
    number = present.seat_number
    if role != present.role or (role == Role.ALTERNATE and said.stands_in_for):
        number = file.places.move(said.group, association, Role(present.role), role, number, who, said.stands_in_for)
    changes: list[Change] = []
    if role != present.role:
        changes.append(["role", str(ROLES[Role(present.role)]), str(ROLES[role])])
    elif number != present.seat_number:
        changes.append(["stands_in_for", None, said.stands_in_for])
    for key, before, after in (("starts_on", present.starts_on, starts_on), ("ends_on", present.ends_on, ends_on)):
        if before != after:
            changes.append([key, before.isoformat() if before else None, after.isoformat() if after else None])
    plan = Plan(entry, said.group, association, role, number, starts_on, ends_on, present)
    return Verdict(RowKind.CHANGED if changes else RowKind.UNCHANGED, changes, candidates=candidates,
                   target_id=present.id, plan=plan)  # fmt: skip
