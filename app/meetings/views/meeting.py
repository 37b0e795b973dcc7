"""Views of the feature's own actions: planning a meeting, changing it, calling it off and back.

What is typed is first said back in words (`step` "check"); only the answer to that page saves it ("save") or leads
back to the form ("change"). All of it works without scripts.
"""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock, conflicts, zones
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import policy, prefill, presentation, queries, rules, service
from app.meetings.forms import CancelForm, MeetingForm, MoveForm, ReinstateForm
from app.meetings.forms.company import MORE, ROWS
from app.meetings.models import Meeting
from app.meetings.rules import TIME, WORTH_A_MAIL, MeetingPlan, Precision
from app.meetings.rules.interpreting import costs_to_cancel
from app.meetings.rules.series import on
from app.meetings.service import booking
from app.meetings.service.booking import RoomTaken
from app.meetings.service.company import company_of
from app.meetings.views import company
from app.meetings.views.blueprint import CHANGE, address, bp, to, warnings_of
from app.meetings.views.rooms import small_room
from app.membership import policy as membership_policy


@bp.route("/groups/<slug>/meetings/new", methods=["GET", "POST"])
@guard(policy.plan, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_meeting(group: WorkingGroup) -> ResponseReturnValue:
    """Plan a meeting of a group."""
    usual = {"time_zone": groups.zone_of(group), "creation_key": uuid.uuid4().hex}
    form = MeetingForm(data={**usual, **_like(group), **prefill.from_address(request.args)})
    company.offer(form, group)
    page = {"form": form, "group": group, "back": url_for("pages.group", slug=group.slug)}
    if not form.is_submitted() or request.form.get("step") in (CHANGE, MORE):
        form.offer_guests(ROWS if request.form.get("step") == MORE else 0)
        return render_template("meetings/new.html", **page)
    if not form.validate():
        return render_template("meetings/new.html", **page), 422
    try:
        if request.form.get("step") != "save":
            booking.foresee(form.plan())
            return render_template("meetings/check.html", **page, **_consequences(group, form))
        meeting = service.create_meeting(
            group.id,
            form.plan(),
            actor_id=current_viewer().person_id,
            creation_key=form.creation_key.data or None,
            company=form.company(),
        )
    except DomainError as error:
        form.blame(error)
        return render_template("meetings/new.html", **page), 422
    flash(_("“%(title)s” is planned.", title=meeting.title), "success")
    return to(address(meeting))


@bp.route("/meetings/<reference>/edit", methods=["GET", "POST"])
@guard(policy.edit, of=queries.meeting_at, sees=policy.see)
def edit_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Change a meeting."""
    if meeting.is_cancelled:
        flash(_("This meeting is cancelled. Reinstate it before you change it."), "warning")
        return to(address(meeting))
    before, known = service.plan_of(meeting), company_of(meeting)
    form = MeetingForm(data=before.as_fields())
    form.keep_to(meeting)
    company.offer(form, meeting.group, known, groups_stay=meeting.uid is None)
    form.begin(meeting.version)
    page = {"form": form, "group": meeting.group, "meeting": meeting, "back": address(meeting)}
    if not form.is_submitted() or request.form.get("step") in (CHANGE, MORE):
        form.offer_guests(ROWS if request.form.get("step") == MORE else 0)
        return render_template("meetings/edit.html", **page)
    if not form.validate():
        return render_template("meetings/edit.html", **page), 422
    plan, wanted = form.plan(), form.company()
    try:
        if request.form.get("step") == "save":
            changed = service.change_meeting(
                meeting.id, plan, version=form.seen, actor_id=current_viewer().person_id, company=wanted
            )
        elif changed := before.differences(plan) | known.differences(wanted):
            conflicts.check_version(meeting.version, form.seen, before.as_fields())
            booking.foresee(plan, meeting.id)
            consequences = _consequences(meeting.group, form, before, meeting)
            return render_template("meetings/check.html", **page, **consequences)
    except DomainError as error:
        form.blame(error)
        return render_template("meetings/edit.html", **page), 422
    repeated = form.seen != meeting.version and meeting.modified_by_id == current_viewer().person_id
    if changed or repeated:
        flash(_("The changes to “%(title)s” are saved.", title=meeting.title), "success")
    else:
        flash(_("Nothing was different, so nothing was saved."), "info")
    return to(address(meeting))


@bp.get("/meetings/<reference>/move")
@guard(policy.edit, of=queries.meeting_at, sees=policy.see)
def move_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Put a meeting on another day, at the same hours: asks for the day, then leads to what is about to be saved."""
    if meeting.is_cancelled:
        flash(_("This meeting is cancelled. Reinstate it before you change it."), "warning")
        return to(address(meeting))
    page = {"group": meeting.group, "meeting": meeting, "back": address(meeting)}
    before = service.plan_of(meeting)
    if before.precision is Precision.MONTH:
        return to(url_for("meetings.edit_meeting", reference=meeting.reference))
    asked = request.args if "day" in request.args else None
    choice = MoveForm(formdata=asked, data={"day": before.starts.date()}, meta={"csrf": False})
    if asked is None or not choice.validate():
        return render_template("meetings/move.html", **page, form=choice), 200 if asked is None else 422
    form = MeetingForm(data=before.as_fields())
    form.keep_to(meeting)
    company.offer(form, meeting.group, company_of(meeting), groups_stay=meeting.uid is None)
    form.offer_guests(0)
    form.begin(meeting.version)
    plan = on(before, choice.day.data)
    for name in ("starts_on", "ends_on"):
        form[name].data = plan.as_fields()[name]
    problems = rules.problems(plan, clock.now())
    for problem in problems:
        form.blame(problem)
    try:
        booking.foresee(plan, meeting.id)
    except DomainError as error:
        form.blame(error)
    if form.errors:
        return render_template("meetings/edit.html", **page, form=form), 422
    if not before.differences(plan):
        flash(_("The meeting is on this day already."), "info")
        return to(address(meeting))
    consequences = _consequences(meeting.group, form, before, meeting)
    return render_template("meetings/check.html", **page, form=form, **consequences)


@bp.route("/meetings/<reference>/cancel", methods=["GET", "POST"])
@guard(policy.edit, of=queries.meeting_at, sees=policy.see)
def cancel_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Call a meeting off, after saying what that means."""
    if meeting.is_cancelled and request.method != "POST":
        flash(_("This meeting is cancelled already."), "info")
        return to(address(meeting))
    form = CancelForm()
    if form.validate_on_submit():
        try:
            service.cancel_meeting(meeting.id, form.reason.data, actor_id=current_viewer().person_id)
        except DomainError as error:
            flash(error.message, "warning")
            return to(address(meeting))
        flash(_("“%(title)s” is cancelled.", title=meeting.title), "success")
        return to(address(meeting))
    return form_page(form, "meetings/cancel.html", **_confirmation(meeting))


@bp.route("/meetings/<reference>/reinstate", methods=["GET", "POST"])
@guard(policy.edit, of=queries.meeting_at, sees=policy.see)
def reinstate_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Let a cancelled meeting take place after all."""
    if not meeting.is_cancelled and request.method != "POST":
        flash(_("This meeting is not cancelled."), "info")
        return to(address(meeting))
    form = ReinstateForm()
    taken = None
    if form.validate_on_submit():
        tentative = form.status.data == "tentative"
        try:
            service.reinstate_meeting(
                meeting.id,
                actor_id=current_viewer().person_id,
                tentative=tentative,
                without_room=form.without_room.data,
            )
        except RoomTaken as error:
            taken = DomainError(error.message)
            form.blame(taken)
        except DomainError as error:
            flash(error.message, "warning")
            return to(address(meeting))
        else:
            flash(_("“%(title)s” takes place after all.", title=meeting.title), "success")
            return to(address(meeting))
    return form_page(form, "meetings/reinstate.html", **_confirmation(meeting), taken=taken)


@bp.get("/groups/<slug>/next")
@guard(membership_policy.find, of=groups.group_at, sees=membership_policy.find_or_visit)
def next_meeting(group: WorkingGroup) -> ResponseReturnValue:
    """An address that always leads to a group's next meeting."""
    meeting = queries.next_of(current_viewer(), group.id)
    if meeting is None:
        flash(_("%(group)s has no meeting planned.", group=translated(group.names)), "info")
        return redirect(url_for("pages.group", slug=group.slug))
    return redirect(address(meeting))


def _like(group: WorkingGroup) -> dict[str, object]:
    """What a form starts with where the address names a meeting (`like`) that is to be held again."""
    like = request.args.get("like")
    found = queries.meeting_at(like) if like else None
    if found is None or found.group_id != group.id or not policy.see(current_viewer(), found):
        return {}
    return prefill.again(service.plan_of(found))


def _consequences(
    group: WorkingGroup, form: MeetingForm, before: MeetingPlan | None = None, meeting: Meeting | None = None
) -> dict[str, object]:
    """What the page that asks to check says: the plan in words, who sees it, who is told."""
    plan, wanted = form.plan(), form.company()
    now = clock.now()
    people = company.told(group, plan, wanted, [meeting] if meeting else None)
    known = company_of(meeting) if meeting else None
    changed = before.differences(plan) | (known or wanted).differences(wanted) if before else None
    if plan.ends_at <= now and (before is None or before.ends_at <= now):
        silence = "over"
    elif changed is not None and not changed & (WORTH_A_MAIL | {"visibility", *vars(wanted)}):
        silence = "small"
    else:
        silence = "" if people else "nobody"
    return {
        "lines": presentation.check_lines(plan, current_viewer().time_zone, filter(None, people), before, form.rooms),
        "too_small": small_room(form.rooms, plan, group, wanted),
        "description": presentation.new_description(plan, before),
        "told": sum(people.values()),
        "silence": silence,
        "past": plan.starts_at < now,
        "warnings": warnings_of(group, [plan], [meeting.id] if meeting else ())[0]
        if changed is None or changed & TIME
        else [],
        **company.consequences(plan, wanted, known),
    }


def _confirmation(meeting: Meeting) -> dict[str, object]:
    """What the pages that ask before calling a meeting off or back say."""
    told = 0
    if meeting.ends_at > clock.now():
        told = company.told_of(meeting)
    return {
        "meeting": meeting,
        "group": meeting.group,
        "back": address(meeting),
        "details": presentation.details(meeting, current_viewer().time_zone, with_join_link=False),
        "told": told,
        "costs_since": costs_to_cancel(meeting.said, zones.to_local(clock.now(), meeting.time_zone).date()),
    }
