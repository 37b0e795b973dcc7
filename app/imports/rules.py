"""What an import and its rows can be, and when it may be written. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ImportKind(StrEnum):
    """What the rows of a file are."""

    PEOPLE = "people"
    MEMBERSHIPS = "memberships"


class ImportState(StrEnum):
    """Where an import stands."""

    QUEUED = "queued"
    """Waits for a worker to check it, or is being checked."""
    PREVIEW = "preview"
    """Checked; waits for the importer."""
    REFUSED = "refused"
    """The file cannot be imported; nothing was written."""
    CONFIRMED = "confirmed"
    """Waits for a worker to write it, or is being written."""
    DONE = "done"


AT_WORK = frozenset({ImportState.QUEUED, ImportState.CONFIRMED})
"""What a worker has to do."""


class RowKind(StrEnum):
    """What writing a row would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBLE = "double"
    """Perhaps someone who is known already: the importer decides."""
    SKIPPED = "skipped"
    """A possible double that is left out."""
    FAULTY = "faulty"


WRITTEN = frozenset({RowKind.NEW, RowKind.CHANGED})

NEW, SKIP, SAME = "new", "skip", "same:"
"""What can be decided about a possible double; the id of the person follows the last."""


def same_as(choice: str | None) -> int | None:
    """The id of the person whom a choice names."""
    number = (choice or "").removeprefix(SAME)
    return int(number) if choice and choice.startswith(SAME) and number.isdecimal() and len(number) < 10 else None


class Hindrance(StrEnum):
    """Why an import cannot be written yet."""

    UNDECIDED = "undecided"
    FAULTY = "faulty"
    """There are faulty rows, and the importer has not said to leave them out."""
    NOTHING = "nothing"


def hindrance(counts: Mapping[str, int], *, leave_out: bool) -> Hindrance | None:
    """What keeps an import of so many rows of each kind from being written."""
    if counts.get(RowKind.DOUBLE):
        return Hindrance.UNDECIDED
    if not any(counts.get(kind) for kind in WRITTEN):
        return Hindrance.NOTHING
    if counts.get(RowKind.FAULTY) and not leave_out:
        return Hindrance.FAULTY
    return None
