"""Whether one comes, said by keyboard without JavaScript, and told by one's own calendar."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("size", "language"), [("desktop", "en"), ("phone", "fr")])
def test_from_ones_own_page_to_ones_own_calendar(chromium: Browser, site: Site, size: str, language: str) -> None:
    visit = Visit(chromium, site, size, language, scripts=False)
    visit.sign_in("expert@demo.example")
    page = visit.open(f"/me/feeds?lang={language}")
    page.locator("[name=name]").fill(f"Test {size}")
    page.locator("[name=name]").press("Enter")
    address = page.locator("a[href^='webcal:']").first.get_attribute("href") or ""
    feed = address[address.index("/feeds/") :]
    page = visit.open("/me")
    page.locator("a[href$='#your-answer']").first.click()
    for partstat, words in (
        ("DECLINED", {"en": "no\\, you are not coming", "fr": "non\\, vous ne venez pas"}),
        ("ACCEPTED", {"en": "yes\\, you are coming", "fr": "oui\\, vous venez"}),
    ):
        button = page.locator(f"button[value={partstat}]")
        button.focus()
        page.keyboard.press("Enter")
        expect(page.locator("[aria-pressed=true]")).to_have_count(1)
        expect(page.locator(f"button[value={partstat}]")).to_have_attribute("aria-pressed", "true")
        assert words[language] in site.text(feed).replace("\n ", "").replace("\r", "")
    visit.close()
