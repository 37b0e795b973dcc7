"""What people can say about their gender, and as what they are counted. Pure."""

from __future__ import annotations

from enum import StrEnum

from app.membership.rules import Role


class Answer(StrEnum):
    """What someone says of their own accord."""

    WOMAN = "woman"
    MAN = "man"
    ANOTHER = "another"
    UNSAID = "unsaid"
    """Would rather not say."""


class Part(StrEnum):
    """The roles that statistics tell apart: two of them are too rare to stand alone."""

    LEADING = "leading"
    """Chairs and vice-chairs."""
    MEMBER = "member"
    ALTERNATE = "alternate"
    OBSERVER = "observer"


PART_OF = {
    Role.CHAIR: Part.LEADING,
    Role.VICE_CHAIR: Part.LEADING,
    Role.MEMBER: Part.MEMBER,
    Role.ALTERNATE: Part.ALTERNATE,
    Role.OBSERVER: Part.OBSERVER,
}
