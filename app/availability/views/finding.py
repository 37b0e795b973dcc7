"""Finding a time for a meeting of a group, alone or with others."""

from __future__ import annotations

from datetime import date, time, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.availability import finding, gathering, near, policy
from app.availability.forms import FindForm
from app.availability.rules import YEARS_AHEAD
from app.availability.views.blueprint import bp, per_person
from app.core import dates
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.extensions import limiter
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership import policy as membership_policy

MOST_GROUPS = 20
"""That meet together."""


@bp.get("/groups/<slug>/find-a-time")
@limiter.limit("600 per hour", key_func=per_person)
@guard(policy.find_times, of=groups.group_at, sees=membership_policy.find_or_visit)
def find_a_time(group: WorkingGroup) -> ResponseReturnValue:
    """A form that asks what is looked for and, once it is sent, the times that suit most people."""
    viewer = current_viewer()
    asked = request.args if "first" in request.args else None
    form = FindForm(formdata=asked, data=_usual(group), meta={"csrf": False})
    others = [
        one
        for one in groups.groups()
        if one.id != group.id and one.status != GroupStatus.CLOSED and membership_policy.find(viewer, one)
    ]
    chosen = set(request.args.getlist("groups")[:MOST_GROUPS])
    joined = [one for one in others if one.slug in chosen]
    group_ids = frozenset({group.id, *(one.id for one in joined)})
    first, last = _days(form)
    guests = gathering.guests_of(group_ids)
    form.offer(
        [(one.slug, translated(one.names)) for one in others],
        gathering.named(viewer, guests),
        near.choices(viewer, group_ids, first, last),
    )
    found = None
    if asked is not None and form.validate():
        found = finding.find(viewer, form.search(group_ids), guests)
    page = render_template("availability/find.html", group=group, joined=joined, form=form, found=found)
    return page, 422 if form.errors else 200


def _usual(group: WorkingGroup) -> dict[str, object]:
    """What most people look for: two hours within working hours, in the months after the next two weeks."""
    first = dates.today() + timedelta(days=14)
    return {
        "minutes": 120,
        "first": first,
        "last": first + timedelta(days=60),
        "opens": time(9),
        "closes": time(17, 30),
        "time_zone": groups.zone_of(group),
        "needed": "nobody",
        "how": near.How.AFTER.value,
    }


def _days(form: FindForm) -> tuple[date, date]:
    """The days that are looked at, as far as they make sense."""
    today = dates.today()
    first = form.first.data or today
    if not today.year - 1 <= first.year <= today.year + YEARS_AHEAD:
        first = today
    return first, min(max(form.last.data or first, first), first + timedelta(days=finding.MOST_DAYS))
