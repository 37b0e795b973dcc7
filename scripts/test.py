"""Every check and test of the project, part by part; the last lines say what was left out and how to get it.

With `--everything` (as `.ci/run` does) a part that is left out counts as a failure.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
POSTGRESQL = os.environ.get("TEST_POSTGRESQL_URL", "postgresql:///postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass
class Part:
    """One part of the whole: what it runs, and what it needs to run."""

    name: str
    commands: list[list[str]]
    needs: Callable[[], str | None] = lambda: None
    """Says how to get what is missing; None where all is there."""
    environment: dict[str, str] = field(default_factory=dict)


def tool(name: str) -> str:
    """A program of our own environment."""
    return str(BIN / name)


def tests(*arguments: str) -> list[str]:
    """A run of pytest."""
    return [sys.executable, "-m", "pytest", "-q", *arguments]


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
    """How to get the calendar clients, where they cannot be installed."""
    done = subprocess.run([ROOT / "scripts" / "install", "clients"], check=False, capture_output=True, text=True)
    return None if done.returncode == 0 else "run scripts/install clients and see: " + done.stderr.strip()[-300:]


def parts() -> Iterator[Part]:
    """All parts, the quick ones first."""
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
    yield Part("PostgreSQL", [tests("-n2", "-m", plain)], no_postgresql, {"TEST_DATABASE_URL": POSTGRESQL})
    yield Part("Redis", [tests("-m", "redis")], no_redis, {"TEST_REDIS_URL": REDIS})
    yield Part("calendar clients", [tests("-m", "clients")], no_clients)
    yield Part("processes on SQLite", [tests("-n2", "-m", "processes")])
    yield Part(
        "processes on PostgreSQL", [tests("-n2", "-m", "processes")], no_postgresql, {"TEST_DATABASE_URL": POSTGRESQL}
    )
    yield Part("browser", [tests("-m", "browser")], no_browser, {"TEST_BROWSER": browser() or ""})


def run(part: Part) -> bool:
    """Run one part to its end; whether all of it passed."""
    passed = True
    for command in part.commands:
        done = subprocess.run(command, cwd=ROOT, env=os.environ | part.environment, check=False)
        passed = passed and done.returncode == 0
    return passed


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
    for part in chosen:
        print(f"\n── {part.name} " + "─" * max(0, 100 - len(part.name)), flush=True)
        began = time.monotonic()
        if cure := part.needs():
            left_out.append((part.name, cure))
            print(f"left out: {cure}", flush=True)
            continue
        if not run(part):
            failed.append(part.name)
        times.append(f"{part.name} {time.monotonic() - began:.0f} s")

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
