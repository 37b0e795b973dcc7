"""The life of a series in a real browser, by the keyboard alone: on a computer, and on a phone in French."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, Visit

pytestmark = pytest.mark.browser

GROUP = "/groups/climate-and-energy"


def press(page: Page, selector: str, key: str = "Enter") -> None:
    """Reach a control with the focus, see that it is visible there, and press a key on it."""
    control = page.locator(selector).first
    control.focus()
    assert control.evaluate("node => node === document.activeElement && node.checkVisibility()"), selector
    page.keyboard.press(key)


def send(page: Page, step: str) -> None:
    with page.expect_navigation():
        press(page, f"button[name=step][value={step}]")


def type_day(page: Page, name: str, day: date) -> None:
    page.locator(f"[name={name}]").fill(day.isoformat())


def dates(page: Page) -> list[str]:
    return [line.strip() for line in page.locator(".meeting-when").all_inner_texts()]


@pytest.mark.parametrize(("size", "language"), [("desktop", "en"), ("phone", "fr")])
def test_life_of_a_series(chromium: Browser, site: Site, size: str, language: str) -> None:
    coordinator = Visit(chromium, site, size, language)
    coordinator.sign_in("coordinator@demo.example")
    first = date.today() + timedelta(days=60)
    page = coordinator.open(f"{GROUP}/meetings/new?lang={language}")
    with page.expect_navigation():
        press(page, "main a[href$='/series/new']")

    page.fill("[name=title]", f"Life of a series {size}")
    type_day(page, "starts_on", first)
    page.fill("[name=starts_time]", "10:00")
    page.fill("[name=ends_time]", "11:00")
    assert page.locator("#ordinals").is_hidden() and page.locator("#weekdays").is_visible()
    press(page, "[name=repeats][value=weekly]", "Space")
    press(page, "[name=ends][value=count]", "Space")
    page.fill("[name=count]", "6")
    send(page, "check")
    assert page.locator("[name=kept]:checked").count() == 6
    press(page, "[name=kept] >> nth=5", "Space")
    send(page, "save")
    series = page.url
    assert len(dates(page)) == 5

    with page.expect_navigation():
        press(page, ".meeting-title a >> nth=1")
    second = page.url
    with page.expect_navigation():
        press(page, "main a[href$='/edit']")
    type_day(page, "starts_on", first + timedelta(days=8))
    send(page, "check")
    send(page, "save")
    assert page.url == second

    page.goto(series)
    with page.expect_navigation():
        press(page, ".meeting-title a >> nth=2")
    third = page.url
    with page.expect_navigation():
        press(page, "main a[href$='/following']")
    page.fill("[name=starts_time]", "14:00")
    page.fill("[name=ends_time]", "15:00")
    send(page, "check")
    assert page.locator(".date-about .status").count() >= 3
    send(page, "save")
    page.goto(series)
    shown = dates(page)
    assert ["10:00" in line for line in shown] == [True, True, False, False, False]
    page.goto(third)
    assert "14:00" in page.locator("main").inner_text()

    with page.expect_navigation():
        press(page, "main a[href$='/end']")
    page.fill("[name=reason]", "…")
    with page.expect_navigation():
        press(page, "main form button.btn-danger")
    assert page.locator(".meeting-cancelled").count() == 3
    coordinator.close()
