"""A fresh clone that was started with `make run`, and a real browser to use it with."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "demo password of the browser tests"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@dataclass(frozen=True)
class Site:
    """A running Roundtable: its address and its folder."""

    url: str
    folder: Path

    def text(self, path: str) -> str:
        """What a visitor's program gets from an address."""
        with urllib.request.urlopen(self.url + path, timeout=20) as answer:
            return str(answer.read().decode())


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`git clone`, `make run`: as the README says. Stopped with Ctrl-C."""
    folder = tmp_path_factory.mktemp("clone") / "roundtable"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    port, log = free_port(), folder.parent / "log"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ROUNDTABLE", "TEST_"))}
    with log.open("w") as output:
        process = subprocess.Popen(
            ["make", "run"],
            cwd=folder,
            env=kept | {"PORT": str(port), "DEMO_PASSWORD": PASSWORD},
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Site(f"http://127.0.0.1:{port}", folder)
    try:
        _wait_for(running, process, log)
        yield running
    finally:
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_for(site: Site, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        try:
            site.text("/healthz")
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail("make run did not answer:\n" + log.read_text()[-3000:])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser that `make test` found."""
    path = os.environ.get("TEST_BROWSER") or shutil.which("chromium")
    if not path:
        pytest.skip("no browser: set TEST_BROWSER")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """One person's browser window: cookies of its own, a size, a language."""

    def __init__(
        self, chromium: Browser, site: Site, size: str, language: str, dark: bool = False, scripts: bool = True
    ) -> None:
        self.site = site
        self.context = chromium.new_context(
            viewport=SIZES[size],  # type: ignore[arg-type]
            locale={"en": "en-GB", "fr": "fr-FR"}[language],
            color_scheme="dark" if dark else "light",
            has_touch=size == "phone",
            java_script_enabled=scripts,
        )
        self.elsewhere: list[str] = []
        self.context.on("request", self._note)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)

    def _note(self, request: object) -> None:
        address = str(request.url)  # type: ignore[attr-defined]
        if not address.startswith((self.site.url, "data:", "about:")):
            self.elsewhere.append(address)

    def open(self, path: str) -> Page:
        """Go to an address of the site."""
        self.page.goto(self.site.url + path)
        return self.page

    def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Sign in through the page."""
        self.open("/sign-in")
        self.page.fill("[name=email]", email)
        self.page.fill("[name=password]", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda address: "/sign-in" not in address)
        return self.page

    def close(self) -> None:
        """Leave, having asked no other host for anything."""
        self.context.close()
        assert self.elsewhere == []
