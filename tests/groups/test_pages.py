"""The feature's own pages: who may open them, what they refuse, what they keep when two edit at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from app.core.db import db
from app.groups import queries
from app.groups.models import WorkingGroup
from tests.browsing import Browser
from tests.factories.groups import make_community, make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account
from tests.people.helpers import signed_in
from tests.queries import counted_queries

PAGES = (
    "/admin/groups/new",
    "/admin/groups/alpha/name",
    "/admin/groups/alpha/coordinators/new",
    "/admin/communities/heading/edit",
    "/groups/alpha/edit",
)
"""All but the confirmation before dismissing, for which see test_coordinators."""


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group(
        "alpha",
        names={"en": "Alpha", "fr": "Alpha bis"},
        topics={"en": ["one", "two"]},
        mandate={"en": "It **works**."},
        position=10,
        community=make_community("heading", names={"en": "Heading"}, goals={"en": "Going on"}),
    )


def test_who_may_open_what(app: Flask, group: WorkingGroup, admin: Browser) -> None:
    cora, rival, member = make_account("Cora"), make_account("Rita"), make_account("Mia")
    make_group("beta", coordinators=(rival,))
    make_membership(group, member)
    from app.groups import service

    service.appoint_coordinator(group.id, cora.email or "", None)
    visitor = Browser(app)
    for page in PAGES:
        assert admin.open(page).status == 200
        answer = visitor.client.get(page)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/sign-in")
        assert signed_in(app, cora).open(page).status == (200 if page == "/groups/alpha/edit" else 403)
        for person in (rival, member):
            assert signed_in(app, person).open(page).status == 403
        assert admin.client.post(page).status_code == 400  # no form of ours sent it
    for page in PAGES[1:]:
        assert admin.open(page.replace("alpha", "none").replace("heading", "none")).status == 404


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_whole_and_cheap(page: str, group: WorkingGroup, admin: Browser) -> None:
    for number in range(30):
        make_group(community=make_community(f"c{number}"))
    db.session.rollback()
    with counted_queries() as statements:
        admin.open(page)
    assert admin.status == 200
    assert admin.text.count("<h1") == 1
    assert "style=" not in admin.text
    assert len(statements) <= 12, statements


def test_adding_a_group(group: WorkingGroup, admin: Browser) -> None:
    community_id = str(group.community_id)
    admin.open("/admin/groups/new")
    admin.send(names__en="Night Trains", names__fr="Trains de nuit", community=community_id, position="", slug="")
    assert (admin.path, admin.status) == ("/groups/night-trains", 200)
    assert "Night Trains is added. Next, appoint a coordinator." in admin.text
    found = queries.group_at("night-trains")
    assert found
    assert (found.names, found.position) == ({"en": "Night Trains", "fr": "Trains de nuit"}, 20)
    admin.open("/admin/groups/new").send(names__en="Own place", community=community_id, position="15", slug="MINE")
    found = queries.group_at("mine")
    assert found
    assert [item.slug for item in found.community.groups] == ["alpha", "mine", "night-trains"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"names__en": ""}, "This is needed."),
        ({"names__en": "x" * 201}, "200 characters"),
        ({"slug": "no spaces"}, "Use small letters a to z, digits and single hyphens"),
        ({"slug": "alpha"}, "This address is or was in use by another."),
        ({"names__en": "Alpha", "slug": ""}, "This address is or was in use by another."),
        ({"community": "999"}, "Not a valid choice"),
        ({"community": "x"}, "Not a valid choice"),
        ({"position": "0"}, "Give a number from 1 to 9999."),
        ({"position": "99999999999999999999"}, "Give a number from 1 to 9999."),
        ({"position": "last"}, "Give a whole number."),
    ],
)
def test_what_is_refused_keeps_what_was_typed(
    values: dict[str, str], said: str, group: WorkingGroup, admin: Browser
) -> None:
    typed = {"names__en": "Beta", "names__fr": "Bêta", "slug": "beta", "position": "7", **values}
    admin.open("/admin/groups/new").send(**typed)
    assert admin.status == 422
    assert said in admin.text
    fields = admin.form()["fields"]
    for name, value in typed.items():
        if name != "community":
            assert fields[name.replace("__", "-")] == value
    assert len(queries.groups()) == 1


def test_renaming(group: WorkingGroup, admin: Browser) -> None:
    other = make_community("other", names={"en": "Other"})
    admin.open("/admin/groups/alpha/name")
    admin.send(names__en="Beta", names__fr="", slug="Beta", community=str(other.id), position="3")
    assert admin.path == "/groups/beta"
    assert "Beta is saved." in admin.text
    assert (group.names, group.slug, group.community_id, group.position) == ({"en": "Beta"}, "beta", other.id, 3)
    taken = make_group("gamma")
    admin.open("/admin/groups/gamma/name").send(slug="alpha")
    assert admin.status == 422
    assert "This address is or was in use by another." in admin.text
    assert taken.slug == "gamma"


def test_describing_a_group(app: Flask, group: WorkingGroup) -> None:
    cora = make_account("Cora", email="cora@example.org")
    from app.groups import service

    service.appoint_coordinator(group.id, "cora@example.org", None)
    browser = signed_in(app, cora).open("/groups/alpha/edit")
    fields = browser.form()["fields"]
    assert (fields["topics-en"], fields["topics-fr"], fields["time_zone"]) == ("one\ntwo", "", "")
    assert "The installation’s own: Brussels" in browser.text
    browser.send(
        topics__en="- night trains\n\n• stations \nnight trains",
        topics__fr="gares",
        mandate__en="It <script>alert(1)</script> **works**.",
        mandate__fr="Il *travaille*.",
        time_zone="Europe/Athens",
    )
    assert browser.path == "/groups/alpha"
    assert "The page of Alpha is saved." in browser.text
    assert group.topics == {"en": ["night trains", "stations"], "fr": ["gares"]}
    assert group.time_zone == "Europe/Athens"
    assert "<strong>works</strong>" in browser.text
    assert "<script>alert" not in browser.text
    browser.open("/groups/alpha/edit").send(time_zone="")
    assert group.time_zone is None
    browser.open("/groups/alpha/edit").send(time_zone="Europe/Atlantis")
    assert browser.status == 422
    assert "Not a valid choice." in browser.text
    browser.open("/groups/alpha/edit").send(topics__fr="\n".join(f"sujet {n}" for n in range(13)))
    assert browser.status == 422
    assert "At most 12 topics in each language." in browser.text
    assert "sujet 12" in browser.form()["fields"]["topics-fr"]


def test_a_stored_zone_that_is_not_listed_stays(group: WorkingGroup, admin: Browser) -> None:
    group.time_zone = "Europe/Kyiv" if "Europe/Kyiv" not in zone_values(admin) else "Etc/GMT-1"
    stored = group.time_zone
    db.session.commit()
    admin.open("/groups/alpha/edit").send(topics__en="other")
    assert (group.time_zone, group.topics["en"]) == (stored, ["other"])


def zone_values(browser: Browser) -> str:
    return browser.open("/groups/alpha/edit").text


def test_describing_a_community(group: WorkingGroup, admin: Browser) -> None:
    admin.open("/admin/communities/heading/edit")
    admin.send(names__en="", slug="not so", colour_light="#ffcc00", colour_dark="blue")
    assert admin.status == 422
    for said in (
        "This is needed.",
        "Use small letters a to z",
        "Too pale for a light page: the contrast is 1.4, 4.5 is needed.",
        "Give the colour as # and six hexadecimal digits",
    ):
        assert said in admin.text
    admin.send(names__en="Horizon", goals__fr="Avancer", slug="horizon", colour_light="#8F4A00", colour_dark="#f2b56b")
    assert admin.path == "/communities/horizon"
    assert "Horizon is saved." in admin.text
    assert "#8f4a00" in admin.open("/theme.css").text
    community = queries.community_at("heading")
    assert community
    assert community.goals == {"en": "Going on", "fr": "Avancer"}


def edited_by_two(first: Browser, second: Browser, page: str, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """`second` saves what they typed while `first` has the same page open, then `first` sends theirs."""
    first.open(page)
    second.open(page).send(**theirs)
    assert second.status == 200
    first.send(**mine)


def test_two_administrators_edit_at_once_and_lose_nothing(app: Flask, group: WorkingGroup, admin: Browser) -> None:
    other = signed_in(app, make_account("Olga", administrator=True))
    page = "/admin/groups/alpha/name"
    edited_by_two(
        admin, other, page, {"names__en": "Mine", "position": "3"}, {"names__en": "Hers", "names__fr": "La sienne"}
    )
    assert admin.status == 422
    assert "Someone else saved changes while you were editing." in admin.text
    assert admin.text.count("Saved meanwhile:") == 2
    fields = admin.form()["fields"]
    assert (fields["names-en"], fields["names-fr"], fields["position"]) == ("Mine", "La sienne", "3")
    assert 'id="names-en-conflict"' in admin.text
    assert "Hers" in admin.text
    assert group.names == {"en": "Hers", "fr": "La sienne"}
    admin.send()
    assert admin.path == "/groups/alpha"
    assert (group.names, group.position) == ({"en": "Mine", "fr": "La sienne"}, 3)


def test_two_edit_the_address_at_once(app: Flask, group: WorkingGroup, admin: Browser) -> None:
    other = signed_in(app, make_account("Olga", administrator=True))
    edited_by_two(admin, other, "/admin/groups/alpha/name", {"slug": "mine"}, {"slug": "hers"})
    assert admin.status == 422
    assert "hers" in admin.text
    admin.send()
    assert (admin.path, group.slug) == ("/groups/mine", "mine")


def test_two_describe_a_group_at_once(app: Flask, group: WorkingGroup, admin: Browser) -> None:
    other = signed_in(app, make_account("Olga", administrator=True))
    edited_by_two(
        admin,
        other,
        "/groups/alpha/edit",
        {"mandate__fr": "À moi", "time_zone": "Europe/Lisbon"},
        {"topics__en": "hers", "mandate__en": "", "time_zone": "Europe/Athens"},
    )
    fields = admin.form()["fields"]
    assert admin.status == 422
    assert (fields["mandate-fr"], fields["time_zone"]) == ("À moi", "Europe/Lisbon")
    assert (fields["topics-en"], fields["mandate-en"]) == ("hers", "")
    assert "Europe / Athens" in admin.text
    assert "nothing (it was emptied)" in admin.text
    admin.send()
    assert (group.time_zone, group.topics, group.mandate) == ("Europe/Lisbon", {"en": ["hers"]}, {"fr": "À moi"})


def test_two_describe_a_community_at_once(app: Flask, group: WorkingGroup, admin: Browser) -> None:
    other = signed_in(app, make_account("Olga", administrator=True))
    edited_by_two(
        admin, other, "/admin/communities/heading/edit", {"goals__en": "Mine"}, {"colour_light": "#8f4a00"}
    )  # fmt: skip
    assert admin.status == 422
    assert 'id="colour_light-conflict"' in admin.text
    admin.send()
    assert (group.community.goals["en"], group.community.colour_light) == ("Mine", "#8f4a00")


def test_a_form_sent_twice_is_saved_once(group: WorkingGroup, admin: Browser) -> None:
    admin.open("/admin/groups/alpha/name")
    form = admin.form()
    fields = {**{k: v for k, v in form["fields"].items() if v is not None}, "names-en": "Beta"}
    answers = [admin.client.post(form["action"], data=fields) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    db.session.rollback()
    assert group.version == 2


def test_in_french_the_names_are_french(app: Flask, group: WorkingGroup, admin: Browser) -> None:
    admin.open("/groups/alpha/edit?lang=fr")
    assert "Alpha bis" in admin.text
    assert 'lang="fr"' in admin.text
