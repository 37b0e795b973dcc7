"""What experts and their associations do: apply, nominate, endorse or not, put in order, withdraw."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.calls import policy, queries, rules, service, words
from app.calls.forms import ApplyForm, CandidatesForm, RefuseForm
from app.calls.models import Call, Candidacy
from app.calls.rules import Standing, Step
from app.calls.service import NotNow
from app.calls.service.endorsing import Answered
from app.calls.views.blueprint import CANDIDATE, ONE, bp, is_open, to_call
from app.core.errors import DomainError, Text
from app.core.forms import ConfirmForm, form_page
from app.core.policy import current_viewer, guard
from app.extensions import limiter
from app.membership import nominees, seating
from app.membership import queries as membership
from app.membership.forms import BulkForm
from app.people import policy as people_policy
from app.people import queries as people
from app.people.models import Association


@bp.route(f"{ONE}/apply", methods=["GET", "POST"])
@guard(policy.apply, of=queries.call, sees=policy.see_or_visit)
@limiter.limit("30 per hour", methods=["POST"], key_func=lambda: str(current_viewer().person_id))
def apply(call: Call) -> ResponseReturnValue:
    """Stand for a call, or say something else about it until the deadline."""
    person_id = current_viewer().person_id
    person = people.person(person_id)
    assert person
    own = queries.own(person_id, call.id)
    associations = membership.associations_to_join_for(person)
    stands = own is not None and own.state in rules.IN_PLAY
    form = ApplyForm(data={"motivation": own.motivation if own else None})
    form.offer([] if stands else associations)
    if form.validate_on_submit():
        try:
            made = service.apply(person_id, call.id, form.motivation.data, form.association_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("What you wrote is saved.") if stands else _SENT[made.state](), "success")
            return to_call(call)
    return form_page(
        form,
        "calls/apply.html",
        call=call,
        group=call.group,
        own=own if stands else None,
        bar=_bar(call, associations, own),
        association=associations[0] if len(associations) == 1 else None,
        endorsers=[item.person for one in associations for item in people.speakers_of(one.id)],
    )


@bp.route(f"{ONE}/nominate", methods=["GET", "POST"])
@guard(policy.nominate, of=queries.call, sees=policy.see_or_visit)
@limiter.limit("60 per hour", methods=["POST"], key_func=lambda: str(current_viewer().person_id))
def nominate(call: Call) -> ResponseReturnValue:
    """An association's candidates: who shall stand, in which order, and who has applied."""
    associations = _spoken_for(call)
    asked = request.values.get("association")
    association = next((one for one in associations if one.code == asked), associations[0])
    form = CandidatesForm()
    if form.validate_on_submit():
        try:
            made = service.nominate(
                call.id, association.id, nominees.read(form.nominees.data), form.recommendation.data,
                current_viewer().person_id,
            )  # fmt: skip
        except NotNow:
            raise
        except DomainError as error:
            field = "recommendation" if error.field == "recommendation" else "nominees"
            form.blame(DomainError(error.message, field))
        else:
            flash(ngettext("%(num)d person was nominated and written to.",
                           "%(num)d people were nominated and written to.", len(made)), "success")  # fmt: skip
            return _to_nominations(call, association)
    listed = queries.candidates_of(call.id, association.id)
    return form_page(
        form,
        "calls/nominate.html",
        call=call,
        group=call.group,
        association=association,
        associations=associations,
        is_open=is_open(call),
        not_now=None if is_open(call) else words.NOT_NOW[call.now],
        may_endorse=rules.is_possible(Standing.TO_ENDORSE, Step.ENDORSE, call.now),
        to_endorse=[one for one in listed if one.state == Standing.TO_ENDORSE],
        placed=[one for one in listed if one.preference is not None],
        others=[one for one in listed if one.preference is None and one.state != Standing.TO_ENDORSE],
        place=seating.allotments([call.group], [association])[call.group_id, association.id],
    )


@bp.post(f"{ONE}/rank")
@guard(policy.nominate, of=queries.call, sees=policy.see_or_visit)
def rank(call: Call) -> ResponseReturnValue:
    """Put an association's candidates in order of preference, by the numbers typed beside them."""
    associations = _spoken_for(call)
    asked = request.values.get("association")
    association = next((one for one in associations if one.code == asked), associations[0])
    wanted = {
        int(name.removeprefix("place-")): int(text) if text.isdecimal() and len(text) < 5 else None
        for name, text in request.form.items()
        if name.startswith("place-") and name.removeprefix("place-").isdecimal() and len(name) < 16
    }
    service.rank(call.id, association.id, wanted, current_viewer().person_id)
    flash(_("The order of preference is saved."), "success")
    return _to_nominations(call, association)


@bp.post(f"{CANDIDATE}/endorse")
@guard(policy.speaks_for, of=queries.candidacy, sees=policy.knows_of)
def endorse(candidacy: Candidacy) -> ResponseReturnValue:
    """Say the association's yes."""
    service.endorse(candidacy.id, current_viewer().person_id)
    flash(_("%(name)s is endorsed.", name=candidacy.person.display_name), "success")
    return _back(candidacy)


@bp.route(f"{CANDIDATE}/refuse", methods=["GET", "POST"])
@guard(policy.speaks_for, of=queries.candidacy, sees=policy.knows_of)
def refuse(candidacy: Candidacy) -> ResponseReturnValue:
    """Say the association's no, and why."""
    form = RefuseForm()
    if form.validate_on_submit():
        try:
            service.refuse(candidacy.id, current_viewer().person_id, form.reason.data)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("%(name)s is not endorsed and was told so.", name=candidacy.person.display_name), "success")
            return _back(candidacy)
    return form_page(form, "calls/refuse.html", candidacy=candidacy, call=candidacy.call, group=candidacy.call.group)


@bp.post("/candidacies/decide")
@guard(policy.use_desk)
def answer_many() -> ResponseReturnValue:
    """The same answer of an association to many; whether one speaks for it is asked of each."""
    form, viewer = BulkForm(), current_viewer()
    what = {"endorse": Step.ENDORSE, "refuse": Step.REFUSE}.get(form.move.data or "")
    if form.validate_on_submit() and what is not None:
        try:
            answered = service.answer_many(
                what, form.ids, viewer.person_id, form.reason.data, lambda one: policy.speaks_for(viewer, one)
            )
        except DomainError as error:
            form.blame(error)
        else:
            _say(what, answered)
            return redirect(url_for("pages.desk"), 303)
    elif what is None:
        form.form_errors.append(_("Choose what is to be done."))
    found = [one for one in queries.candidacies(form.ids) if policy.speaks_for(viewer, one)]
    return render_template("calls/answer.html", form=form, what=what, found=found), 422


@bp.route(f"{CANDIDATE}/withdraw", methods=["GET", "POST"])
@guard(policy.withdraw, of=queries.candidacy, sees=policy.knows_of)
def withdraw(candidacy: Candidacy) -> ResponseReturnValue:
    """Stand no longer; or, for the association, take its word back."""
    viewer = current_viewer()
    is_own = policy.own(viewer, candidacy)
    form = ConfirmForm()
    if form.validate_on_submit():
        if is_own:
            service.withdraw(candidacy.id, candidacy.person_id)
            flash(_("You have withdrawn."), "success")
            return to_call(candidacy.call)
        service.take_back(candidacy.id, viewer.person_id)
        flash(_("%(name)s no longer stands and was told so.", name=candidacy.person.display_name), "success")
        return _back(candidacy)
    step = Step.WITHDRAW if is_own else Step.TAKE_BACK
    if not form.is_submitted() and not rules.is_possible(Standing(candidacy.state), step, candidacy.call.now):
        raise NotNow(candidacy.call_id, words.STANDINGS[Standing(candidacy.state)][0])
    return form_page(form, "calls/withdraw.html", candidacy=candidacy, call=candidacy.call,
                     group=candidacy.call.group, is_own=is_own)  # fmt: skip


def _say(what: Step, answered: Answered) -> None:
    number = len(answered.done)
    if number and what == Step.ENDORSE:
        flash(ngettext("%(num)d application is endorsed. The order of preference stands on the page of the call.",
                       "%(num)d applications are endorsed. The order of preference stands on the page of each call.",
                       number), "success")  # fmt: skip
    elif number:
        flash(ngettext("%(num)d application is not endorsed, and the person was told so.",
                       "%(num)d applications are not endorsed, and these people were told so.", number),
              "success")  # fmt: skip
    if answered.overtaken:
        names = ", ".join(one.person.display_name for one in answered.overtaken)
        flash(_("Something else had been decided before about: %(names)s.", names=names), "info")


def _bar(call: Call, associations: list[Association], own: Candidacy | None) -> Text | None:
    """Why the viewer cannot stand."""
    if not is_open(call):
        return words.NOT_NOW[call.now]
    if own is not None and own.state not in (*rules.IN_PLAY, Standing.WITHDRAWN):
        return words.STANDINGS[Standing(own.state)][0]
    if not any(call.is_for(one.id) for one in associations) and not call.is_for(None):
        return str(_("This call is for other associations."))
    return None


def _spoken_for(call: Call) -> list[Association]:
    """The associations one may nominate for: one's own, for administrators all that the call is for."""
    viewer = current_viewer()
    mine = people_policy.focal_for(viewer)
    return sorted(
        (one for one in people.associations() if call.is_for(one.id) and (viewer.is_administrator or one.id in mine)),
        key=lambda one: (one.id not in mine, one.code),
    )


def _to_nominations(call: Call, association: Association) -> ResponseReturnValue:
    return redirect(url_for("calls.nominate", call_id=call.id, association=association.code), 303)


def _back(candidacy: Candidacy) -> ResponseReturnValue:
    assert candidacy.association, "only an association's candidates are endorsed"
    return _to_nominations(candidacy.call, candidacy.association)


_SENT = {
    Standing.TO_ENDORSE: lambda: _("Your application was sent to your association for endorsement."),
    Standing.READY: lambda: _("Your application was sent. You get an answer in any case."),
}
