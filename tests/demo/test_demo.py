"""Invented data: the same for the same seed, marked, and never where real people are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.calendars.models import Feed
from app.core.audit import AuditEntry
from app.core.db import Base, db
from app.core.zones import Reading, reading
from app.demo import commands
from app.demo.generate import SIGN_INS, invent, set_password
from app.demo.names import BY_COUNTRY, LANGUAGES
from app.demo.plan import Plan
from app.groups import catalogue
from app.groups.models import Coordinator, WorkingGroup
from app.meetings.models import Meeting
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import State
from app.people.models import Affiliation, Association, Person
from app.terms import queries as terms
from app.terms.rules import Kind
from tests.browsing import Browser
from tests.databases import empty_all_tables
from tests.factories.people import make_person

PLAN = Plan(today=date(2026, 11, 25), people=90, meetings=60, seed=7)
PASSWORD = "invented for one test only"


def rows() -> dict[str, list[tuple[object, ...]]]:
    """Everything but what chance or the clock must decide: password hashes, feed versions' times."""
    left_out = {"accounts", "feeds", "audit_entries"}
    return {
        table.name: [tuple(row) for row in db.session.execute(sa.select(table).order_by(*table.primary_key.columns))]
        for table in Base.metadata.sorted_tables
        if table.name not in left_out
    }


@pytest.fixture
def filled(app: Flask) -> None:
    catalogue.load_files()
    assert invent(PLAN, PASSWORD)


def person(name: str) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.email == f"{name}@demo.example")).one()


def test_same_seed_same_data(filled: None) -> None:
    first = rows()
    empty_all_tables()
    catalogue.load_files()
    assert invent(PLAN, "another password, same people")
    assert rows() == first
    empty_all_tables()
    catalogue.load_files()
    assert invent(dataclasses.replace(PLAN, seed=8), PASSWORD)
    assert rows()["meetings"] != first["meetings"]


@pytest.fixture(scope="class")
def filled_once(_app: Flask) -> Iterator[None]:
    with _app.app_context():
        catalogue.load_files()
        assert invent(PLAN, PASSWORD)
        yield
        empty_all_tables()


@pytest.mark.usefixtures("filled_once")
class TestWhatIsInvented:
    """Looked at only, so made once."""

    def test_what_outside_users_rely_on(self) -> None:
        home = db.session.scalars(sa.select(WorkingGroup).where(WorkingGroup.slug == "climate-and-energy")).one()
        vvsg = db.session.scalars(sa.select(Association).where(Association.code == "VVSG")).one()
        coordinator = db.session.scalars(sa.select(Coordinator).where(Coordinator.group_id == home.id)).one()
        assert coordinator.person_id == person("coordinator").id
        member = db.session.scalars(sa.select(Membership).where(Membership.person_id == person("expert").id)).one()
        assert (member.group_id, member.state, member.association_id) == (home.id, State.ACTIVE, vvsg.id)
        functions = db.session.scalars(
            sa.select(Affiliation.function).where(
                Affiliation.person_id == person("focal").id, Affiliation.association_id == vvsg.id
            )
        ).all()
        assert functions == ["focal_point"]
        account = person("admin").account
        assert account and account.is_administrator

    def test_all_is_marked(self) -> None:
        people = db.session.scalars(sa.select(Person)).all()
        assert len(people) == PLAN.people
        assert all(person.demo for person in people)
        families = {names.family for names in LANGUAGES.values()} | {"Example"}
        assert all(person.full_name.split()[-1] in families for person in people)
        assert {email.split("@")[1] for person in people if (email := person.email)} == {"demo.example"}
        meetings = db.session.scalars(sa.select(Meeting)).all()
        beside = sum(meeting.series_id is None for meeting in meetings)
        assert beside == PLAN.meetings + 4  # those that show who meets: see demo.company
        assert all(meeting.demo and meeting.title.endswith("(demo)") for meeting in meetings)

    def test_no_meeting_in_an_hour_that_a_clock_change_touches(self) -> None:
        for meeting in db.session.scalars(sa.select(Meeting)):
            if meeting.precision == "month":
                continue
            assert reading(meeting.starts_local, meeting.time_zone) == Reading.ONCE
            assert meeting.starts_local.weekday() < 5

    def test_every_group_has_a_feed(self, _app: Flask) -> None:
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Feed).where(Feed.kind == "group")) == 21
        assert "BEGIN:VEVENT" in Browser(_app).open("/groups/climate-and-energy/calendar.ics").text

    def test_the_trail_tells_what_was_invented(self) -> None:
        """One entry for each move of a membership, in order, about whom and what the membership is."""
        entries = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.subject_type == "memberships").order_by(AuditEntry.id)
        ).all()
        events = db.session.scalars(sa.select(MembershipEvent)).all()
        assert len(entries) == len(events) > 50
        assert [entry.at for entry in entries] == sorted(event.at for event in events)
        memberships = {one.id: one for one in db.session.scalars(sa.select(Membership))}
        for entry in entries:
            about = memberships[entry.subject_id]
            assert (entry.person_id, entry.group_id, entry.association_id) == (
                about.person_id, about.group_id, about.association_id
            )  # fmt: skip

    def test_most_have_accepted_the_terms_in_force_and_some_have_not(self) -> None:
        seated = set(db.session.scalars(sa.select(Membership.person_id).where(Membership.state == State.ACTIVE)))
        late = terms.not_accepted_by(seated)
        assert [one.kind for one in terms.in_force()] == list(Kind)
        assert 0 < len(late) < len(seated) / 4
        assert person("expert").id not in late


def test_the_demo_sign_ins_sign_in(filled: None, app: Flask) -> None:
    for address in SIGN_INS:
        assert Browser(app).sign_in(address, PASSWORD).open("/me").status == 200
    set_password("and now another one for them")
    assert "/sign-in" in Browser(app).sign_in(SIGN_INS[0], PASSWORD).path
    assert Browser(app).sign_in(SIGN_INS[0], "and now another one for them").open("/me").status == 200


def test_nothing_is_added_where_there_is_somebody(app: Flask) -> None:
    catalogue.load_files()
    make_person("Somebody Real")
    assert not invent(PLAN, PASSWORD)
    result = app.test_cli_runner().invoke(args=["demo", "--people", "30"])
    assert result.exit_code == 1
    assert "nothing was added" in result.output
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 1


def test_an_empty_catalogue_is_said(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "flask catalogue load" in result.output


def test_never_in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    production = dataclasses.replace(app.config["ROUNDTABLE"], environment="production")
    monkeypatch.setitem(app.config, "ROUNDTABLE", production)
    for command in ("demo", "develop"):
        result = app.test_cli_runner().invoke(args=[command])
        assert result.exit_code == 1
        assert "production" in result.output


def test_more_groups_than_the_catalogue_has(app: Flask, browser: Browser) -> None:
    catalogue.load_files()
    result = app.test_cli_runner().invoke(args=["demo", "--people", "30", "--groups", "3", "--meetings", "10"])
    assert result.exit_code == 0, result.output
    assert browser.open("/groups/demo-group-3").status == 200


def test_the_password_is_made_up_once(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = dataclasses.replace(app.config["ROUNDTABLE"], instance_path=tmp_path, demo_password=None)
    monkeypatch.setitem(app.config, "ROUNDTABLE", settings)
    made = commands._password()
    assert len(made) >= 12
    assert commands._password() == made
    assert (tmp_path / "demo-password").stat().st_mode & 0o077 == 0
    given = dataclasses.replace(settings, demo_password="given from outside")
    monkeypatch.setitem(app.config, "ROUNDTABLE", given)
    assert commands._password() == "given from outside"


def test_every_country_of_the_catalogue_has_names(app: Flask) -> None:
    catalogue.load_files()
    assert set(db.session.scalars(sa.select(Association.country))) <= set(BY_COUNTRY)
    assert set(BY_COUNTRY.values()) <= set(LANGUAGES)
