"""Countries by their ISO 3166-1 alpha-2 codes, and Kosovo by XK."""

from __future__ import annotations

from functools import cache
from importlib import resources

XK = "XK"
"""Kosovo: set aside by ISO 3166-1 for use without an entry of its own, as the European institutions use it."""


@cache
def codes() -> frozenset[str]:
    """Every code in force: the ISO list that comes with the time zones, and XK. Not UK, not EU."""
    listed = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line.split("\t")[0] for line in listed.splitlines() if line and not line.startswith("#")) | {XK}
