"""How well associations are covered: by group and community, by country, what is missing, and what changed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from app.groups.models import Community, WorkingGroup
from app.membership.seating import Place
from app.people.models import Association
from app.representation.matrix import NONE, Matrix, Seats

FEWEST_SHOWN = 5
"""How many of the least covered groups are named."""


@dataclass(frozen=True)
class Line:
    """How much of something is covered: its seats, and how many of the associations or groups have a part in it."""

    seats: Seats
    reached: int
    """Associations in a group or community; groups of a country."""
    possible: int

    @property
    def rate(self) -> int:
        """What is reached of what could be, in whole per cent."""
        return round(100 * self.reached / self.possible) if self.possible else 0


@dataclass(frozen=True)
class Coverage:
    """The coverage that a matrix shows."""

    all: Line
    communities: Sequence[tuple[Community, Line]]
    groups: Sequence[tuple[WorkingGroup, Line]]
    countries: Sequence[tuple[str, Line]]
    absent: Sequence[Association]
    """Associations that sit in no group."""
    weakest: Sequence[tuple[WorkingGroup, Line]]
    """The groups in which the fewest associations sit."""


def of(matrix: Matrix) -> Coverage:
    """The coverage by group, community and country."""
    places = range(len(matrix.groups))
    groups = [(group, _over(matrix, [place])) for place, group in enumerate(matrix.groups)]
    communities = [
        (community, _over(matrix, list(found)))
        for community, found in groupby(places, lambda place: matrix.groups[place].community)
    ]
    countries = []
    for code, rows in matrix.countries:
        reached = [place for place in places if any(_held(row.cells[place]) for row in rows)]
        granted = [place for place in places if any(_used(row.cells[place]) for row in rows)]
        countries.append((code, Line(sum((row.total for row in rows), NONE), len(reached), len(granted))))
    weakest = sorted(groups, key=lambda one: (one[1].rate, one[1].seats.rate))[:FEWEST_SHOWN]
    return Coverage(
        _over(matrix, list(places)),
        communities,
        groups,
        countries,
        [row.association for row in matrix.rows if not row.total.held and row.total.granted],
        [one for one in weakest if one[1].reached < one[1].possible],
    )


def _over(matrix: Matrix, places: Sequence[int]) -> Line:
    """The associations that sit in any of these columns, of those that have a seat there."""
    reached = sum(1 for row in matrix.rows if any(_held(row.cells[place]) for place in places))
    possible = sum(1 for row in matrix.rows if any(_used(row.cells[place]) for place in places))
    return Line(sum((matrix.totals[place] for place in places), NONE), reached, possible)


def _held(seats: Seats | None) -> bool:
    return bool(seats and seats.held)


def _used(seats: Seats | None) -> bool:
    return bool(seats and seats.in_use)


@dataclass(frozen=True)
class Change:
    """The seats held in a group on two days, and how many associations gained and lost seats between."""

    before: int
    now: int
    gained: int
    lost: int
    came: Sequence[int]
    """Associations that had nobody there before, by id."""
    went: Sequence[int]
    """Associations that have nobody there now."""


def changes(before: Mapping[Place, int], now: Mapping[Place, int], group_ids: Sequence[int]) -> dict[int, Change]:
    """{group id: what changed}, from {(group id, association id): seats held} of two days."""
    found = {}
    for group_id in group_ids:
        old = {body: number for (group, body), number in before.items() if group == group_id}
        new = {body: number for (group, body), number in now.items() if group == group_id}
        steps = [new.get(body, 0) - old.get(body, 0) for body in old.keys() | new.keys()]
        found[group_id] = Change(
            sum(old.values()),
            sum(new.values()),
            sum(step for step in steps if step > 0),
            -sum(step for step in steps if step < 0),
            sorted(new.keys() - old.keys()),
            sorted(old.keys() - new.keys()),
        )
    return found
