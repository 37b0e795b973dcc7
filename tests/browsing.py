"""A test client that uses pages as a browser without JavaScript does: it sends the forms that it finds."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import db

PASSWORD = "correct horse battery staple"


class Client(FlaskClient):
    """Answers each request in an application context of its own, as a server does.

    Within the one that the `app` fixture holds open, whoever was signed in first would stay so for all that follow,
    and pages would find rows that the test has read already.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send the request; afterwards the test sees what it has changed."""
        with self.application.app_context():
            answer = super().open(*args, **kwargs)
        if has_app_context():
            db.session.rollback()
        return answer


def _and(fields: dict[str, Any], name: str, value: str) -> None:
    """One more value of a name that may have several."""
    known = fields.get(name)
    fields[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]


class _Forms(HTMLParser):
    """The forms of a page with the values their fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._form: dict[str, Any] | None = None
        self._select: tuple[str, bool] | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {key: value if value is not None else "" for key, value in attrs}
        if tag == "form":
            self._form = {"action": a.get("action", ""), "method": a.get("method", "get").lower(), "fields": {},
                          "buttons": []}  # fmt: skip
            self.forms.append(self._form)
        if self._form is None:
            return
        name, fields = a.get("name"), self._form["fields"]
        if tag == "button" and a.get("type", "submit") == "submit":
            self._form["buttons"].append((name, a.get("value", "")))
        elif tag == "input" and name:
            if a.get("type") in ("checkbox", "radio"):
                fields.setdefault(name, None)
                if "checked" in a:
                    _and(fields, name, a.get("value", "on"))
            elif a.get("type") == "hidden":
                _and(fields, name, a.get("value", ""))
            elif a.get("type") != "submit":
                fields[name] = a.get("value", "")
        elif tag == "textarea" and name:
            self._area, fields[name] = name, ""
        elif tag == "select" and name:
            self._select = (name, "multiple" in a)
            fields[name] = None
        elif tag == "option" and self._select:
            chosen, _multiple = self._select
            if "selected" in a or fields[chosen] is None:
                fields[chosen] = a.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form["fields"][self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            if self._area and self._form is not None:
                text = self._form["fields"][self._area]
                self._form["fields"][self._area] = text.removeprefix("\r\n").removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None


class Browser:
    """One visitor with their cookies."""

    def __init__(self, app: Flask, language: str = "en") -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": language}
        self.page: TestResponse | None = None
        self.path = "/"

    @property
    def text(self) -> str:
        """The page as it was received."""
        assert self.page is not None
        return self.page.get_data(as_text=True)

    @property
    def status(self) -> int:
        """The status of the last answer."""
        assert self.page is not None
        return self.page.status_code

    def open(self, path: str) -> Browser:
        """Go to an address, following redirects."""
        self.page = self.client.get(path, headers=self.headers, follow_redirects=True)
        self.path = self.page.request.full_path.rstrip("?")
        return self

    def forms(self) -> list[dict[str, Any]]:
        """The forms of the page."""
        parser = _Forms()
        parser.feed(self.text)
        return parser.forms

    def form(self, action: str | None = None, having: str | None = None) -> dict[str, Any]:
        """The form sent to `action` (the end of its address), or having a field; the page's own form without both."""
        for form in self.forms():
            if form["method"] != "post" or form["action"].endswith("/sign-out"):
                continue
            if action is not None and not form["action"].endswith(action):
                continue
            if having is not None and having not in form["fields"]:
                continue
            return form
        raise AssertionError(f"no form {action or having or ''} on {self.path} ({self.status})")

    def send(self, action: str | None = None, having: str | None = None, follow: bool = True, **values: Any) -> Browser:
        """Fill in a form of the page and send it, with the tokens and values it already holds."""
        form = self.form(action, having)
        fields = {key: value for key, value in form["fields"].items() if value is not None}
        for key, value in values.items():
            key = key.replace("__", "-")
            if value is None:
                fields.pop(key, None)
            else:
                fields[key] = value
        target = form["action"] or self.path
        self.page = self.client.post(target, data=fields, headers=self.headers, follow_redirects=follow)
        self.path = self.page.request.full_path.rstrip("?")
        return self

    def sign_in(self, email: str, password: str = PASSWORD) -> Browser:
        """Sign in through the page."""
        return self.open("/sign-in").send(having="password", email=email, password=password)


Visit = Callable[..., Browser]
"""`visit(person)`: a browser in which this person is signed in; see the fixture."""
