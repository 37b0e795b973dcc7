"""Who a row is about: someone known, someone new, or perhaps someone known, which the importer decides."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _

from app.imports.judging.knowledge import Known
from app.imports.judging.verdict import Faults, Row, Verdict
from app.imports.rules import NEW, SKIP, RowKind, same_as
from app.people.models import Person
from app.people.rules import name_key
from app.people.service.many import Facts


class Undecided(Exception):
    """Perhaps a double, which the importer has to decide, or has decided to leave out."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__()
        self.verdict = verdict


@dataclass
class Matcher:
    """Recognises the persons of one file, row after row."""

    known: Known
    _names: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    """{name key: number and address of the first row of that name that is about a new person}"""

    def match(self, row: Row, facts: Facts) -> tuple[Person | None, list[int]]:
        """The person a row is about (None for a new one), and who else may be meant. Raises Undecided, Faults."""
        if facts.email and facts.email in self.known.by_email:
            return self.known.by_email[facts.email], []
        candidates = self.known.named(facts.full_name, facts.latin_name)
        twin = self._twin(facts)
        if not candidates and twin is None:
            return None, []
        if row.choice == NEW:
            return None, candidates
        if row.choice == SKIP:
            raise Undecided(Verdict(RowKind.SKIPPED, reason=_why(candidates, twin), candidates=candidates))
        chosen = same_as(row.choice)
        if chosen is not None:
            if chosen not in candidates:
                raise Faults(_("The person chosen for this row is no longer of this name."))
            return self.known.persons[chosen], candidates
        raise Undecided(Verdict(RowKind.DOUBLE, reason=_why(candidates, twin), candidates=candidates))

    def remember(self, row: Row, facts: Facts) -> None:
        """A row is about a new person: later ones of that name may be the same."""
        for name in (facts.full_name, facts.latin_name):
            if name:
                self._names.setdefault(name_key(name), (row.number, facts.email))

    def _twin(self, facts: Facts) -> int | None:
        """The row of another new person of that name; who has the same address is the same."""
        for name in (facts.full_name, facts.latin_name):
            number, email = self._names.get(name_key(name), (None, None)) if name else (None, None)
            if number is not None and (email is None or email != facts.email):
                return number
        return None


def _why(candidates: list[int], twin: int | None) -> str:
    if candidates:
        return str(_("There is someone of this name already."))
    return str(_("Someone of this name stands in row %(number)d too.", number=twin))
