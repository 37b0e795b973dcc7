"""What coordinators do with a call: write it, open it, put its deadline off, call it off."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.calls import audience, policy, queries, service, words
from app.calls.forms import CancelForm, ExtendForm, call_form
from app.calls.models import Call
from app.calls.rules import CallState
from app.calls.service import CallFacts, NotNow
from app.calls.views.blueprint import ONE, bp, to_call
from app.core import dates
from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import policy as membership_policy

USUAL = timedelta(days=30)
"""How long a new call is open, unless said otherwise."""


@bp.route("/groups/<slug>/calls/new", methods=["GET", "POST"])
@guard(policy.write, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_call(group: WorkingGroup) -> ResponseReturnValue:
    """Write a call; it is a draft until it is opened."""
    form = call_form(
        data={
            "creation_key": uuid.uuid4().hex,
            "seats": 1,
            "deadline_on": dates.today() + USUAL,
            "deadline_time": time(17),
            "time_zone": groups.zone_of(group),
        }
    )
    if form.validate_on_submit():
        try:
            made = service.create(
                group.id, form.facts, current_viewer().person_id, creation_key=form.creation_key.data or None
            )
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The draft is saved. Read it once more, then open the call."), "success")
            return to_call(made)
    return form_page(form, "calls/new.html", group=group)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@guard(policy.manage, of=queries.call, sees=policy.see_or_visit)
def edit_call(call: Call) -> ResponseReturnValue:
    """Change what a call says; once it is open, the deadline and for whom it is stay as they are."""
    if call.now not in (CallState.DRAFT, CallState.OPEN):
        raise NotNow(call.id, words.NOT_NOW[call.now])
    facts = CallFacts.of(call)
    form = call_form(data=facts.as_fields())
    form.begin(call.version)
    is_draft = call.state == CallState.DRAFT
    if not is_draft:
        for name in ("deadline_on", "deadline_time", "time_zone", "one_per_association", "limited_to"):
            form[name].data, form[name].validators = facts.as_fields()[name], []
    if form.validate_on_submit():
        try:
            service.edit(call.id, form.facts, form.seen, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The call is saved."), "success")
            return to_call(call)
    return form_page(form, "calls/edit.html", call=call, group=call.group, is_draft=is_draft)


@bp.route(f"{ONE}/open", methods=["GET", "POST"])
@guard(policy.manage, of=queries.call, sees=policy.see_or_visit)
def open_call(call: Call) -> ResponseReturnValue:
    """Make a draft public, after saying who will be written to."""
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            service.open_call(call.id, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.form_errors.append(error.message)
        else:
            flash(_("The call is open. Focal points were written to; experts follow within minutes."), "success")
            return to_call(call)
    elif call.state != CallState.DRAFT:
        raise NotNow(call.id, words.NOT_NOW[call.now])
    speakers = audience.speakers_by_association(call)
    told = len({item.person_id for items in speakers.values() for item in items})
    return form_page(form, "calls/opening.html", call=call, group=call.group, told=told, associations=len(speakers))


@bp.route(f"{ONE}/extend", methods=["GET", "POST"])
@guard(policy.manage, of=queries.call, sees=policy.see_or_visit)
def extend_call(call: Call) -> ResponseReturnValue:
    """Put the deadline off."""
    if call.now not in (CallState.OPEN, CallState.CLOSED):
        raise NotNow(call.id, words.NOT_NOW[call.now])
    form = ExtendForm(data={"deadline_time": call.deadline_local.time()})
    if form.validate_on_submit():
        try:
            service.extend(call.id, form.deadline, call.time_zone, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The deadline is put off; focal points and those who stand were written to."), "success")
            return to_call(call)
    return form_page(form, "calls/extend.html", call=call, group=call.group)


@bp.route(f"{ONE}/cancel", methods=["GET", "POST"])
@guard(policy.manage, of=queries.call, sees=policy.see_or_visit)
def cancel_call(call: Call) -> ResponseReturnValue:
    """Call a call off, and say why."""
    form = CancelForm()
    if form.validate_on_submit():
        try:
            service.cancel(call.id, form.reason.data, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The call is cancelled."), "success")
            return redirect(url_for("calls.group_calls", slug=call.group.slug), 303)
    elif request.method == "GET" and call.now in (CallState.DECIDED, CallState.CANCELLED):
        raise NotNow(call.id, words.NOT_NOW[call.now])
    number = queries.numbers([call.id]).get(call.id, 0)
    standing = ngettext("%(num)d person stands.", "%(num)d people stand.", number) if number else None
    return form_page(form, "calls/cancel.html", call=call, group=call.group, standing=standing)
