"""What a series will be, date by date, before anything is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from app.core.dates import span
from app.meetings.rules import TIME, MeetingPlan
from app.meetings.rules.series import Change, Revision, SeriesPlan
from app.meetings.times import when_of


class Fate(StrEnum):
    """What becomes of a date."""

    MADE = "made"
    MOVED = "moved"
    CHANGED = "changed"
    STAYS = "stays"
    DROPPED = "dropped"
    CANCELLED = "cancelled"


TO_BE = frozenset({Fate.MADE, Fate.MOVED})


@dataclass(frozen=True)
class PreviewDate:
    """One line of the list that asks to check."""

    fate: Fate
    when: str
    was: str | None = None
    """When it was to be before; None where that stays."""
    value: str | None = None
    """Its day as an ISO 8601 date, for the box that lets it take place; None where there is none to untick."""
    ticked: bool = True
    note: str | None = None
    """Why it does not simply follow the series."""
    plan: MeetingPlan | None = None
    """What it will say; None for what will not be."""
    warnings: Sequence[Any] = ()
    """What speaks against the time: lines with a `text` and perhaps a `url`."""


def of_new(plan: SeriesPlan, viewer_zone: str | None) -> list[PreviewDate]:
    """The dates of a series to be made, those left out among them."""
    return [
        PreviewDate(
            Fate.MADE,
            _when(plan.on(day), viewer_zone),
            value=day.isoformat(),
            ticked=day not in plan.left_out,
            plan=plan.on(day),
        )
        for day in plan.all_days()
    ]


def of_changed(revision: Revision, plan: SeriesPlan, viewer_zone: str | None) -> list[PreviewDate]:
    """What a change does to each date, in order; the days it leaves out among them."""
    lines = [(change.order.date(), _line(change, plan, viewer_zone)) for change in revision.changes]
    held = {
        change.after.original.date()
        for change in revision.changes
        if change.after and change.after.original == plan.on(change.after.original.date()).starts
    }
    lines += [(day, _unticked(plan, day, viewer_zone)) for day in plan.all_days() if day not in held]
    return [line for _day, line in sorted(lines, key=lambda pair: pair[0])]


def _unticked(plan: SeriesPlan, day: date, viewer_zone: str | None) -> PreviewDate:
    return PreviewDate(
        Fate.MADE, _when(plan.on(day), viewer_zone), value=day.isoformat(), ticked=False, plan=plan.on(day)
    )


def warned(lines: Sequence[PreviewDate], warnings: Callable[[list[MeetingPlan]], list[list[Any]]]) -> list[PreviewDate]:
    """The same with what speaks against each time that is to be; `warnings` answers for all of them at once."""
    told = iter(warnings([line.plan for line in lines if line.plan and line.fate in TO_BE]))
    return [replace(line, warnings=next(told)) if line.plan and line.fate in TO_BE else line for line in lines]


def fates(lines: list[PreviewDate]) -> dict[Fate, int]:
    """How many dates are made, moved, dropped."""
    counted = [line.fate for line in lines if line.ticked]
    return {fate: counted.count(fate) for fate in Fate if fate in counted}


def _line(change: Change, plan: SeriesPlan, viewer_zone: str | None) -> PreviewDate:
    if change.after is None:
        assert change.before is not None
        return PreviewDate(Fate.DROPPED, _when(change.before.plan, viewer_zone))
    now, day = _when(change.after.plan, viewer_zone), change.after.original.date()
    by_rule = day in plan.all_days() and change.after.original == plan.on(day).starts
    value = day.isoformat() if by_rule else None
    if change.before is None:
        return PreviewDate(Fate.MADE, now, value=value, plan=change.after.plan)
    if change.before.cancelled:
        return PreviewDate(Fate.CANCELLED, now, value=value)
    note = _own(change, plan)
    if change.differences & TIME:
        was = _when(change.before.plan, viewer_zone)
        return PreviewDate(Fate.MOVED, now, was=was, value=value, note=note, plan=change.after.plan)
    fate = Fate.CHANGED if change.differences else Fate.STAYS
    return PreviewDate(fate, now, value=value, note=note)


def _own(change: Change, plan: SeriesPlan) -> str | None:
    """What this date keeps of its own."""
    assert change.after is not None
    series = plan.on(change.after.original.date())
    own = series.differences(change.after.plan)
    if own & TIME:
        return str(_("keeps its own time; the series has it on %(when)s", when=span(series.starts, series.ends)))
    if "venue" in own:
        return str(_("keeps its own place: %(where)s", where=change.after.plan.venue or _("none")))
    return str(_("keeps what was changed on it")) if own else None


def _when(plan: MeetingPlan, viewer_zone: str | None) -> str:
    return when_of(plan, viewer_zone)
