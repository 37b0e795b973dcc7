"""What meetings do when groups change, within the same transaction."""

from __future__ import annotations

from flask import Flask

from app.groups.models import Community, WorkingGroup
from app.groups.rules import GroupStatus
from app.groups.signals import group_changed
from app.meetings.service.series import end_series_of


def init_app(_app: Flask) -> None:
    """Connect to the signals."""
    group_changed.connect(on_group_changed)


def on_group_changed(changed: WorkingGroup | Community) -> None:
    """A group that is closed meets no more: the dates ahead of its series are called off."""
    if isinstance(changed, WorkingGroup) and changed.status == GroupStatus.CLOSED:
        end_series_of(changed)
