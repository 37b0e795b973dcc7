"""Who belongs where, as what, and from when to when."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, dates
from app.core.db import db, lock, write, writing
from app.core.errors import DomainError
from app.people.models import FUNCTIONS, Affiliation, Association, Person

EARLIEST = date(1950, 1, 1)
FURTHEST = timedelta(days=2 * 366)


def affiliate(
    person: Person,
    association_id: int | None,
    organisation: str | None,
    function: str = "expert",
    *,
    actor_id: int | None = None,
) -> Affiliation | None:
    """Begin an affiliation today, within a transaction; none where neither body is given, or where there is one."""
    if association_id is None and not organisation:
        return None
    today = dates.today()
    if any(item.ends_on is None or item.ends_on >= today
           for item in _same(person.id, association_id, organisation, function)):  # fmt: skip
        return None
    affiliation = Affiliation(
        person=person,
        association_id=association_id,
        organisation=None if association_id else organisation,
        function=function,
        starts_on=today,
    )
    writing().add(affiliation)
    audit.record("affiliation.added", affiliation, actor_id, function=function)
    return affiliation


def add_affiliation(
    person_id: int,
    association_id: int | None,
    organisation: str | None,
    function: str,
    starts_on: date,
    actor_id: int | None,
) -> Affiliation:
    """Let a person belong to an association or another organisation from a day on. Raises DomainError."""
    if (association_id is None) == (not organisation):
        raise DomainError(_l("Choose an association, or give the name of another organisation."), "association")
    if function not in FUNCTIONS:
        raise DomainError(_l("Choose what the person does there."), "function")
    if association_id is None and function != "expert":
        raise DomainError(_l("Only associations have focal points and deputies."), "function")
    _check_day(starts_on, "starts_on")
    with write() as session:
        person = lock(Person, person_id)
        if person is None or person.erased_at is not None:
            raise DomainError(_l("This person is no longer here."))
        if association_id is not None and session.get(Association, association_id) is None:
            raise DomainError(_l("This association is no longer here."), "association")
        for other in _same(person_id, association_id, organisation, function):
            if other.ends_on is None or other.ends_on >= starts_on:
                raise DomainError(
                    _l("The person has this function there already. End it first, or begin after its end."), "starts_on"
                )
        affiliation = Affiliation(
            person_id=person_id,
            association_id=association_id,
            organisation=organisation if association_id is None else None,
            function=function,
            starts_on=starts_on,
        )
        session.add(affiliation)
        audit.record("affiliation.added", affiliation, actor_id, function=function, starts_on=str(starts_on))
    return affiliation


def finish_affiliation(affiliation_id: int, ends_on: date, actor_id: int | None) -> Affiliation:
    """Within a transaction, let an affiliation end with a day, which is its last one. Raises DomainError.

    Seats are held for associations: who ends an affiliation goes by the command of memberships, which ends them too.
    """
    _check_day(ends_on, "ends_on")
    owner = db.session.scalar(select(Affiliation.person_id).where(Affiliation.id == affiliation_id))
    lock(Person, owner)  # as add_affiliation does: beginnings and ends of one person take turns
    affiliation = lock(Affiliation, affiliation_id)
    if affiliation is None:
        raise DomainError(_l("This affiliation is no longer here."))
    if affiliation.ends_on is not None and affiliation.ends_on < dates.today():
        raise DomainError(_l("This affiliation ended on %(day)s.", day=dates.day(affiliation.ends_on)), "ends_on")
    if ends_on < affiliation.starts_on:
        raise DomainError(
            _l("It began on %(day)s and cannot end before.", day=dates.day(affiliation.starts_on)), "ends_on"
        )
    for other in _same(affiliation.person_id, affiliation.association_id, affiliation.organisation,
                       affiliation.function):  # fmt: skip
        if other.id != affiliation.id and affiliation.starts_on < other.starts_on <= ends_on:
            raise DomainError(
                _l("The same function begins anew on %(day)s: end this one before.", day=dates.day(other.starts_on)),
                "ends_on",
            )
    if affiliation.ends_on != ends_on:
        affiliation.ends_on = ends_on
        audit.record("affiliation.ended", affiliation, actor_id, function=affiliation.function, ends_on=str(ends_on))
    return affiliation


def _same(person_id: int, association_id: int | None, organisation: str | None, function: str) -> list[Affiliation]:
    """Those of the person in the same function and body, freshly read."""
    found = writing().scalars(
        select(Affiliation)
        .where(Affiliation.person_id == person_id, Affiliation.function == function)
        .execution_options(populate_existing=True)
    )
    name = (organisation or "").casefold()
    return [
        item
        for item in found
        if (item.association_id == association_id and association_id is not None)
        or (association_id is None and item.association_id is None and (item.organisation or "").casefold() == name)
    ]


def _check_day(day: date, field: str) -> None:
    if not EARLIEST <= day <= dates.today() + FURTHEST:
        raise DomainError(_l("Check the year."), field)
