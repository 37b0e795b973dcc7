"""Names, addresses, passwords, and where one may be sent."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.errors import DomainError
from app.people import rules


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Anna.Example@Example.ORG ", "anna.example@example.org"),
        ("anna@bücher.example", "anna@bücher.example"),
        ("ANNA+groups@xn--bcher-kva.example", "anna+groups@bücher.example"),
    ],
)
def test_addresses_have_one_form(typed: str, kept: str) -> None:
    assert rules.normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "anna", "anna@", "@example.org", "a b@example.org", "anna@example.org\nBcc: x@example.org", "a@b@c.org"],
)
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(DomainError) as refusal:
        rules.normal_email(typed)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    "name", ["Anna Example", "Zoë Müller-Łukasiewicz", "Þóra Ðögg", "Seán Ó Briain", "D’Arcy Oʼneill"]
)
def test_latin_names_suffice(name: str) -> None:
    rules.check_names(name, None)


@pytest.mark.parametrize("name", ["Ζωή Παπαδοπούλου", "Мария Иванова", "გიორგი", "Anna Иванова"])
def test_other_scripts_need_a_latin_name(name: str) -> None:
    with pytest.raises(DomainError, match="latin_name"):
        rules.check_names(name, None)
    rules.check_names(name, "Zoi Papadopoulou")


def test_the_latin_name_is_in_latin_letters() -> None:
    with pytest.raises(DomainError, match="latin_name"):
        rules.check_names("Ζωή", "Ζωή")


@pytest.mark.parametrize("name", ["123", "…", "– –"])
def test_a_name_has_letters(name: str) -> None:
    with pytest.raises(DomainError, match="full_name"):
        rules.check_names(name, None)


@pytest.mark.parametrize(
    "password",
    [
        "short", "elevenchars", "aaaaaaaaaaaaaaa", "abababababab", "password1234", "Password!2026", "passwordpassword",
        "123456789012", "motdepasse2026", "qwertyuiop12", "anna.example@example.org", "Anna Example", "x" * 201,
    ],
)  # fmt: skip
def test_weak_passwords(password: str) -> None:
    with pytest.raises(DomainError, match="password"):
        rules.check_password(password, "anna.example@example.org", "Anna Example")


@pytest.mark.parametrize(
    "password", ["correct horse battery", "Welcome to the otters", "q7!xK2mNw9#e", "ein Käse zum Frühstück"]
)
def test_good_passwords(password: str) -> None:
    rules.check_password(password, "anna.example@example.org", "Anna Example")


@pytest.mark.parametrize("path", ["/", "/me", "/groups/climate?page=2", "/groups/é", "/a//b", "/a?next=https://b"])
def test_paths_of_ours(path: str) -> None:
    assert rules.local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None, "", "me", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example",
        "javascript:alert(1)", "https:/evil.example", "/\t/evil.example", "/\n/evil.example", "\x00/me", " /me",
        "/me\r\nSet-Cookie: a=b", "/\u2028/evil.example", "/" + "a" * 3000,
    ],
)  # fmt: skip
def test_paths_that_lead_elsewhere(path: str | None) -> None:
    assert rules.local_path(path) is None


def test_the_last_day_counts() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    assert not rules.in_force(first, last, date(2026, 2, 28))
    assert rules.in_force(first, last, first)
    assert rules.in_force(first, last, last)
    assert not rules.in_force(first, last, date(2026, 4, 1))
    assert rules.in_force(first, None, date(2050, 1, 1))


@pytest.mark.parametrize(
    ("one", "other"),
    [("Anna Example", "EXAMPLE, Anna"), ("Zoë-Maria Ó’Brien", "zoe maria obrien"), ("Ελένη Παππά", "Eleni Pappa")],
)
def test_ways_of_writing_one_name(one: str, other: str) -> None:
    assert rules.name_key(one) == rules.name_key(other)


def test_names_that_are_not_the_same() -> None:
    assert rules.name_key("Anna Example") != rules.name_key("Anne Example")
