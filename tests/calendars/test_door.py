"""The door's HTTP, header by header."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.calendars.feeds import FeedKind
from app.calendars.heads import SECRET, heads
from app.calendars.models import StoredFeed
from app.calendars.tally import answered
from app.core.addresses import claim
from app.core.db import db, write
from app.groups.models import WorkingGroup
from app.groups.signals import group_changed
from app.meetings import service
from tests.calendars.reading import logical_lines, values
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.queries import counted_queries

FEED = "/groups/climate/calendar.ics"
CHANGED = datetime(2026, 11, 20, 9, 0, 0, 500_000, tzinfo=UTC)
LAST_MODIFIED = "Fri, 20 Nov 2026 09:00:00 GMT"


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    """A group with a meeting planned on the morning of 20 November 2026."""
    found = make_group("climate", names={"en": "Climate", "fr": "Climat"})
    with time_machine.travel(CHANGED, tick=False):
        make_meeting(found)
    return found


def test_every_header(group: WorkingGroup, client: FlaskClient) -> None:
    answer = client.get(FEED)
    assert answer.status_code == 200
    headers = dict(answer.headers)
    etag = headers.pop("ETag")
    assert etag.startswith('"')
    assert etag.endswith('"')
    assert headers == {
        "Content-Type": "text/calendar; charset=utf-8; method=PUBLISH",
        "Content-Length": str(len(answer.data)),
        "Content-Disposition": 'inline; filename="climate.ics"',
        "Last-Modified": LAST_MODIFIED,
        "Vary": "Accept-Encoding",
        "Cache-Control": "public, max-age=60, stale-while-revalidate=300",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "ETag, Content-Disposition",
        "X-Content-Type-Options": "nosniff",
    }


def test_head_is_get_without_a_body(group: WorkingGroup, client: FlaskClient) -> None:
    whole, head = client.get(FEED), client.head(FEED)
    assert head.status_code == 200
    assert head.data == b""
    assert dict(head.headers) == dict(whole.headers)
    assert client.head("/groups/nowhere/calendar.ics").status_code == 404
    assert client.head("/groups/nowhere/calendar.ics").data == b""


def test_no_cookie_and_no_redirect(group: WorkingGroup, client: FlaskClient) -> None:
    for query in ("", "?lang=fr"):
        answer = client.get(FEED + query, headers={"Accept-Language": "fr", "Cookie": "roundtable=whatever"})
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_the_language_is_by_parameter_alone(group: WorkingGroup, client: FlaskClient) -> None:
    english, french = client.get(FEED), client.get(f"{FEED}?lang=fr")
    assert values(english.data, "NAME") == ["Climate"]
    assert values(french.data, "NAME") == ["Climat"]
    assert english.headers["ETag"] != french.headers["ETag"]
    assert client.get(FEED, headers={"Accept-Language": "fr"}).data == english.data
    assert client.get(f"{FEED}?lang=en").data == english.data
    assert client.get(f"{FEED}?%6cang=f%72").data == french.data
    assert set(db.session.scalars(select(StoredFeed.variant))) == {"lang=en", "lang=fr"}


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("lang=de", "de"),
        ("lang=", "''"),
        ("lang=FR", "FR"),
        ("lang=fr&lang=fr", "once"),
        ("alarm=1h", "alarm"),
        ("utm_source=mail", "utm_source"),
        ("lang=fr&x", "x"),
        ("%0d%0aSet-Cookie:%20a=b=1", "Set-Cookie"),
        ("&".join(["lang=fr"] * 30), "not"),
    ],
)
def test_other_parameters_are_refused_with_a_word(
    group: WorkingGroup, client: FlaskClient, query: str, word: str
) -> None:
    answer = client.get(f"{FEED}?{query}")
    assert answer.status_code == 400
    assert answer.content_type == "text/plain; charset=utf-8"
    assert word in answer.text
    assert answer.text.count("\n") == 1
    assert answer.headers["Cache-Control"] == "no-store"
    assert db.session.scalar(select(StoredFeed.variant)) is None


def test_what_is_not_there_is_said_plainly(group: WorkingGroup, client: FlaskClient) -> None:
    for slug in ("nowhere", "Climate", "climate'--", "cl%C3%AFmate", "climate%20", "x" * 3000):
        answer = client.get(f"/groups/{slug}/calendar.ics")
        assert answer.status_code == 404, slug
        assert answer.content_type == "text/plain; charset=utf-8"
        assert answer.text == "There is no calendar at this address.\n"


def test_other_methods_are_refused(group: WorkingGroup, client: FlaskClient) -> None:
    for answer in (client.post(FEED), client.put(FEED), client.delete(FEED), client.open(FEED, method="PROPFIND")):
        assert answer.status_code == 405
        assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
        assert answer.content_type == "text/plain; charset=utf-8"


def test_a_script_of_another_site_may_ask(group: WorkingGroup, client: FlaskClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Headers": "if-none-match"}
    answer = client.options(FEED, headers=asked)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers
    etag = client.get(FEED).headers["ETag"]
    again = client.get(FEED, headers={"If-None-Match": etag, "Origin": "https://elsewhere.example"})
    assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_addresses_that_are_not_feeds_pass(group: WorkingGroup, client: FlaskClient) -> None:
    for address in ("/groups/climate/more/calendar.ics", "/groups/climate/calendar.ics/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert answer.mimetype == "text/html"
    assert client.get("/healthz").status_code == 200


# Conditional requests


def test_not_modified_has_the_headers_and_no_body(group: WorkingGroup, client: FlaskClient) -> None:
    whole = client.get(FEED)
    answer = client.get(FEED, headers={"If-None-Match": whole.headers["ETag"]})
    assert answer.status_code == 304
    assert answer.data == b""
    for name in ("ETag", "Last-Modified", "Vary", "Cache-Control"):
        assert answer.headers[name] == whole.headers[name]
    assert "Content-Length" not in answer.headers
    assert "Content-Type" not in answer.headers
    assert client.head(FEED, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304


def test_etags_match_in_lists_and_weakly(group: WorkingGroup, client: FlaskClient) -> None:
    etag = client.get(FEED).headers["ETag"]
    for sent in (etag, f"W/{etag}", f'"other", {etag}', f'W/"a" ,W/{etag}, "b"', "*", " * "):
        assert client.get(FEED, headers={"If-None-Match": sent}).status_code == 304, sent
    for sent in ('"other"', etag.strip('"'), "", '""', etag.replace('"', "'"), f'"{etag[1:-2]}"'):
        assert client.get(FEED, headers={"If-None-Match": sent}).status_code == 200, sent


def test_dates_count_only_without_etags(group: WorkingGroup, client: FlaskClient) -> None:
    for date in (LAST_MODIFIED, "Fri, 20 Nov 2026 09:00:01 GMT", "Saturday, 21-Nov-26 09:00:00 GMT"):
        assert client.get(FEED, headers={"If-Modified-Since": date}).status_code == 304, date
    for date in ("Fri, 20 Nov 2026 08:59:59 GMT", "yesterday", "", "Fri, 99 Nov 2026 09:00:00 GMT"):
        assert client.get(FEED, headers={"If-Modified-Since": date}).status_code == 200, date
    both = {"If-Modified-Since": LAST_MODIFIED, "If-None-Match": '"another"'}
    assert client.get(FEED, headers=both).status_code == 200


def test_a_change_shows_at_once(group: WorkingGroup, client: FlaskClient) -> None:
    meeting = make_meeting(group, title="Second", join_link=None)
    etag = client.get(FEED).headers["ETag"]
    service.cancel_meeting(meeting.id, None, actor_id=None)
    answer = client.get(FEED, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert values(answer.data, "STATUS").count("CANCELLED") == 1
    assert client.get(FEED, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_several_changes_within_a_second_have_dates_of_their_own(group: WorkingGroup, client: FlaskClient) -> None:
    later = datetime(2026, 11, 20, 10, 0, 0, 100_000, tzinfo=UTC)
    with time_machine.travel(later, tick=False) as clock:
        make_meeting(group, title="Second")
        second = client.get(FEED)
        make_meeting(group, title="Third")
        third = client.get(FEED)
        assert second.headers["Last-Modified"] == "Fri, 20 Nov 2026 10:00:00 GMT"
        assert "Last-Modified" not in third.headers  # it would lie ahead
        since = {"If-Modified-Since": second.headers["Last-Modified"]}
        assert client.get(FEED, headers=since).status_code == 200
        clock.shift(1)
        assert client.get(FEED).headers["Last-Modified"] == "Fri, 20 Nov 2026 10:00:01 GMT"
        assert client.get(FEED, headers=since).status_code == 200


# Compression


def test_gzip_is_another_representation(group: WorkingGroup, client: FlaskClient) -> None:
    plain = client.get(FEED)
    packed = client.get(FEED, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["Content-Length"] == str(len(packed.data))
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Content-Encoding" not in plain.headers
    again = client.get(FEED, headers={"Accept-Encoding": "gzip"})
    assert again.data == packed.data

    for tag, encoding, status in (
        (packed.headers["ETag"], "gzip", 304),
        (plain.headers["ETag"], "identity", 304),
        (packed.headers["ETag"], "identity", 200),
        (plain.headers["ETag"], "gzip", 200),
        (f"{plain.headers['ETag']}, {packed.headers['ETag']}", "gzip", 304),
    ):
        answer = client.get(FEED, headers={"Accept-Encoding": encoding, "If-None-Match": tag})
        assert answer.status_code == status, (tag, encoding)
        if status == 304:
            assert answer.headers["ETag"] == (packed if encoding == "gzip" else plain).headers["ETag"]


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("*", True),
        ("gzip;q=0.001", True),
        ("identity;q=0.5, gzip;q=1", True),
        ("gzip; q=1.0 , identity; q=1", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("*;q=0", False),
        ("*, gzip;q=0", False),
        ("gzip;q=0.2, identity;q=0.8", False),
        ("gzip;q=high", False),
        ("gzip" * 2000, False),
    ],
)
def test_encodings_are_weighed(group: WorkingGroup, client: FlaskClient, accepted: str, packed: bool) -> None:
    answer = client.get(FEED, headers={"Accept-Encoding": accepted})
    assert (answer.headers.get("Content-Encoding") == "gzip") == packed
    again = client.get(FEED, headers={"Accept-Encoding": accepted})
    assert again.data == answer.data


def test_a_changed_feed_is_compressed_anew(group: WorkingGroup, client: FlaskClient) -> None:
    accept = {"Accept-Encoding": "gzip"}
    first = client.get(FEED, headers=accept)
    make_meeting(group, title="Second")
    client.get(FEED)
    second = client.get(FEED, headers=accept)
    assert gzip.decompress(second.data) == client.get(FEED).data != gzip.decompress(first.data)


# Addresses


def test_an_old_address_answers_directly(group: WorkingGroup, client: FlaskClient) -> None:
    client.get(FEED)
    with write():
        group.slug = "climate-and-water"
        claim("group", "climate-and-water", group.id)
        db.session.flush()
        group_changed.send(group)
    old, new = client.get(FEED), client.get("/groups/climate-and-water/calendar.ics")
    assert old.status_code == new.status_code == 200
    assert old.data == new.data
    assert old.headers["ETag"] == new.headers["ETag"]
    assert old.headers["Content-Disposition"] == 'inline; filename="climate-and-water.ics"'
    assert "SOURCE;VALUE=URI:http://localhost/groups/climate-and-water/calendar.ics" in logical_lines(old.data)


# What it costs, and what is told of it


def test_an_unchanged_feed_costs_one_read_of_its_own(group: WorkingGroup, app: Flask, client: FlaskClient) -> None:
    etag = client.get(FEED).headers["ETag"]
    reader = app.extensions["roundtable_door"].reader
    reads: list[object] = []
    once = reader._try
    reader._try = lambda *read: reads.append(read) or once(*read)
    try:
        with counted_queries() as through_sqlalchemy:
            assert client.get(FEED, headers={"If-None-Match": etag}).status_code == 304
    finally:
        del reader._try
    assert len(reads) == 1
    assert through_sqlalchemy == []


@pytest.mark.parametrize(
    "kind", [FeedKind.ALL, FeedKind.COMMUNITY, FeedKind.GROUP, FeedKind.MEETING, FeedKind.SERIES, SECRET]
)
def test_that_read_uses_indexes_alone(group: WorkingGroup, app: Flask, kind: str) -> None:
    values = {FeedKind.ALL: ("lang=en",), SECRET: ("lang=en", "0" * 64, "2026-11-26", "2026-11-26")}
    given = values.get(kind, ("lang=en", "climate"))
    head = heads(db.engine.dialect.name)[kind]
    with db.engine.connect() as connection:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        cursor = driver.cursor()
        if db.engine.dialect.name == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # tables this small are read whole otherwise
            cursor.execute(f"EXPLAIN {head.replace('?', '%s')}", given)
            plan = [row[0] for row in cursor.fetchall()]
            assert any("Index" in step for step in plan)
            assert not any("Seq Scan" in step for step in plan)
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {head}", given)
            plan = [row[3] for row in cursor.fetchall()]
            assert sum(step.startswith("SEARCH") and "USING" in step for step in plan) >= 2, plan
            made_up = ("SCAN CONSTANT ROW", "SCAN a", "SCAN t") if kind in (FeedKind.ALL, SECRET) else ()
            assert not [step for step in plan if step.startswith("SCAN") and step not in made_up], plan


def test_the_log_tells_the_view_and_never_the_address(
    group: WorkingGroup, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("request")
    logger.setLevel(logging.INFO)
    try:
        before = answered.labels("404")._value.get()
        client.get("/groups/hidden-name/calendar.ics?lang=fr")
        client.get("/groups/hidden-name/calendar.ics?token=hidden")
    finally:
        logger.setLevel(logging.NOTSET)
    assert answered.labels("404")._value.get() == before + 1
    lines = [str(record.msg) for record in caplog.records if record.name == "request"]
    assert len(lines) == 2
    assert "calendars.group_calendar" in lines[0]
    assert "404" in lines[0]
    assert "hidden" not in "".join(lines)


def test_polls_that_go_well_share_a_line_a_second(
    app: Flask, group: WorkingGroup, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    etag = client.get(FEED).headers["ETag"]
    logger = logging.getLogger("request")
    logger.setLevel(logging.INFO)
    app.extensions["roundtable_door"].tally.count()
    before = answered.labels("304")._value.get()
    try:
        for _ in range(30):
            client.get(FEED, headers={"If-None-Match": etag})
    finally:
        logger.setLevel(logging.NOTSET)
    app.extensions["roundtable_door"].tally.count()
    assert answered.labels("304")._value.get() == before + 30
    assert len([record for record in caplog.records if record.name == "request"]) < 15


# What is told again and again without looking


def test_the_same_answer_has_the_same_headers(group: WorkingGroup, client: FlaskClient) -> None:
    for encoding in ("identity", "gzip"):
        asked = {"Accept-Encoding": encoding}
        asked["If-None-Match"] = client.get(FEED, headers=asked).headers["ETag"]
        answers = [client.get(FEED, headers=asked) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [304] * 3
        assert len({tuple(answer.headers) for answer in answers}) == 1
        assert answers[0].headers["ETag"] == asked["If-None-Match"]


def test_it_ends_when_an_event_leaves_though_nothing_was_written(group: WorkingGroup, client: FlaskClient) -> None:
    with time_machine.travel(CHANGED + timedelta(days=1), tick=False):
        etag = {"If-None-Match": client.get(FEED).headers["ETag"]}
        assert [client.get(FEED, headers=etag).status_code for _ in range(3)] == [304] * 3
    ends = db.session.scalars(select(StoredFeed.stale_at)).one()
    assert ends is not None
    with time_machine.travel(ends - timedelta(seconds=1), tick=False):
        assert client.get(FEED, headers=etag).status_code == 304
    with time_machine.travel(ends + timedelta(seconds=1), tick=False):
        assert client.get(FEED, headers=etag).status_code == 200


def test_a_feed_asked_for_all_the_time_is_noted_each_hour(app: Flask, group: WorkingGroup, client: FlaskClient) -> None:
    usage, start = app.extensions["roundtable_door"].usage, CHANGED + timedelta(days=1)
    usage._known.clear()  # of other tests, in another time
    with time_machine.travel(start, tick=False):
        etag = {"If-None-Match": client.get(FEED).headers["ETag"]}
    for minutes, noted in ((59, 0), (61, 61), (119, 61), (122, 122)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert [client.get(FEED, headers=etag).status_code for _ in range(3)] == [304] * 3
        assert usage.written()
        db.session.rollback()
        assert db.session.scalars(select(StoredFeed.used_at)).one() == start + timedelta(minutes=noted)
