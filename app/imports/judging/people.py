"""Judging rows about people: who they are, what would change, where they would belong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    emails: dict[str, int]
    targets: dict[int, int]


def judge(rows: Sequence[Row]) -> Iterator[Verdict]:
    """An answer to each row, in order; `plan` is the Entry to write."""
    known = of_rows(rows)
    file = _File(known, cells.Words(FUNCTIONS), Matcher(known), {}, {})
    for row in rows:
        try:
            yield _judge(row, file)
        except (Faults, Undecided) as answer:
            yield answer.verdict


def _judge(row: Row, file: _File) -> Verdict:
    facts, body = _read(row, file)
    if facts.email:
        first = file.emails.setdefault(facts.email, row.number)
        if first != row.number:
            raise Faults(_("The same address stands in row %(number)d.", number=first))
    try:
        person, candidates = file.matcher.match(row, facts)
    except Undecided as undecided:
        said = _says_nothing_new(facts, body, undecided.verdict.candidates, file)
        if said is None or undecided.verdict.kind is not RowKind.DOUBLE:
            raise
        person, candidates = said, []
    if person is None:
        _check(None, facts)
        file.matcher.remember(row, facts)
        return Verdict(RowKind.NEW, candidates=candidates, plan=Entry(facts, body))
    first = file.targets.setdefault(person.id, row.number)
    if first != row.number:
        raise Faults(_("Row %(number)d is about the same person.", number=first))
    _check(person, facts)
    changes = _changes(person, facts, body, file.known)
    kind = RowKind.CHANGED if changes else RowKind.UNCHANGED
    return Verdict(kind, changes, candidates=candidates, target_id=person.id, plan=Entry(facts, body, person))


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
        if same_address and number not in file.targets and not _changes(person, facts, body, file.known):
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
