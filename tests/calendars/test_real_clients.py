"""Real calendar programs subscribe to the feed of a running server, over a socket: vdirsyncer fetches, khal shows."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask

from app.core.db import db
from app.meetings import service
from app.meetings.models import Meeting, Visibility
from app.meetings.service import series as service_of_series
from app.meetings.service import series_plan
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting, make_series

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = ROOT / ".venv-clients" / "bin"

pytestmark = [
    pytest.mark.clients,
    pytest.mark.skipif(
        not (CLIENTS / "khal").exists(), reason="khal and vdirsyncer are not installed: run scripts/install clients"
    ),
]

DAYS = ((2027, 3, 26), (2027, 3, 29), (2027, 10, 29), (2027, 11, 2))
"""Before and after both changes of the clocks of 2027 in Europe (28 March, 31 October)."""


@pytest.fixture
def server(app: Flask, tmp_path: Path) -> Iterator[str]:
    """The address of the shipped application on the tests' database, in a process of its own."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "ROUNDTABLE_ENV": "development",
        "INSTANCE_PATH": str(tmp_path / "instance"),
        "DATABASE_URL": str(app.config["SQLALCHEMY_DATABASE_URI"]),
        "BASE_URL": address,
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen([*command, "wsgi:app"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        for _ in range(150):
            try:
                with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                    break
            except OSError:
                assert process.poll() is None, (tmp_path / "server.log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


class Subscriber:
    """Somebody whose computer keeps a copy of a feed and shows it in the local time of a zone."""

    def __init__(self, folder: Path, address: str, zone: str) -> None:
        self.folder = folder
        (folder / "events").mkdir(parents=True)
        self.environment = {**os.environ, "HOME": str(folder), "TZ": zone, "LC_ALL": "C.UTF-8"}
        (folder / "vdirsyncer").write_text(
            f'[general]\nstatus_path = "{folder}/status"\n'
            '[pair group]\na = "remote"\nb = "local"\ncollections = null\nconflict_resolution = "a wins"\n'
            f'[storage remote]\ntype = "http"\nurl = "{address}"\n'
            f'[storage local]\ntype = "filesystem"\npath = "{folder}/events"\nfileext = ".ics"\n'
        )
        (folder / "khal").write_text(
            f"[calendars]\n[[group]]\npath = {folder}/events\nreadonly = True\n"
            f"[sqlite]\npath = {folder}/khal.db\n"
            f"[locale]\nlocal_timezone = {zone}\ndefault_timezone = {zone}\ntimeformat = %H:%M\n"
            "dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        )
        self.run("vdirsyncer", "discover")

    def run(self, program: str, *arguments: str) -> str:
        """What the program says; it must not complain."""
        command = [str(CLIENTS / program), "-c", str(self.folder / program), *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "error" not in done.stderr.lower(), done.stderr
        return done.stdout

    def fetch(self) -> None:
        """Ask the server."""
        self.run("vdirsyncer", "sync")

    def shows(self) -> list[str]:
        """Everything in 2027, as it is shown."""
        listed = "{start-date} {start-time}-{end-time} {cancelled}{title} @{location}"
        return self.run("khal", "list", "--day-format", "", "--format", listed, "2027-01-01", "365d").split("\n")[:-1]


def test_meetings_are_listed_at_the_right_local_hour(app: Flask, server: str, tmp_path: Path) -> None:
    group = make_group("climate")
    for day in DAYS:
        make_meeting(group, datetime(*day, 10, 0), title="In Brussels", venue="Rue de l’Exemple 1; room 2, left")
        make_meeting(group, datetime(*day, 10, 0), title="In Rabat", time_zone="Africa/Casablanca")
    make_meeting(group, datetime(2027, 3, 29, 15, 0), title="Behind closed doors", visibility=Visibility.MEMBERS)

    at_home = Subscriber(tmp_path / "brussels", f"{server}/groups/climate/calendar.ics", "Europe/Brussels")
    at_home.fetch()
    venue = "Rue de l’Exemple 1; room 2, left"
    assert at_home.shows() == [
        # Morocco is back at UTC all year since September 2026
        f"2027-03-26 10:00-12:00 In Brussels @{venue}",
        "2027-03-26 11:00-13:00 In Rabat @",
        f"2027-03-29 10:00-12:00 In Brussels @{venue}",
        "2027-03-29 12:00-14:00 In Rabat @",
        f"2027-10-29 10:00-12:00 In Brussels @{venue}",
        "2027-10-29 12:00-14:00 In Rabat @",
        f"2027-11-02 10:00-12:00 In Brussels @{venue}",
        "2027-11-02 11:00-13:00 In Rabat @",
    ]

    abroad = Subscriber(tmp_path / "new-york", f"{server}/groups/climate/calendar.ics?lang=fr", "America/New_York")
    abroad.fetch()
    assert [line for line in abroad.shows() if "In Brussels" in line] == [
        f"2027-03-26 05:00-07:00 In Brussels @{venue}",  # New York changed on 14 March
        f"2027-03-29 04:00-06:00 In Brussels @{venue}",
        f"2027-10-29 04:00-06:00 In Brussels @{venue}",
        f"2027-11-02 05:00-07:00 In Brussels @{venue}",  # New York changes on 7 November
    ]


def test_changes_arrive(app: Flask, server: str, tmp_path: Path) -> None:
    group = make_group("climate")
    moved = make_meeting(
        group, datetime(2027, 3, 29, 10, 0), title="Moved", join_link="https://meet.example.org/secret"
    )
    off = make_meeting(group, datetime(2027, 10, 29, 10, 0), title="Called off")
    reader = Subscriber(tmp_path / "reader", f"{server}/groups/climate/calendar.ics", "Europe/Brussels")
    reader.fetch()
    assert reader.shows() == ["2027-03-29 10:00-12:00 Moved @Online", "2027-10-29 10:00-12:00 Called off @"]

    moved = db.session.get_one(Meeting, moved.id)
    plan = replace(service.plan_of(moved), starts=datetime(2027, 3, 26, 14, 0), ends=datetime(2027, 3, 26, 15, 0))
    service.change_meeting(moved.id, plan, version=moved.version, actor_id=None)
    service.cancel_meeting(off.id, "Too few", actor_id=None)
    make_meeting(group, datetime(2027, 11, 2, 9, 30), title="New")
    reader.fetch()
    assert reader.shows() == [
        "2027-03-26 14:00-15:00 Moved @Online",
        "2027-10-29 10:00-12:00 CANCELLED Called off @",
        "2027-11-02 09:30-11:30 New @",
    ]
    for file in (tmp_path / "reader" / "events").iterdir():
        assert "meet.example.org" not in file.read_text().replace("\r\n ", "").replace("\n ", "")


def test_a_series_with_a_moved_and_a_cancelled_date(app: Flask, server: str, tmp_path: Path) -> None:
    group = make_group("climate")
    series = make_series(group, datetime(2027, 3, 17, 10), date(2027, 4, 28))
    second, third = series.meetings[1], series.meetings[2]
    plan = replace(second.said, starts=datetime(2027, 4, 1, 9), ends=datetime(2027, 4, 1, 11))
    service.change_meeting(second.id, plan, version=second.version, actor_id=None)
    service.cancel_meeting(third.id, None, actor_id=None)
    reader = Subscriber(tmp_path / "new-york", f"{server}/groups/climate/calendar.ics", "America/New_York")
    reader.fetch()
    assert reader.shows() == [
        "2027-03-17 05:00-07:00 Fortnightly call @",
        "2027-04-01 03:00-05:00 Fortnightly call @",
        "2027-04-14 04:00-06:00 CANCELLED Fortnightly call @",
        "2027-04-28 04:00-06:00 Fortnightly call @",
    ]
    at = series.meetings[3].recurrence_id
    assert at
    later = series_plan.plan_from(series, at)
    later = replace(later, first=replace(later.first, venue="Rue X"), until=date(2027, 5, 30))
    service_of_series.change_series(series.id, at, later, version=series.version, actor_id=None)
    reader.fetch()
    assert reader.shows()[-3:] == [
        f"2027-{day} 04:00-06:00 Fortnightly call @Rue X" for day in ("04-28", "05-12", "05-26")
    ]
