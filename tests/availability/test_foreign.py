"""Foreign calendars: what is fetched, from where it is not, and what reading them may cost."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.availability.foreign import apart, expanding, fetching
from app.availability.foreign.apart import Stopping, Unreadable
from app.availability.rules import MOST_BYTES, Problem
from tests.availability.hostile import GOOD, HERE, calendar, served

FIRST, LAST = datetime(2027, 3, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served() as address:
        yield address


def fetch(url: str, seconds: float = 10) -> bytes:
    return fetching.fetch(url, most_bytes=MOST_BYTES, seconds=seconds, allowed=HERE)


def times(*lines: str) -> list[tuple[str, str]]:
    found = expanding.busy_times(calendar(*lines), FIRST, LAST, BRUSSELS)
    return [tuple(datetime.fromtimestamp(end, UTC).strftime("%m-%d %H:%M") for end in span) for span in found]  # type: ignore[misc]


@pytest.mark.parametrize("path", ["good", "packed", "onward"])
def test_what_is_harmless_is_fetched(site: str, path: str) -> None:
    assert fetch(f"{site}/{path}?key=secret") == GOOD


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("large", Problem.TOO_LARGE), ("bomb", Problem.TOO_LARGE), ("inwards", Problem.PRIVATE),
        ("mapped", Problem.PRIVATE), ("round", Problem.REDIRECTS), ("to_file", Problem.ADDRESS),
        ("closed", Problem.FORBIDDEN), ("gone", Problem.MISSING), ("broken", Problem.ANSWER),
    ],
)  # fmt: skip
def test_what_is_hostile_is_refused_with_a_word(site: str, path: str, problem: Problem) -> None:
    with pytest.raises(fetching.Refused, match=rf"^{problem.value}$"):
        fetch(f"{site}/{path}")


@pytest.mark.parametrize("path", ["endless", "silent"])
def test_a_server_that_never_ends_its_answer_is_left(site: str, path: str) -> None:
    began = time.monotonic()
    with pytest.raises(fetching.Refused, match=r"^too_slow$"):
        fetch(f"{site}/{path}", seconds=0.5)
    assert time.monotonic() - began < 5


def test_this_machine_is_private_unless_a_test_says_otherwise(site: str) -> None:
    for host in ("127.0.0.1", "localhost"):
        with pytest.raises(fetching.Refused, match=r"^private$"):
            fetching.fetch(site.replace("127.0.0.1", host) + "/good", most_bytes=9, seconds=5)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "fec0::1", "2001:db8::1", "64:ff9b:1::a00:1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_open_internet(address: str) -> None:
    assert not fetching.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_addresses_that_are(address: str) -> None:
    assert fetching.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/a", "gopher://example.org", "https://",
        "https://user:word@example.org/",
        "https://exa mple.org/", "https://example.org:25/", "https://example.org:99999/",
        "https://example.org/\r\nX: y", "//example.org/a", "javascript:alert(1)", "",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web(url: str) -> None:
    with pytest.raises(fetching.Refused, match=r"^address$"):
        fetching.normal_address(url)


def test_webcal_is_https() -> None:
    assert fetching.normal_address(" webcal://Example.org/a.ics?k=1#x ") == "https://Example.org/a.ics?k=1"


class Names:
    """A name server under somebody's control."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked, self.connected = list(answers), 0, []  # type: ignore[var-annotated]

    def resolve(self, _host: str, port: int, **_more: object) -> list[tuple[object, ...]]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]

    def connect(self, where: tuple[str, int], **_more: object) -> socket.socket:
        self.connected.append(where)
        raise OSError("far enough")


@pytest.mark.parametrize("answer", [["10.0.0.1"], ["93.184.216.34", "127.0.0.1"]])
def test_a_name_that_leads_into_a_private_network(monkeypatch: pytest.MonkeyPatch, answer: list[str]) -> None:
    names = Names(answer)
    monkeypatch.setattr(fetching.socket, "getaddrinfo", names.resolve)
    monkeypatch.setattr(fetching.socket, "create_connection", names.connect)
    with pytest.raises(fetching.Refused, match=r"^private$"):
        fetching.fetch("https://rebind.example/", most_bytes=9, seconds=5)
    assert names.connected == []


def test_a_name_is_asked_for_once_and_its_address_is_the_one_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a second answer, inside, would never be asked for."""
    names = Names(["93.184.216.34"], ["127.0.0.1"])
    monkeypatch.setattr(fetching.socket, "getaddrinfo", names.resolve)
    monkeypatch.setattr(fetching.socket, "create_connection", names.connect)
    with pytest.raises(fetching.Refused, match=r"^unreachable$"):
        fetching.fetch("http://rebind.example/", most_bytes=9, seconds=5)
    assert (names.asked, names.connected) == (1, [("93.184.216.34", 80)])


def test_busy_times_without_anything_else() -> None:
    assert expanding.busy_times(GOOD, FIRST, LAST, BRUSSELS)[0] == (1805101200, 1805108400)
    assert times("DTSTART;TZID=Europe/Brussels:20270326T100000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=2") == [
        ("03-26 09:00", "03-26 10:00"), ("04-02 08:00", "04-02 09:00"),
    ]  # fmt: skip


def test_times_and_days_without_a_zone_are_their_owners() -> None:
    assert times("DTSTART:20270329T100000", "DTEND:20270329T110000") == [("03-29 08:00", "03-29 09:00")]
    assert times("DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270329") == [("03-27 23:00", "03-28 22:00")]


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"])
def test_what_does_not_keep_its_owner_busy(line: str) -> None:
    assert times("DTSTART:20270315T090000Z", "DTEND:20270315T110000Z", line) == []


def test_free_and_busy_lists_are_read_too() -> None:
    lines = ("BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", "UID:1", "FREEBUSY:20270401T100000Z/PT2H,20270401T110000Z/PT2H",
             "FREEBUSY;FBTYPE=FREE:20270402T100000Z/PT2H", "END:VFREEBUSY", "END:VCALENDAR", "")  # fmt: skip
    content = "\r\n".join(lines).encode()
    (span,) = expanding.busy_times(content, FIRST, LAST, BRUSSELS)
    assert span[1] - span[0] == 3 * 3600


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"<!doctype html>", "no_calendar"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" * 10_001, "too_many"),
        (calendar("DTSTART:20260101T000000Z", "RRULE:FREQ=\r\n SECONDLY"), "too_often"),
        (calendar("DTSTART:20260101T000000Z", "RRULE:FREQ=hourly"), "too_often"),
    ],
)
def test_calendars_that_are_refused_at_a_glance(content: bytes, problem: str) -> None:
    with pytest.raises(expanding.Refused, match=rf"^{problem}$"):
        expanding.busy_times(content, FIRST, LAST, BRUSSELS)


def test_an_endless_rule_ends_with_its_process() -> None:
    everything = ",".join(str(number) for number in range(60))
    rule = (
        f"RRULE:FREQ=DAILY;BYHOUR={everything[: everything.index(',24')]};BYMINUTE={everything};BYSECOND={everything}"
    )
    with pytest.raises(Unreadable) as caught:
        apart.busy_times(calendar("DTSTART:20260101T000000Z", "DURATION:PT1S", rule), FIRST, LAST, "UTC", seconds=1)
    assert caught.value.problem == Problem.TOO_HARD


def test_apart_fetches_reads_and_says_what_is_wrong(site: str) -> None:
    assert apart.fetch(f"{site}/good", allowed=HERE) == GOOD
    with pytest.raises(Unreadable) as caught:
        apart.fetch(f"{site}/good")
    assert caught.value.problem == Problem.PRIVATE
    assert apart.busy_times(GOOD, FIRST, LAST, "UTC")[0] == (1805101200, 1805108400)


def test_who_is_told_to_stop_does_not_wait(site: str) -> None:
    with pytest.raises(Stopping):
        apart.fetch(f"{site}/silent", allowed=HERE, stopping=lambda: True)
