"""How people are told of a feed."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from app.calendars.subscribing import Subscription
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
