"""Every check and test of the project, part by part; the last lines say what was left out and how to get it.

With `--everything` (as `.ci/run` does) a part that is left out counts as a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql:///postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
LANES = 2
"""How many parts that mostly wait run at a time. Three on two cores take as long, and late what must come soon."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Part:
    """One part of the whole: what it runs, and what it needs to run."""

    name: str
    commands: list[list[str]]
    needs: Callable[[], str | None] = lambda: None
    """Says how to get what is missing; None where all is there."""
    environment: dict[str, str] = field(default_factory=dict)
    waits: bool = False
    """Mostly waits, for processes, a browser or the clock: some such parts run at a time (`LANES`)."""


def tool(name: str) -> str:
    """A program of our own environment."""
    return str(BIN / name)


def tests(*arguments: str) -> list[str]:
    """A run of pytest."""
    return [sys.executable, "-m", "pytest", "-q", "--durations=8", *arguments]


def no_postgresql() -> str | None:
    """How to get PostgreSQL, where none answers."""
    import psycopg

    try:
        psycopg.connect(POSTGRESQL, connect_timeout=3).close()
    except psycopg.Error as error:
        return (
            "install PostgreSQL 14 or newer (Debian: apt install postgresql) with a database that you may create "
            f"others from, and name it in TEST_POSTGRESQL_URL. Tried {POSTGRESQL!r}: {str(error).splitlines()[0]}"
        )
    return None


def no_redis() -> str | None:
    """How to get Redis, where none answers."""
    import redis

    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=3).ping()
    except redis.RedisError as error:
        return (
            f"install Redis (Debian: apt install redis-server) or name one in TEST_REDIS_URL. Tried {REDIS!r}: {error}"
        )
    return None


def browser() -> str | None:
    """The Chromium to test with."""
    return os.environ.get("TEST_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), None)


def no_browser() -> str | None:
    """How to get a browser, where there is none."""
    if browser():
        return None
    return "install Chromium (Debian: apt install chromium) or name one in TEST_BROWSER"


def no_clients() -> str | None:
    """How to get the calendar clients and libraries (khal, vdirsyncer, ical.js, libical), where they don't install."""
    done = subprocess.run([ROOT / "scripts" / "install", "clients"], check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return None
    _said, _, missing = done.stderr.rpartition("\nMissing: ")
    what, _, cure = missing.strip().partition("\nTo get it: ")
    if cure:
        return f"{cure} ({what} is missing)"
    return "run scripts/install clients and see: " + done.stderr.strip()[-300:]


def parts() -> Iterator[Part]:
    """All parts, the quick ones first; of those that wait, the long ones first."""
    plain = "not browser and not clients and not processes and not redis"
    yield Part(
        "check",
        [
            [tool("ruff"), "check", "."],
            [tool("ruff"), "format", "--check", "."],
            [tool("mypy")],
            [tool("lint-imports")],
            [tool("djlint"), "--quiet", "--lint", "templates"],
            [sys.executable, "scripts/translations.py", "--check"],
        ],
    )
    yield Part("SQLite", [tests("-n2", "-m", plain)])
    yield Part(
        "PostgreSQL", [tests("-n2", "-m", f"database and {plain}")], no_postgresql, {"TEST_DATABASE_URL": POSTGRESQL}
    )
    yield Part("browser", [tests("-m", "browser")], no_browser, {"TEST_BROWSER": browser() or ""}, waits=True)
    yield Part("processes on SQLite", [tests("-n2", "-m", "processes")], waits=True)
    yield Part(
        "processes on PostgreSQL",
        [tests("-n2", "-m", "processes and database")],
        no_postgresql,
        {"TEST_DATABASE_URL": POSTGRESQL},
        waits=True,
    )
    yield Part("Redis", [tests("-m", "redis")], no_redis, {"TEST_REDIS_URL": REDIS}, waits=True)
    yield Part("calendar clients", [tests("-m", "clients")], no_clients, waits=True)


@dataclass
class Outcome:
    """How a part went."""

    cure: str | None = None
    """Why it was left out; None where it ran."""
    passed: bool = True
    seconds: float = 0.0


def run(part: Part, output: IO[str] | None = None) -> Outcome:
    """Run one part to its end; what it says goes to the terminal, or is kept."""
    if cure := part.needs():
        return Outcome(cure)
    began, passed = time.monotonic(), True
    for command in part.commands:
        done = subprocess.run(
            command, cwd=ROOT, env=os.environ | part.environment, check=False, stdout=output, stderr=output
        )
        passed = passed and done.returncode == 0
    return Outcome(None, passed, time.monotonic() - began)


def run_all(chosen: list[Part]) -> Iterator[tuple[Part, Outcome]]:
    """One part after the other; in the end those that mostly wait, side by side, each shown when it is done."""
    waiting = [part for part in chosen if part.waits]
    for part in chosen:
        if part not in waiting:
            head(part)
            yield part, said(run(part))

    def kept(part: Part) -> tuple[Part, Outcome, str]:
        with tempfile.TemporaryFile("w+") as output:
            outcome = run(part, output)
            output.seek(0)
            return part, outcome, output.read()

    lanes = ThreadPoolExecutor(max_workers=LANES)
    try:
        for done in as_completed([lanes.submit(kept, part) for part in waiting]):
            part, outcome, text = done.result()
            head(part)
            print(text, end="", flush=True)
            yield part, said(outcome)
    finally:
        lanes.shutdown(cancel_futures=True)  # after Ctrl-C none begins any more


def head(part: Part) -> None:
    """The line above what a part says."""
    print(f"\n── {part.name} " + "─" * max(0, 100 - len(part.name)), flush=True)


def said(outcome: Outcome) -> Outcome:
    """The same, having said so if the part was left out."""
    if outcome.cure:
        print(f"left out: {outcome.cure}", flush=True)
    return outcome


def main() -> int:
    """Run the parts and sum up."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--everything", action="store_true", default=os.environ.get("TEST_EVERYTHING") == "1")
    options.add_argument("--only", metavar="PART", help="one part: " + ", ".join(part.name for part in parts()))
    asked = options.parse_args()
    chosen = [part for part in parts() if asked.only in (None, part.name)]
    if not chosen:
        options.error(f"there is no part {asked.only!r}")
    if asked.everything:
        os.environ["TEST_EVERYTHING"] = "1"  # tests/conftest.py: nothing may be skipped

    failed, left_out, times = [], [], []
    for part, outcome in run_all(chosen):
        if outcome.cure:
            left_out.append((part.name, outcome.cure))
            continue
        if not outcome.passed:
            failed.append(part.name)
        times.append(f"{part.name} {outcome.seconds:.0f} s")

    print("\n── in short " + "─" * 92)
    print("Ran: " + (", ".join(times) or "nothing"))
    for name, cure in left_out:
        print(f"Left out: {name}. To get it: {cure}")
    if failed:
        print("Failed: " + ", ".join(failed))
    elif left_out:
        print("All that ran passed." if not asked.everything else "Failed: parts were left out.")
    else:
        print("All parts ran and passed.")
    return 1 if failed or (left_out and asked.everything) else 0


if __name__ == "__main__":
    sys.exit(main())
