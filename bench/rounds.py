"""Figures measured turn by turn, so that a noisy machine disturbs all alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable


def interleaved(rounds: int, *calls: Callable[[], float]) -> list[float]:
    """The median of each call's figure; the first one of each, which warms up, does not count."""
    for call in calls:
        call()
    taken: list[list[float]] = [[] for _call in calls]
    for _round in range(rounds):
        for call, figures in zip(calls, taken, strict=True):
            figures.append(call())
    return [statistics.median(figures) for figures in taken]
