"""Reading the mails that were written to files: in development only."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.mail.delivery import deliver_due
from tests.browsing import Browser
from tests.mail.conftest import make_mail, row


@pytest.fixture
def folder(app: Flask, configured: Callable[..., None], tmp_path: Path) -> Path:
    configured(instance_path=tmp_path)
    return tmp_path / "mail"


def test_an_empty_mailbox(folder: Path, browser: Browser) -> None:
    assert browser.open("/dev/mail").status == 200
    assert "No mail yet" in browser.text


def test_the_newest_first_and_the_text_with_links_to_follow(folder: Path, browser: Browser) -> None:
    link = "http://localhost/confirm/abc.def-ghi_" + "x" * 100
    first = make_mail("anna@example.org", "Anna Žižek", "Confirm <your> address", action=("Open", link))
    deliver_due()
    second = make_mail("bert@example.org", "Bert", "Second")
    deliver_due()
    names = [row(message_id).message_id[1:37] for message_id in (first, second)]
    os.utime(folder / f"{names[0]}.eml", (1, 1))
    listed = browser.open("/dev/mail").text
    assert listed.index("Second") < listed.index("Confirm &lt;your&gt; address")
    assert "Anna Žižek &lt;anna@example.org&gt;" in listed
    page = browser.open(f"/dev/mail/{names[0]}")
    assert f'<a href="{link}"' in page.text
    assert "Something happened." in page.text
    assert "Auto-Submitted" in page.text
    assert page.page is not None
    assert page.page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("values", [{"environment": "production"}, {"smtp_url": "smtp://127.0.0.1:25"}])
def test_nothing_in_production_or_where_mails_are_really_sent(
    folder: Path, browser: Browser, configured: Callable[..., None], values: dict[str, str]
) -> None:
    message_id = make_mail()
    deliver_due()
    name = row(message_id).message_id[1:37]
    assert browser.open(f"/dev/mail/{name}").status == 200
    configured(instance_path=folder.parent, **values)
    assert browser.open("/dev/mail").status == 404
    assert browser.open(f"/dev/mail/{name}").status == 404


def test_no_way_out_of_the_folder(folder: Path, browser: Browser) -> None:
    folder.mkdir()
    (folder.parent / "secret.eml").write_text("Subject: hidden\n\nhidden")
    (folder / ".half.eml").write_text("Subject: hidden\n\nhidden")
    for name in ("../secret", "..%2Fsecret", "%2e%2e/secret", ".half", "none", "a\x00b", "a" * 300):
        assert browser.open(f"/dev/mail/{name}").status == 404
    assert "hidden" not in browser.open("/dev/mail").text
