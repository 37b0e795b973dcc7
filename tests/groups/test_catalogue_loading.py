"""Loading the catalogue: whole or not at all, again and again, and never over what was edited here."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import addresses
from app.core.addresses import Address
from app.core.audit import AuditEntry
from app.core.db import Base, db, write
from app.groups import queries, service
from app.groups.catalogue import OWN_FILES, Malformed, load_files
from app.groups.catalogue.merging import flat, merge
from app.groups.models import Community, WorkingGroup
from app.people.models import Association, Keyword
from tests.browsing import Browser
from tests.factories.groups import make_community, make_group
from tests.factories.people import make_association
from tests.groups.conftest import BROKEN, Heard, Written
from tests.people.helpers import at_once

BASE = """\
communities:
  - slug: harbour
    name: {en: Harbour, fr: Port}
    goal: {en: Safe arrivals, fr: Des arrivées sûres}
    colour: {light: "#1b6e45", dark: "#6fd3a0"}
    groups:
      - slug: lighthouses
        name: {en: Lighthouses, fr: Phares}
        topics: {en: [lamps, stairs], fr: [lampes, escaliers]}
        mandate: {en: It follows lighthouses., fr: Il suit les phares.}
      - slug: piers
        name: {en: Piers, fr: Jetées}
  - slug: market
    name: {en: Market, fr: Marché}
    groups: []
"""
MEMBERS = """\
code,country,name,name_en,name_fr,status
HAVN,DK,Havneforbundet,Union of Harbours,Union des ports,member
SATAMA,FI,Satamaliitto,League of Harbours,Ligue des ports,associate
"""


def group(slug: str) -> WorkingGroup:
    found = queries.group_at(slug)
    assert found
    return found


def everything() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    tables = Base.metadata.sorted_tables
    return {table.name: sorted(map(tuple, db.session.execute(select(table))), key=repr) for table in tables}


def rename(old: str, **values: object) -> WorkingGroup:
    """Rename a group as the site does."""
    thing = group(old)
    wanted = service.GroupIdentity(**{**vars(service.GroupIdentity.of(thing)), **values})  # type: ignore[arg-type]
    return service.rename_group(thing.id, wanted, version=thing.version, actor_id=None)


@pytest.fixture
def loaded(app: Flask, write_file: Written) -> Path:
    """The base catalogue, loaded."""
    path = write_file(BASE)
    load_files(path)
    return path


def test_the_own_catalogue_loads_and_loading_again_leaves_all(app: Flask) -> None:
    first = load_files()
    assert (len(first.added), len(first.changed), len(first.left)) == (5 + 21 + 60 + 90, 0, 0)
    assert first.files == OWN_FILES
    before = everything()
    second = load_files()
    assert (len(second.added), len(second.changed), len(second.left)) == (0, 0, 176)
    assert not second.edited and not second.unnamed
    assert everything() == before
    assert [len(community.groups) for community in queries.communities()] == [4, 3, 2, 9, 3]
    climate = queries.communities()[0]
    assert [item.slug for item in climate.groups][:2] == ["climate-and-energy", "environmental-issues"]
    assert db.session.scalar(select(func.count()).select_from(Address)) == 86
    assert db.session.scalars(select(Association).where(Association.code == "KEDE")).one().names["fr"]


@pytest.mark.parametrize("name", sorted(path.name for path in BROKEN.iterdir() if path.suffix != ".md"))
def test_a_malformed_file_changes_nothing(name: str, loaded: Path, write_file: Written) -> None:
    changed = write_file(BASE.replace("Lighthouses", "Beacons"))
    before = everything()
    with pytest.raises(Malformed):
        load_files(changed, BROKEN / name)
    assert everything() == before


def test_what_the_catalogue_changed_is_changed(loaded: Path, write_file: Written, heard: Heard) -> None:
    text = BASE.replace("Lighthouses, fr: Phares", "Beacons, fr: Phares").replace("[lamps, stairs]", "[lamps]")
    report = load_files(write_file(text.replace("Safe arrivals", "Soft landings")))
    assert [str(item) for item in report.changed] == [
        "community harbour: goal.en",
        "group lighthouses: name.en, topics.en",
    ]
    assert [item.name for item in report.left] == ["market", "piers"]
    assert group("lighthouses").names == {"en": "Beacons", "fr": "Phares"}
    assert group("lighthouses").topics == {"en": ["lamps"], "fr": ["lampes", "escaliers"]}
    assert sorted(heard) == ["harbour", "lighthouses"]  # feeds name goals, of milestones
    trail = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert trail
    assert (trail.action, trail.actor_id, trail.details) == ("group.loaded", None, {"fields": ["name.en", "topics.en"]})


def test_what_the_catalogue_took_out_is_taken_out(loaded: Path, write_file: Written) -> None:
    text = BASE.replace("        mandate: {en: It follows lighthouses., fr: Il suit les phares.}\n", "")
    text = text.replace("[lampes, escaliers]}", "[]}").replace("    colour: {light: \"#1b6e45\", dark: \"#6fd3a0\"}\n", "")  # fmt: skip # noqa: E501
    report = load_files(write_file(text))
    assert [str(item) for item in report.changed] == [
        "community harbour: light colour, dark colour",
        "group lighthouses: topics.fr, mandate.en, mandate.fr",
    ]
    assert group("lighthouses").mandate == {}
    assert group("lighthouses").community.colour_light == "#4a5568"


def test_a_group_moves_to_another_community_with_the_catalogue(loaded: Path, write_file: Written, heard: Heard) -> None:
    text = BASE.replace("      - slug: piers\n        name: {en: Piers, fr: Jetées}\n", "").replace(
        "    groups: []", "    groups: [{slug: piers, name: {en: Piers, fr: Jetées}, time_zone: Europe/Athens}]"
    )
    report = load_files(write_file(text))
    assert [str(item) for item in report.changed] == ["group piers: community, position, time_zone"]
    assert group("piers").community.slug == "market"
    assert group("piers").time_zone == "Europe/Athens"
    assert heard == ["piers"]


def test_what_was_edited_here_stays_and_is_said(loaded: Path, write_file: Written) -> None:
    rename("lighthouses", names={"en": "Lighthouses", "fr": "Phares et balises"})
    again = load_files(loaded)
    assert [str(item) for item in again.edited] == ["group lighthouses: name.fr"]
    assert len(again.left) == 4
    report = load_files(write_file(BASE.replace("Lighthouses, fr: Phares", "Beacons, fr: Feux")))
    assert [str(item) for item in report.changed] == ["group lighthouses: name.en"]
    assert [str(item) for item in report.edited] == ["group lighthouses: name.fr"]
    assert group("lighthouses").names == {"en": "Beacons", "fr": "Phares et balises"}


def test_an_edit_that_the_catalogue_takes_over_is_an_edit_no_longer(loaded: Path, write_file: Written) -> None:
    rename("lighthouses", names={"en": "Beacons", "fr": "Phares"})
    assert not load_files(write_file(BASE.replace("Lighthouses", "Beacons"))).edited
    report = load_files(write_file(BASE.replace("Lighthouses", "Leading lights")))
    assert [str(item) for item in report.changed] == ["group lighthouses: name.en"]


def test_a_group_renamed_here_is_found_by_its_old_name(loaded: Path) -> None:
    rename("lighthouses", slug="beacons", names={"en": "Beacons", "fr": "Feux"}, position=15)
    report = load_files(loaded)
    assert not report.added
    assert not report.unnamed
    assert [str(item) for item in report.edited] == ["group beacons: slug, position, name.en, name.fr"]
    assert group("lighthouses").slug == "beacons"


def test_two_entries_for_one_group_are_refused(loaded: Path, write_file: Written) -> None:
    rename("lighthouses", slug="beacons")
    before = everything()
    path = write_file(BASE.replace("slug: piers", "slug: beacons"))
    with pytest.raises(Malformed) as caught:
        load_files(path)
    assert str(caught.value) == f"{path}:11: “beacons” is an old address of the group on line 7"
    assert everything() == before


def test_what_the_catalogue_no_longer_names_is_kept_and_said(loaded: Path, write_file: Written) -> None:
    load_files(write_file(MEMBERS, "a.csv"))
    make_group("made-here")
    shorter = write_file(BASE.replace("      - slug: piers\n        name: {en: Piers, fr: Jetées}\n", ""))
    report = load_files(shorter, write_file(MEMBERS.replace("SATAMA", "HAMN"), "a.csv"))
    assert [str(item) for item in report.unnamed] == ["group piers", "association SATAMA"]
    assert group("piers").names["en"] == "Piers"
    assert not load_files(write_file(BASE)).unnamed  # of associations this file says nothing


def test_what_was_made_here_is_completed_but_not_overwritten(app: Flask, write_file: Written) -> None:
    harbour = make_community("harbour", names={"en": "Our harbour"}, position=30)
    make_group("lighthouses", community=harbour, names={"en": "Lights"}, topics={}, mandate={}, position=10)
    report = load_files(write_file(BASE))
    assert [str(item) for item in report.changed] == [
        "community harbour: name.fr, goal.en, goal.fr",
        "group lighthouses: name.fr, topics.en, topics.fr, mandate.en, mandate.fr",
    ]
    assert "name.en" in next(item.parts for item in report.edited if item.name == "harbour")
    assert group("lighthouses").names == {"en": "Lights", "fr": "Phares"}


def test_associations_are_loaded_changed_and_left(app: Flask, write_file: Written) -> None:
    path = write_file(MEMBERS, "a.csv")
    assert [item.name for item in load_files(path).added] == ["HAVN", "SATAMA"]
    with write():
        known = db.session.scalars(select(Association).where(Association.code == "HAVN")).one()
        known.status = "partner"
    report = load_files(write_file(MEMBERS.replace("Ligue des ports", "Ligue portuaire"), "a.csv"))
    assert [str(item) for item in report.changed] == ["association SATAMA: names.fr"]
    assert [str(item) for item in report.edited] == ["association HAVN: status"]
    assert addresses.lookup("association", "HAVN") == known.id


def test_an_association_renamed_here_is_found_by_its_old_code(app: Flask, write_file: Written) -> None:
    path = write_file(MEMBERS, "a.csv")
    load_files(path)
    with write():
        known = db.session.scalars(select(Association).where(Association.code == "HAVN")).one()
        addresses.claim("association", "PORTS", known.id, "code")
        known.code = "PORTS"
    report = load_files(path)
    assert not report.added
    assert [str(item) for item in report.edited] == ["association PORTS: code"]
    make_association("HAVN2")


def test_texts_of_languages_that_the_installation_lacks_stay(loaded: Path) -> None:
    with write():
        thing = group("lighthouses")
        thing.names = {**thing.names, "de": "Leuchttürme"}
        thing.loaded = {**thing.loaded, "name.de": "Leuchttürme"}
    report = load_files(loaded)
    assert not report.changed
    assert group("lighthouses").names["de"] == "Leuchttürme"


def test_two_loads_at_once_on_an_empty_database(app: Flask) -> None:
    reports = at_once(app, load_files, load_files)
    assert sorted(len(report.added) for report in reports) == [0, 176]  # type: ignore[attr-defined]
    assert sorted(len(report.left) for report in reports) == [0, 176]  # type: ignore[attr-defined]
    db.session.rollback()
    counts = [
        db.session.scalar(select(func.count()).select_from(m)) for m in (Community, WorkingGroup, Association, Keyword)
    ]
    assert counts == [5, 21, 60, 90]


def test_loading_while_groups_are_renamed_and_added(app: Flask, loaded: Path, write_file: Written) -> None:
    changed = write_file(BASE.replace("Lighthouses", "Beacons").replace("slug: market", "slug: fair"))
    harbour_id = group("piers").community_id
    outcomes = at_once(
        app,
        lambda: load_files(changed),
        lambda: rename("piers", slug="jetties", names={"en": "Jetties"}),
        lambda: service.create_group({"en": "Tugs"}, None, harbour_id, actor_id=None),
    )
    assert not any(isinstance(outcome, Exception) for outcome in outcomes), outcomes
    db.session.rollback()
    assert (group("piers").slug, group("lighthouses").names["en"]) == ("jetties", "Beacons")
    assert group("tugs").position == 30


def test_the_command_says_what_it_did(app: Flask, loaded: Path, write_file: Written) -> None:
    run = app.test_cli_runner().invoke
    rename("piers", names={"en": "Jetties", "fr": "Jetées"})
    shorter = write_file(BASE.partition("  - slug: market")[0].replace("Lighthouses", "Beacons"), "next.yaml")
    members = write_file(MEMBERS.replace("status\n", "status,name_de\n").replace("member\n", "member,Hafenbund\n")
                         .replace("associate\n", "associate,\n"), "a.csv")  # fmt: skip
    result = run(args=["catalogue", "load", str(shorter), str(members)])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        f"Catalogue: {shorter}, {members}",
        "communities:    0 added,   0 changed,   1 left",
        "groups:         0 added,   1 changed,   1 left",
        "associations:   2 added,   0 changed,   0 left",
        "added associations: HAVN, SATAMA",
        "changed group lighthouses: name.en",
        "left because edited here: group piers: name.en",
        "no longer in the catalogue, kept: community market",
        "left out, not among LANGUAGES: texts in de",
    ]


def test_the_command_without_a_file_loads_the_own_one(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert "groups:        21 added" in run(args=["catalogue", "load"]).output
    again = run(args=["catalogue", "load"])
    assert "associations:   0 added,   0 changed,  60 left" in again.output
    assert "edited here" not in again.output


def test_the_command_refuses_with_exit_code_2(app: Flask, loaded: Path) -> None:
    before = everything()
    broken, none = BROKEN / "bad_country.csv", BROKEN / "none.yaml"
    result = app.test_cli_runner().invoke(args=["catalogue", "load", str(broken), str(none)])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        f"{broken}:3: country “UK” is no ISO 3166-1 code, nor XK (the United Kingdom is GB)",
        f"{none}:1: cannot be read: no such file or directory",
        "Nothing was changed.",
    ]
    assert everything() == before


def test_edited_on_a_page_then_loaded(app: Flask, admin: Browser) -> None:
    load_files()
    admin.open("/admin/groups/local-finances/name").send(names__en="Money", slug="money")
    assert admin.path == "/groups/money"
    admin.open("/admin/communities/society/edit").send(colour_light="#8a2a6c")
    report = load_files()
    assert [str(item) for item in report.edited] == [
        "community society: light colour",
        "group money: slug, name.en",
    ]
    assert group("local-finances").names["en"] == "Money"


@pytest.mark.parametrize(
    ("said", "before", "now", "changes", "kept"),
    [
        ({"a": 1}, {"a": 1}, {"a": 1}, {}, []),
        ({"a": 2}, {"a": 1}, {"a": 1}, {"a": 2}, []),
        ({"a": 1}, {"a": 1}, {"a": 3}, {}, ["a"]),
        ({"a": 2}, {"a": 1}, {"a": 3}, {}, ["a"]),
        ({"a": 2}, {"a": 1}, {"a": 2}, {}, []),
        ({"a": 2}, {"a": 1}, {}, {}, ["a"]),
        ({"a": 1}, {"a": 1}, {}, {}, ["a"]),
        ({}, {"a": 1}, {"a": 1}, {"a": None}, []),
        ({}, {"a": 1}, {"a": 3}, {}, ["a"]),
        ({}, {"a": 1}, {}, {}, []),
        ({"a": 1}, {}, {}, {"a": 1}, []),
        ({"a": 1}, {}, {"a": 3}, {}, ["a"]),
        ({}, {}, {"a": 3}, {}, []),
    ],
)
def test_merging(said: dict, before: dict, now: dict, changes: dict, kept: list) -> None:  # type: ignore[type-arg]
    assert merge(said, before, now) == (changes, kept)


def test_flat() -> None:
    values = {"name": {"en": "A", "fr": ""}, "topics": {"en": ["x"], "fr": []}, "position": 10, "zone": None}
    assert flat(values) == {"name.en": "A", "topics.en": ["x"], "position": 10}


EXPERTISE = """\
expertise:
  - slug: piers
    name: {en: Piers, fr: Jetées}
    synonyms: {en: [jetties, quays], fr: [quais]}
  - slug: lamps
    name: {en: Lamps, fr: Lampes}
"""


def keyword(slug: str) -> Keyword:
    return db.session.scalars(select(Keyword).where(Keyword.slug == slug)).one()


def test_fields_of_expertise_are_loaded_changed_and_left(app: Flask, write_file: Written) -> None:
    report = load_files(write_file(EXPERTISE))
    assert [str(item) for item in report.added] == ["keyword piers", "keyword lamps"]
    assert not report.unnamed
    assert keyword("piers").synonyms == {"en": ["jetties", "quays"], "fr": ["quais"]}
    assert " quais" in keyword("piers").name_key
    with write():
        keyword("lamps").names = {"en": "Lights", "fr": "Lampes"}
    report = load_files(write_file(EXPERTISE.replace("Lamps", "Lanterns").replace("[quais]", "[quais, môles]")))
    assert [str(item) for item in report.changed] == ["keyword piers: synonyms.fr"]
    assert [str(item) for item in report.edited] == ["keyword lamps: name.en"]
    assert " moles" in keyword("piers").name_key
    report = load_files(write_file(EXPERTISE.partition("  - slug: lamps")[0]))
    assert [str(item) for item in report.unnamed] == ["keyword lamps"]


def test_groups_and_expertise_in_one_file(app: Flask, write_file: Written) -> None:
    report = load_files(write_file(BASE + EXPERTISE))
    assert len(report.added) == 6


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("expertise: {}\n", 1, "“expertise” is a mapping, not a list"),
        ("expertise:\n  - slug: a\n", 2, "the field of expertise that begins here has no “name”"),
        (EXPERTISE + "  - {slug: piers, name: {en: x, fr: y}}\n", 7, "slug “piers” is taken by the keyword on line 2"),
        ("expertise:\n  - {slug: a, name: {en: A}, synonyms: {en: 'x'}}\n", 2, "is a text, not a list"),
    ],
)
def test_what_is_wrong_with_fields_of_expertise(
    app: Flask, write_file: Written, text: str, line: int, reason: str
) -> None:
    with pytest.raises(Malformed) as refused:
        load_files(write_file(text))
    assert f":{line}: " in str(refused.value)
    assert reason in str(refused.value)
