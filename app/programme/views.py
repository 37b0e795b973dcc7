"""Views of the work programme: a group's list, a milestone's page, and what can be done about it.

What is typed is first said back in words (`step` "check"), as with meetings; only the answer to that page saves it
("save") or leads back to the form ("change"). All of it works without scripts.
"""

from __future__ import annotations

import uuid
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import conflicts, dates, markdown
from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page
from app.core.i18n import translated
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import queries as meetings
from app.meetings.rules import Visibility
from app.membership import policy as membership_policy
from app.people.exporting import downloads, hand_out
from app.programme import exports, policy, presentation, queries, rules, service, words
from app.programme.forms import DropForm, MilestoneForm
from app.programme.models import Milestone
from app.programme.rules import Kind, MilestonePlan, State

bp = Blueprint("programme", __name__)
ONE = "/milestones/<reference>"
Choice = TypeVar("Choice", Kind, State)


@bp.get("/groups/<slug>/programme")
@downloads
@guard(membership_policy.find, of=groups.group_at, sees=membership_policy.find_or_visit)
def programme(group: WorkingGroup) -> ResponseReturnValue:
    """A group's whole programme by year, of every kind and state or of one."""
    viewer = current_viewer()
    kind, state = _chosen(Kind, "kind"), _chosen(State, "state")
    if wanted := download.asked():
        found = queries.listed(viewer, group.id, kind, state)
        return hand_out(exports.milestones(found), wanted, f"{group.slug}-programme")
    page = queries.page_of(viewer, group.id, kind, state, page_number(request.args.get("page")))
    return render_template(
        "programme/of_group.html",
        group=group,
        plans=policy.plan(viewer, group),
        kinds=words.KINDS,
        states={state: word for state, (word, _shape) in words.STATES.items()},
        kind=kind,
        state=state,
        page=page,
        years=presentation.by_year(page.items),
        page_url=lambda number: url_for("programme.programme", slug=group.slug, kind=kind, state=state, page=number),
        downloads=download.links(),
    )


@bp.get(ONE)
@guard(policy.see, of=queries.milestone_at, sees=policy.see)
def milestone(found: Milestone) -> ResponseReturnValue:
    """One milestone or deadline."""
    return render_template(
        "programme/milestone.html",
        milestone=found,
        group=found.group,
        kind=words.KINDS[found.kind],
        state=words.STATES[found.state],
        when=words.days(found.first_day, found.last_day),
        distance=words.near(found.last_day) if found.state == State.PLANNED else None,
        goal=translated(found.goal.goals) if found.goal else None,
        description=markdown.to_html(found.description) if found.description else None,
        may_edit=policy.edit(current_viewer(), found),
    )


@bp.route("/groups/<slug>/programme/new", methods=["GET", "POST"])
@guard(policy.plan, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_milestone(group: WorkingGroup) -> ResponseReturnValue:
    """Add something to a group's programme."""
    own = str(group.community_id) if any(group.community.goals.values()) else ""
    form = MilestoneForm(data={"creation_key": uuid.uuid4().hex, "goal": own, "kind": _chosen(Kind, "kind")})
    page = {"form": form, "group": group, "back": url_for("programme.programme", slug=group.slug)}
    if not form.is_submitted() or request.form.get("step") == "change":
        return render_template("programme/new.html", **page)
    if not form.validate():
        return render_template("programme/new.html", **page), 422
    if request.form.get("step") != "save":
        return render_template("programme/check.html", **page, **_consequences(group, form))
    try:
        made = service.create_milestone(
            group.id, form.plan(), actor_id=current_viewer().person_id, creation_key=form.creation_key.data or None
        )
    except DomainError as error:
        form.blame(error)
        return render_template("programme/new.html", **page), 422
    flash(_("“%(title)s” stands in the work programme.", title=made.title), "success")
    return _to(made)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@guard(policy.edit, of=queries.milestone_at, sees=policy.see)
def edit_milestone(found: Milestone) -> ResponseReturnValue:
    """Change it."""
    if found.is_dropped:
        flash(_("This was dropped. Reinstate it before you change it."), "warning")
        return _to(found)
    before = service.plan_of(found)
    form = MilestoneForm(data=before.as_fields())
    form.begin(found.version)
    page = {"form": form, "group": found.group, "milestone": found, "back": _address(found)}
    if not form.is_submitted() or request.form.get("step") == "change":
        return render_template("programme/edit.html", **page)
    if not form.validate():
        return render_template("programme/edit.html", **page), 422
    plan = form.plan()
    try:
        if request.form.get("step") == "save":
            changed = service.change_milestone(found.id, plan, version=form.seen, actor_id=current_viewer().person_id)
        elif changed := before.differences(plan):
            conflicts.check_version(found.version, form.seen, before.as_fields())
            done = found.state == State.DONE
            return render_template("programme/check.html", **page, **_consequences(found.group, form, before, done))
    except DomainError as error:
        form.blame(error)
        return render_template("programme/edit.html", **page), 422
    repeated = form.seen != found.version and found.modified_by_id == current_viewer().person_id
    if changed or repeated:
        flash(_("The changes to “%(title)s” are saved.", title=found.title), "success")
    else:
        flash(_("Nothing was different, so nothing was saved."), "info")
    return _to(found)


@bp.post(f"{ONE}/done")
@guard(policy.edit, of=queries.milestone_at, sees=policy.see)
def mark_done(found: Milestone) -> ResponseReturnValue:
    """Say that it is done, or with `undo` that it is not."""
    done = "undo" not in request.form
    try:
        service.mark(found.id, done=done, actor_id=current_viewer().person_id)
    except DomainError as error:
        flash(error.message, "warning")
        return _to(found)
    said = _("“%(title)s” is marked as done.") if done else _("“%(title)s” is no longer marked as done.")
    flash(said % {"title": found.title}, "success")
    if request.form.get("back") == "desk":
        return redirect(url_for("pages.desk") + f"#{found.group.slug}", 303)
    return _to(found)


@bp.route(f"{ONE}/drop", methods=["GET", "POST"])
@guard(policy.edit, of=queries.milestone_at, sees=policy.see)
def drop_milestone(found: Milestone) -> ResponseReturnValue:
    """Call it off, after saying what that means."""
    if found.is_dropped and request.method != "POST":
        flash(_("This was dropped already."), "info")
        return _to(found)
    form = DropForm()
    if form.validate_on_submit():
        try:
            service.drop(found.id, form.reason.data, actor_id=current_viewer().person_id)
        except DomainError as error:
            flash(error.message, "warning")
            return _to(found)
        flash(_("“%(title)s” is dropped.", title=found.title), "success")
        return _to(found)
    return form_page(form, "programme/drop.html", **_confirmation(found))


@bp.route(f"{ONE}/reinstate", methods=["GET", "POST"])
@guard(policy.edit, of=queries.milestone_at, sees=policy.see)
def reinstate_milestone(found: Milestone) -> ResponseReturnValue:
    """Let what was dropped stand again."""
    if not found.is_dropped and request.method != "POST":
        flash(_("This is not dropped."), "info")
        return _to(found)
    form = ConfirmForm()
    if form.validate_on_submit():
        service.reinstate(found.id, actor_id=current_viewer().person_id)
        flash(_("“%(title)s” stands in the work programme.", title=found.title), "success")
        return _to(found)
    return form_page(form, "programme/reinstate.html", **_confirmation(found))


def _chosen(choices: type[Choice], name: str) -> Choice | None:
    """One of a list by its name in the query; None for all, and for what is none of them."""
    asked = request.args.get(name, "")
    return choices(asked) if asked in {str(choice) for choice in choices} else None


def _address(found: Milestone) -> str:
    return url_for("programme.milestone", reference=found.reference)


def _to(found: Milestone) -> ResponseReturnValue:
    return redirect(_address(found), 303 if request.method == "POST" else 302)


def _told(group: WorkingGroup) -> int:
    """How many members and coordinators get a mail."""
    return sum(meetings.audience_by_zone(group.id, but=current_viewer().person_id).values())


def _consequences(
    group: WorkingGroup, form: MilestoneForm, before: MilestonePlan | None = None, done: bool = False
) -> dict[str, object]:
    """What the page that asks to check says: the plan in words, who sees it, who is told."""
    plan, today = form.plan(), dates.today()
    return {
        "lines": presentation.check_lines(plan, form.goals, before),
        "description": presentation.new_description(plan, before),
        "members_only": plan.visibility == Visibility.MEMBERS,
        "told": _told(group) if rules.is_news(plan, before, today) and not done else 0,
        "past": plan.last_day < today,
    }


def _confirmation(found: Milestone) -> dict[str, object]:
    """What the pages that ask before dropping and reinstating say."""
    news = rules.is_news(service.plan_of(found), None, dates.today())
    return {
        "milestone": found,
        "group": found.group,
        "back": _address(found),
        "kind": words.KINDS[found.kind],
        "when": words.days(found.first_day, found.last_day),
        "told": _told(found.group) if news else 0,
    }
