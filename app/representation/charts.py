"""Points of lines and lengths of bars: the geometry that the templates draw as SVG. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 100.0, 40.0
"""The box that a line is drawn in; it is stretched to the room there is."""


@dataclass(frozen=True)
class Line:
    """Numbers over time as a line: `points` for a polyline, `area` for what lies under it."""

    points: str
    area: str
    first: int
    last: int
    most: int

    @property
    def change(self) -> int:
        """By how much it is higher at its end."""
        return self.last - self.first


def line(days: Sequence[date], values: Sequence[int]) -> Line | None:
    """The line through these numbers, from 0 up, days apart as they are; None where there are fewer than two."""
    if len(days) < 2:
        return None
    whole = (days[-1] - days[0]).days
    top = max(max(values), 1) * 1.1
    places = [
        (round(WIDTH * (day - days[0]).days / whole, 2), round(HEIGHT - HEIGHT * value / top, 2))
        for day, value in zip(days, values, strict=True)
    ]
    points = " ".join(f"{x},{y}" for x, y in places)
    return Line(points, f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}", values[0], values[-1], max(values))
