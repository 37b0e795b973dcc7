"""Marked periods: those for all, kept by administrators, and those of a group, kept by its coordinators."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.availability import policy, queries, service
from app.availability.forms import band_form, marking_form
from app.availability.models import Band
from app.availability.rules import USUAL_WISH, BandKind
from app.availability.views.blueprint import bp
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import translated
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard, signed_in
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership.policy import find_or_visit

ONE = "/bands/<int(max=2147483647):band_id>"


@bp.get("/bands")
@guard(signed_in)
def bands() -> ResponseReturnValue:
    """The periods that are marked for everybody, or for a community."""
    return _list(None, may_keep=policy.keep_common_bands(current_viewer()))


@bp.get("/groups/<slug>/bands")
@guard(policy.see_bands, of=groups.group_at, sees=find_or_visit)
def group_bands(group: WorkingGroup) -> ResponseReturnValue:
    """The periods that a group has marked for itself."""
    return _list(group, may_keep=policy.keep_bands(current_viewer(), group))


@bp.route("/bands/new", methods=["GET", "POST"])
@guard(policy.keep_common_bands)
def new_bands() -> ResponseReturnValue:
    """Mark periods for everybody or for a community."""
    return _mark(None)


@bp.route("/groups/<slug>/bands/new", methods=["GET", "POST"])
@guard(policy.keep_bands, of=groups.group_at, sees=find_or_visit)
def new_group_bands(group: WorkingGroup) -> ResponseReturnValue:
    """Mark periods for a group."""
    return _mark(group)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@guard(policy.edit_band, of=queries.band, sees=policy.see_band)
def edit_band(band: Band) -> ResponseReturnValue:
    """Correct a marked period."""
    form = band_form(data=service.BandFacts.of(band).as_fields())
    form.begin(band.version)
    back = _home(band.group)
    if form.validate_on_submit():
        try:
            service.change_band(band.id, form.facts, version=form.seen, actor_id=current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("“%(name)s” is saved.", name=translated(band.names)), "success")
            return redirect(back, 303)
    return form_page(form, "availability/edit_band.html", band=band, group=band.group, back=back)


@bp.post(f"{ONE}/remove")
@guard(policy.edit_band, of=queries.band, sees=policy.see_band)
def remove_band(band: Band) -> ResponseReturnValue:
    """Take a marked period away."""
    name, back = translated(band.names), _home(band.group)
    service.remove_band(band.id, actor_id=current_viewer().person_id)
    flash(_("“%(name)s” is removed.", name=name), "success")
    return redirect(back, 303)


def _list(group: WorkingGroup | None, *, may_keep: bool) -> ResponseReturnValue:
    past = "past" in request.args
    page = queries.bands_page(current_viewer(), page_number(request.args.get("page")), group=group, past=past)
    parts = {"past": 1} if past else {}
    return render_template(
        "availability/bands.html",
        page=page,
        page_url=lambda number: _home(group, page=number, **parts),
        group=group,
        may_keep=may_keep,
        past=past,
        home=_home,
    )


def _mark(group: WorkingGroup | None) -> ResponseReturnValue:
    """Type or paste the days; they are said back in words before they are saved (`step` "check", then "save")."""
    kind = BandKind.EVENT if group else BandKind.SESSION
    form = marking_form(
        groups.community_choices() if group is None else None,
        data={"kind": kind.value, "wish": USUAL_WISH[kind].value},
    )
    context = {"form": form, "group": group, "back": _home(group)}
    step = request.form.get("step")
    if not form.is_submitted() or step == "change":
        return render_template("availability/new_bands.html", **context)
    if form.validate():
        try:
            periods = form.read()
            if step != "save":
                return render_template("availability/check_bands.html", **context, periods=periods)
            made = service.mark(periods, form.marking(group.id if group else None), actor_id=current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            flash(ngettext("%(num)d period is marked.", "%(num)d periods are marked.", made), "success")
            return redirect(_home(group), 303)
    return render_template("availability/new_bands.html", **context), 422


def _home(group: WorkingGroup | None, **parts: object) -> str:
    """The list that a period stands in."""
    if group is not None:
        return url_for("availability.group_bands", slug=group.slug, **parts)  # type: ignore[arg-type]
    return url_for("availability.bands", **parts)  # type: ignore[arg-type]
