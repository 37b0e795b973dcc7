"""Which figures about gender can be shown so that nobody's answer can be worked out. Pure.

A figure counts the people of one cell: those of a role in a group, or, where a group is too small, in all such groups
of its community together, or in all such groups of all communities. Whatever is shown, in any table, at any date, is
one of these figures or a sum of them.

The rule: a figure is shown only if among those it counts there are at least FEWEST women, men and others who are
*alone* in it, that is counted in no other figure, neither now nor at any earlier date.

Why that is enough. Take any four people, and say that they had answered anything else. In each figure that counts one
of them, exchange answers with somebody who is alone in it: there is one left who gave the answer wanted. No figure
changes, because whoever is alone appears in no other. So all that was ever shown fits every answer that any four
people could have given, even for a reader who knows who sits where and subtracts as they please: a figure of fewer
than five people cannot be found. (`tests/representation/test_attack.py` tries, with integer programming.)

`docs/statistics.md` has the proof in full, what the rule costs, and the sources.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from app.representation.rules import Answer, Part

FEWEST = 5
"""No figure is shown that is smaller."""


@dataclass(frozen=True)
class Cell:
    """Whom a figure counts: a role in one group, in a community's small groups, or (with neither) in all small ones."""

    part: Part
    group_id: int | None = None
    community_id: int | None = None


@dataclass(frozen=True)
class Place:
    """Someone who sits in a group today."""

    person_id: int
    group_id: int
    community_id: int
    part: Part


@dataclass(frozen=True)
class Past:
    """What was shown before: the cells that still have a figure, everyone ever counted, everyone ever alone."""

    shown: frozenset[Cell] = frozenset()
    counted: frozenset[int] = frozenset()
    alone: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Figure:
    """What is shown of a cell. `others`: another gender, or not stated, or left out by lot."""

    cell: Cell
    women: int
    men: int
    others: int
    counted: frozenset[int]
    alone: frozenset[int]


@dataclass(frozen=True)
class Edition:
    """The figures that are new at a date, and the cells whose earlier figure comes to its end (a new one or none)."""

    figures: tuple[Figure, ...]
    ended: frozenset[Cell]


def edition(places: Collection[Place], answers: Mapping[int, Answer], past: Past, lot: random.Random) -> Edition:
    """The figures that can be shown today beside all that was shown before; what cannot be renewed stays as it is."""
    return _Edition(places, answers, past, lot).make()


class _Edition:
    """One run of the rule, from the groups up."""

    def __init__(
        self, places: Collection[Place], answers: Mapping[int, Answer], past: Past, lot: random.Random
    ) -> None:
        self.answers, self.past, self.lot = answers, past, lot
        self.places = [place for place in places if place.person_id not in past.alone]
        self.places_of: dict[int, set[Place]] = defaultdict(set)
        for place in self.places:
            self.places_of[place.person_id].add(place)
        self.figures: list[Figure] = []
        self.ended: set[Cell] = set()

    def make(self) -> Edition:
        """Part by part: groups, then what is left over in communities, then what is left over at all."""
        for part in Part:
            groups: dict[Cell, set[Place]] = defaultdict(set)
            community_of: dict[Cell, Cell] = {}
            for place in self.places:
                if place.part == part:
                    cell = Cell(part, group_id=place.group_id)
                    groups[cell].add(place)
                    community_of[cell] = Cell(part, community_id=place.community_id)
            self.ended |= {cell for cell in self.past.shown if cell.part == part and cell.group_id} - groups.keys()
            communities = self._show(groups, community_of)
            rest = self._show(communities, dict.fromkeys(communities, Cell(part)))
            self._show(rest, {})
        return Edition(tuple(self.figures), frozenset(self.ended))

    def _show(self, cells: Mapping[Cell, set[Place]], above: Mapping[Cell, Cell]) -> dict[Cell, set[Place]]:
        """Show what can be shown; put the places of the other cells together in the cells above.

        A cell that shows a figure for the first time takes its people out of a cell above, whose earlier figure would
        count them twice: it ends.
        """
        together: dict[Cell, set[Place]] = defaultdict(set)
        for cell in sorted(cells, key=lambda one: (one.group_id or 0, one.community_id or 0)):
            standing = cell in self.past.shown and cell not in self.ended
            figure = self._figure(cell, cells[cell])
            if figure is not None:
                self.figures.append(figure)
                counted_before_in = (cell, above.get(cell), Cell(cell.part))
                self.ended |= set([one for one in counted_before_in if one in self.past.shown][:1])
            elif cell in above and not standing:
                together[above[cell]] |= cells[cell]
        return dict(together)

    def _figure(self, cell: Cell, places: set[Place]) -> Figure | None:
        """The figure of a cell, if enough people stand alone in it: new ones, who sit nowhere else."""
        people = {place.person_id for place in places}
        order = sorted(one for one in people - self.past.counted if self.places_of[one] <= places)
        self.lot.shuffle(order)
        women = [one for one in order if self.answers.get(one) == Answer.WOMAN]
        men = [one for one in order if self.answers.get(one) == Answer.MAN]
        others = [one for one in order if self.answers.get(one) not in (Answer.WOMAN, Answer.MAN)]
        while len(others) < FEWEST:  # where nearly all have answered, some answers are left out by lot
            spare = next(
                (one for one in order if any(one in these and len(these) > FEWEST for these in (women, men))), None
            )
            if spare is None:
                return None
            (women if spare in women else men).remove(spare)
            others.append(spare)
        if min(len(women), len(men)) < FEWEST:
            return None
        alone = frozenset(women[:FEWEST] + men[:FEWEST] + others[-FEWEST:])
        aside = set(others)
        number = Counter(_class(self.answers.get(one), one in aside) for one in people)
        return Figure(cell, number["women"], number["men"], number["others"], frozenset(people), alone)


def _class(answer: Answer | None, aside: bool) -> str:
    if aside or answer not in (Answer.WOMAN, Answer.MAN):
        return "others"
    return "women" if answer == Answer.WOMAN else "men"


def share(women: int, men: int) -> int:
    """Women among those who said that they are a woman or a man, in whole per cent."""
    return round(100 * women / (women + men))
