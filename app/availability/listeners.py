"""What this feature says when somebody is about to plan or move a meeting."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import Flask

from app.availability import finding
from app.availability.presentation import Reason
from app.core.policy import current_viewer
from app.groups.models import WorkingGroup
from app.meetings.rules import MeetingPlan
from app.meetings.signals import times_considered


def init_app(_app: Flask) -> None:
    """Connect to the signal."""
    times_considered.connect(on_times_considered)


def on_times_considered(
    group: WorkingGroup, *, times: Sequence[MeetingPlan], but: Collection[int]
) -> list[list[Reason]]:
    """Warn of what speaks against each time, as far as the viewer may know."""
    return finding.clashes(current_viewer(), frozenset({group.id}), times, but=but)
