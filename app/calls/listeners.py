"""What calls do when someone leaves an association, within the same transaction."""

from __future__ import annotations

from flask import Flask

from app.calls import queries
from app.calls.service import departing
from app.membership.signals import leaving, left


def init_app(_app: Flask) -> None:
    """Connect to the signals."""
    leaving.connect(on_leaving)
    left.connect(on_left)


def on_leaving(person_id: int, *, association_id: int) -> list[int]:
    """The groups of the calls that the person stands for in the association's name."""
    return queries.groups_of_hopes(person_id, association_id)


def on_left(person_id: int, *, association_id: int, actor_id: int | None) -> None:
    """They stand no longer."""
    departing.depart(person_id, association_id, actor_id)
