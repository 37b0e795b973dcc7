"""Views of a group's task forces: coordinators keep them, who plans meetings calls meetings with them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from wtforms import SelectChoice

from app.core.db import db
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import policy
from app.meetings.forms.company import TaskForceForm
from app.meetings.models import TaskForce, TaskForcePerson
from app.meetings.service import task_forces as service
from app.meetings.views.blueprint import bp
from app.membership import policy as membership_policy
from app.membership import queries as membership


@bp.get("/groups/<slug>/task-forces")
@guard(policy.keep_task_forces, of=groups.group_at, sees=membership_policy.find_or_visit)
def task_forces(group: WorkingGroup) -> ResponseReturnValue:
    """All of a group, with who is in them."""
    found = db.session.scalars(
        select(TaskForce)
        .where(TaskForce.group_id == group.id)
        .options(selectinload(TaskForce.people).joinedload(TaskForcePerson.person))
        .order_by(TaskForce.name)
    ).all()
    members = {one.person_id for one in membership.members(group.id)}
    return render_template(
        "meetings/task_forces.html",
        group=group,
        task_forces=[
            (one, [(link.person.display_name, link.person_id in members) for link in one.people]) for one in found
        ],
    )


@bp.route("/groups/<slug>/task-forces/new", methods=["GET", "POST"])
@guard(policy.keep_task_forces, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_task_force(group: WorkingGroup) -> ResponseReturnValue:
    """Make one."""
    form = TaskForceForm()
    form.begin(0)
    _offer(form, group)
    if form.validate_on_submit():
        try:
            service.make_task_force(
                group.id, form.name.data or "", form.people.data or (), actor_id=current_viewer().person_id
            )
        except DomainError as error:
            form.blame(error)
        else:
            return _done(group, _("The task force is made."))
    return form_page(form, "meetings/task_force.html", group=group, task_force=None)


@bp.route("/task-forces/<int(max=2147483647):task_force_id>/edit", methods=["GET", "POST"])
@guard(policy.keep_task_force, of=lambda task_force_id: _at(task_force_id), sees=policy.see_task_force)
def edit_task_force(task_force: TaskForce) -> ResponseReturnValue:
    """Change its name, or who is in it."""
    form = TaskForceForm(data={"name": task_force.name, "people": sorted(task_force.person_ids)})
    form.begin(task_force.version)
    _offer(form, task_force.group)
    if form.validate_on_submit():
        try:
            service.change_task_force(
                task_force.id,
                form.name.data or "",
                form.people.data or (),
                version=form.seen,
                actor_id=current_viewer().person_id,
            )
        except DomainError as error:
            form.blame(error)
        else:
            return _done(task_force.group, _("The task force is changed. The meetings ahead follow."))
    return form_page(form, "meetings/task_force.html", group=task_force.group, task_force=task_force)


@bp.post("/task-forces/<int(max=2147483647):task_force_id>/drop")
@guard(policy.keep_task_force, of=lambda task_force_id: _at(task_force_id), sees=policy.see_task_force)
def drop_task_force(task_force: TaskForce) -> ResponseReturnValue:
    """Keep it no longer."""
    group = task_force.group
    service.drop_task_force(task_force.id, actor_id=current_viewer().person_id)
    return _done(group, _("The task force is gone. Its meetings stay with the people they are for."))


def _at(task_force_id: int) -> TaskForce | None:
    found = select(TaskForce).where(TaskForce.id == task_force_id)
    return db.session.scalar(
        found.options(joinedload(TaskForce.group).joinedload(WorkingGroup.community), selectinload(TaskForce.people))
    )


def _offer(form: TaskForceForm, group: WorkingGroup) -> None:
    form.people.choices = [SelectChoice(one.person_id, one.person.display_name) for one in membership.members(group.id)]


def _done(group: WorkingGroup, words: str) -> ResponseReturnValue:
    flash(words, "success")
    return redirect(url_for("meetings.task_forces", slug=group.slug), 303)
