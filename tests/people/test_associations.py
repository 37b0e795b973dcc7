"""Administrators correct associations; former short names keep leading to them."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.people import queries
from app.people.models import Association
from app.people.service import associations
from tests.browsing import Browser
from tests.factories.people import make_account, make_association
from tests.people.helpers import at_once, signed_in


@pytest.fixture
def admin(app: Flask) -> Browser:
    """An administrator's browser."""
    return signed_in(app, make_account("Adam Administrator", administrator=True))


def test_correcting_everything(admin: Browser) -> None:
    association = make_association("VVSG", names={"en": "Flemish cities", "de": "Flämische Städte"})
    admin.open("/admin/associations/VVSG/edit")
    admin.send(code="vlag", country="XK", name="Nieuwe naam", names__en="New name", names__fr="", status="partner")
    assert admin.path == "/associations/VLAG"
    saved = db.session.get_one(Association, association.id)
    assert (saved.code, saved.country, saved.name, saved.status) == ("VLAG", "XK", "Nieuwe naam", "partner")
    assert saved.names == {"en": "New name", "de": "Flämische Städte"}


def test_the_former_short_name_keeps_leading_to_it(admin: Browser) -> None:
    association_id = make_association("VVSG").id
    admin.open("/admin/associations/VVSG/edit").send(code="VLAG")
    for code in ("VVSG", "vvsg", "VLAG"):
        found = queries.association_at(code)
        assert found and found.id == association_id
    answer = admin.client.get("/associations/VVSG")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/associations/VLAG")
    admin.open("/admin/associations/VVSG/edit")
    assert admin.path == "/admin/associations/VLAG/edit"
    make_association("OTHER")
    admin.open("/admin/associations/OTHER/edit").send(code="VVSG")
    assert admin.status == 422
    assert "is or was in use by another" in admin.text
    admin.open("/admin/associations/VLAG/edit").send(code="VVSG")
    assert admin.path == "/associations/VVSG"


@pytest.mark.parametrize(
    ("field", "value"),
    [("code", ""), ("code", "A B"), ("code", "../X"), ("code", "-A"), ("code", "Ä"), ("code", "A" * 81),
     ("country", "UK"), ("country", ""), ("name", ""), ("status", "friend"), ("names__en", "x" * 201)],
)  # fmt: skip
def test_what_is_refused(admin: Browser, field: str, value: str) -> None:
    association = make_association("VVSG")
    admin.open("/admin/associations/VVSG/edit").send(**{"names__fr": "Un nom", field: value})
    assert admin.status == 422
    assert 'value="Un nom"' in admin.text
    saved = db.session.get_one(Association, association.id)
    assert (saved.code, saved.names) == ("VVSG", {})


def test_two_administrators_at_once(app: Flask, admin: Browser) -> None:
    association = make_association("VVSG", names={"en": "Flemish cities", "fr": "Villes flamandes"})
    other = signed_in(app, make_account(administrator=True))
    admin.open("/admin/associations/VVSG/edit")
    other.open("/admin/associations/VVSG/edit").send(names__fr="Villes de Flandre", status="associate")
    admin.send(names__fr="Villes et communes", names__en="Cities of Flanders")
    assert admin.status == 422
    assert "Villes de Flandre" in admin.text
    assert 'value="Villes et communes"' in admin.text
    admin.send()
    saved = db.session.get_one(Association, association.id)
    assert saved.names == {"en": "Cities of Flanders", "fr": "Villes et communes"}
    assert saved.status == "associate"


def test_two_associations_want_one_short_name(app: Flask) -> None:
    both = [make_association("AAA"), make_association("BBB")]
    wanted = [
        (item.id, associations.AssociationFacts("CCC", "BE", item.name, {}, "member"), item.version) for item in both
    ]
    outcomes = at_once(app, *[lambda it=it: associations.edit_association(*it, None) for it in wanted])
    assert [isinstance(outcome, Association) for outcome in outcomes].count(True) == 1, outcomes
    assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 1, outcomes


def test_only_administrators(app: Flask) -> None:
    make_association("VVSG")
    assert signed_in(app, make_account()).open("/admin/associations/VVSG/edit").status == 403
    assert Browser(app).open("/admin/associations/VVSG/edit").path.startswith("/sign-in")
    for code in ("NONE", "%00", "A%0AB", "A" * 300):
        assert Browser(app).open(f"/admin/associations/{code}/edit").status == 404, code


@pytest.mark.parametrize(("region", "fits"), [("BE-VLG", True), (None, True), ("FR-75", False), ("BE", False)])
def test_a_region_is_one_of_the_country(app: Flask, region: str | None, fits: bool) -> None:
    facts = associations.AssociationFacts("AAA", "BE", "A", {}, "member", region)
    if fits:
        associations.check_facts(facts)
        return
    with pytest.raises(DomainError) as caught:
        associations.check_facts(facts)
    assert caught.value.field == "region"
