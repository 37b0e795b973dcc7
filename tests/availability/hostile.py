"""A web server on this machine that means no good."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE = ("127.0.0.1",)
"""What the guard is told to let pass. 127.0.0.2 is this machine too, and is not among it."""


def calendar(*lines: str) -> bytes:
    """A calendar with one event of these lines."""
    event = ["BEGIN:VEVENT", "UID:1@example.org", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", *event, "END:VCALENDAR", ""]).encode()


GOOD = calendar(
    "DTSTART:20270315T090000Z", "DTEND:20270315T110000Z", "SUMMARY:Very private", "RRULE:FREQ=WEEKLY;COUNT=3"
)
BOMB = gzip.compress(b"BEGIN:VCALENDAR\r\n" + b"X" * 30_000_000)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silence."""

    def do_GET(self) -> None:
        """Each path is a trick of its own."""
        with suppress(OSError):
            getattr(self, f"_{self.path.strip('/').partition('?')[0]}")()

    def _answer(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _good(self) -> None:
        self._answer(GOOD, Content_Type="text/calendar")

    def _packed(self) -> None:
        self._answer(gzip.compress(GOOD), Content_Encoding="gzip")

    def _bomb(self) -> None:
        self._answer(BOMB, Content_Encoding="gzip")

    def _large(self) -> None:
        """200 MB, as far as anybody wants them."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"BEGIN:VCALENDAR\r\n")
        for _piece in range(200):
            self.wfile.write(b"X" * 1_000_000)

    def _endless(self) -> None:
        """A few bytes now and then, for ever."""
        self.send_response(200)
        self.end_headers()
        while not self.server.over.wait(0.05):  # type: ignore[attr-defined]
            self.wfile.write(b"X")

    def _silent(self) -> None:
        self.server.over.wait(20)  # type: ignore[attr-defined]

    def _inwards(self) -> None:
        self._answer(b"", 302, Location=f"http://127.0.0.2:{self.server.server_address[1]}/good")

    def _mapped(self) -> None:
        self._answer(b"", 302, Location=f"http://[::ffff:127.0.0.2]:{self.server.server_address[1]}/good")

    def _onward(self) -> None:
        self._answer(b"", 301, Location="/good")

    def _round(self) -> None:
        self._answer(b"", 302, Location="/round")

    def _to_file(self) -> None:
        self._answer(b"", 302, Location="file:///etc/passwd")

    def _page(self) -> None:
        self._answer(b"<!doctype html><title>Sign in</title>")

    def _closed(self) -> None:
        self._answer(b"", 401)

    def _gone(self) -> None:
        self._answer(b"", 410)

    def _broken(self) -> None:
        self._answer(b"", 500)

    def _secondly(self) -> None:
        self._answer(calendar("DTSTART:20260101T000000Z", "DURATION:PT1S", "RRULE:FREQ=\r\n SECONDLY"))


@contextmanager
def served() -> Iterator[str]:
    """The server's address while it runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.over = threading.Event()  # type: ignore[attr-defined]
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.over.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
