"""Invented years of people who come, go, sit in several groups and answer or not, with what is shown each year."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date

from app.representation import balance
from app.representation.balance import Shown
from app.representation.disclosure import Cell, Figure, Past, Place, edition
from app.representation.rules import Answer, Part
from tests.representation.attacker import MAN, OTHER, WOMAN, Number


@dataclass
class World:
    """What happened, and all that was ever shown of it."""

    communities: int
    groups: int
    figures: list[Shown] = field(default_factory=list)
    counted: dict[int, Figure] = field(default_factory=dict)
    """{id of a figure: whom it counts}"""
    cells: list[tuple[date, Cell, frozenset[int]]] = field(default_factory=list)
    """Who sat in which cell at which date, shown or not; and everyone of a group, of a community, of a role."""
    said: dict[int, Answer] = field(default_factory=dict)

    @property
    def community_of(self) -> dict[int, int]:
        """{group: community}"""
        return {group: 1 + group % self.communities for group in range(1, self.groups + 1)}

    def numbers(self) -> list[Number]:
        """Every number in every table at every date, with whom it counts."""
        found: dict[Number, None] = {}
        for day in balance.days(self.figures):
            tables = balance.tables(balance.shown_on(self.figures, day), self.community_of)
            lines = [tables.all, *tables.by_part.values(), *tables.by_community.values(), *tables.by_group.values()]
            for line in filter(None, lines):
                people = tuple(self.counted[figure.id].counted for figure in line.figures)
                for kind, number in ((WOMAN, line.women), (MAN, line.men), (OTHER, line.others)):
                    found[Number(people, kind, number)] = None
        return list(found)

    def kind(self, person: int) -> int:
        """The class that a person's answer belongs to."""
        return {Answer.WOMAN: WOMAN, Answer.MAN: MAN}.get(self.said.get(person, Answer.UNSAID), OTHER)


def invent(seed: int, *, people: int, groups: int = 5, communities: int = 2, years: int = 3) -> World:
    """Some years; each is drawn up with other habits of sitting in several groups, of answering and of leaving."""
    dice = random.Random(seed)
    world = World(communities, groups)
    answering, leaving, women = dice.uniform(0.5, 1), dice.uniform(0.02, 0.6), dice.uniform(0.3, 0.7)
    chances = (women, 1 - women, 0.05, 0.05)
    seats: dict[int, dict[int, Part]] = {}
    past, next_one = Past(), 1
    for year in range(years):
        today = date(2026 + year, 10, 1)
        seats = {one: held for one, held in seats.items() if dice.random() > leaving}
        for one in list(seats):
            if dice.random() < 0.15:  # another seat, or another answer, or none any more
                seats[one][dice.randint(1, groups)] = Part.MEMBER
            if dice.random() < 0.1:
                world.said.pop(one, None)
        for one in range(next_one, next_one + (people if not year else dice.choice((1, 3, people // 3, people)))):
            next_one = one + 1
            if dice.random() < answering:
                world.said[one] = dice.choices(list(Answer), chances)[0]
            wanted = dice.sample(range(1, groups + 1), min(groups, dice.choice((1, 1, 1, 2, 3))))
            seats[one] = {group: dice.choices(list(Part), (1, 12, 1, 1))[0] for group in wanted}
        places = [
            Place(one, group, world.community_of[group], part)
            for one, held in seats.items()
            for group, part in held.items()
        ]
        past = _show(world, places, past, today, dice)
        _remember_cells(world, places, today)
    return world


def _show(world: World, places: list[Place], past: Past, today: date, dice: random.Random) -> Past:
    made = edition(places, world.said, past, dice)
    world.figures = [
        replace(one, replaced_on=today)
        if one.replaced_on is None and Cell(Part(one.part), one.group_id, one.community_id) in made.ended
        else one
        for one in world.figures
    ]
    for new in made.figures:
        cell, number = new.cell, len(world.figures) + 1
        world.counted[number] = new
        world.figures.append(
            Shown(number, cell.part, cell.group_id, cell.community_id, today, None, new.women, new.men, new.others)
        )
    return Past(
        (past.shown - made.ended) | {figure.cell for figure in made.figures},
        past.counted.union(*(figure.counted for figure in made.figures)),
        past.alone.union(*(figure.alone for figure in made.figures)),
    )


def _remember_cells(world: World, places: list[Place], today: date) -> None:
    found: dict[Cell | tuple[str, int], set[int]] = {}
    for place in places:
        for cell in (
            Cell(place.part, group_id=place.group_id),
            Cell(place.part, community_id=place.community_id),
            ("group", place.group_id),
            ("community", place.community_id),
        ):
            found.setdefault(cell, set()).add(place.person_id)
    world.cells += [(today, cell, frozenset(people)) for cell, people in found.items()]  # type: ignore[misc]
