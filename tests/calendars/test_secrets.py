"""Secret addresses: shown once, kept as digests, ended at will, and nowhere else to be found."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.calendars.feeds import FeedKind
from app.calendars.models import FeedSecret
from app.calendars.secret_words import EXPIRY, LENGTH, SHAPE, client_of, digest, new_secret
from app.calendars.service import secrets
from app.core.audit import AuditEntry
from app.core.db import Base, db
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.people.models import Person
from tests.browsing import Browser, Visit
from tests.calendars.test_personal import feed_of
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("heat", names={"en": "Heat", "fr": "Chaleur"})


@pytest.fixture
def owner(group: WorkingGroup) -> Person:
    person = make_account("Olga Owner", email="olga@example.org")
    make_membership(group, person)
    return person


@pytest.fixture(autouse=True)
def _forget_uses(app: Flask) -> None:
    """Each test begins with the numbers of the one before."""
    app.extensions["roundtable_door"].usage._known.clear()


def row() -> FeedSecret:
    db.session.rollback()
    return db.session.scalars(sa.select(FeedSecret).order_by(FeedSecret.id.desc())).first()  # type: ignore[return-value]


def shown(browser: Browser) -> str:
    """The path of the address that a page says."""
    found = re.search(rf"http://localhost(/feeds/[\w-]{{{LENGTH}}}/calendar\.ics[^\s<\"]*)", browser.text)
    assert found, browser.text
    return found[1].replace("&amp;", "&")


def test_secrets_are_random_and_of_one_shape() -> None:
    made = {new_secret() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(SHAPE.fullmatch(secret) for secret in made)
    assert len(digest(made.pop())) == 64


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Google-Calendar-Importer", "Google Calendar"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0", "Thunderbird"),
        ("Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)", "Outlook"),
        ("macOS/14.5 (23F79) dataaccessd/1.0", "iPhone or iPad"),
        ("macOS/14.5 (23F79) CalendarAgent/1008", "Apple Calendar"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0", "Browser"),
        ("Fancy Reader/1.2 (me@example.org)", "Fancy Reader"),
        ("", ""), ("<script>", ""), ("9", ""),
    ],
)  # fmt: skip
def test_programs_are_told_apart_and_no_version_is_kept(agent: str, name: str) -> None:
    assert client_of(agent) == name


class TestDoor:
    """What an address answers."""

    def test_private_headers(self, owner: Person, client: FlaskClient) -> None:
        answer = client.get(feed_of(owner))
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert answer.content_type == "text/calendar; charset=utf-8; method=PUBLISH"
        assert answer.headers["Content-Disposition"] == 'inline; filename="mine.ics"'

    def test_unknown_expired_and_revoked_answer_alike(self, owner: Person, client: FlaskClient) -> None:
        revoked = feed_of(owner)
        secrets.take_back(row().id, owner.id)
        with time_machine.travel(NOW - EXPIRY - timedelta(days=1), tick=False):
            expired = feed_of(owner)
        with time_machine.travel(NOW, tick=False):
            answers = [
                client.get(address + query)
                for address in (revoked, expired, f"/feeds/{new_secret()}/calendar.ics", "/feeds/short/calendar.ics")
                for query in ("", "?nonsense=1", "?lang=fr")
            ]
        assert {(answer.status_code, answer.data) for answer in answers} == {
            (404, b"There is no calendar at this address.\n")
        }
        assert len({tuple(answer.headers) for answer in answers}) == 1

    def test_an_address_in_use_does_not_expire(self, app: Flask, owner: Person, client: FlaskClient) -> None:
        with time_machine.travel(NOW, tick=False):
            address = feed_of(owner)
        for years in (0.9, 1.8, 2.7):
            with time_machine.travel(NOW + EXPIRY * years, tick=False):
                assert client.get(address).status_code == 200
                assert app.extensions["roundtable_door"].usage.written()
        with time_machine.travel(NOW + EXPIRY * 3.8, tick=False):
            assert client.get(address).status_code == 404

    def test_use_is_noted_once_an_hour_beside_the_request(self, app: Flask, owner: Person, client: FlaskClient) -> None:
        usage = app.extensions["roundtable_door"].usage
        with time_machine.travel(NOW, tick=False):
            address = feed_of(owner)
            client.get(address, headers={"User-Agent": "Thunderbird/128"})
            assert usage.written()
            assert (row().used_at, row().client) == (NOW, "Thunderbird")
        with time_machine.travel(NOW + timedelta(minutes=59), tick=False):
            client.get(address, headers={"User-Agent": "khal/0.11"})
            assert usage.written()
            assert (row().used_at, row().client) == (NOW, "Thunderbird")
        with time_machine.travel(NOW + timedelta(minutes=61), tick=False):
            client.get(address, headers={"User-Agent": "khal/0.11"})
            assert usage.written()
            assert (row().used_at, row().client) == (NOW + timedelta(minutes=61), "khal")

    def test_only_reading(self, owner: Person, client: FlaskClient) -> None:
        for method in ("POST", "OPTIONS", "PUT", "DELETE"):
            answer = client.open(feed_of(owner), method=method)
            assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")

    def test_wrong_choices_are_said_to_who_has_the_address(self, owner: Person, client: FlaskClient) -> None:
        answer = client.get(feed_of(owner) + "?lang=de")
        assert answer.status_code == 400
        assert answer.headers["Referrer-Policy"] == "no-referrer"


class TestPages:
    """Making, replacing and taking back."""

    def test_the_whole_life(self, group: WorkingGroup, owner: Person, visit: Visit, client: FlaskClient) -> None:
        make_meeting(group, visibility="members")
        browser = visit(owner).open("/me/feeds")
        assert "No address yet" in browser.text
        browser.send("/me/feeds", feed="expected", name="Phone", language="fr", alarm="1h", past="30", cancelled=None)
        assert browser.status == 200
        address = shown(browser)
        for link in re.findall(r'href="(/[^"]*)"', browser.text):
            assert address.split("/")[2] not in link
        assert 'href="/calendars/how/iphone"' in browser.text
        assert "blocks subscriptions" in browser.text
        assert address.endswith("?alarm=1h&cancelled=0&lang=fr&past=30d")
        assert browser.page is not None
        assert browser.page.headers["Cache-Control"] == "private, no-store"
        assert browser.page.headers["Referrer-Policy"] == "no-referrer"
        assert "Chaleur: Spring meeting" in client.get(address).text
        browser.open("/me/feeds")
        assert "Phone" in browser.text
        assert "/feeds/" + address.split("/")[2] not in browser.text
        browser.send(f"/me/feeds/{row().id}/replace")
        other = shown(browser)
        assert other != address
        assert client.get(address).status_code == 404
        assert client.get(other).status_code == 200
        browser.open("/me/feeds").send(f"/me/feeds/{row().id}/take-back")
        assert client.get(other).status_code == 404
        actions = db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions[-3:] == ["feed_secret.made", "feed_secret.replaced", "feed_secret.ended"]

    def test_a_form_sent_twice_makes_one(self, owner: Person, visit: Visit) -> None:
        browser = visit(owner).open("/me/feeds")
        key = browser.form("/me/feeds")["fields"]["creation_key"]
        for _time in range(2):
            browser.open("/me/feeds").send("/me/feeds", feed="mine", name="Phone", creation_key=key)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(FeedSecret)) == 1
        assert "was made already" in browser.text

    def test_what_is_wrong_is_said_beside_its_field(self, owner: Person, visit: Visit) -> None:
        browser = visit(owner).open("/me/feeds").send("/me/feeds", feed="mine", name="", past="30")
        assert browser.status == 422
        assert row() is None
        for feed in ("association", "everything", "1"):
            client = visit(owner).open("/me/feeds").client
            token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', visit(owner).open("/me/feeds").text)
            assert token
            client.post("/me/feeds", data={"feed": feed, "name": "x", "csrf_token": token[1], "creation_key": "k"})
        assert row() is None

    def test_an_association_only_by_those_who_speak_for_it(self, owner: Person, app: Flask) -> None:
        association = make_association("ABC")
        with pytest.raises(DomainError):
            secrets.make(owner.id, FeedKind.ASSOCIATION, association.id, "x", "", "key")
        make_affiliation(owner, association, function="deputy")
        secrets.make(owner.id, FeedKind.ASSOCIATION, association.id, "x", "", "key")
        assert row().association_id == association.id

    def test_no_more_than_some(self, owner: Person, app: Flask) -> None:
        for number in range(secrets.MOST):
            secrets.make(owner.id, FeedKind.MINE, None, "x", "", str(number))
        with pytest.raises(DomainError):
            secrets.make(owner.id, FeedKind.MINE, None, "x", "", "one more")

    def test_administrators_take_back_and_replace(self, owner: Person, visit: Visit, client: FlaskClient) -> None:
        address = feed_of(owner)
        browser = visit(make_account(administrator=True)).open(f"/admin/people/{owner.id}/feeds")
        assert "phone" in browser.text
        browser.send(f"/me/feeds/{row().id}/replace")
        assert "in a way that nobody else reads" in browser.text
        assert client.get(shown(browser)).status_code == 200
        assert client.get(address).status_code == 404
        browser.open(f"/admin/people/{owner.id}/feeds").send(f"/me/feeds/{row().id}/take-back")
        assert client.get(f"/admin/people/{owner.id}/feeds").status_code == 302

    def test_others_know_nothing_of_it(self, owner: Person, visit: Visit, app: Flask) -> None:
        feed_of(owner)
        stranger = visit(make_account()).open("/me/feeds")
        token = re.search(r'name="csrf_token" type="hidden" value="([^"]+)"', stranger.text)
        assert token
        for action in ("replace", "take-back"):
            path = f"/me/feeds/{row().id}/{action}"
            assert stranger.client.post(path, data={"csrf_token": token[1]}).status_code == 404
        assert stranger.open(f"/admin/people/{owner.id}/feeds").status == 403
        assert row().ended_at is None

    def test_queries_do_not_grow(self, owner: Person, visit: Visit) -> None:
        from tests.queries import counted_queries

        browser = visit(owner)
        browser.open("/me/feeds")
        with counted_queries() as before:
            browser.open("/me/feeds")
        for _number in range(8):
            feed_of(owner)
        with counted_queries() as after:
            browser.open("/me/feeds")
        assert len(after) <= len(before) + 1


def test_a_secret_stands_nowhere(
    group: WorkingGroup, owner: Person, visit: Visit, client: FlaskClient, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """After use of every kind, and trouble: not in the database, the logs, the metrics, or any page but the one."""
    make_meeting(group)
    logging.getLogger("request").setLevel(logging.INFO)
    browser = visit(owner).open("/me/feeds")
    browser.send("/me/feeds", feed="mine", name="Phone")
    address = shown(browser)
    secret = address.split("/")[2]
    door = app.extensions["roundtable_door"]
    for query in ("", "?lang=fr", "?lang=de", "?past=9d&x=1"):
        for headers in ({}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}):
            client.get(address + query, headers=headers)
            client.post(address + query, headers=headers)
    once = door.reader.head
    door.reader.head = lambda *_values: 1 / 0
    try:
        assert client.get(address).status_code == 500
    finally:
        door.reader.head = once
    client.get(address.replace("calendar.ics", "other"))
    assert door.usage.written()
    assert secret not in caplog.text
    db.session.rollback()
    for table in Base.metadata.sorted_tables:
        for values in db.session.execute(sa.select(table)).all():
            assert secret not in repr(tuple(values)), table.name
    for path in ("/metrics", "/me/feeds", "/me", "/me/data", "/admin/audit"):
        assert secret not in visit(owner).open(path).text


def test_a_remembered_answer_ends_with_the_address(owner: Person, client: FlaskClient) -> None:
    """Asked for with its ETag, which is answered without looking while nothing is written."""
    with time_machine.travel(NOW, tick=False):
        address = feed_of(owner)
        etag = {"If-None-Match": client.get(address).headers["ETag"]}
        assert [client.get(address, headers=etag).status_code for _ in range(3)] == [304] * 3
        secrets.take_back(row().id, owner.id)
        assert client.get(address, headers=etag).status_code == 404


def test_a_remembered_answer_expires_unused(app: Flask, owner: Person, client: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False):
        address = feed_of(owner)
        etag = {"If-None-Match": client.get(address).headers["ETag"]}
        assert app.extensions["roundtable_door"].usage.written()
        assert [client.get(address, headers=etag).status_code for _ in range(3)] == [304] * 3
    with time_machine.travel(NOW + EXPIRY + timedelta(seconds=1), tick=False):
        assert client.get(address, headers=etag).status_code == 404
