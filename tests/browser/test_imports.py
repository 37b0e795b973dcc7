"""An import in a real browser: the bar moves on by itself, with scripts and without; no finding by axe-core."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Site, Visit
from tests.browser.test_accessibility import AXE

pytestmark = pytest.mark.browser
ROLE = "admin@demo.example"


def findings(page: Page) -> list[str]:
    """What axe-core finds, and whether the page is wider than 320 pixels."""
    page.evaluate(AXE)
    result = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    found = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in result["violations"]]
    before = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 700})
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before or {"width": 1280, "height": 900})
    return [*found, *([f"{width} pixels wide at 320"] if width > 320 else [])]


@pytest.mark.parametrize(
    ("size", "scripts"), [("desktop", True), ("phone", False)], ids=["with-scripts", "without-scripts"]
)
def test_from_the_file_to_what_is_written(chromium: Browser, site: Site, size: str, scripts: bool) -> None:
    visit = Visit(chromium, site, size, "en", scripts=scripts)
    page = visit.sign_in(ROLE)
    someone = visit.open("/admin/people").locator("main tbody th").first.inner_text()
    rows = [f"{someone},new.{size}@example.org,VVSG", f"Someone New {size},other.{size}@example.org,VVSG", ",x,"]
    visit.open("/imports/people/new")
    file = {"name": "people.csv", "mimeType": "text/csv"}
    page.set_input_files("[name=file]", {**file, "buffer": "\n".join(["Full name,E-mail,Association", *rows]).encode()})
    page.click("text=Check the file")
    page.wait_for_selector("text=Row by row", timeout=60_000)
    if scripts:
        assert findings(page) == []
    page.select_option("select[name^=choice]", value="skip")
    page.click("text=Save the decisions")
    page.wait_for_selector("text=Leave out the faulty row", timeout=60_000)
    page.click("text=Write it now")
    assert "There are faulty rows" in page.inner_text("[role=alert]")
    page.check("[name=leave_out]")
    page.click("text=Write it now")
    page.wait_for_selector("text=The import is written.", timeout=60_000)
    if scripts:
        assert findings(page) == []
    assert f"Someone New {size}" in visit.open(f"/admin/people?q={size}").inner_text("main")
    visit.close()
