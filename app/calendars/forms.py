"""The forms in which one thing stands in different feeds. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Form:
    """How much a component says."""

    combined: bool = False
    """Of a feed of several groups: the summary begins with the group's name."""
    inside: bool = False
    """For those inside: with the join link, and with what is for members only."""
    cancelled: bool = True
    """Whether cancelled dates of a series are shown as such for a while, or left out at once."""

    @property
    def key(self) -> str:
        """Its name in the database."""
        name = "inside" if self.inside else "combined" if self.combined else "group"
        return name if self.cancelled else f"{name} without"

    @property
    def of_one(self) -> Form:
        """That of things that are one date: whether it is shown at all is the feed's matter."""
        return replace(self, cancelled=True)


GROUP = Form()
COMBINED = Form(combined=True)
INSIDE = Form(combined=True, inside=True)
