"""The main job from end to end, in a real browser: sign up, ask to join, accept, plan a meeting, see it in the feed.

On a computer and on a phone, in both languages, and once without JavaScript. Nothing is looked up by its words, so the
same steps serve every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, Visit

pytestmark = pytest.mark.browser

GROUP = "/groups/climate-and-energy"
NEW_PASSWORD = "five green lamps on the stairs"
WAYS = [
    pytest.param("desktop", "fr", True, id="desktop-fr"),
    pytest.param("phone", "en", True, id="phone-en"),
    pytest.param("desktop", "en", False, id="without-javascript"),
]
"""Each size and each language once, and a browser without scripts."""


class People:
    """Those whose windows are open at once."""

    def __init__(self, chromium: Browser, site: Site, size: str, language: str, scripts: bool) -> None:
        self.visits = [Visit(chromium, site, size, language, scripts=scripts) for _person in range(4)]
        self.expert, self.focal_point, self.coordinator, self.visitor = self.visits
        self.language = language


@pytest.fixture
def people(chromium: Browser, site: Site, request: pytest.FixtureRequest) -> Iterator[People]:
    """Everyone's window."""
    everyone = People(chromium, site, *request.param)
    yield everyone
    for visit in everyone.visits:
        visit.close()


def button(page: Page, action: str) -> None:
    """Press the button of the form that is sent to an address ending so."""
    page.locator(f"form[method=post][action$='{action}'] button[type=submit]").first.click()
    page.wait_for_load_state()


def main_form(page: Page, **values: str) -> None:
    """Fill in the page's own form and send it with its first button."""
    form = page.locator("main form[method=post]:has(button.btn-primary)").first
    for name, value in values.items():
        control = form.locator(f"[name='{name}']")
        if control.first.evaluate("node => node.tagName") == "SELECT":
            control.select_option(value)
        elif control.first.get_attribute("type") == "radio":
            form.locator(f"[name='{name}'][value='{value}']").check()
        else:
            control.fill(value)
    form.locator("button.btn-primary[type=submit]").first.click()
    page.wait_for_load_state()


def newest_mail(visit: Visit, to: str) -> Page:
    """Open the newest mail to an address on the development page."""
    for _try in range(60):
        page = visit.open("/dev/mail")
        letter = page.locator("ul.rows > li", has_text=to).first
        if letter.count():
            letter.locator("a").click()
            page.wait_for_load_state()
            return page
        page.wait_for_timeout(250)
    raise AssertionError(f"no mail to {to}")


def link_of_mail(page: Page, part: str) -> str:
    """The path of the link in the open mail that has this part."""
    found = re.search(rf"https?://[^\s\"<>]*({re.escape(part)}[^\s\"<>]*)", page.locator("main").inner_text())
    assert found, page.locator("main").inner_text()
    return found[1]


@pytest.mark.parametrize("people", [way.values for way in WAYS], ids=[str(way.id) for way in WAYS], indirect=True)
def test_main_job(people: People, site: Site, request: pytest.FixtureRequest) -> None:
    expert, coordinator, visitor = people.expert, people.coordinator, people.visitor
    focal_point = people.focal_point
    address = f"{request.node.callspec.id}@experts.example"
    name, latin = "Μαρία Δοκιμή", f"Maria Dokimi {request.node.callspec.id}"

    # An expert signs up: the page asks for the name in Latin letters and keeps what was typed.
    page = expert.open("/")
    assert page.locator("html").get_attribute("lang") == people.language
    page = expert.open("/sign-up")
    vvsg = page.locator("select[name=association] option", has_text="VVSG").get_attribute("value") or ""
    typed = {"full_name": name, "email": address, "association": vvsg, "password": NEW_PASSWORD,
             "password_again": NEW_PASSWORD}  # fmt: skip
    main_form(page, **typed)
    assert page.locator("#latin_name-error").count() == 1
    assert page.input_value("[name=full_name]") == name
    main_form(page, latin_name=latin, password=NEW_PASSWORD, password_again=NEW_PASSWORD)
    assert "/sign-up/sent" in page.url

    # The link in the mail and the password make the account.
    letter = newest_mail(expert, address)
    page = expert.open(link_of_mail(letter, "/sign-up/confirm/"))
    main_form(page, password=NEW_PASSWORD)
    assert expert.open("/me").url.endswith("/me")

    # The expert asks to join.
    page = expert.open(GROUP)
    page.locator(f"main a[href$='{GROUP}/join']").first.click()
    page.locator("[name=accepts]").check()
    main_form(page, motivation="I advise municipalities on heating networks.")
    assert expert.open("/me").locator("main", has_text="Climat").count() == 1

    # The focal point of the association endorses.
    focal_point.sign_in("focal@demo.example")
    page = focal_point.open("/associations/VVSG/desk")
    page.locator("li", has_text=latin).locator("form[action*='/endorse'] button").click()
    page.wait_for_load_state()
    assert focal_point.open("/associations/VVSG/desk").locator("form[action*='/endorse']").count() == 0
    newest_mail(focal_point, address)

    # The coordinator sees to it that there is a seat, finds the request on the desk and accepts.
    coordinator.sign_in("coordinator@demo.example")
    page = coordinator.open(GROUP + "/seats/VVSG")
    main_form(page, number="30")
    page = coordinator.open("/desk")
    waiting = page.locator("li.request", has_text=latin)
    waiting.locator("form[action*='/accept'] button").click()
    page.wait_for_load_state()
    assert coordinator.open("/desk").locator("li.request", has_text=latin).count() == 0
    newest_mail(coordinator, address)

    # The coordinator plans a meeting, reads in words what will be saved, and saves.
    day = date.today() + timedelta(days=20)  # soon enough to stand on the group's page, beside a fortnightly series
    day += timedelta(days=(3 - day.weekday()) % 7)
    title = f"Réunion {request.node.callspec.id}"
    page = coordinator.open(GROUP + "/meetings/new")
    link = "https://meet.example.org/very-secret-room"
    main_form(page, title=title, starts_on=day.isoformat(), starts_time="10:00", ends_time="12:30",
              venue="Maison des Communes, Bruxelles", join_link=link, description="- **Welcome**")  # fmt: skip
    said = page.locator("main").inner_text()
    spoken = page.locator("html").get_attribute("lang") or ""  # an account's own language goes before the browser's
    assert "10:00–12:30" in said and {"en": "Brussels", "fr": "Bruxelles"}[spoken] in said
    main_form(page)
    meeting = page.url.removeprefix(site.url)
    assert meeting.startswith("/meetings/")

    # It is in the group's feed at the local hour, and the link to join is not.
    feed = site.text(GROUP + "/calendar.ics").replace("\r\n ", "")
    event = next(part for part in feed.split("BEGIN:VEVENT") if title in part)
    assert f"DTSTART;TZID=Europe/Brussels:{day:%Y%m%d}T100000" in event
    assert f"DTEND;TZID=Europe/Brussels:{day:%Y%m%d}T123000" in event
    assert "very-secret-room" not in feed

    # The expert is inside and sees the link; a visitor does not.
    assert expert.open(meeting).locator(f"main a[href='{link}']").count() == 1
    page = visitor.open(meeting)
    assert title in page.locator("h1").inner_text()
    assert "very-secret-room" not in page.content()
    assert title in visitor.open(GROUP).locator("main").inner_text()

    # Signing out ends it.
    page = expert.open("/me")
    for menu in ("details.menu-toggle > summary", "details.account > summary"):
        if page.locator(menu).is_visible():
            page.locator(menu).click()
    button(page, "/sign-out")
    assert "/sign-in" in expert.open("/me").url
