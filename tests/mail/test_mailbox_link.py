"""The page of mails is found from every page where it exists, and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from tests.browsing import Browser


def test_in_development_the_foot_of_a_page_leads_to_the_mails(browser: Browser) -> None:
    assert 'href="/dev/mail"' in browser.open("/help").text


def test_elsewhere_it_does_not(app: Flask, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = app.config["ROUNDTABLE"]
    for values in ({"environment": "production"}, {"smtp_url": "smtp://127.0.0.1:25"}):
        monkeypatch.setitem(app.config, "ROUNDTABLE", dataclasses.replace(settings, **values))
        assert "/dev/mail" not in browser.open("/help").text
