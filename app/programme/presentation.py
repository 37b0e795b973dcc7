"""Milestones as pages show them: days in words, kinds and states as words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import dates, markdown
from app.core.dates import date_block
from app.core.i18n import translated
from app.groups.models import Community
from app.meetings.rules import Visibility
from app.programme.models import Milestone
from app.programme.rules import MilestonePlan, State
from app.programme.words import KINDS, STATES, days, matter, near

SHAPES = {State.PLANNED: "confirmed", State.DONE: "confirmed", State.DROPPED: "cancelled"}
"""As what `meeting_list` (components/meetings.html) shows a state."""


@dataclass(frozen=True)
class MilestoneItem:
    """One milestone of `meeting_list`; its sheet of the calendar shows the last day."""

    url: str
    reference: str
    title: str
    when_lines: list[str]
    place: str
    """What it is, and what the matter is called."""
    group_name: str | None
    community_slug: str
    status: str
    status_label: str | None
    visibility_label: str | None
    day: str
    month_short: str
    weekday_short: str
    year: str | None


@dataclass(frozen=True)
class Line:
    """One line of what is about to be saved; `was` is what stood there before, None where it is no change."""

    term: str
    value: str
    was: str | None = None


def milestone_item(milestone: Milestone, *, with_group: bool, with_distance: bool = False) -> MilestoneItem:
    """A milestone for a list; load group and community with it. `with_distance`: also how far off it is, if planned."""
    today, block, state = dates.today(), date_block(milestone.last_day), State(milestone.state)
    counted = with_distance and state is State.PLANNED
    when = [days(milestone.first_day, milestone.last_day), near(milestone.last_day) if counted else None]
    called = matter(milestone.file_reference, None)
    return MilestoneItem(
        url=url_for("programme.milestone", reference=milestone.reference),
        reference=milestone.reference,
        title=milestone.title,
        when_lines=[" · ".join(filter(None, when))],
        place=" · ".join(filter(None, (str(KINDS[milestone.kind]), called))),
        group_name=translated(milestone.group.names) if with_group else None,
        community_slug=milestone.group.community.slug,
        status=SHAPES[state],
        status_label=None if state is State.PLANNED else str(STATES[state][0]),
        visibility_label=None if milestone.is_public else _("Members only"),
        day=block.day,
        month_short=block.month_short,
        weekday_short=block.weekday_short,
        year=block.year if milestone.last_day.year != today.year else None,
    )


def by_year(found: Iterable[Milestone]) -> list[tuple[int, Sequence[MilestoneItem]]]:
    """The milestones, which come by year, under the years of their last days."""
    return [
        (year, [milestone_item(one, with_group=False) for one in ones])
        for year, ones in groupby(found, key=lambda one: one.last_day.year)
    ]


def new_description(plan: MilestonePlan, before: MilestonePlan | None) -> Markup | None:
    """The description as it will be shown; None where it does not change."""
    if plan.description == (before.description if before else None):
        return None
    return markdown.to_html(plan.description)


def check_lines(plan: MilestonePlan, goals: Iterable[Community], before: MilestonePlan | None = None) -> list[Line]:
    """What a plan says but for its description, in words; of a changed one what becomes different, and what it was."""
    known = {community.id: translated(community.goals) for community in goals}
    said = _said(plan, known)
    if before is None:
        return [line for line in said if line.value]
    return [
        replace(line, value=line.value or _("none"), was=old.value or _("none"))
        for line, old in zip(said, _said(before, known), strict=True)
        if line.value != old.value
    ]


def _said(plan: MilestonePlan, goals: dict[int, str]) -> list[Line]:
    """Everything a plan says, be it empty."""
    return [
        Line(_("Kind"), str(KINDS[plan.kind])),
        Line(_("Title"), plan.title),
        Line(_("When"), days(plan.first_day, plan.last_day)),
        Line(_("Impact Goal"), goals.get(plan.goal_id or 0, "")),
        Line(_("Reference"), plan.file_reference or ""),
        Line(_("Link"), plan.link or ""),
        Line(
            _("Visible to"),
            _("Everyone") if plan.visibility == Visibility.PUBLIC else _("Members of the group only"),
        ),
    ]
