"""Judging rows about people: who they are, what would change, where they would belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from flask_babel import gettext as _

from app.core import dates
from app.core.errors import DomainError
from app.imports import cells
from app.imports.columns import FIELDS
from app.imports.judging.knowledge import Known, of_rows
from app.imports.judging.matching import Matcher, Undecided
from app.imports.judging.verdict import Change, Faults, Reader, Row, Verdict
from app.imports.rules import ImportKind, RowKind
from app.people.models import Person
from app.people.queries import current_affiliations
from app.people.rules import normal_email
from app.people.service import many
from app.people.service.many import Body, Entry, Facts
from app.people.words import FUNCTIONS

_name = partial(cells.fits, longest=200)


@dataclass
class _File:
    """What is known, and what earlier rows were about."""

    known: Known
    functions: cells.Words
    matcher: Matcher
    first: dict[object, _First] = field(default_factory=dict)
    """{address of a new person, or id of a known one: the first row about them}"""


@dataclass(frozen=True)
class _First:
    """The first row about a person; further ones may only say where else they belong."""

    number: int
    facts: Facts
    entry: Entry
    bodies: list[Body | None]


def judge(rows: Sequence[Row]) -> Iterator[Verdict]:
    """An answer to each row, in order; `plan` is the Entry to write."""
    known = of_rows(rows)
    file = _File(known, cells.Words(FUNCTIONS), Matcher(known))
    for row in rows:
        try:
            yield _judge(row, file)
        except (Faults, Undecided) as answer:
            yield answer.verdict


def _judge(row: Row, file: _File) -> Verdict:
    facts, body = _read(row, file)
    before = file.first.get(facts.email) if facts.email else None
    if before is not None:
        _add(before, facts, body)
        before.entry.bodies.extend([body] if body else [])
        return Verdict(RowKind.NEW)
    try:
        person, candidates = file.matcher.match(row, facts)
    except Undecided as undecided:
        said = _says_nothing_new(facts, body, undecided.verdict.candidates, file)
        if said is None or undecided.verdict.kind is not RowKind.DOUBLE:
            raise
        person, candidates = said, []
    _check(person, facts)
    entry = Entry(facts, [body] if body else [], person)
    if person is None:
        file.matcher.remember(row, facts)
        if facts.email:
            file.first[facts.email] = _First(row.number, facts, entry, [body])
        return Verdict(RowKind.NEW, candidates=candidates, plan=entry)
    before = file.first.setdefault(person.id, _First(row.number, facts, entry, []))
    _add(before, facts, body)
    changes = _changes(person, facts if before.entry is entry else Facts(None), body, file.known)
    kind = RowKind.CHANGED if changes else RowKind.UNCHANGED
    return Verdict(kind, changes, candidates=candidates, target_id=person.id, plan=entry)


def _add(first: _First, facts: Facts, body: Body | None) -> None:
    """A further row about someone: it has to say the same of them, and another place. Raises Faults."""
    if facts != first.facts:
        raise Faults(_("Row %(number)d is about the same person and says something else.", number=first.number))
    if body in first.bodies:
        raise Faults(_("The same stands in row %(number)d.", number=first.number))
    first.bodies.append(body)


def _read(row: Row, file: _File) -> tuple[Facts, Body | None]:
    """What the row says. Raises Faults with all that is wrong."""
    if row.surplus:
        raise Faults(_("The row has more cells than there are headings."))
    reader = Reader(row, FIELDS[ImportKind.PEOPLE])
    facts = Facts(
        full_name=reader.read("full_name", _name),
        latin_name=reader.read("latin_name", _name),
        email=reader.read("email", normal_email),
        job_title=reader.read("job_title", _name),
        language=reader.read("language", cells.language),
    )
    if not row.cells.get("full_name"):
        reader.blame(DomainError(_("This is needed.")), "full_name")
    association = reader.read("association", file.known.association)
    organisation = reader.read("organisation", _name)
    function = reader.read("function", file.functions.read) or "expert"
    starts_on = reader.read("starts_on", cells.day)
    if association and organisation:
        reader.blame(DomainError(_("Give an association or another organisation, not both.")), "organisation")
    if function != "expert" and not row.cells.get("association"):
        reader.blame(DomainError(_("Only associations have focal points and deputies.")), "function")
    reader.done()
    if association is None and not organisation:
        return facts, None
    return facts, Body(association.id if association else None, organisation, function, starts_on)


def _check(person: Person | None, facts: Facts) -> None:
    try:
        many.check(person, facts)
    except DomainError as error:
        raise Faults(str(error.message)) from None


def _says_nothing_new(facts: Facts, body: Body | None, candidates: list[int], file: _File) -> Person | None:
    """Someone who is known to be all that the row says, and where: then it does not matter whether they are meant."""
    if body is None:
        return None
    for number in candidates:
        person = file.known.persons[number]
        same_address = facts.email is None or facts.email == person.email
        if same_address and not _changes(person, facts, body, file.known):
            return person
    return None


def _changes(person: Person, facts: Facts, body: Body | None, known: Known) -> list[Change]:
    """What would become different, in words."""
    changes: list[Change] = [[name, before, after] for name, (before, after) in many.corrections(person, facts).items()]
    if body is not None and not many.belongs(person, body, dates.today()):
        place = known.associations[body.association_id].code if body.association_id else body.organisation
        now = ", ".join(
            item.association.code if item.association else item.organisation or ""
            for item in current_affiliations(person)
        )
        changes.append(["association", now or None, f"{place}, {FUNCTIONS[body.function]}"])
    return changes
