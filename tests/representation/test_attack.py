"""Trying to work out a figure of fewer than five people from all that is shown: across tables, filters and dates."""

from __future__ import annotations

import random
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.representation.disclosure import FEWEST
from tests.representation.attacker import MAN, OTHER, WOMAN, Attacker, Number, differences
from tests.representation.worlds import World, invent

KINDS = (WOMAN, MAN, OTHER)
SEEDS = st.integers(0, 10**9)
worlds = st.builds(invent, SEEDS, people=st.integers(40, 160), groups=st.integers(2, 6))
small_worlds = st.builds(
    invent, SEEDS, people=st.integers(60, 110), groups=st.integers(2, 4), communities=st.integers(1, 2)
).filter(lambda world: world.figures)


@given(worlds)
@settings(max_examples=60, deadline=None)
def test_in_each_figure_enough_people_are_counted_nowhere_else(world: World) -> None:
    """The premise of the proof, over all years together; and no number is small."""
    figures = list(world.counted.values())
    for figure in figures:
        elsewhere = frozenset().union(*(one.counted for one in figures if one is not figure))
        assert len(figure.alone) == 3 * FEWEST
        assert figure.alone <= figure.counted - elsewhere
    assert all(number.number >= FEWEST for number in world.numbers())


@given(small_worlds, st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None)
def test_any_four_people_may_have_answered_anything(world: World, dice: random.Random) -> None:
    attacker = Attacker(world.numbers())
    people = attacker.people
    for _attempt in range(10):
        some = dice.sample(people, 4)
        assert attacker.fits({one: dice.choice(KINDS) for one in some})


@given(small_worlds)
@settings(max_examples=8, deadline=None)
def test_the_few_who_came_or_left_or_sit_in_one_table_only_are_not_found(world: World) -> None:
    """By subtraction: figures from one another, what sits in a group from what is shown, a date from another."""
    attacker = Attacker(world.numbers())
    sets = [figure.counted for figure in world.counted.values()] + [people for _day, _cell, people in world.cells]
    for few in islice(differences(sets, FEWEST), 15):
        for kind in KINDS:
            assert attacker.bounds(few, kind) == (0, len(few)), sorted(few)


@given(small_worlds)
@settings(max_examples=8, deadline=None)
def test_small_figures_that_are_hidden_stay_hidden(world: World) -> None:
    """Every group, community and role at every date: what is smaller than five has more than one possible value.

    Or is not small as it was counted, and shown: who was left out by lot is among the others there.
    """
    attacker = Attacker(world.numbers())
    tried = 0
    for _day, _cell, people in world.cells:
        for kind in KINDS:
            truth = sum(1 for one in people if world.kind(one) == kind)
            if truth < FEWEST and tried < 25:
                tried += 1
                least, most = attacker.bounds(people, kind)
                assert least < most or least >= FEWEST, (sorted(people), kind)


class TestTheAttackerIsAble:
    """Without the rule it finds people, so that the tests above can fail."""

    everyone = frozenset(range(1, 31))

    def test_by_subtracting_one_table_from_another(self) -> None:
        attacker = Attacker([Number((self.everyone,), WOMAN, 15), Number((self.everyone - {30},), WOMAN, 14)])
        assert attacker.bounds({30}) == (1, 1)

    def test_by_subtracting_a_sum_from_a_total(self) -> None:
        one, two = frozenset(range(1, 11)), frozenset(range(11, 28))
        shown = [Number((self.everyone,), WOMAN, 15), Number((one, two), WOMAN, 12)]
        assert Attacker(shown).bounds({28, 29, 30}) == (3, 3)

    def test_by_what_is_left_to_a_hundred_per_cent(self) -> None:
        shown = [Number((self.everyone,), WOMAN, 15), Number((self.everyone,), MAN, 15)]
        assert Attacker(shown).bounds({7}, OTHER) == (0, 0)

    def test_over_three_dates_of_which_each_two_are_harmless(self) -> None:
        first, joined, visitor = frozenset(range(1, 16)), frozenset(range(16, 30)), frozenset({30})
        shown = [
            Number((first,), WOMAN, 7), Number((first | joined | visitor,), WOMAN, 15), Number((joined,), WOMAN, 7),
        ]  # fmt: skip
        assert Attacker(shown).bounds(visitor) == (1, 1)
        for left_out in range(3):
            assert Attacker(shown[:left_out] + shown[left_out + 1 :]).bounds(visitor) == (0, 1)


@pytest.mark.parametrize("seed", range(3))
def test_figures_are_shown_at_all(seed: int) -> None:
    """A rule that shows nothing would be safe, too."""
    assert len(invent(seed, people=600, groups=8, communities=3).figures) >= 8
