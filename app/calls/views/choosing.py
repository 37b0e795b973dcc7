"""Choosing among those who stand, on one page that shows who sits there already."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.calls import policy, queries, rules, service, words
from app.calls.forms import ChooseForm
from app.calls.models import Call, Candidacy
from app.calls.rules import CallState
from app.calls.service import NotNow
from app.calls.views.blueprint import CANDIDATE, ONE, bp, to_call
from app.core import dates
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import current_viewer, guard
from app.groups.models import WorkingGroup
from app.membership import queries as membership
from app.membership import seating
from app.membership.models import Membership
from app.people.queries import country_name


@bp.route(f"{ONE}/choose", methods=["GET", "POST"])
@guard(policy.manage, of=queries.call, sees=policy.see_or_visit)
def choose(call: Call) -> ResponseReturnValue:
    """Choose; what is chosen is said back once before it is done (`step` "check", then "save")."""
    if call.now != CallState.CLOSED and not (call.now == CallState.DECIDED and request.method == "POST"):
        raise NotNow(call.id, words.NOT_NOW[call.now])
    form, step = ChooseForm(), request.form.get("step")
    in_play = [one for one in queries.candidates(call.id) if one.state in rules.IN_PLAY]
    wanted = [one for one in in_play if one.id in form.ids]
    if form.validate_on_submit() and step == "save":
        try:
            service.decide(call.id, form.ids, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The call is decided, and everyone was written to."), "success")
            return to_call(call)
    elif form.is_submitted() and step == "check" and not form.errors:
        if wanted:
            keeps = rules.not_chosen(call.reserve_until, dates.today()) == rules.Step.RESERVE
            return render_template("calls/check.html", form=form, call=call, group=call.group, wanted=wanted,
                                   rest=len(in_play) - len(wanted), keeps=keeps)  # fmt: skip
        form.blame(DomainError(_("Choose at least one. If nobody suits, cancel the call and say why."), "chosen"))
    return form_page(
        form,
        "calls/choose.html",
        call=call,
        group=call.group,
        chosen=set(form.ids),
        candidates=in_play,
        free=_free(call.group, in_play),
        members=_by_country(membership.members(call.group_id)),
    )


@bp.post(f"{CANDIDATE}/take")
@guard(policy.choose, of=queries.candidacy, sees=policy.knows_of)
def take(candidacy: Candidacy) -> ResponseReturnValue:
    """Give someone of the reserve list a seat."""
    try:
        service.take(candidacy.id, current_viewer().person_id)
    except NotNow:
        raise
    except DomainError as error:
        flash(error.message, "error")
    else:
        flash(_("%(name)s is taken from the reserve list and was written to.", name=candidacy.person.display_name),
              "success")  # fmt: skip
    return to_call(candidacy.call)


def _free(group: WorkingGroup, candidates: Sequence[Candidacy]) -> dict[int, tuple[int, int]]:
    """{association id: (vacant seats, seats granted)} of the associations whose people stand."""
    bodies = {one.association.id: one.association for one in candidates if one.association}
    places = seating.allotments([group], list(bodies.values())) if bodies else {}
    return {key[1]: (place.vacant, place.limit) for key, place in places.items()}


def _by_country(members: Sequence[Membership]) -> list[tuple[str, list[Membership]]]:
    """Who sits there already, under their countries; who sits for no association comes last."""

    def country(item: Membership) -> str:
        return country_name(item.association.country) if item.association else ""

    ordered = sorted(members, key=lambda item: (not country(item), country(item)))
    return [(name or _("No association"), list(items)) for name, items in groupby(ordered, key=country)]
