"""How people are told of a feed."""

from __future__ import annotations

import re
from html import unescape

import segno
from flask import Flask
from flask.testing import FlaskClient

from app.calendars.subscribing import Subscription, subscription_of
from tests.factories.groups import make_group


def test_each_kind_of_program_gets_its_form() -> None:
    feed = Subscription("Climate & Energy", "https://groups.example.org/groups/climate/calendar.ics?lang=fr")
    assert feed.webcal == "webcal://groups.example.org/groups/climate/calendar.ics?lang=fr"
    assert feed.google == (
        "https://calendar.google.com/calendar/render?cid="
        "webcal%3A%2F%2Fgroups.example.org%2Fgroups%2Fclimate%2Fcalendar.ics%3Flang%3Dfr"
    )
    query = (
        "url=https%3A%2F%2Fgroups.example.org%2Fgroups%2Fclimate%2Fcalendar.ics%3Flang%3Dfr&name=Climate%20%26%20Energy"
    )
    assert feed.outlook_com == f"https://outlook.live.com/calendar/0/addfromweb?{query}"
    assert feed.microsoft_365 == f"https://outlook.office.com/calendar/0/addfromweb?{query}"


def test_any_address_can_be_subscribed_to() -> None:
    feed = subscription_of("Mine", "https://groups.example.org/feeds/secret/calendar.ics")
    assert feed == Subscription("Mine", "https://groups.example.org/feeds/secret/calendar.ics")


def test_the_qr_code_opens_a_calendar_program() -> None:
    """It is the code of the webcal form, dark on light whatever the page's colours, without a style of its own."""
    address = "https://groups.example.org/groups/climate/calendar.ics"
    svg = subscription_of("Climate", address).qr_code
    wanted = segno.make_qr("webcal://groups.example.org/groups/climate/calendar.ics", error="m")
    assert svg == wanted.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    assert "style=" not in svg
    assert svg != subscription_of("Climate", address + "?lang=fr").qr_code


def test_secrets_stand_in_no_other_address_of_ours(app: Flask) -> None:
    """The ways to subscribe lead to instructions without telling them the address."""
    feed = subscription_of("Mine", "http://localhost/feeds/secret/calendar.ics")
    with app.test_request_context():
        page = app.jinja_env.get_template("calendars/_ways.html").module.ways(feed)  # type: ignore[attr-defined]
    own = [address for address in re.findall(r'href="([^"]+)"', page) if address.startswith("/")]
    assert own == ["/calendars/how/android"]
    assert 'data-copy="http://localhost/feeds/secret/calendar.ics"' in page
    assert '<a href="http://localhost/feeds/secret/calendar.ics" download>' in page


def test_the_groups_page_offers_its_feed(app: Flask, client: FlaskClient) -> None:
    make_group("climate")
    for language, query in (("en", ""), ("fr", "?lang=fr")):
        page = unescape(client.get(f"/groups/climate?lang={language}").text)
        address = f"http://localhost/groups/climate/calendar.ics{query}"
        assert f'href="{address}"' in page
        assert f'data-copy="{address}"' in page
        assert f'href="webcal://localhost/groups/climate/calendar.ics{query}"' in page
        assert client.get(address.removeprefix("http://localhost")).status_code == 200
        for link in re.findall(r"<a [^>]*(?:google|outlook)[^>]*>", page):
            assert "noreferrer" in link
        assert not re.search(r"<(?:img|script|iframe|link)[^>]+(?:google|outlook|microsoft)", page)
