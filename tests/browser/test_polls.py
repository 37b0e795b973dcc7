"""A date poll on a phone, by the keyboard alone: answered by the link from a mail, then closed by the coordinator."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, Visit
from tests.browser.test_imports import findings
from tests.browser.test_story import GROUP, link_of_mail, newest_mail

pytestmark = pytest.mark.browser
FARTHEST = 120


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what has the focus is this."""
    for _press in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector} on {page.url}")


def enter(page: Page, selector: str) -> None:
    """Tab there and press Enter."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_answered_by_the_link_and_closed_by_the_keyboard(chromium: Browser, site: Site) -> None:
    coordinator, expert = (Visit(chromium, site, "phone", "en") for _person in range(2))
    coordinator.sign_in("coordinator@demo.example")
    page = coordinator.open(GROUP + "/polls/new?lang=en")
    days = [date.today() + timedelta(days=number) for number in (200, 201)]
    page.fill("[name=title]", "By the keyboard")
    for number, day in enumerate(days):
        page.fill(f"[name=options-{number}-day]", day.isoformat())
        page.fill(f"[name=options-{number}-start]", "12:00")
    enter(page, "button.btn-primary[value=check]")
    assert findings(page) == []
    enter(page, "button[value=save]")
    poll = page.url.removeprefix(site.url)

    letter = newest_mail(expert, "expert@demo.example")
    assert "By the keyboard" in letter.inner_text("main")
    page = expert.open(link_of_mail(letter, "/polls/answer/"))
    assert findings(page) == []
    tab_to(page, "fieldset:nth-of-type(1) .poll-radio")
    page.keyboard.press("ArrowRight")  # from yes on to if need be
    page.keyboard.press("ArrowLeft")
    tab_to(page, "fieldset:nth-of-type(2) .poll-radio")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    enter(page, "form.poll-answers button[type=submit]")
    assert [one.get_attribute("value") for one in page.locator(".poll-radio:checked").all()] == ["yes", "no"]

    page = coordinator.open(poll)
    assert findings(page) == []
    enter(page, f"a[href='{poll}/close']")
    enter(page, "button[value=check]")
    assert findings(page) == []
    enter(page, "button[value=save]")
    enter(page, "main a[href^='/meetings/']")
    assert "By the keyboard" in page.inner_text("h1")
    coordinator.close()
    expert.close()
