"""The year planner, as a page to look at, to plan with and to print."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import dates
from app.core.i18n import translated
from app.core.policy import anyone, current_viewer, guard
from app.groups.rules import GroupStatus
from app.meetings import policy as meetings_policy
from app.pages.blueprint import bp
from app.pages.planner.asked import asked, years
from app.pages.planner.laying import density
from app.pages.planner.reading import year_of


@bp.get("/planner")
@guard(anyone)
def planner() -> ResponseReturnValue:
    """All that the viewer may know of a year, on one page."""
    viewer, today = current_viewer(), dates.today()
    wanted = asked(viewer)
    months = year_of(viewer, wanted, today)
    running = [
        (translated(group.names), url_for("pages.repeat_plan", slug=group.slug, year=wanted.year))
        for group in wanted.chosen
        if group.status != GroupStatus.CLOSED
        and dates.today().year <= wanted.year + 1 in years()
        and meetings_policy.plan(viewer, group)
    ]
    return render_template(
        "pages/planner/year.html",
        asked=wanted,
        months=months,
        density=density(months),
        years=years(),
        today=today,
        names={
            "months": dates.month_names(),
            "weekdays": [name.rstrip(".") for name in dates.weekday_names("abbreviated")],
        },
        running=running,
        communities={group.community.slug: translated(group.community.names) for group in wanted.known},
        groups=[(group.slug, translated(group.names)) for group in wanted.known],
        moves=any(placed.entry.move_url for month in months for day in month.days for placed in day.placed),
    )
