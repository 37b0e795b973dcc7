"""No finding by axe-core, and no sideways scrolling at 320 pixels, on every page, for everyone who may see it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site, Visit

pytestmark = pytest.mark.browser

AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js")).read_text()
GROUP = "/groups/climate-and-energy"
HOURS = "minutes=120&opens=09:00&closes=17:30&time_zone=Europe/Brussels&needed=nobody&how=after"
SOUGHT = f"first={date.today() + timedelta(7)}&last={date.today() + timedelta(60)}&near=g-digitalisation&{HOURS}"
PAGES: dict[str | None, list[str]] = {
    None: [
        "/", GROUP, "/communities/climate", "/meetings", "/planner?year=2027", "/associations", "/associations/VVSG",
        "/help", "/terms",
        "/privacy", "/sign-in", "/sign-up", "/sign-up/sent", "/forgotten-password", "/no-such-page", "/dev/mail",
        "/calendars", "/calendars?of=groups", "/calendars?group=digitalisation&kind=deadline&past=0",
        "/calendars/how/apple-mac", "/calendars/how/iphone", "/calendars/how/android", "/calendars/how/google",
        "/calendars/how/outlook-web", "/calendars/how/outlook-desktop", "/calendars/how/thunderbird?of=all",
        "/embed/meetings",
        "/people", "/groups", "/search?q=a", "/calls", "/calls/1", GROUP + "/calls", GROUP + "/programme",
    ],
    "expert": ["/me", "/me/feeds", "/me/profile", "/me/account", "/me/password", "/me/email", "/me/terms",
               "/me/history", "/me/data", "/me/data/erase", "/me/gender", "/representation/balance",
               GROUP, GROUP + "/history", GROUP + "/members", "/groups/digitalisation/join", "/people",
               "/people?q=a&community=climate", "/people/4", "/me/photo", "/me/expertise", "/search?q=an",
               "/calls/1/apply", "/me/delegates/new", GROUP + "/polls"],
    "focal": ["/me", "/me/feeds", "/desk", "/groups?vacant=VVSG", "/associations/VVSG", "/associations/VVSG/desk",
              "/associations/VVSG/review", "/calls/1", "/calls/1/nominate", "/representation",
              "/representation/VVSG/climate-and-energy"],
    "coordinator": ["/calls/1", "/calls/1/edit", "/calls/1/extend", "/calls/1/cancel", "/calls/2/choose",
                    GROUP + "/calls/new", GROUP + "/review", "/desk", GROUP + "/seats", GROUP + "/joining",
                    GROUP + "/members", GROUP + "/members?terms=open", GROUP + "/members/new",
                    GROUP + "/members/import", GROUP + "/history", GROUP + "/meetings/new", GROUP + "/series/new",
                    "/planner?year=2027", GROUP + "/repeat?year=2027",
                    GROUP + "/edit", GROUP + "/programme/new", "/representation", GROUP + "/polls/new",
                    GROUP + "/polls", "/bands", GROUP + "/bands", GROUP + "/bands/new", "/me/absences",
                    "/me/busy-calendars", GROUP + "/find-a-time", f"{GROUP}/find-a-time?{SOUGHT}"],
    "admin": [
        "/representation", "/representation?vacant=1&country=BE", "/representation/coverage", "/representation/changes",
        "/admin", "/admin/people", "/admin/people/1", "/admin/people/4/feeds", "/admin/people/new",
        "/admin/people/1/edit",
        "/admin/people/1/affiliations/new", "/admin/associations", "/admin/associations/VVSG/edit", "/admin/groups",
        "/admin/groups/new", "/admin/groups/climate-and-energy/name", "/admin/communities/climate/edit",
        "/admin/coordinators", "/admin/groups/climate-and-energy/coordinators/new", "/admin/outbox",
        "/admin/terms", "/admin/terms/conduct/draft", "/admin/audit", "/admin/audit?action=group",
        "/admin/erasures", "/admin/register", "/admin/people/9/erase",
        "/imports", "/imports/people/new", "/imports/memberships/new", "/admin/expertise",
        "/admin/expertise/new", "/admin/expertise/waste/edit", "/admin/expertise/waste/merge", "/admin/people/doubles",
        "/admin/people/1/merge", "/admin/people/4/merge/3", "/admin/associations/VVSG/merge?into=VNG",
        "/admin/associations/VVSG/split", "/admin/reviews", "/calls/3",
    ],
}  # fmt: skip
LOOKS = [("desktop", "en", False), ("phone", "fr", True)]
ALL = "{ resultTypes: ['violations'] }"
OF_LOOKS = """{ resultTypes: ['violations'], runOnly: { type: 'rule', values: [
    'color-contrast', 'target-size', 'scrollable-region-focusable', 'html-has-lang', 'html-lang-valid', 'valid-lang',
    'label-content-name-mismatch', 'link-in-text-block'] } }"""
"""The rules that another size, colours or language can break where the same page kept them all before."""


@pytest.mark.parametrize("role", PAGES, ids=str)
@pytest.mark.parametrize(("size", "language", "dark"), LOOKS, ids=["desktop-light", "phone-dark"])
def test_no_finding(chromium: Browser, site: Site, role: str | None, size: str, language: str, dark: bool) -> None:
    visit = Visit(chromium, site, size, language, dark)
    if role:
        visit.sign_in(f"{role}@demo.example")
    findings = []
    meeting = visit.open(GROUP).locator("main a[href^='/meetings/']").first.get_attribute("href") or ""
    milestone = visit.open(GROUP).locator("main a[href^='/milestones/']").first.get_attribute("href") or ""
    poll = date = ""
    if role in ("coordinator", "expert"):
        poll = visit.page.locator("main a[href^='/polls/']").first.get_attribute("href") or ""
        date = visit.page.locator("main a", has_text="Fortnightly").first.get_attribute("href") or ""
    more = {
        "coordinator": [
            *(meeting + part for part in ("", "/edit", "/cancel")),
            *(date + part for part in ("", "/following", "/end")),
            *(milestone + part for part in ("", "/edit", "/drop")),
            *(poll + part for part in ("", "/answer", "/edit", "/close", "/extend", "/cancel")),
        ],
        "expert": [date, poll, poll + "/answer"],
        None: [meeting, milestone],
    }.get(role, [])
    for path in PAGES[role] + more:
        page = visit.open(path)
        page.evaluate(AXE)
        result = page.evaluate("axe.run(document, " + (OF_LOOKS if dark else ALL) + ")")
        for finding in result["violations"]:
            nodes = "; ".join(str(node["html"])[:120] for node in finding["nodes"][:3])
            findings.append(f"{path}: {finding['id']} ({finding['impact']}): {nodes}")
        page.set_viewport_size({"width": 320, "height": 700})
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 320:
            findings.append(f"{path}: {width} pixels wide at 320")
        page.set_viewport_size({"width": 1280, "height": 900} if size == "desktop" else {"width": 390, "height": 844})
        assert page.locator("h1").count() == 1, path
    visit.close()
    assert findings == []
