from __future__ import annotations

import pytest

from app.calendars.colours import NAMES, nearest


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#1b6e45", "seagreen"),
        ("#8f4a00", "saddlebrown"),
        ("#1a56a8", "royalblue"),
        ("#8a2a6b", "purple"),
        ("#4a5568", "darkslategray"),
        ("#ffffff", "white"),
        ("#000000", "black"),
        ("#D2691E", "chocolate"),
    ],
)
def test_the_name_is_of_the_same_hue(colour: str, name: str) -> None:
    assert nearest(colour) == name


def test_each_named_colour_is_nearest_to_itself() -> None:
    for name, value in NAMES.items():
        assert nearest(f"#{value:06x}") == name
