"""Catalogue files: what is read, and what is refused with file, line and reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.groups.catalogue import OWN_FILES, Malformed
from app.groups.catalogue.entries import Catalogue
from app.groups.catalogue.reading import read_files
from tests.groups.conftest import BROKEN, OTHER, Written

GOOD_CSV = "code,country,name,name_en,name_fr,status\nHAVN,DK,Havneforbundet,Union of Harbours,Union des ports,member\n"

REASONS = {
    "duplicate_slug.yaml": "slug “lighthouses” is taken by the group on line 8",
    "missing_name.yaml": "the group that begins here has no “name”",
    "bad_slug.yaml": "slug “Piers & Quays”: only a-z, 0-9 and single hyphens",
    "bad_colour.yaml": "colour “#8f4a0g” is not of the form #rrggbb",
    "not_yaml.yaml": "not YAML: mapping values are not allowed here",
    "unknown_key.yaml": "unknown key “mandat”",
    "groups_not_a_list.yaml": "“groups” is a mapping, not a list",
    "bad_country.csv": "country “UK” is no ISO 3166-1 code, nor XK (the United Kingdom is GB)",
    "bad_status.csv": "status “observer” is none of member, associate, partner",
    "missing_column.csv": "the header has no column “status”",
    "duplicate_code.csv": "code “HAVN” is taken by the association on line 2",
    "too_few_fields.csv": "4 fields here, 6 in the header",
    "not_utf8.csv": "not UTF-8: the byte 0xE9",
}


def read(*paths: Path, languages: tuple[str, ...] = ("en", "fr"), default: str = "en") -> Catalogue:
    return read_files(paths, languages, default)


def refusals(*paths: Path) -> list[str]:
    with pytest.raises(Malformed) as caught:
        read(*paths)
    return [str(problem) for problem in caught.value.problems]


def faults() -> list[tuple[str, int]]:
    """(file, line) of every row of the table that describes the broken files."""
    table = (BROKEN / "README.md").read_text(encoding="utf-8")
    return [(name, int(line)) for name, line in re.findall(r"^\| `([^`]+)` \| (\d+) \|", table, re.MULTILINE)]


def test_every_broken_file_is_described_and_tested() -> None:
    files = {path.name for path in BROKEN.iterdir() if path.suffix != ".md"}
    assert files == {name for name, _line in faults()} == set(REASONS)


@pytest.mark.parametrize(("name", "line"), faults())
def test_a_broken_file_is_refused_with_its_line_and_the_reason(name: str, line: int) -> None:
    path = BROKEN / name
    [said] = refusals(path)
    assert said.startswith(f"{path}:{line}: ")
    assert REASONS[name] in said


def test_the_own_catalogue_is_whole_in_both_languages() -> None:
    catalogue = read(*OWN_FILES)
    assert catalogue.communities and catalogue.groups and catalogue.associations
    assert (len(catalogue.communities), len(catalogue.groups), len(catalogue.associations)) == (5, 21, 60)
    assert not catalogue.other_languages
    for community in catalogue.communities:
        assert set(community.names) == set(community.goals) == {"en", "fr"}
    for group in catalogue.groups:
        assert set(group.names) == set(group.topics) == set(group.mandate) == {"en", "fr"}
        assert len(group.topics["en"]) == len(group.topics["fr"])
    for association in catalogue.associations:
        assert set(association.names) == {"en", "fr"}
    assert catalogue.keywords
    assert 60 <= len(catalogue.keywords) <= 100
    for keyword in catalogue.keywords:
        assert set(keyword.names) == set(keyword.synonyms) == {"en", "fr"}
        assert all(keyword.synonyms.values())
    assert [group.slug for group in catalogue.groups if group.community == "cohesion"] == [
        "local-finances",
        "territorial-development",
    ]


def test_what_is_read_of_another_catalogue() -> None:
    catalogue = read(*OTHER, languages=("de", "en"), default="de")
    assert catalogue.communities and catalogue.groups and catalogue.associations
    doors = catalogue.communities[1]
    assert (doors.slug, doors.position, doors.colour_dark) == ("open-doors", 20, "#8fcfe0")
    assert doors.names == {"en": "Open Doors", "de": "Offene Türen"}
    boats = catalogue.groups[0]
    assert boats.topics["en"] == ["winter routes", "boats, ferries and landing stages", "driver training"]
    assert boats.mandate["de"].startswith("Die Gruppe richtet sich")
    assert str(boats.place) == f"{OTHER[0]}:10"
    hut = catalogue.associations[3]
    assert (hut.code, hut.name) == ("GIPFELBUCH", "Gipfelbuch, Bund der Hüttenbüchereien")
    assert str(hut.place) == f"{OTHER[1]}:5"


def test_languages_of_other_installations_are_left_out_and_said() -> None:
    catalogue = read(*OTHER)
    assert catalogue.groups and catalogue.associations
    assert catalogue.other_languages == {"de"}
    assert set(catalogue.groups[0].names) == set(catalogue.groups[0].topics) == {"en"}
    assert set(catalogue.associations[0].names) == {"en"}


HEAD = "communities:\n  - slug: harbour\n    name: {en: Harbour, fr: Port}\n    groups:\n      - slug: piers\n"
GROUP = HEAD + "        name: {en: Piers}\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file is empty"),
        ("- a\n", 1, "the file is a list, not a mapping"),
        ("communities: {}\n", 1, "“communities” is a mapping, not a list"),
        ("communities:\n", 1, "“communities” is empty"),
        ("groups: []\n", 1, "the file has no “communities”"),
        ("communities: []\n---\ncommunities: []\n", 2, "not YAML"),
        ("communities:\n  - [x]\n", 2, "a community is a list, not a mapping"),
        ("communities:\n  - \n", 2, "a community is empty"),
        (HEAD + "        slug: piers\n        name: {en: Piers}\n", 6, "“slug” stands here twice; first on line 5"),
        (HEAD + "        name: {en: A, en: B}\n", 6, "“en” stands here twice"),
        (HEAD + "        name: Piers\n", 6, "“name” is a text, not a mapping"),
        (HEAD + "        name: {fr: Jetées}\n", 6, "“name” has nothing in “en”, the default language"),
        (HEAD + "        name: {en: Piers, xx: Piers}\n", 6, "unknown language “xx”; this installation has en, fr"),
        (HEAD + "        name: {en: Piers, English: Piers}\n", 6, "unknown language “English”"),
        (HEAD + "        name: {en: ''}\n", 6, "“name” in “en” is empty"),
        (HEAD + "        name: {en: }\n", 6, "“name” in “en” is empty"),
        (HEAD + "        name: {en: ~}\n", 6, "“name” in “en” is empty"),
        (HEAD + "        name: {en: [Piers]}\n", 6, "“name” in “en” is a list, not a text"),
        (HEAD + "        name: {en: 2030}\n", 6, "YAML takes 2030 for a number; put it in quotes"),
        (HEAD + "        name: {en: yes}\n", 6, "YAML takes yes for yes or no"),
        (HEAD + "        name: {en: 2026-05-09}\n", 6, "YAML takes 2026-05-09 for a date"),
        (HEAD + f"        name: {{en: {'a' * 201}}}\n", 6, "has 201 characters; at most 200 fit"),
        (HEAD + "        name: {en: !!python/name:os.system x}\n", 6, "the tag “tag:yaml.org,2002:python/name:os.sys"),
        (HEAD + "        name: !secret {en: Piers}\n", 6, "the tag “!secret” is not used here"),
        (HEAD + "        name: {? [en] : Piers}\n", 6, "a key must be a word, not a list"),
        (GROUP + "        topics: {en: ropes}\n", 7, "“topics” in “en” is a text, not a list"),
        (GROUP + "        topics:\n          en:\n            - ropes\n            - {a: b}\n", 10, "a topic in “en”"),
        (GROUP + f"        topics: {{en: [{', '.join('abcdefghijklm')}]}}\n", 7, "lists 13 topics; at most 12"),
        (GROUP + f"        topics: {{en: [{'a' * 121}]}}\n", 7, "a topic in “en” has 121 characters"),
        (GROUP + f"        mandate: {{en: {'a' * 10_001}}}\n", 7, "at most 10000 fit"),
        (GROUP + "        time_zone: Europe/Atlantis\n", 7, "time_zone “Europe/Atlantis” is no IANA time zone"),
        (GROUP + "        time_zone: ../etc/passwd\n", 7, "is no IANA time zone"),
        (GROUP + "        slug2: x\n", 7, "unknown key “slug2”; known here: slug, name, topics, mandate, time_zone"),
        (GROUP + "        <<: {mandate: {en: x}}\n", 7, "unknown key “<<”"),
        (GROUP + "    colour: {light: \"#1b6e45\"}\n", 7, "the colour that begins here has no “dark”"),
        (GROUP + "    colour: {light: , dark: \"#ffffff\"}\n", 7, "empty; a colour stands in quotes"),
        (GROUP + "    colour: {light: \"#ffcc00\", dark: \"#6fd3a0\"}\n", 7, "read on a light page: contrast 1.41"),
        (GROUP + "    colour: {light: \"#1b6e45\", dark: \"#333333\"}\n", 7, "cannot be read on a dark page"),
        (GROUP + "  - slug: harbour\n    name: {en: Two}\n", 7, "slug “harbour” is taken by the community on line 2"),
        (GROUP + "      - {slug: a-\U0001f6a2, name: {en: X}}\n", 7, "slug “a-\U0001f6a2”"),
        (GROUP + "      - {slug: a--b, name: {en: X}}\n", 7, "slug “a--b”"),
        (GROUP + f"      - {{slug: {'a' * 81}, name: {{en: X}}}}\n", 7, "has 81 characters; at most 80"),
        (GROUP + "        mandate: {en: 'never closed}\n", 8, "unexpected end of stream, in what began on line 7"),
        (GROUP + "\t  mandate: x\n", 7, "not YAML: found character '\\t'"),
        (GROUP + "        mandate: {en: \"bell \x07\"}\n", 7, "the character U+0007 is not allowed"),
        ("a: &a [x]\ncommunities: *a\n", 2, "aliases (*) are not used here"),
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ncommunities: [*c]\n", 2, "aliases (*) are not used here"),
        ("communities: " + "[" * 5000, 1, "nested too deeply"),
    ],
)  # fmt: skip
def test_malformed_yaml(text: str, line: int, reason: str, write_file: Written) -> None:
    path = write_file(text)
    said = refusals(path)
    assert any(one.startswith(f"{path}:{line}: ") and reason in one for one in said), said


HEADER = "code,country,name,name_en,name_fr,status\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the file is empty; its first line names the columns"),
        ("\n\n", 1, "the file is empty"),
        ("code;country;name;status\n", 1, "no column “code”; columns are separated by commas"),
        ("code,country,name,status,code\n", 1, "the column “code” stands twice"),
        ("code,country,name,status,town\n", 1, "unknown column “town”"),
        ("code,country,name,status,name_xx\n", 1, "unknown language “xx”"),
        (HEADER + "HAVN,DK,,A,B,member\n", 2, "name is empty"),
        (HEADER + ",DK,A,A,B,member\n", 2, "code is empty"),
        (HEADER + "havn,DK,A,A,B,member\n", 2, "code “havn”: only A-Z"),
        (HEADER + "A/B,DK,A,A,B,member\n", 2, "code “A/B”: only A-Z"),
        (HEADER + "HAVN,EU,A,A,B,member\n", 2, "country “EU” is no ISO 3166-1 code"),
        (HEADER + "HAVN,EL,A,A,B,member\n", 2, "(Greece is GR)"),
        (HEADER + "HAVN,dk,A,A,B,member\n", 2, "country “dk”"),
        (HEADER + "HAVN,XX,A,A,B,member\n", 2, "country “XX”"),
        (HEADER + "HAVN,,A,A,B,member\n", 2, "country “”"),
        (HEADER + "HAVN,DK,A,A,B,\n", 2, "status “”"),
        (HEADER + "HAVN,DK,A,A,B,Member\n", 2, "status “Member”"),
        (HEADER + f"HAVN,DK,{'a' * 201},A,B,member\n", 2, "name has 201 characters"),
        (HEADER + f"HAVN,DK,A,A,{'a' * 201},member\n", 2, "name_fr has 201 characters"),
        (HEADER + "HAVN,DK,A,A,B,member,more\n", 2, "7 fields here, 6 in the header"),
        (HEADER + '\nHAVN,DK,"A\nB",A,B,member\nQUAY,UK,A,A,B,member\n', 5, "country “UK”"),
        (HEADER + 'HAVN,DK,"A,A,B,member\n', 2, "not CSV"),
        (HEADER + 'HAVN,DK,"A" B,A,B,member\n', 2, "not CSV"),
    ],
)
def test_malformed_csv(text: str, line: int, reason: str, write_file: Written) -> None:
    path = write_file(text, "associations.csv")
    said = refusals(path)
    assert any(one.startswith(f"{path}:{line}: ") and reason in one for one in said), said


def test_all_faults_of_all_files_are_said_at_once() -> None:
    names = ("duplicate_slug.yaml", "bad_status.csv", "bad_country.csv")
    said = refusals(*(BROKEN / name for name in names))
    for name in names:
        assert any(name in one and REASONS[name] in one for one in said)


def test_a_slug_taken_in_another_file_is_refused(write_file: Written) -> None:
    first = write_file(GOOD_CSV, "one.csv")
    second = write_file(GOOD_CSV, "two.csv")
    assert refusals(first, second) == [f"{second}:2: code “HAVN” is taken by the association in {first}:2"]


def test_files_that_are_no_catalogue_files(tmp_path: Path, write_file: Written) -> None:
    assert "cannot be read: no such file" in refusals(tmp_path / "none.yaml")[0]
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    assert "cannot be read: is a directory" in refusals(folder)[0]
    assert "ends in .yaml, .yml, .csv" in refusals(write_file("x", "catalogue.txt"))[0]
    assert "larger than 2 MB" in refusals(write_file("#" * (2 * 1024 * 1024 + 1)))[0]


def test_what_is_forgiven(write_file: Written) -> None:
    groups = "[{slug: p, name: {en: Pi\u0308ers}}]"
    text = f'\ufeffcommunities:\r\n- {{slug: h, name: {{en: "  Har   bour "}}, groups: {groups}}}\r\n'
    catalogue = read(write_file(text), write_file("\ufeff" + GOOD_CSV + "\n,,\n", "a.CSV"))
    assert catalogue.communities and catalogue.groups and catalogue.associations
    assert catalogue.communities[0].names == {"en": "Har bour"}
    assert catalogue.groups[0].names == {"en": "P\u00efers"}
    assert [one.code for one in catalogue.associations] == ["HAVN"]


def test_the_language_norwegian_is_no_denial(write_file: Written) -> None:
    path = write_file("communities:\n- slug: h\n  name: {no: Havn}\n  groups: []\n")
    catalogue = read(path, languages=("no",), default="no")
    assert catalogue.communities and catalogue.communities[0].names == {"no": "Havn"}
