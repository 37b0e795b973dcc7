"""After a rename, old addresses lead on to the present ones: pages by a permanent redirect, forms directly."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.db import db
from app.groups import queries, service
from app.groups.service import CommunityFacts, GroupIdentity
from tests.browsing import Browser
from tests.factories.groups import make_community, make_group
from tests.factories.people import make_association, make_person
from tests.queries import counted_queries


@pytest.fixture
def renamed(app: Flask) -> None:
    """A group and its community that were called "old" and are called "new"."""
    community = make_community("old", names={"en": "Heading"})
    group = make_group("old", names={"en": "Alpha"}, community=community, coordinators=(make_person("Cora"),))
    identity = GroupIdentity(group.names, "new", group.community_id, 1)
    service.rename_group(group.id, identity, version=group.version, actor_id=None)
    facts = {**vars(CommunityFacts.of(community)), "slug": "new"}
    service.edit_community(community.id, CommunityFacts(**facts), version=community.version, actor_id=None)


@pytest.mark.parametrize(
    "page",
    ["/groups/{}", "/groups/{}/edit", "/groups/{}/members", "/groups/{}/join", "/groups/{}/meetings/new",
     "/groups/{}/next", "/groups/{}?lang=fr&x=%C3%A9", "/communities/{}", "/communities/{}?lang=fr",
     "/admin/groups/{}/name", "/admin/groups/{}/coordinators/new", "/admin/communities/{}/edit"],
)  # fmt: skip
def test_pages_move_permanently_to_the_present_address(page: str, renamed: None, admin: Browser) -> None:
    for method in (admin.client.get, admin.client.head):
        answer = method(page.format("old"))
        assert (answer.status_code, answer.headers["Location"]) == (301, page.format("new"))
    assert admin.client.get(page.format("new")).status_code in (200, 302)


def test_the_confirmation_before_dismissing_moves_too(renamed: None, admin: Browser) -> None:
    group = queries.group_at("new")
    assert group
    [cora] = queries.coordinators_of(group.id)
    answer = admin.client.get(f"/admin/groups/old/coordinators/{cora.id}/dismiss")
    assert (answer.status_code, answer.headers["Location"]) == (
        301, f"/admin/groups/new/coordinators/{cora.id}/dismiss",
    )  # fmt: skip


def test_a_form_on_an_old_address_is_taken_at_once(app: Flask, admin: Browser) -> None:
    group = make_group("old", names={"en": "Alpha"})
    admin.open("/groups/old/edit")
    service.rename_group(
        group.id, GroupIdentity(group.names, "new", group.community_id, 1), version=group.version, actor_id=None
    )
    admin.send(topics__en="kept")
    assert admin.status == 422  # the rename came in between, which is said; nothing typed is lost
    admin.send()
    assert admin.path == "/groups/new"
    assert group.topics["en"] == ["kept"]


def test_a_visitor_is_not_told_more_than_the_new_address(renamed: None, browser: Browser) -> None:
    assert browser.open("/groups/old/edit").path.startswith("/sign-in?next=/groups/new/edit")
    assert browser.open("/groups/never").status == 404


def test_codes_of_associations_are_not_case_sensitive_and_lead_to_one_address(app: Flask, browser: Browser) -> None:
    make_association("HAVN")
    answer = browser.client.get("/associations/havn?lang=fr")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/associations/HAVN?lang=fr")


def test_where_nothing_moved_it_costs_nothing(app: Flask, browser: Browser) -> None:
    make_group("alpha")
    db.session.rollback()
    with counted_queries() as statements:
        browser.open("/groups/alpha")
    assert sum("addresses" in statement for statement in statements) == 1
