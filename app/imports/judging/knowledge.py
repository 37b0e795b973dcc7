"""What is known of the persons, associations and groups that a file's rows name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.core.addresses import Address
from app.core.db import db
from app.core.errors import DomainError
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.imports.judging.verdict import Row
from app.people import queries as people
from app.people.models import Affiliation, Association, Person
from app.people.rules import fold, name_key, normal_email

T = TypeVar("T")
CHUNK = 500
"""How many values one statement asks for."""


@dataclass
class Known:
    """Persons by what they are recognised by, and the names of associations and groups."""

    by_email: dict[str, Person] = field(default_factory=dict)
    by_name: dict[str, list[int]] = field(default_factory=dict)
    """{name key: ids}, of the names that stand in the rows."""
    persons: dict[int, Person] = field(default_factory=dict)
    associations: dict[int, Association] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    """{code, current or old, or name, folded: id of the association}"""

    def association(self, text: str) -> Association:
        """The association of that code or name. Raises DomainError."""
        found = self.associations.get(self.codes.get(fold(text), 0))
        if found is None:
            raise DomainError(_("There is no association “%(text)s”.", text=text[:60]))
        return found

    def named(self, *names: str | None) -> list[int]:
        """The ids of persons of one of these names."""
        found = [number for name in names if name for number in self.by_name.get(name_key(name), [])]
        return list(dict.fromkeys(found))


def of_rows(rows: Sequence[Row], more: Collection[str] = ()) -> Known:
    """What is known of what stands in the rows; `more`: further columns that name persons."""
    known = Known()
    texts = [
        row.cells[key] for row in rows for key in ("full_name", "latin_name", "email", *more) if row.cells.get(key)
    ]
    addresses = {email for email in map(_email, texts) if email}
    keys = {name_key(text) for text in texts if "@" not in text}
    wanted = set()
    for number, full, latin in db.session.execute(select(Person.id, Person.full_name, Person.latin_name)):
        for key in {name_key(name) for name in (full, latin) if name} & keys:
            known.by_name.setdefault(key, []).append(number)
            wanted.add(number)
    for chunk in _chunks(sorted(addresses)):
        wanted.update(db.session.scalars(select(Person.id).where(Person.email.in_(chunk))))
    for numbers in _chunks(sorted(wanted)):
        for person in db.session.scalars(
            select(Person)
            .where(Person.id.in_(numbers))
            .options(
                joinedload(Person.account),
                selectinload(Person.affiliations).joinedload(Affiliation.association),
            )
            .execution_options(populate_existing=True)
        ):
            known.persons[person.id] = person
            if person.email:
                known.by_email[person.email] = person
    for ids in known.by_name.values():
        ids.sort()
    _name_associations(known)
    return known


def group_names() -> tuple[dict[int, WorkingGroup], dict[str, int]]:
    """All groups, and {address, current or old, or name in any language, folded: id}."""
    found = {group.id: group for group in groups.groups()}
    names = {fold(name): group.id for group in found.values() for name in group.names.values()}
    return found, names | _addresses("group")


def _name_associations(known: Known) -> None:
    known.associations = {item.id: item for item in people.associations()}
    for item in known.associations.values():
        known.codes |= {fold(name): item.id for name in (item.name, *item.names.values()) if name}
    known.codes |= _addresses("association")


def _addresses(kind: str) -> dict[str, int]:
    found = db.session.execute(select(Address.slug, Address.target_id).where(Address.kind == kind))
    return {fold(slug): target for slug, target in found}


def _email(text: str) -> str | None:
    try:
        return normal_email(text) if "@" in text else None
    except DomainError:
        return None


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    left = iter(values)
    while chunk := list(islice(left, CHUNK)):
        yield chunk
