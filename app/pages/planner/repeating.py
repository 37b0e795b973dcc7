"""From one year's plan of a group to the next: what to take over, what speaks against its new dates, all at once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.availability import finding
from app.availability.presentation import Reason
from app.core import clock, dates
from app.core.errors import DomainError
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import policy, queries, rules
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import MeetingPlan, Precision
from app.meetings.rules import repeat as again
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import repeat as service
from app.meetings.service import series as series_service
from app.meetings.service import series_plan
from app.meetings.service.repeat import YearPlan
from app.meetings.times import when_of
from app.meetings.words import repeats
from app.membership import policy as membership_policy
from app.pages.blueprint import bp
from app.pages.planner.asked import asked_year
from app.pages.planner.forms import MOST, RepeatForm


@dataclass(frozen=True)
class Source:
    """Something of the year that may be held again."""

    key: str
    plan: MeetingPlan
    """What its first date of the year says."""
    day: date
    """The day proposed for it."""
    series: MeetingSeries | None = None
    rule: SeriesPlan | None = None
    """The series from that date on, where it has a rule."""
    last: date | None = None
    """Of one with a rule, its last day of the year."""
    there: bool = False
    """Whether the next year has one of that title already."""

    @property
    def rhythm(self) -> str | None:
        """How it repeats, in words."""
        return repeats(self.rule.pattern) if self.rule else None


@dataclass(frozen=True)
class NewDate:
    """A date that is about to be made."""

    title: str
    when: str
    reasons: Sequence[Reason]


@bp.route("/groups/<slug>/repeat", methods=["GET", "POST"])
@guard(policy.plan, of=groups.group_at, sees=membership_policy.find_or_visit)
def repeat_plan(group: WorkingGroup) -> ResponseReturnValue:
    """Take a year's plan of a group over to the next year."""
    year = asked_year(dates.today().year)
    sources = sources_of(group, year)
    form = RepeatForm(
        data={
            "creation_key": uuid.uuid4().hex,
            "rows": [{"source": one.key, "take": not one.there, "day": one.day} for one in sources.values()],
        }
    )
    page = {
        "form": form,
        "group": group,
        "year": year,
        "sources": sources,
        "back": url_for("pages.planner", group=group.slug, year=year),
        "here": url_for("pages.repeat_plan", slug=group.slug, year=year),
    }
    if not form.is_submitted() or request.form.get("step") == "change":
        return render_template("pages/planner/repeat.html", **page)
    if not form.validate():
        return render_template("pages/planner/repeat.html", **page), 422
    plan = _year_plan(form, sources)
    if form.errors:
        return render_template("pages/planner/repeat.html", **page), 422
    if request.form.get("step") != "save":
        return render_template("pages/planner/repeat_check.html", **page, **_consequences(group, plan))
    try:
        made = service.take_over(
            group.id, plan, actor_id=current_viewer().person_id, creation_key=form.creation_key.data
        )
    except DomainError as error:
        form.blame(error)
        return render_template("pages/planner/repeat.html", **page), 422
    flash(ngettext("%(num)s date is planned.", "%(num)s dates are planned.", made), "success")
    return redirect(url_for("pages.planner", group=group.slug, year=year + 1), 303)


def sources_of(group: WorkingGroup, year: int) -> Mapping[str, Source]:
    """{key: what of a group's year may be held again}, in order. Not what is cancelled, of few, or hosted elsewhere."""
    viewer = current_viewer()
    there = {one.title for one in _held(queries.between(viewer, *_year(year + 1), [group.id]), group)}
    found: dict[str, Source] = {}
    ruled: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in _held(queries.between(viewer, *_year(year), [group.id]), group):
        if meeting.starts_local.year != year:
            continue
        series, plan = meeting.series, meeting.said
        if series is not None and series.rules and meeting.part is not None and meeting.part.rule:
            ruled[series.id].append(meeting)
            if len(ruled[series.id]) > 1:
                continue
            key = f"series-{series.reference}"
            found[key] = Source(key, plan, plan.starts.date(), series)
        else:
            key, listed = f"meeting-{meeting.reference}", series if series is not None and not series.rules else None
            found[key] = Source(key, plan, again.proposed(plan), listed, there=meeting.title in there)
    for meetings in ruled.values():
        try:
            source = _ruled(meetings, there)
        except series_plan.AnotherRule:  # then each date by itself
            del found[f"series-{meetings[0].series.reference}" if meetings[0].series else ""]
            for meeting in meetings:
                key, plan = f"meeting-{meeting.reference}", meeting.said
                found[key] = Source(key, plan, again.proposed(plan), None, there=meeting.title in there)
            continue
        found[source.key] = source
    return dict(islice(found.items(), MOST))


def _ruled(meetings: Sequence[Meeting], there: set[str]) -> Source:
    series, first = meetings[0].series, min(one.recurrence_id for one in meetings if one.recurrence_id)
    assert series is not None
    rule = series_plan.plan_from(series, first)
    assert rule.pattern is not None
    last = max(one.recurrence_id for one in meetings if one.recurrence_id).date()
    day = again.nearest(rule.pattern, again.next_day(rule.first.starts.date()))
    return Source(f"series-{series.reference}", rule.first, day, series, rule, last, rule.first.title in there)


def _held(meetings: Sequence[Meeting], group: WorkingGroup) -> list[Meeting]:
    return [one for one in meetings if one.group_id == group.id and not one.is_cancelled and not one.is_of_few]


def _year(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def _year_plan(form: RepeatForm, sources: Mapping[str, Source]) -> YearPlan:
    """What is ticked, on its new days; what cannot be is said beside its day."""
    now = clock.now()
    meetings: list[MeetingPlan] = []
    series: list[SeriesPlan] = []
    listed: dict[int, list[tuple[Source, date]]] = defaultdict(list)
    for row in form.taken():
        source = sources.get(row.source.data or "")
        if source is None:
            continue
        try:
            if source.rule is not None and source.last is not None:
                plan = again.series_again(source.rule, source.last, row.day.data)
                series_service.check(plan, now)
                series.append(plan)
                continue
            rules.check(again.again(source.plan, row.day.data), now)
        except DomainError as error:
            form.blame_day(row, error.message)
            continue
        if source.series is not None:
            listed[source.series.id].append((source, row.day.data))
        else:
            meetings.append(again.again(source.plan, row.day.data))
    for chosen in listed.values():
        days = {day for _source, day in chosen}
        if len(days) > 1:
            series.append(again.list_again(chosen[0][0].plan, sorted(days)))
        else:
            meetings.append(again.again(chosen[0][0].plan, chosen[0][1]))
    if not form.errors and not meetings and not series:
        form.form_errors.append(_("What you ticked has changed meanwhile. Look at the list again."))
    return YearPlan(meetings, series)


def _consequences(group: WorkingGroup, plan: YearPlan) -> dict[str, Any]:
    """What the page that asks to check says: dates with clashes first, the others, who is told."""
    viewer, now = current_viewer(), clock.now()
    planned = plan.dates()
    looked_at = [one for one in planned if one.precision is not Precision.MONTH and one.ends_at > now]
    found = dict(zip(map(id, looked_at), finding.clashes(viewer, frozenset({group.id}), looked_at), strict=True))
    lines = [NewDate(one.title, when_of(one, viewer.time_zone), found.get(id(one), ())) for one in planned]
    told = sum(queries.audience_by_zone(group.id, but=viewer.person_id).values())
    return {
        "clashing": [line for line in lines if line.reasons],
        "free": [line for line in lines if not line.reasons],
        "told": told if any(one.ends_at > now for one in planned) else 0,
    }
