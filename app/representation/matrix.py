"""The matrix of associations and groups: how many seats of each are held, which are empty, which mandates end soon."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from app.groups.models import Community, WorkingGroup
from app.groups.rules import GroupStatus
from app.membership.seating import Place
from app.people.models import Association
from app.representation.policy import Scope
from app.representation.queries import Held

FEW = 6
"""Seats that are drawn one by one; more are written as a number."""


@dataclass(frozen=True)
class Seats:
    """Seats granted, those of them that are held, and mandates among these that end soon or are over."""

    granted: int = 0
    held: int = 0
    ending: int = 0

    @property
    def vacant(self) -> int:
        """Seats that nobody holds."""
        return max(0, self.granted - self.held)

    @property
    def drawn(self) -> bool:
        """Whether there are few enough to draw each."""
        return max(self.granted, self.held) <= FEW

    @property
    def in_use(self) -> bool:
        """Whether there is a seat at all."""
        return bool(self.granted or self.held)

    @property
    def rate(self) -> int:
        """Seats held of those granted, in whole per cent."""
        return round(100 * min(self.held, self.granted) / self.granted) if self.granted else 0

    def __add__(self, other: Seats) -> Seats:
        return Seats(self.granted + other.granted, self.held + other.held, self.ending + other.ending)


NONE = Seats()


@dataclass(frozen=True)
class Filter:
    """What of the matrix is asked for."""

    community: str | None = None
    country: str | None = None
    status: str | None = None
    vacant: bool = False
    ending: bool = False

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()

    def keeps(self, seats: Seats) -> bool:
        """Whether a cell is among what is asked for."""
        return not (self.vacant and not seats.vacant) and not (self.ending and not seats.ending)


@dataclass
class Row:
    """An association with its cells, one for each column; None for what is not shown."""

    association: Association
    cells: list[Seats | None]
    total: Seats = NONE
    groups: int = 0
    """In how many of these groups it holds a seat."""


@dataclass
class Matrix:
    """All of it, as it is shown."""

    groups: Sequence[WorkingGroup]
    rows: Sequence[Row]
    totals: Sequence[Seats] = field(default_factory=list)
    associations: Sequence[int] = field(default_factory=list)
    """For each group, how many associations hold a seat there."""

    @property
    def total(self) -> Seats:
        """All seats."""
        return sum(self.totals, NONE)

    @property
    def communities(self) -> list[tuple[Community, int]]:
        """The communities above the columns, and over how many each stands."""
        return [(community, len(list(found))) for community, found in groupby(self.groups, lambda one: one.community)]

    @property
    def countries(self) -> list[tuple[str, list[Row]]]:
        """(country code, its rows)"""
        return [(code, list(found)) for code, found in groupby(self.rows, lambda row: row.association.country)]


def build(
    groups: Iterable[WorkingGroup],
    associations: Iterable[Association],
    limits: Mapping[Place, int],
    held: Mapping[Place, Held],
    scope: Scope,
    asked: Filter,
) -> Matrix:
    """The part of the matrix that may be seen and is asked for; rows and columns without any of it are left out."""
    columns = [one for one in groups if _column(one, scope, asked, held)]
    bodies = [one for one in associations if _row(one, scope, asked)]
    rows = [
        Row(body, [_cell((group.id, body.id), limits, held, scope, asked) for group in columns]) for body in bodies
    ]  # fmt: skip
    if asked.vacant or asked.ending:
        rows = [row for row in rows if any(row.cells)]
        kept = [place for place in range(len(columns)) if any(row.cells[place] for row in rows)]
        columns = [columns[place] for place in kept]
        for row in rows:
            row.cells = [row.cells[place] for place in kept]
    for row in rows:
        row.total = sum(filter(None, row.cells), NONE)
        row.groups = sum(1 for cell in row.cells if cell and cell.held)
    below = [[row.cells[place] for row in rows] for place in range(len(columns))]
    return Matrix(
        columns,
        rows,
        [sum(filter(None, cells), NONE) for cells in below],
        [sum(1 for cell in cells if cell and cell.held) for cells in below],
    )


def _column(group: WorkingGroup, scope: Scope, asked: Filter, held: Collection[Place]) -> bool:
    if not scope.has_group(group.id) or (asked.community and group.community.slug != asked.community):
        return False
    return group.status != GroupStatus.CLOSED or any(group_id == group.id for group_id, _association in held)


def _row(association: Association, scope: Scope, asked: Filter) -> bool:
    if not scope.has_association(association.id) or (asked.country and association.country != asked.country):
        return False
    return not asked.status or association.status == asked.status


def _cell(
    place: Place, limits: Mapping[Place, int], held: Mapping[Place, Held], scope: Scope, asked: Filter
) -> Seats | None:
    if not scope.holds(*place):
        return None
    found = held.get(place)
    seats = Seats(limits.get(place, 0), found.number, found.ending) if found else Seats(limits.get(place, 0))
    return seats if asked.keeps(seats) else None
