"""Keys that names are found by."""

from __future__ import annotations

import pytest

from app.core import search


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Ελένη Παραδειγματίδης", "Eleni"),
        ("Ελένη Παραδειγματίδης", "ελε"),
        ("Ελένη Παραδειγματίδης", "ΕΛΈΝΗ parad"),
        ("Иван Примеров", "Ivan"),
        ("Иван Примеров", "ИВАН Прим"),
        ("Ольга Прикладенко", "olga"),
        ("Ольга Прикладенко", "Ol'ga"),
        ("ნინო მაგალითაძე", "nino"),
        ("Jürgen Beispiel", "jurgen"),
        ("Jürgen Beispiel", "Juergen"),
        ("Jürgen Beispiel", "jü bei"),
        ("Ågot Døme", "aagot"),
        ("Straße", "strasse"),
        ("Jean-Luc d’Exemple", "luc dexem"),
        ("Jean-Luc d’Exemple", "Jean-L"),
        ("Jean-Luc d’Exemple", "D'Exemple"),
        ("Jean-Luc d’Exemple", "exemple"),
        ("Réunion de l’été", "ete"),
        ("O'Neill", "oneill"),
        ("O'Neill", "neill"),
        ("Zoe\u0308", "zoë"),
        ("北京", "bei"),
        ("Anna", ""),
        ("Anna", " %_\x00 "),
    ],
)
def test_finds(name: str, asked: str) -> None:
    assert search.found_in(search.key(name), asked)


@pytest.mark.parametrize(
    ("name", "asked"),
    [("Eleni", "leni"), ("Eleni", "Elenis"), ("Anna Example", "anna other"), ("100", "%"), ("Иван", "Ivana")],
)
def test_finds_not(name: str, asked: str) -> None:
    assert not search.found_in(search.key(name), asked) or not search.words(asked)


def test_a_key_fits_its_column_and_ends_with_a_whole_word() -> None:
    key = search.key(" ".join(f"слово{number}" for number in range(300)))
    assert len(key) <= search.LONGEST_KEY
    assert search.found_in(key, key.split()[-1])


def test_an_empty_name_is_never_found() -> None:
    assert search.key(None, "", "…") == ""
    assert not search.found_in("", "a")


def test_only_so_many_words_are_asked_for() -> None:
    assert len(search.words("a " * 50)) == search.MOST_WORDS
