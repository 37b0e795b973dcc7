"""Views of the feature's own actions: planning a meeting, changing it, calling it off and back.

What is typed is first said back in words (`step` "check"); only the answer to that page saves it ("save") or leads
back to the form ("change"). All of it works without scripts.
"""

from __future__ import annotations

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock, conflicts
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import policy, prefill, presentation, queries, rules, service
from app.meetings.forms import CancelForm, MeetingForm, MoveForm, ReinstateForm
from app.meetings.models import Meeting
from app.meetings.rules import TIME, WORTH_A_MAIL, MeetingPlan, Precision, Visibility
from app.meetings.rules.series import on
from app.meetings.signals import time_considered
from app.meetings.views.blueprint import address, bp, to
from app.membership import policy as membership_policy


@bp.route("/groups/<slug>/meetings/new", methods=["GET", "POST"])
@guard(policy.plan, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_meeting(group: WorkingGroup) -> ResponseReturnValue:
    """Plan a meeting of a group."""
    usual = {"time_zone": groups.zone_of(group), "creation_key": uuid.uuid4().hex}
    form = MeetingForm(data={**usual, **_like(group), **prefill.from_address(request.args)})
    page = {"form": form, "group": group, "back": url_for("pages.group", slug=group.slug)}
    if not form.is_submitted() or request.form.get("step") == "change":
        return render_template("meetings/new.html", **page)
    if not form.validate():
        return render_template("meetings/new.html", **page), 422
    if request.form.get("step") != "save":
        return render_template("meetings/check.html", **page, **_consequences(group, form.plan()))
    try:
        meeting = service.create_meeting(
            group.id, form.plan(), actor_id=current_viewer().person_id, creation_key=form.creation_key.data or None
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
    before = service.plan_of(meeting)
    form = MeetingForm(data=before.as_fields())
    form.begin(meeting.version)
    page = {"form": form, "group": meeting.group, "meeting": meeting, "back": address(meeting)}
    if not form.is_submitted() or request.form.get("step") == "change":
        return render_template("meetings/edit.html", **page)
    if not form.validate():
        return render_template("meetings/edit.html", **page), 422
    plan = form.plan()
    try:
        if request.form.get("step") == "save":
            changed = service.change_meeting(meeting.id, plan, version=form.seen, actor_id=current_viewer().person_id)
        elif changed := before.differences(plan):
            conflicts.check_version(meeting.version, form.seen, before.as_fields())
            return render_template(
                "meetings/check.html", **page, **_consequences(meeting.group, plan, before, meeting.id)
            )
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
    form.begin(meeting.version)
    plan = on(before, choice.day.data)
    for name in ("starts_on", "ends_on"):
        form[name].data = plan.as_fields()[name]
    problems = rules.problems(plan, clock.now())
    for problem in problems:
        form.blame(problem)
    if problems:
        return render_template("meetings/edit.html", **page, form=form), 422
    if not before.differences(plan):
        flash(_("The meeting is on this day already."), "info")
        return to(address(meeting))
    return render_template(
        "meetings/check.html", **page, form=form, **_consequences(meeting.group, plan, before, meeting.id)
    )


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
    if form.validate_on_submit():
        tentative = form.status.data == "tentative"
        try:
            service.reinstate_meeting(meeting.id, actor_id=current_viewer().person_id, tentative=tentative)
        except DomainError as error:
            flash(error.message, "warning")
            return to(address(meeting))
        flash(_("“%(title)s” takes place after all.", title=meeting.title), "success")
        return to(address(meeting))
    return form_page(form, "meetings/reinstate.html", **_confirmation(meeting))


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
    group: WorkingGroup, plan: MeetingPlan, before: MeetingPlan | None = None, meeting_id: int | None = None
) -> dict[str, object]:
    """What the page that asks to check says: the plan in words, who sees it, who is told."""
    now = clock.now()
    people = queries.audience_by_zone(group.id, but=current_viewer().person_id)
    changed = before.differences(plan) if before else None
    if plan.ends_at <= now and (before is None or before.ends_at <= now):
        silence = "over"
    elif changed is not None and not changed & WORTH_A_MAIL:
        silence = "small"
    else:
        silence = "" if people else "nobody"
    return {
        "lines": presentation.check_lines(plan, current_viewer().time_zone, filter(None, people), before),
        "description": presentation.new_description(plan, before),
        "members_only": plan.visibility == Visibility.MEMBERS,
        "told": sum(people.values()),
        "silence": silence,
        "past": plan.starts_at < now,
        "warnings": _warnings(group, plan, meeting_id) if changed is None or changed & TIME else [],
    }


def _warnings(group: WorkingGroup, plan: MeetingPlan, meeting_id: int | None) -> list[object]:
    """What features above know against the time; nothing once it is over."""
    if plan.ends_at <= clock.now():
        return []
    answers = time_considered.send(group, plan=plan, but=meeting_id)
    return [line for _receiver, lines in answers for line in lines]


def _confirmation(meeting: Meeting) -> dict[str, object]:
    """What the pages that ask before calling a meeting off or back say."""
    told = 0
    if meeting.ends_at > clock.now():
        told = sum(queries.audience_by_zone(meeting.group_id, but=current_viewer().person_id).values())
    return {
        "meeting": meeting,
        "group": meeting.group,
        "back": address(meeting),
        "details": presentation.details(meeting, current_viewer().time_zone, with_join_link=False),
        "told": told,
    }
