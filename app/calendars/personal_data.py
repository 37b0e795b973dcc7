"""This feature keeps nothing about people: feeds carry meetings, without names."""

from __future__ import annotations

from datetime import datetime

from app.core.personal import Processing, Section, Swept
from app.people.models import Person

PROCESSING: tuple[Processing, ...] = ()
IMPERSONAL: tuple[str, ...] = ("calendar_components", "feeds", "stored_feeds")


def export(person: Person) -> list[Section]:
    """Nothing."""
    return []


def erase(person: Person) -> None:
    """Nothing."""


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Nothing."""
    return []
