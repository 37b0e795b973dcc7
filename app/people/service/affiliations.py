"""Who belongs where, and since when."""

from __future__ import annotations

from app.core import clock
from app.core.db import writing
from app.people.models import Affiliation, Person


def affiliate(
    person: Person, association_id: int | None, organisation: str | None, function: str = "expert"
) -> Affiliation | None:
    """Begin an affiliation today, within a transaction; none where neither body is given."""
    if association_id is None and not organisation:
        return None
    affiliation = Affiliation(
        person=person,
        association_id=association_id,
        organisation=None if association_id else organisation,
        function=function,
        starts_on=clock.now().date(),
    )
    writing().add(affiliation)
    return affiliation
