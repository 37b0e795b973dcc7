"""Whole addresses of our pages, for mails and calendars: the same in a request, a command and the worker."""

from __future__ import annotations

from flask import current_app

from app.core.settings import settings


def absolute(endpoint: str, **values: object) -> str:
    """The public address of a view, with scheme and host from the settings."""
    adapter = current_app.url_map.bind("localhost")
    return settings().base_url + adapter.build(endpoint, values)
