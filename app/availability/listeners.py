"""What this feature says when somebody is about to plan or move a meeting."""

from __future__ import annotations

from flask import Flask

from app.availability import finding
from app.availability.presentation import Reason
from app.core.policy import current_viewer
from app.groups.models import WorkingGroup
from app.meetings.rules import MeetingPlan
from app.meetings.signals import time_considered


def init_app(_app: Flask) -> None:
    """Connect to the signal."""
    time_considered.connect(on_time_considered)


def on_time_considered(group: WorkingGroup, *, plan: MeetingPlan, but: int | None) -> list[Reason]:
    """Warn of what speaks against the time, as far as the viewer may know."""
    ids = frozenset({group.id})
    return finding.clashes(current_viewer(), ids, plan.starts_at, plan.ends_at, plan.time_zone, but=but)
