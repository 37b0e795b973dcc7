"""Someone who knows who sits where, has kept all that was ever shown, and tries to work out what was answered.

What is unknown is what each person answered: a woman, a man, or something else. Every number shown is an equation in
these unknowns. Integer programming finds the smallest and the largest number of women among any people that fits all
equations; where both are the same, the attacker knows it.

Where an answer was left out by lot it counts among the others, so what is sought is how people were counted: who
cannot find that finds even less what they answered.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint, milp

WOMAN, MAN, OTHER = range(3)


@dataclass(frozen=True)
class Number:
    """A number on a page: how many of these people (each as often as they are counted) are of a class."""

    counted: tuple[frozenset[int], ...]
    """The sets of people whose numbers were added up."""
    kind: int
    number: int


class Attacker:
    """Who has seen these numbers."""

    def __init__(self, shown: Iterable[Number]) -> None:
        self.shown = list(shown)
        self.people = sorted({one for number in self.shown for people in number.counted for one in people})
        self.column = {one: place for place, one in enumerate(self.people)}
        size = 3 * len(self.people)
        rows, low = [], []
        for number in self.shown:
            row = np.zeros(size)
            for people in number.counted:
                for one in people:
                    row[3 * self.column[one] + number.kind] += 1
            rows.append(row)
            low.append(number.number)
        for place in range(len(self.people)):
            row = np.zeros(size)
            row[3 * place : 3 * place + 3] = 1
            rows.append(row)
            low.append(1)
        self.equations = LinearConstraint(np.array(rows), low, low)

    def fits(self, answers: Mapping[int, int]) -> bool:
        """Whether these people can have answered so, for all that was shown."""
        lower, upper = np.zeros(3 * len(self.people)), np.ones(3 * len(self.people))
        for one, kind in answers.items():
            if one in self.column:
                lower[3 * self.column[one] + kind] = 1
        return self._solve(np.zeros(len(lower)), lower, upper) is not None

    def bounds(self, people: Collection[int], kind: int = WOMAN) -> tuple[int, int]:
        """The fewest and the most of a class among these people that fit all that was shown."""
        unseen = sum(1 for one in people if one not in self.column)
        goal = np.zeros(3 * len(self.people))
        for one in people:
            if one in self.column:
                goal[3 * self.column[one] + kind] = 1
        lower, upper = np.zeros(len(goal)), np.ones(len(goal))
        least, most = self._solve(goal, lower, upper), self._solve(-goal, lower, upper)
        assert least is not None and most is not None, "what was shown contradicts itself"
        return round(least), round(-most) + unseen

    def _solve(self, goal: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> float | None:
        found = milp(goal, constraints=self.equations, integrality=np.ones(len(goal)), bounds=(lower, upper))
        return float(found.fun) if found.success else None


def differences(sets: Sequence[frozenset[int]], fewest: int) -> list[frozenset[int]]:
    """What is left of one set beside another, and what they share, where it is fewer than `fewest` people."""
    found = set()
    for first in sets:
        for second in sets:
            for part in (first - second, first & second):
                if 0 < len(part) < fewest:
                    found.add(part)
    return sorted(found, key=sorted)
