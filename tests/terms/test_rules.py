"""Which version is in force, and whose acceptance counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from app.terms.rules import Kind, accepted_from, due, in_force

TODAY = date(2026, 11, 26)


@dataclass(frozen=True)
class Version:
    """A published version, without its texts."""

    number: int
    valid_from: date | None = date(2026, 1, 1)
    again: bool = True
    kind: Kind = Kind.CONDUCT

    @property
    def id(self) -> int:
        return self.number


FIRST, SECOND = Version(1), Version(2, date(2026, 6, 1))
CORRECTED = Version(3, date(2026, 11, 26), again=False)
TO_COME = Version(4, date(2026, 11, 27))


def test_the_highest_number_that_has_begun_is_in_force() -> None:
    assert in_force([], TODAY) == []
    assert in_force([FIRST, TO_COME, CORRECTED, SECOND], TODAY) == [CORRECTED]
    assert in_force([FIRST, TO_COME, CORRECTED, SECOND], date(2026, 11, 25)) == [SECOND]
    assert in_force([TO_COME], TODAY) == []


def test_texts_come_in_the_order_of_their_kinds() -> None:
    mandate = Version(1, kind=Kind.MANDATE)
    assert in_force([FIRST, mandate], TODAY) == [mandate, FIRST]


def test_where_a_word_was_corrected_earlier_acceptances_count() -> None:
    assert accepted_from([FIRST, SECOND, CORRECTED, TO_COME], TODAY) == {Kind.CONDUCT: 2}
    assert accepted_from([FIRST, SECOND, CORRECTED, TO_COME], date(2026, 11, 27)) == {Kind.CONDUCT: 4}
    assert accepted_from([Version(1, again=False), Version(2, again=False)], TODAY) == {Kind.CONDUCT: 1}


@pytest.mark.parametrize(
    ("accepted", "asked"), [({}, [CORRECTED]), ({Kind.CONDUCT: 1}, [CORRECTED]), ({Kind.CONDUCT: 2}, []),
                            ({Kind.CONDUCT: 3}, []), ({Kind.MANDATE: 9}, [CORRECTED])]
)  # fmt: skip
def test_what_is_due_is_the_version_in_force(accepted: dict[Kind, int], asked: list[Version]) -> None:
    assert due([FIRST, SECOND, CORRECTED, TO_COME], accepted, TODAY) == asked
