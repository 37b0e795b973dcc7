"""Who sees what a person keeps private: the rule alone."""

from __future__ import annotations

import pytest

from app.core.errors import DomainError
from app.people.rules import Audience, Closeness, check_phone, may_see, stricter

TABLE = """
#             stranger  colleague  coordinator  self
public        yes       yes        yes          yes
members       no        yes        yes          yes
coordinators  no        no         yes          yes
"""


def test_the_rule() -> None:
    for line in TABLE.strip().splitlines()[1:]:
        audience, *answers = line.split()
        assert [may_see(Audience(audience), one) for one in Closeness] == [answer == "yes" for answer in answers]


def test_the_stricter_of_two() -> None:
    assert stricter(Audience.PUBLIC, Audience.MEMBERS) == Audience.MEMBERS
    assert stricter(Audience.COORDINATORS, Audience.PUBLIC) == Audience.COORDINATORS


@pytest.mark.parametrize("number", ["+32 2 123 45 67", "02/123.45.67", "+49 (0)30-1234567 ext. 12"])
def test_telephone_numbers(number: str) -> None:
    check_phone(number)


@pytest.mark.parametrize("number", ["call me", "123", "+32 2 123<script>", "１２３４５６７", "+32 2 123 45 67 ask"])
def test_what_is_no_telephone_number(number: str) -> None:
    with pytest.raises(DomainError):
        check_phone(number)
