"""Who belongs where, and since when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from flask import Flask

from app.core.db import db
from app.core.errors import DomainError
from app.membership.service import end_affiliation
from app.people import policy, queries
from app.people.models import Affiliation, Person
from app.people.service.affiliations import add_affiliation
from app.people.viewer import SignedIn
from tests.factories.people import make_account, make_association, make_person
from tests.people.helpers import at_once, signed_in

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()


def viewer_of(person: Person) -> SignedIn:
    found = db.session.get_one(Person, person.id)
    assert found.account
    return SignedIn(found.account)


def test_a_focal_point_from_one_day_to_another(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        person, association = make_account(), make_association()
        made = add_affiliation(person.id, association.id, None, "focal_point", date(2026, 12, 1), None)
        end_affiliation(made.id, date(2026, 12, 31), None)
    # Brussels is an hour ahead of UTC in winter: its days begin and end an hour before those of UTC.
    for moment, holds in (
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 23, 1, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), False),
    ):
        with time_machine.travel(moment, tick=False):
            viewer = viewer_of(person)
            assert policy.is_focal_point(viewer, association) is holds, moment
            assert policy.focal_for(viewer) == (frozenset({association.id}) if holds else frozenset())
            assert bool(queries.current_affiliations(db.session.get_one(Person, person.id))) is holds
            assert bool(queries.affiliations_with([association.id])) is holds


def test_by_the_pages(app: Flask) -> None:
    person, association = make_person("Sara Speaker"), make_association("VVSG")
    with time_machine.travel(NOON, tick=False):
        admin = signed_in(app, make_account(administrator=True))
        admin.open(f"/admin/people/{person.id}/affiliations/new")
        assert admin.form(having="function")["fields"]["starts_on"] == "2026-11-25"
        admin.send(association=str(association.id), function="deputy", starts_on="2026-11-01")
        assert admin.path == f"/admin/people/{person.id}"
        made = db.session.get_one(Person, person.id).affiliations[0]
        assert (made.association_id, made.function, made.starts_on) == (association.id, "deputy", date(2026, 11, 1))
        admin.open(f"/admin/affiliations/{made.id}/end").send(ends_on="2026-10-31")
        assert admin.status == 422
        assert "It began on Sun 1 November 2026" in admin.text
        admin.send(ends_on="2026-11-24")
        assert admin.path == f"/admin/people/{person.id}"
        assert "Tue 24 November 2026" in admin.text
        admin.open(f"/admin/affiliations/{made.id}/end").send(ends_on="2026-12-24")
        assert admin.status == 422
        assert "ended on" in admin.text


@pytest.mark.parametrize(
    "values",
    [
        {"association": "", "function": "expert"},
        {"association": "other", "organisation": "", "function": "expert"},
        {"association": "other", "organisation": "A ministry", "function": "focal_point"},
        {"association": "4711", "function": "expert"},
        {"function": "king"},
        {"starts_on": ""},
        {"starts_on": "soon"},
        {"starts_on": "0026-11-01"},
        {"starts_on": "2126-11-01"},
    ],
)
def test_what_is_refused(app: Flask, values: dict[str, str]) -> None:
    admin = signed_in(app, make_account(administrator=True))
    person, association = make_person(), make_association()
    admin.open(f"/admin/people/{person.id}/affiliations/new").send(**{"association": str(association.id), **values})
    assert admin.status == 422
    assert db.session.get_one(Person, person.id).affiliations == []


def test_one_function_at_a_time_in_one_body(app: Flask) -> None:
    person_id, association_id = make_person().id, make_association().id
    first = add_affiliation(person_id, association_id, None, "expert", TODAY, None).id
    for start in (TODAY, TODAY - timedelta(days=9), TODAY + timedelta(days=9)):
        with pytest.raises(DomainError):
            add_affiliation(person_id, association_id, None, "expert", start, None)
    add_affiliation(person_id, association_id, None, "focal_point", TODAY, None)
    add_affiliation(person_id, make_association().id, None, "expert", TODAY, None)
    add_affiliation(person_id, None, "A ministry", "expert", TODAY, None)
    with pytest.raises(DomainError):
        add_affiliation(person_id, None, "a Ministry", "expert", TODAY, None)
    end_affiliation(first, TODAY + timedelta(days=5), None)
    with pytest.raises(DomainError):
        add_affiliation(person_id, association_id, None, "expert", TODAY + timedelta(days=5), None)
    add_affiliation(person_id, association_id, None, "expert", TODAY + timedelta(days=6), None)
    with pytest.raises(DomainError):  # it would run into the next one
        end_affiliation(first, TODAY + timedelta(days=7), None)


def test_twice_at_once(app: Flask) -> None:
    person_id, association_id = make_person().id, make_association().id
    outcomes = at_once(app, *[lambda: add_affiliation(person_id, association_id, None, "expert", TODAY, None)] * 3)
    assert [isinstance(outcome, Affiliation) for outcome in outcomes].count(True) == 1, outcomes
    assert [isinstance(outcome, DomainError) for outcome in outcomes].count(True) == 2, outcomes
