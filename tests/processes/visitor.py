"""Someone who uses the running server over HTTP, with cookies and CSRF tokens."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from itertools import count
from urllib.parse import urlencode

from tests.browsing import PASSWORD
from tests.processes.installation import PATIENCE

_addresses = count(1)


@dataclass(frozen=True)
class Answer:
    """What came back; status 0 where nothing did."""

    status: int
    location: str = ""
    text: str = ""


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


class Visitor:
    """One browser. Each request comes from another address, so that no limit by address is met."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.token = ""
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar()), _Stay()
        )

    def get(self, path: str) -> Answer:
        """Open a page and keep its token."""
        answer = self._ask(path, None)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', answer.text)
        if found:
            self.token = found.group(1)
        return answer

    def post(self, path: str, **fields: str) -> Answer:
        """Send a form."""
        return self._ask(path, urlencode({"csrf_token": self.token, **fields}).encode())

    def sign_in(self, email: str) -> None:
        """Sign in."""
        self.get("/sign-in")
        answer = self.post("/sign-in", email=email, password=PASSWORD)
        assert answer.status in (302, 303), answer
        self.get("/me/profile")

    def _ask(self, path: str, data: bytes | None) -> Answer:
        number = next(_addresses)
        forwarded = f"10.{number // 65536 % 256}.{number // 256 % 256}.{number % 256}"
        request = urllib.request.Request(self.base + path, data, {"X-Forwarded-For": forwarded})
        try:
            with self._opener.open(request, timeout=15 * PATIENCE) as answer:
                return Answer(answer.status, "", answer.read().decode())
        except urllib.error.HTTPError as error:  # a redirect too, since none is followed
            with error, suppress(OSError, HTTPException):  # the head is the answer, even if the rest was cut off
                text = error.read().decode(errors="replace")
                return Answer(error.code, error.headers.get("Location") or "", text)
            return Answer(error.code, error.headers.get("Location") or "")
        except (OSError, HTTPException):
            return Answer(0)
