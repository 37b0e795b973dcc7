"""Calendars as people click them together, and meetings framed by a page of another site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Visit

pytestmark = pytest.mark.browser


def test_the_address_follows_the_choice(chromium: Browser, site: Site) -> None:
    visit = Visit(chromium, site, "desktop", "en")
    page = visit.open("/calendars")
    address = page.locator("#result .ways-address a")
    groups = page.locator("#group")
    assert address.inner_text().endswith("/calendar.ics")
    expect(groups).to_be_hidden()
    page.get_by_label("Groups that I choose").check()
    expect(page.locator("#result")).to_contain_text("Choose at least one group.")
    page.get_by_label("Find a group").fill("digi")
    expect(page.get_by_label("Climate and Energy")).to_be_hidden()
    page.get_by_label("Digitalisation").check()
    expect(address).to_have_text(site.url + "/groups/digitalisation/calendar.ics")
    page.get_by_label("Deadlines only").check()
    page.get_by_label("What is over").select_option("0")
    expect(address).to_have_text(site.url + "/groups/digitalisation/calendar.ics?kind=deadline&past=0d")
    expect(page.locator("#result [data-copy]").first).to_be_visible()
    page.reload()  # the address of the page says the same
    expect(address).to_have_text(site.url + "/groups/digitalisation/calendar.ics?kind=deadline&past=0d")
    visit.close()


def test_without_scripts_a_button_does_it(chromium: Browser, site: Site) -> None:
    visit = Visit(chromium, site, "phone", "fr", scripts=False)
    page = visit.open("/calendars")
    page.get_by_label("Une communauté").check()
    page.get_by_label("Communauté", exact=True).select_option("climate")
    page.get_by_role("button", name="Montrer ce calendrier").click()
    expect(page.locator(".ways-address a")).to_have_text(site.url + "/communities/climate/calendar.ics?lang=fr")
    visit.close()


@pytest.fixture
def elsewhere(site: Site, tmp_path: Path) -> Iterator[str]:
    """Another site, whose page frames two of ours."""
    frames = [f'<iframe src="{site.url}{path}"></iframe>' for path in ("/embed/meetings?lang=fr", "/meetings")]
    (tmp_path / "index.html").write_text("<h1>Theirs</h1>" + "".join(frames))
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_another_site_frames_the_meetings(chromium: Browser, site: Site, elsewhere: str) -> None:
    """And nothing else of ours; no cookie comes of it."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(elsewhere)
    framed = page.frame_locator("iframe").first
    expect(framed.get_by_role("heading", name="Prochaines réunions")).to_be_visible()
    assert framed.locator("li").count() == 5
    assert framed.locator("h1").evaluate("h1 => getComputedStyle(h1).fontSize") == "18px"  # its style is let in
    assert page.frame_locator("iframe").nth(1).locator(".site-header").count() == 0
    assert context.cookies() == []
    framed.locator("li a").first.click()
    page.wait_for_url(site.url + "/meetings/*")
    context.close()


def test_on_paper_the_steps_stand_alone(chromium: Browser, site: Site) -> None:
    visit = Visit(chromium, site, "desktop", "en", dark=True)
    page = visit.open("/calendars/how/thunderbird")
    page.emulate_media(media="print")
    expect(page.locator(".site-menu")).to_be_hidden()
    expect(page.locator(".how-others")).to_be_hidden()
    expect(page.locator(".drawing").first).to_be_visible()
    colours = "body => [getComputedStyle(body).backgroundColor, getComputedStyle(body).color]"
    background, ink = page.locator("body").evaluate(colours)
    assert background == "rgb(255, 255, 255)"
    assert ink == "rgb(24, 33, 47)"
    assert page.locator(".draw-hot").first.evaluate("hot => getComputedStyle(hot).fill") == "rgb(0, 0, 0)"
    visit.close()
