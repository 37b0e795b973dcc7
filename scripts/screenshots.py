"""Pictures of the main pages with demo data: desktop and phone, light and dark, every language, in build/screenshots.

With `--docs` the picture of the README is taken anew too.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build" / "screenshots"
PASSWORD = "pictures of invented people"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = {
    None: ["/", "/groups/climate-and-energy", "/communities/climate", "/meetings", "/groups", "/associations",
           "/associations/VVSG", "/calls", "/calls/1", "/groups/climate-and-energy/programme", "/calendars",
           "/calendars/how/outlook-desktop", "/embed/meetings", "/help", "/sign-in", "/sign-up", "/no-such-page"],
    "expert": ["/me", "/me/profile", "/me/account", "/groups/climate-and-energy", "/groups/digitalisation/join",
               "/me/terms", "/me/history", "/people", "/people/4", "/search", "/me/expertise"],
    "focal": ["/me", "/groups", "/associations/VVSG", "/associations/VVSG/desk", "/associations/VVSG/review",
              "/calls/1/nominate"],
    "coordinator": ["/desk", "/groups/climate-and-energy/members", "/groups/climate-and-energy/meetings/new",
                    "/groups/climate-and-energy/programme/new",
                    "/groups/climate-and-energy/edit", "/groups/climate-and-energy/history",
                    "/groups/climate-and-energy/series/new",
                    "/groups/climate-and-energy/calls/new", "/calls/2/choose", "/groups/climate-and-energy/polls",
                    "/groups/climate-and-energy/polls/new", "/groups/climate-and-energy/find-a-time",
                    "/groups/climate-and-energy/bands", "/me/absences", "/me/busy-calendars",
                    "/planner?year=2027", "/groups/climate-and-energy/repeat?year=2027"],
    "admin": ["/representation", "/representation/coverage", "/representation/changes", "/representation/balance",
              "/representation/VVSG/climate-and-energy", "/admin", "/admin/people", "/admin/people/doubles",
              "/admin/associations", "/admin/groups", "/admin/coordinators", "/admin/terms", "/admin/expertise",
              "/admin/audit", "/imports", "/imports/people/new", "/admin/outbox", "/admin/reviews"],
}  # fmt: skip


def main() -> int:
    """Start a server on invented data, take the pictures, stop it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--docs", action="store_true")
    asked = options.parse_args()
    browser = os.environ.get("TEST_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        print("Install Chromium (Debian: apt install chromium) or name one in TEST_BROWSER.")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as instance, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = {
            "ROUNDTABLE_ENV": "development", "INSTANCE_PATH": instance, "PORT": str(port), "DEMO_PASSWORD": PASSWORD,
        }  # fmt: skip
        command = [Path(sys.executable).parent / "flask", "--app", "wsgi", "develop", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL)
        try:
            _wait(f"http://127.0.0.1:{port}/healthz")
            with sync_playwright() as playwright:
                chromium = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
                _take(chromium, f"http://127.0.0.1:{port}", asked.docs)
        finally:
            server.terminate()
            server.wait(30)
    print(f"Pictures are in {FOLDER.relative_to(ROOT)}")
    return 0


def _take(chromium: Browser, site: str, docs: bool) -> None:
    for role, paths in PAGES.items():
        for language in ("en", "fr"):
            for size, (width, height) in SIZES.items():
                for scheme in ("light", "dark") if language == "en" else ("light",):
                    context = chromium.new_context(
                        viewport={"width": width, "height": height}, locale=language, color_scheme=scheme
                    )
                    page = context.new_page()
                    if role:
                        page.goto(f"{site}/sign-in")
                        page.fill("[name=email]", f"{role}@demo.example")
                        page.fill("[name=password]", PASSWORD)
                        page.press("[name=password]", "Enter")
                        page.wait_for_load_state()
                    for path in paths:
                        page.goto(f"{site}{path}?lang={language}")
                        name = "-".join(filter(None, [role or "visitor", *path.strip("/").split("/")]))
                        page.screenshot(path=FOLDER / f"{name}-{size}-{scheme}-{language}.png", full_page=True)
                    context.close()
    if docs:
        page = chromium.new_page(viewport={"width": 1280, "height": 860})
        page.goto(site)
        page.screenshot(path=ROOT / "docs" / "images" / "home.png")


def _wait(address: str) -> None:
    for _try in range(300):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit(f"no answer from {address}")


if __name__ == "__main__":
    sys.exit(main())
