"""Views of series: planning one, changing it from a date on, calling the rest off, adding a date.

As with a single meeting, what is typed is first said back; here as the list of every date that will be made, moved or
dropped, each with a box to untick.
"""

from __future__ import annotations

import uuid

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock, conflicts
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import policy, presentation, previews, queries, words
from app.meetings.forms import CancelForm, MeetingForm, SeriesForm
from app.meetings.forms.company import MORE, ROWS
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules.company import Company
from app.meetings.rules.series import SeriesPlan
from app.meetings.service import series as service
from app.meetings.service import series_plan
from app.meetings.service.series_company import company_from
from app.meetings.views import company
from app.meetings.views.blueprint import CHANGE, bp, series_address, to, warnings_of
from app.meetings.views.rooms import small_room
from app.membership import policy as membership_policy


@bp.route("/groups/<slug>/series/new", methods=["GET", "POST"])
@guard(policy.plan, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_series(group: WorkingGroup) -> ResponseReturnValue:
    """Plan a series of a group."""
    form = SeriesForm(data={"time_zone": groups.zone_of(group), "creation_key": uuid.uuid4().hex})
    company.offer(form, group)
    page = {"form": form, "group": group, "back": url_for("pages.group", slug=group.slug), "series": None}
    if not form.is_submitted() or request.form.get("step") in (CHANGE, "more", MORE):
        form.offer_rows(4 if request.form.get("step") == "more" else 0)
        form.offer_guests(ROWS if request.form.get("step") == MORE else 0)
        return render_template("meetings/series_form.html", **page)
    if not form.validate():
        form.offer_rows()
        return render_template("meetings/series_form.html", **page), 422
    plan = form.series_plan()
    if request.form.get("step") != "save":
        lines = previews.of_new(plan, current_viewer().time_zone)
        lines = previews.warned(lines, lambda times: warnings_of(group, times, ()))
        return render_template("meetings/series_check.html", **page, **_told(group, form, plan, lines))
    try:
        made = service.create_series(
            group.id,
            plan,
            actor_id=current_viewer().person_id,
            creation_key=form.creation_key.data or None,
            company=form.company(),
        )
    except DomainError as error:
        form.blame(error)
        form.offer_rows()
        return render_template("meetings/series_form.html", **page), 422
    flash(_("“%(title)s” is planned, with all its dates.", title=plan.first.title), "success")
    return to(series_address(made))


@bp.get("/series/<reference>")
@guard(policy.see_series, of=queries.series_at, sees=policy.see_series)
def series(found: MeetingSeries) -> ResponseReturnValue:
    """All dates of a series."""
    viewer, now = current_viewer(), clock.now()
    dates = [meeting for meeting in found.meetings if policy.see(viewer, meeting)]
    ahead = [meeting for meeting in dates if meeting.ends_at >= now]
    changeable = series_plan.changeable_from(found) if policy.change_series(viewer, found) else None
    return render_template(
        "meetings/series.html",
        series=found,
        group=found.group,
        title=(ahead or dates)[0 if ahead else -1].title,
        rhythm=words.rhythm_of(found, all_known=len(dates) == len(found.meetings)),
        ahead=[presentation.meeting_item(meeting, viewer.time_zone, with_group=False) for meeting in ahead],
        past=[
            presentation.meeting_item(meeting, viewer.time_zone, with_group=False)
            for meeting in reversed(dates)
            if meeting.ends_at < now
        ],
        next_reference=next((meeting.reference for meeting in ahead if not meeting.is_cancelled), None),
        change_reference=next((meeting.reference for meeting in ahead if meeting.recurrence_id == changeable), None),
        may_edit=policy.change_series(viewer, found),
    )


@bp.route("/meetings/<reference>/following", methods=["GET", "POST"])
@guard(policy.edit_following, of=queries.meeting_at, sees=policy.see)
def edit_series(meeting: Meeting) -> ResponseReturnValue:
    """Change a date of a series and all that follow."""
    found = meeting.series
    if found is None or meeting.recurrence_id is None:
        return to(url_for("meetings.edit_meeting", reference=meeting.reference))
    if meeting.ends_at < clock.now():
        flash(_("This date is over. Choose one that is still ahead."), "warning")
        return to(series_address(found))
    try:
        before = series_plan.plan_from(found, meeting.recurrence_id)
    except series_plan.AnotherRule as error:
        flash(error.message, "warning")
        return to(series_address(found))
    known = company_from(found, meeting.recurrence_id)
    form = SeriesForm(data=before.first.as_fields())
    form.fill(before)
    company.offer(form, meeting.group, known)
    form.begin(found.version)
    page = {"form": form, "group": meeting.group, "meeting": meeting, "series": found, "back": series_address(found)}
    if not form.is_submitted() or request.form.get("step") in (CHANGE, "more", MORE):
        form.offer_rows(4 if request.form.get("step") == "more" else 0)
        form.offer_guests(ROWS if request.form.get("step") == MORE else 0)
        return render_template("meetings/series_form.html", **page)
    if not form.validate():
        form.offer_rows()
        return render_template("meetings/series_form.html", **page), 422
    plan, wanted = form.series_plan(), form.company()
    try:
        if request.form.get("step") != "save":
            conflicts.check_version(found.version, form.seen, before.first.as_fields())
            revision = series_plan.revised(found, meeting.recurrence_id, plan, wanted)
            lines = previews.of_changed(revision, plan, current_viewer().time_zone)
            own = [item.id for item in found.meetings]
            lines = previews.warned(lines, lambda times: warnings_of(meeting.group, times, own))
            said = _told(meeting.group, form, plan, lines, before, known, found)
            return render_template("meetings/series_check.html", **page, **said)
        service.change_series(
            found.id,
            meeting.recurrence_id,
            plan,
            version=form.seen,
            actor_id=current_viewer().person_id,
            company=wanted,
        )
    except DomainError as error:
        form.blame(error)
        form.offer_rows()
        return render_template("meetings/series_form.html", **page), 422
    flash(_("The dates of “%(title)s” are changed.", title=plan.first.title), "success")
    return to(series_address(found))


@bp.route("/meetings/<reference>/end", methods=["GET", "POST"])
@guard(policy.edit_following, of=queries.meeting_at, sees=policy.see)
def end_series(meeting: Meeting) -> ResponseReturnValue:
    """Call off a date of a series and all that follow."""
    found = meeting.series
    if found is None or meeting.recurrence_id is None:
        return to(url_for("meetings.cancel_meeting", reference=meeting.reference))
    form = CancelForm()
    if form.validate_on_submit():
        number = service.end_series(
            found.id, meeting.recurrence_id, form.reason.data, actor_id=current_viewer().person_id
        )
        flash(ngettext("%(num)s date is cancelled.", "%(num)s dates are cancelled.", number), "success")
        return to(series_address(found))
    now = clock.now()
    ending = [
        item
        for item in found.meetings
        if not item.is_cancelled and item.ends_at > now and (item.recurrence_id or now) >= meeting.recurrence_id
    ]
    viewer = current_viewer()
    return form_page(
        form,
        "meetings/series_end.html",
        meeting=meeting,
        group=meeting.group,
        back=series_address(found),
        dates=[presentation.meeting_item(item, viewer.time_zone, with_group=False) for item in ending],
        told=company.told_of(meeting),
    )


@bp.route("/series/<reference>/add", methods=["GET", "POST"])
@guard(policy.change_series, of=queries.series_at, sees=policy.see_series)
def add_date(found: MeetingSeries) -> ResponseReturnValue:
    """One more date."""
    like = found.meetings[-1].part
    assert like is not None
    values = {**like.said.as_fields(), "starts_on": None, "ends_on": None}
    form = MeetingForm(data={**values, "creation_key": uuid.uuid4().hex})
    form.keep_to_series(in_series=True, by_rule=False)
    form.leave_company()
    page = {"form": form, "group": found.group, "series": found, "back": series_address(found)}
    if not form.is_submitted() or request.form.get("step") == CHANGE:
        return render_template("meetings/series_add.html", **page)
    if not form.validate():
        return render_template("meetings/series_add.html", **page), 422
    try:
        service.add_date(
            found.id,
            form.plan(),
            actor_id=current_viewer().person_id,
            creation_key=form.creation_key.data or None,
        )
    except DomainError as error:
        form.blame(error)
        return render_template("meetings/series_add.html", **page), 422
    flash(_("The date is added."), "success")
    return to(series_address(found))


def _told(
    group: WorkingGroup,
    form: SeriesForm,
    plan: SeriesPlan,
    lines: list[previews.PreviewDate],
    before: SeriesPlan | None = None,
    known: Company | None = None,
    series: MeetingSeries | None = None,
) -> dict[str, object]:
    """What the page that asks to check says besides the form."""
    viewer, wanted = current_viewer(), form.company()
    people = company.told(group, plan.first, wanted, series.meetings if series else None)
    first = presentation.check_lines(
        plan.first, viewer.time_zone, filter(None, people), before.first if before else None, form.rooms
    )
    return {
        "too_small": small_room(form.rooms, plan.first, group, wanted),
        "dates": lines,
        "fates": previews.fates(lines),
        "rhythm": words.repeats(plan.pattern),
        "lines": first,
        "description": presentation.new_description(plan.first, before.first if before else None),
        "told": sum(people.values()),
        "group_name": translated(group.names),
        **company.consequences(plan.first, wanted, known),
    }
