"""What a reader may choose of a feed, and how an address spells it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calendars.choice import (
    MOST_GROUPS,
    ONE_GROUP,
    ONE_THING,
    PERSONAL,
    SEVERAL,
    WINDOW,
    Alarm,
    Choice,
    Kind,
    NotOffered,
    Offer,
    choice_of,
)

LANGUAGES = ("en", "fr")


def read(query: str, offer: Offer = PERSONAL) -> Choice:
    return choice_of(query, offer, LANGUAGES, "en")


def test_nothing_chosen_is_everything() -> None:
    assert read("") == Choice("en")
    assert read("").variant == "lang=en"
    assert read("").query("en") == ""
    assert read("").query("fr") == "lang=en"


def test_one_spelling_for_one_choice() -> None:
    spellings = (
        "kind=meeting&groups=b,a&lang=fr&past=90d&cancelled=0&alarm=1h",
        "alarm=1h&past=90d&groups=a,b,a&cancelled=0&lang=fr&kind=meeting",
        "groups=a%2Cb&kind=meeting&lang=fr&past=90d&cancelled=0&alarm=1h",
    )
    assert {read(query).variant for query in spellings} == {
        "alarm=1h&cancelled=0&groups=a,b&kind=meeting&lang=fr&past=90d"
    }


def test_what_is_usual_is_left_out() -> None:
    assert read(f"kind=deadline,meeting&past={WINDOW}d&cancelled=1&lang=en").variant == "lang=en"


@pytest.mark.parametrize(
    ("query", "offer"),
    [
        ("page=2", PERSONAL), ("lang=de", PERSONAL), ("lang=", PERSONAL), ("lang=en&lang=fr", PERSONAL),
        ("lang", PERSONAL),
        ("&", PERSONAL), ("kind=", PERSONAL), ("kind=poll", PERSONAL), ("kind=meeting,", PERSONAL), ("past=", PERSONAL),
        ("past=401d", PERSONAL), ("past=-1d", PERSONAL), ("past=90", PERSONAL), ("past=09d", PERSONAL),
        ("past=٣d", PERSONAL), ("cancelled=2", PERSONAL), ("groups=", PERSONAL), ("groups=A", PERSONAL),
        ("groups=a,,b", PERSONAL), ("groups=a b", PERSONAL), ("alarm=2h", PERSONAL),
        ("groups=" + ",".join(f"g{number}" for number in range(MOST_GROUPS + 1)), PERSONAL),
        ("lang=en" + "&" * 3_000, PERSONAL), ("&".join(f"x{n}=1" for n in range(20)), PERSONAL),
        ("groups=a", ONE_GROUP), ("alarm=1h", SEVERAL), ("kind=meeting", ONE_THING), ("past=30d", ONE_THING),
        ("cancelled=0", ONE_THING), ("%ff=1", PERSONAL), ("lang=%00", PERSONAL),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_words(query: str, offer: Offer) -> None:
    with pytest.raises(NotOffered) as refused:
        read(query, offer)
    assert str(refused.value).endswith(".")
    assert str(refused.value).isprintable()


@given(
    st.builds(
        Choice,
        st.sampled_from(LANGUAGES),
        st.sets(st.sampled_from(Kind), min_size=1).map(frozenset),
        st.sets(st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5})?", fullmatch=True), max_size=4).map(sorted).map(tuple),
        st.integers(0, WINDOW),
        st.booleans(),
        st.none() | st.sampled_from(Alarm),
    )
)
def test_a_choice_is_read_back_from_its_query(choice: Choice) -> None:
    assert read(choice.variant) == choice
    assert read(choice.query("en")) == choice


@given(st.text(max_size=60))
def test_no_query_breaks_it(query: str) -> None:
    try:
        found = read(query)
    except NotOffered:
        return
    assert read(found.variant) == found
