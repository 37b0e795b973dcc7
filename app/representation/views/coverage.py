"""Coverage by community and country, and how it changed: charts, the same as tables, the same as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.core.settings import settings
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import seating
from app.people import queries as people
from app.people.exporting import downloads
from app.representation import charts, exports, policy, queries
from app.representation import coverage as counting
from app.representation.coverage import Change, Coverage, Line
from app.representation.exports import Table, Value
from app.representation.matrix import Filter, build
from app.representation.models import CoverageSnapshot
from app.representation.queries import Filled
from app.representation.views.blueprint import bp

QUARTER = timedelta(days=91)


@bp.get("/representation/coverage")
@downloads
@guard(policy.see_coverage)
def coverage() -> ResponseReturnValue:
    """Which communities and countries are well covered, and what is missing."""
    found = _coverage()
    if wanted := download.asked():
        return exports.answer(_coverage_table(found), wanted)
    return render_template(
        "representation/coverage.html", coverage=found, today=dates.today(), downloads=download.links()
    )


def _coverage_table(found: Coverage) -> Table:
    """The same as one table."""
    headings = [
        _("By"), _("Name"), _("Present"), _("Possible"), _("Seats held"), _("Seats granted"), _("Vacant seats"),
    ]  # fmt: skip
    rows: list[list[Value]] = [_line(_("All"), "", found.all)]
    rows += [_line(_("Community"), translated(one.names), line) for one, line in found.communities]
    rows += [_line(_("Group"), translated(one.names), line) for one, line in found.groups]
    rows += [_line(_("Country"), people.country_name(code), line) for code, line in found.countries]
    return Table("coverage", _("Coverage"), headings, rows)


@bp.get("/representation/changes")
@downloads
@guard(policy.see_coverage)
def changes() -> ResponseReturnValue:
    """How the groups filled, month by month, and what changed since the last quarter."""
    taken = queries.snapshots()
    filled = queries.filled([one.id for one in taken])
    all_groups = groups.groups()
    if wanted := download.asked():
        return exports.answer(_changes_table(taken, filled, all_groups), wanted)
    days = [one.taken_on for one in taken]
    return render_template(
        "representation/changes.html",
        days=days,
        whole=charts.line(days, [sum(one.held for one in filled[snapshot.id].values()) for snapshot in taken]),
        groups=[
            (group, charts.line(days, [filled[one.id][group.id].held if group.id in filled[one.id] else 0
                                       for one in taken]))
            for group in all_groups
        ],
        since=_earlier(taken),
        downloads=download.links(),
        **_since(taken),
    )  # fmt: skip


def _changes_table(
    taken: Sequence[CoverageSnapshot], filled: Mapping[int, Mapping[int, Filled]], all_groups: Sequence[WorkingGroup]
) -> Table:
    """What was noted at each date: seats held, seats granted and associations, group by group."""
    headings = [_("Date"), _("Community"), _("Group"), _("Seats held"), _("Seats granted"), _("Associations")]
    rows: list[list[Value]] = [
        [snapshot.taken_on, translated(group.community.names), translated(group.names), one.held, one.granted,
         one.associations]
        for snapshot in taken
        for group in all_groups
        if (one := filled[snapshot.id].get(group.id))
    ]  # fmt: skip
    return Table("changes", _("Changes over time"), headings, rows)


def _coverage() -> Coverage:
    all_groups, associations = groups.groups(), people.associations()
    limits = seating.limits(all_groups, associations)
    held = queries.held(dates.today() + timedelta(days=settings().renewal_days))
    return counting.of(build(all_groups, associations, limits, held, policy.scope(current_viewer()), Filter()))


def _line(by: str, name: str, line: Line) -> list[Value]:
    seats = line.seats
    return [by, name, line.reached, line.possible, seats.held, seats.granted, seats.vacant]


def _earlier(taken: Sequence[CoverageSnapshot]) -> CoverageSnapshot | None:
    """The latest snapshot that is at least a quarter old, else the oldest."""
    limit = dates.today() - QUARTER
    old = [one for one in taken if one.taken_on <= limit]
    return old[-1] if old else next(iter(taken), None)


def _since(taken: Sequence[CoverageSnapshot]) -> dict[str, object]:
    """What changed since then, against the seats held now."""
    earlier = _earlier(taken)
    if earlier is None:
        return {"table": [], "whole_change": None}
    now = {place: one.number for place, one in queries.held(dates.today()).items()}
    all_groups = groups.groups()
    found = counting.changes(queries.held_in(earlier.id), now, [group.id for group in all_groups])
    codes = {one.id: one.code for one in people.associations()}
    return {
        "table": [
            (group, found[group.id], [codes[body] for body in found[group.id].came if body in codes],
             [codes[body] for body in found[group.id].went if body in codes])
            for group in all_groups
        ],
        "whole_change": Change(
            sum(one.before for one in found.values()), sum(one.now for one in found.values()),
            sum(one.gained for one in found.values()), sum(one.lost for one in found.values()), (), (),
        ),
    }  # fmt: skip
