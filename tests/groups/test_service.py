"""Commands on groups and communities: what they change, whom they tell, what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.core import addresses
from app.core.audit import AuditEntry
from app.core.conflicts import EditConflict
from app.core.db import db, write
from app.core.errors import DomainError
from app.groups import queries, service
from app.groups.models import Community, WorkingGroup
from app.groups.service import CommunityFacts, GroupIdentity, GroupPage
from tests.factories.groups import make_community, make_group
from tests.groups.conftest import Heard
from tests.people.helpers import at_once

NAMES = {"en": "Night Trains", "fr": "Trains de nuit"}


def trail() -> list[tuple[str, object]]:
    found = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    return [(entry.action, entry.details.get("fields")) for entry in found]


def test_adding_a_group(app: Flask, heard: Heard) -> None:
    community = make_community()
    make_group(community=community, position=30)
    group = service.create_group({**NAMES, "de": ""}, None, community.id, actor_id=7)
    assert (group.slug, group.names, group.position) == ("night-trains", NAMES, 40)
    assert (group.community_id, group.topics, group.mandate, group.time_zone) == (community.id, {}, {}, None)
    assert addresses.lookup("group", "night-trains") == group.id
    assert heard == ["night-trains"]
    assert trail() == [("group.created", None)]


@pytest.mark.parametrize(
    ("names", "slug", "field"),
    [
        ({"fr": "Trains"}, None, "names"),
        ({"en": "???"}, None, "slug"),
        (NAMES, "Night", "slug"),
        (NAMES, "night--trains", "slug"),
        (NAMES, "-night", "slug"),
        (NAMES, "nacht/züge", "slug"),
        (NAMES, "a" * 81, "slug"),
        (NAMES, "taken", "slug"),
        (NAMES, "once-taken", "slug"),
    ],
)
def test_a_group_that_cannot_be_added(app: Flask, names: dict[str, str], slug: str | None, field: str) -> None:
    there = make_group("once-taken")
    rename(there, slug="taken")
    with pytest.raises(DomainError) as refused:
        service.create_group(names, slug, there.community_id, actor_id=None)
    assert refused.value.field == field
    assert db.session.scalar(select(func.count()).select_from(WorkingGroup)) == 1


def test_a_group_needs_a_community(app: Flask) -> None:
    with pytest.raises(DomainError) as refused:
        service.create_group(NAMES, None, 999, actor_id=None)
    assert refused.value.field == "community"


def rename(group: WorkingGroup, version: int | None = None, **values: object) -> WorkingGroup:
    wanted = replace(GroupIdentity.of(group), **values)  # type: ignore[arg-type]
    return service.rename_group(group.id, wanted, version=version or group.version, actor_id=None)


def test_renaming_keeps_old_addresses_leading_here_for_ever(app: Flask, heard: Heard) -> None:
    group, other = make_group("alpha"), make_group("other")
    rename(group, slug="beta", names={"en": "Beta"})
    rename(group, slug="gamma")
    for slug in ("alpha", "beta", "gamma"):
        found = queries.group_at(slug)
        assert found and found.id == group.id
    assert group.names == {"en": "Beta"}
    assert heard == ["beta", "gamma"]
    for slug in ("alpha", "beta", "gamma"):
        with pytest.raises(DomainError) as refused:
            rename(other, slug=slug)
        assert refused.value.field == "slug"
    assert other.slug == "other"
    rename(group, slug="alpha")
    assert group.slug == "alpha"
    assert trail() == [("group.renamed", ["names", "slug"]), ("group.renamed", ["slug"]), ("group.renamed", ["slug"])]


def test_a_community_may_have_the_address_of_a_group(app: Flask) -> None:
    make_community("alpha")
    assert rename(make_group("beta"), slug="alpha").slug == "alpha"


def test_moving_tells_and_reordering_does_not(app: Flask, heard: Heard) -> None:
    group, community = make_group("alpha"), make_community()
    rename(group, position=5)
    assert heard == []
    rename(group, community_id=community.id)
    assert heard == ["alpha"]
    assert group.community_id == community.id
    with pytest.raises(DomainError) as refused:
        rename(group, community_id=999)
    assert refused.value.field == "community"


def test_nothing_changed_is_nothing_written(app: Flask, heard: Heard) -> None:
    group = make_group("alpha")
    version = group.version
    rename(group, version=999)
    service.edit_group(group.id, GroupPage.of(group), version=999, actor_id=None)
    service.edit_community(
        group.community_id, CommunityFacts.of(group.community), version=999, actor_id=None
    )  # fmt: skip
    assert (group.version, heard, trail()) == (version, [], [])


def test_what_a_group_says_of_itself(app: Flask, heard: Heard) -> None:
    group = make_group("alpha")
    page = GroupPage({"en": ["trains", "nights"], "fr": []}, {"en": "It **travels**."}, None)
    service.edit_group(group.id, page, version=group.version, actor_id=None)
    assert (group.topics, group.mandate) == ({"en": ["trains", "nights"]}, {"en": "It **travels**."})
    assert heard == []
    service.edit_group(group.id, replace(page, time_zone="Europe/Athens"), version=group.version, actor_id=None)
    assert queries.zone_of(group) == "Europe/Athens"
    assert heard == ["alpha"]
    service.edit_group(group.id, page, version=group.version, actor_id=None)
    assert queries.zone_of(group) == "Europe/Brussels"
    with pytest.raises(DomainError) as refused:
        service.edit_group(group.id, replace(page, time_zone="Mars/Olympus"), version=group.version, actor_id=None)
    assert refused.value.field == "time_zone"


def test_a_community(app: Flask, heard: Heard) -> None:
    community = make_community("alpha")
    facts = CommunityFacts({"en": "Beta"}, "alpha", {"en": "Be better"}, "#1B6E45", "#6fd3a0")
    service.edit_community(community.id, facts, version=community.version, actor_id=None)
    assert (community.names, community.goals, community.colour_light) == (
        {"en": "Beta"}, {"en": "Be better"}, "#1b6e45",
    )  # fmt: skip
    assert heard == ["alpha"]
    service.edit_community(
        community.id, replace(facts, goals={}, colour_light="#8f4a00"), version=community.version, actor_id=None
    )
    assert heard == ["alpha", "alpha"], "feeds name the goal and have the colour"
    service.edit_community(community.id, replace(facts, slug="beta"), version=community.version, actor_id=None)
    assert heard == ["alpha", "alpha", "beta"]
    found = queries.community_at("alpha")
    assert found and found.slug == "beta"
    for wrong, field in (
        ({"names": {"fr": "Bêta"}}, "names"),
        ({"slug": "B"}, "slug"),
        ({"colour_light": "#eeeeee"}, "colour_light"),
        ({"colour_dark": "#111111"}, "colour_dark"),
    ):
        with pytest.raises(DomainError) as refused:
            service.edit_community(
                community.id, replace(facts, **wrong), version=community.version, actor_id=None  # type: ignore[arg-type]
            )  # fmt: skip
        assert refused.value.field == field


def test_texts_in_languages_that_the_installation_lacks_stay(app: Flask) -> None:
    names = {"en": "A", "de": "Ah"}
    group = make_group(names=names, topics={"de": ["Züge"]}, mandate={"de": "Ja."})
    rename(group, names={"en": "B"})
    service.edit_group(group.id, GroupPage({"en": ["x"]}, {}, None), version=group.version, actor_id=None)
    assert group.names == {"en": "B", "de": "Ah"}
    assert (group.topics, group.mandate) == ({"en": ["x"], "de": ["Züge"]}, {"de": "Ja."})
    assert set(GroupIdentity.of(group).as_fields()["names"]) == {"en", "fr"}


def test_who_saves_second_is_told_and_saves_nothing(app: Flask) -> None:
    group = make_group("alpha", names={"en": "Alpha"})
    seen = group.version
    rename(group, names={"en": "Beta"}, position=4)
    with pytest.raises(EditConflict) as conflict:
        rename(group, version=seen, names={"en": "Gamma"})
    assert conflict.value.saved["names"] == {"en": "Beta", "fr": ""}
    assert conflict.value.saved["position"] == 4
    assert group.names == {"en": "Beta"}


def test_two_save_at_once_and_one_wins(app: Flask) -> None:
    group = make_group("alpha", names={"en": "Alpha"})
    group_id, seen = group.id, group.version

    def to(name: str) -> object:
        found = db.session.get_one(WorkingGroup, group_id)
        return rename(found, version=seen, names={"en": name})

    outcomes = at_once(app, lambda: to("Beta"), lambda: to("Gamma"), lambda: to("Delta"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["EditConflict", "EditConflict", "WorkingGroup"]
    db.session.rollback()
    assert db.session.get_one(WorkingGroup, group_id).version == seen + 1


def test_two_groups_want_one_address_at_once(app: Flask) -> None:
    first, second = make_group("alpha"), make_group("beta")
    ids = first.id, second.id
    community_id = make_community().id

    def take(group_id: int) -> object:
        return rename(db.session.get_one(WorkingGroup, group_id), slug="night-trains")

    outcomes = at_once(
        app,
        lambda: take(ids[0]),
        lambda: take(ids[1]),
        lambda: service.create_group(NAMES, None, community_id, actor_id=None),
        lambda: service.create_group(NAMES, None, community_id, actor_id=None),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["DomainError"] * 3 + ["WorkingGroup"]
    db.session.rollback()
    assert db.session.scalar(select(func.count()).where(WorkingGroup.slug == "night-trains")) == 1


def test_an_address_is_only_claimed_in_a_transaction(app: Flask) -> None:
    with pytest.raises(RuntimeError):
        addresses.claim("group", "alpha", 1)
    with write():
        addresses.claim("group", "alpha", 1)
        addresses.claim("group", "alpha", 1)
        with pytest.raises(DomainError):
            addresses.claim("group", "alpha", 2)
        with pytest.raises(DomainError):
            addresses.require_free("group", "alpha")
        addresses.require_free("community", "alpha")
    assert addresses.lookup("group", "alpha") == 1
    assert addresses.lookup("community", "alpha") is None


def test_slugs_from_names() -> None:
    assert addresses.slugify("Énergie & climat – 2030 !") == "energie-climat-2030"
    assert addresses.slugify("Κεντρική Ένωση") == "kentriki-enosi"
    assert addresses.slugify("---") == ""
    assert len(addresses.slugify("long " * 40)) <= 80


def test_communities_in_their_order(app: Flask) -> None:
    second, first = make_community("second", position=20), make_community("first", position=10)
    for slug, community, position in (("c", second, 1), ("b", first, 2), ("a", first, 1), ("d", second, 1)):
        make_group(slug, community=community, position=position)
    assert [c.slug for c in queries.communities()] == ["first", "second"]
    assert [g.slug for g in queries.groups()] == ["a", "b", "c", "d"]
    assert [g.slug for c in db.session.scalars(select(Community).order_by(Community.position)) for g in c.groups] == [
        "a", "b", "c", "d",
    ]  # fmt: skip
