"""Views of the feature's own actions: administrators add, rename and move groups, describe communities and appoint
coordinators; coordinators describe their group.
"""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page, texts
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import policy, queries, service
from app.groups.forms import (
    AppointForm,
    community_form,
    group_page_form,
    new_group_form,
    rename_group_form,
)
from app.groups.models import Community, Coordinator, WorkingGroup

bp = Blueprint("groups", __name__)


@bp.route("/admin/groups/new", methods=["GET", "POST"])
@guard(policy.manage_catalogue)
def new_group() -> ResponseReturnValue:
    """Add a group."""
    form = new_group_form()
    if form.validate_on_submit():
        try:
            group = service.create_group(
                texts(form.names),
                form.slug.data,
                int(form.community.data),
                form.position.data,
                actor_id=current_viewer().person_id,
            )
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(group)s is added. Next, appoint a coordinator.", group=translated(group.names)), "success")
            return redirect(url_for("pages.group", slug=group.slug), 303)
    return form_page(form, "groups/new_group.html")


@bp.route("/admin/groups/<slug>/name", methods=["GET", "POST"])
@guard(policy.manage_catalogue, of=queries.group_at)
def rename_group(group: WorkingGroup) -> ResponseReturnValue:
    """Change what a group is called and where it stands."""
    form = rename_group_form(data=service.GroupIdentity.of(group).as_fields())
    form.begin(group.version)
    if form.validate_on_submit():
        try:
            saved = service.rename_group(
                group.id, form.identity, version=form.seen, actor_id=current_viewer().person_id
            )
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(group)s is saved.", group=translated(saved.names)), "success")
            return redirect(url_for("pages.group", slug=saved.slug), 303)
    return form_page(form, "groups/rename_group.html", group=group)


@bp.route("/groups/<slug>/edit", methods=["GET", "POST"])
@guard(policy.coordinate, of=queries.group_at, sees=policy.known)
def edit_group(group: WorkingGroup) -> ResponseReturnValue:
    """Change what a group says of itself."""
    form = group_page_form(data=service.GroupPage.of(group).as_fields())
    form.begin(group.version)
    if form.validate_on_submit():
        try:
            saved = service.edit_group(group.id, form.page, version=form.seen, actor_id=current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The page of %(group)s is saved.", group=translated(saved.names)), "success")
            return redirect(url_for("pages.group", slug=saved.slug), 303)
    return form_page(form, "groups/edit_group.html", group=group)


@bp.route("/admin/communities/<slug>/edit", methods=["GET", "POST"])
@guard(policy.manage_catalogue, of=queries.community_at)
def edit_community(community: Community) -> ResponseReturnValue:
    """Change a community."""
    form = community_form(data=service.CommunityFacts.of(community).as_fields())
    form.begin(community.version)
    if form.validate_on_submit():
        try:
            saved = service.edit_community(
                community.id, form.facts, version=form.seen, actor_id=current_viewer().person_id
            )
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(community)s is saved.", community=translated(saved.names)), "success")
            return redirect(url_for("pages.community", slug=saved.slug), 303)
    return form_page(form, "groups/edit_community.html", community=community)


@bp.route("/admin/groups/<slug>/coordinators/new", methods=["GET", "POST"])
@guard(policy.manage_catalogue, of=queries.group_at)
def appoint_coordinator(group: WorkingGroup) -> ResponseReturnValue:
    """Let someone coordinate a group."""
    form = AppointForm()
    if form.validate_on_submit():
        try:
            person = service.appoint_coordinator(group.id, form.email.data, current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            names = {"name": person.display_name, "group": translated(group.names)}
            flash(_("%(name)s now coordinates %(group)s.", **names), "success")
            if person.account is None:
                flash(
                    _("%(name)s has no account yet: ask them to sign up with this address.", name=person.display_name),
                    "info",
                )
            return redirect(url_for("pages.admin_coordinators"), 303)
    return form_page(
        form, "groups/appoint_coordinator.html", group=group, coordinators=queries.coordinators_of(group.id)
    )


@bp.route("/admin/groups/<slug>/coordinators/<int(max=2147483647):person_id>/dismiss", methods=["GET", "POST"])
@guard(policy.manage_catalogue, of=queries.coordinator_at)
def dismiss_coordinator(coordinator: Coordinator) -> ResponseReturnValue:
    """Let someone coordinate a group no longer, after saying what that means."""
    group, person = coordinator.group, coordinator.person
    names = {"name": person.display_name, "group": translated(group.names)}
    form = ConfirmForm()
    if coordinator.ended_at is None and form.validate_on_submit():
        try:
            service.dismiss_coordinator(group.id, person.id, current_viewer().person_id)
        except DomainError as error:
            flash(error.message, "info")
        else:
            flash(_("%(name)s no longer coordinates %(group)s.", **names), "success")
        return redirect(url_for("pages.admin_coordinators"), 303)
    if coordinator.ended_at is not None:
        flash(_("%(name)s no longer coordinates %(group)s.", **names), "info")
        return redirect(url_for("pages.admin_coordinators"), 303 if request.method == "POST" else 302)
    others = [other for other in queries.coordinators_of(group.id) if other.id != person.id]
    return form_page(form, "groups/dismiss_coordinator.html", group=group, person=person, others=others)
