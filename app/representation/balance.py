"""The tables about gender: sums of the figures that are shown, and of nothing else. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from app.representation.disclosure import share

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Shown:
    """A figure as it is stored (`models.BalanceFigure`)."""

    id: int
    part: str
    group_id: int | None
    community_id: int | None
    taken_on: date
    replaced_on: date | None
    women: int
    men: int
    others: int


@dataclass(frozen=True)
class Sum:
    """One line of a table: figures added up."""

    figures: tuple[Shown, ...]

    @property
    def women(self) -> int:
        """How many places are held by women."""
        return sum(figure.women for figure in self.figures)

    @property
    def men(self) -> int:
        """How many by men."""
        return sum(figure.men for figure in self.figures)

    @property
    def others(self) -> int:
        """How many by people of another gender, or of whom it is not known."""
        return sum(figure.others for figure in self.figures)

    @property
    def counted(self) -> int:
        """How many in all."""
        return self.women + self.men + self.others

    @property
    def share(self) -> int:
        """Women among women and men, in whole per cent."""
        return share(self.women, self.men)

    @property
    def first(self) -> date:
        """The day of its oldest figure."""
        return min(figure.taken_on for figure in self.figures)

    @property
    def last(self) -> date:
        """The day of its newest figure."""
        return max(figure.taken_on for figure in self.figures)


@dataclass(frozen=True)
class Tables:
    """Everything that is shown of one day; what has no figure is missing."""

    all: Sum | None
    by_part: Mapping[str, Sum]
    by_community: Mapping[int, Sum]
    by_group: Mapping[int, Sum]


def tables(figures: Iterable[Shown], community_of: Mapping[int, int]) -> Tables:
    """The tables of figures; `community_of`: {group id: id of its community}."""
    shown = list(figures)
    return Tables(
        Sum(tuple(shown)) if shown else None,
        _by(shown, lambda figure: str(figure.part)),
        _by(shown, lambda figure: figure.community_id or community_of.get(figure.group_id or 0)),
        _by(shown, lambda figure: figure.group_id),
    )


def days(figures: Iterable[Shown]) -> list[date]:
    """The days on which something that is shown became different."""
    found = list(figures)
    return sorted({one.taken_on for one in found} | {one.replaced_on for one in found if one.replaced_on})


def shown_on(figures: Iterable[Shown], day: date) -> list[Shown]:
    """Those of them that were shown on a day."""
    return [one for one in figures if one.taken_on <= day and (one.replaced_on is None or one.replaced_on > day)]


def shown_now(figures: Iterable[Shown]) -> list[Shown]:
    """Those of them that are shown today."""
    return [one for one in figures if one.replaced_on is None]


def _by(figures: Iterable[Shown], key: Callable[[Shown], K | None]) -> dict[K, Sum]:
    found: dict[K, list[Shown]] = {}
    for figure in figures:
        name = key(figure)
        if name is not None:
            found.setdefault(name, []).append(figure)
    return {name: Sum(tuple(these)) for name, these in found.items()}
