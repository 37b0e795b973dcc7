"""Who may be the same person."""

from __future__ import annotations

import pytest

from app.merging.rules import Reason, Record, likely

NOBODY = frozenset[tuple[int, int]]()


def record(number: int, name: str, latin: str | None = None, *addresses: str, at: tuple[int, ...] = ()) -> Record:
    return Record(number, name, latin, frozenset(addresses), frozenset(at))


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (("Anna Example", None), ("Ánna  EXAMPLE", None), [Reason.NAME]),
        (("Anna Example", None), ("Example Anna", None), [Reason.NAME]),
        (("Anna-Maria Example", None), ("Anna Maria Example", None), [Reason.NAME]),
        (("Елена Примерова", "Elena Primerova"), ("Elena Primerova", None), [Reason.NAME]),
        (("Юлия Примерова", "Julia Primerova"), ("Julia Primerova", None), [Reason.LATIN_NAME]),
        (("Anna Example", None, "a@x.org"), ("A. Example", None, "a+wg@x.org"), [Reason.ADDRESS]),
        (("Anna Example", None, "a@x.org"), ("A. Example", None, "b@x.org", "a@x.org"), [Reason.ADDRESS]),
        (("Anna Example", None), ("Anna Sample", None), None),
        (("Anna Example", None, "a@x.org"), ("Anna Sample", None, "a@y.org"), None),
    ],
)
def test_reasons(one: tuple[str, ...], other: tuple[str, ...], reasons: list[Reason] | None) -> None:
    found = likely([record(1, *one), record(2, *other)], NOBODY)
    assert found == ({(1, 2): reasons} if reasons else {})


def test_the_likeliest_come_first_and_those_told_apart_not_at_all() -> None:
    people = [
        record(1, "Anna Example"), record(2, "Anna Example"),
        record(3, "Zoe Sample", None, "z@x.org", at=(7,)), record(4, "Zoe Sample", None, "z+2@x.org", at=(7, 8)),
    ]  # fmt: skip
    assert list(likely(people, NOBODY)) == [(3, 4), (1, 2)]
    assert likely(people, NOBODY)[3, 4] == [Reason.NAME, Reason.ADDRESS, Reason.ASSOCIATION]
    assert list(likely(people, frozenset({(3, 4)}))) == [(1, 2)]
    assert likely([record(1, "Anna", at=(7,)), record(2, "Zoe", at=(7,))], NOBODY) == {}
