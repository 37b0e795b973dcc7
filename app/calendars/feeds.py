"""The kinds of feeds. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from app.calendars.choice import ONE_GROUP, ONE_THING, PERSONAL, SEVERAL, Offer


class FeedKind(StrEnum):
    """What a feed is the calendar of. In the order in which versions are raised: whoever changes a thing that
    everybody follows takes that one first, so nobody waits in a circle.
    """

    ALL = "all"
    """Every group that everybody finds; target 0."""
    COMMUNITY = "community"
    GROUP = "group"
    MEETING = "meeting"
    """A single one, alone in its calendar."""
    SERIES = "series"
    MINE = "mine"
    """All that a person's groups have, with what only members may know; target: the person."""
    EXPECTED = "expected"
    """The meetings that a person is expected at."""
    DEADLINES = "deadlines"
    """The milestones and deadlines of a person's groups."""
    ASSOCIATION = "association"
    """The public meetings of the groups in which an association has members, for its focal points."""

    @property
    def is_personal(self) -> bool:
        """Whether it has secret addresses only."""
        return self in PERSONAL_KINDS

    @property
    def offer(self) -> Offer:
        """What its readers may choose."""
        return _OFFERS[self]


PERSONAL_KINDS = frozenset({FeedKind.MINE, FeedKind.EXPECTED, FeedKind.DEADLINES, FeedKind.ASSOCIATION})
ANSWERED_KINDS = frozenset({FeedKind.MINE, FeedKind.EXPECTED})
"""Those that say what their owner answered."""
_OFFERS = {
    FeedKind.ALL: SEVERAL,
    FeedKind.COMMUNITY: SEVERAL,
    FeedKind.GROUP: ONE_GROUP,
    FeedKind.MEETING: ONE_THING,
    FeedKind.SERIES: ONE_THING,
    **dict.fromkeys(PERSONAL_KINDS, PERSONAL),
}


class FeedKey(NamedTuple):
    """Which feed."""

    kind: FeedKind
    target_id: int = 0
