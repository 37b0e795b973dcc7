"""What everybody reads: the open calls, those of a group, one call; and there what concerns who looks."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.calls import exports, policy, queries, rules
from app.calls.models import Call, Candidacy
from app.calls.rules import Standing, Step
from app.calls.views.blueprint import ONE, bp
from app.core import dates, markdown
from app.core.i18n import translated
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import policy as membership_policy
from app.people import policy as people_policy
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association
from app.people.viewer import Viewer


@bp.get("/calls")
@downloads
@guard(policy.browse)
def open_calls() -> ResponseReturnValue:
    """The calls that are open, those that close soonest first."""
    viewer = current_viewer()
    if wanted := download.asked():
        return hand_out(exports.calls(queries.open_calls(viewer, None)), wanted, "calls")
    return render_template(
        "calls/open.html",
        page=queries.open_page(viewer, page_number(request.args.get("page"))),
        page_url=lambda number: url_for("calls.open_calls", page=number),
        downloads=download.links(),
    )


@bp.get("/groups/<slug>/calls")
@downloads
@guard(membership_policy.find, of=groups.group_at, sees=membership_policy.find_or_visit)
def group_calls(group: WorkingGroup) -> ResponseReturnValue:
    """All calls of a group; its coordinators see drafts too."""
    writes = policy.write(current_viewer(), group)
    if wanted := download.asked():
        found = queries.all_of_group(group.id, with_drafts=writes)
        numbers = queries.numbers([one.id for one in found]) if writes else None
        return hand_out(exports.calls(found, numbers), wanted, f"{group.slug}-calls")
    page = queries.of_group(group.id, page_number(request.args.get("page")), with_drafts=writes)
    return render_template(
        "calls/of_group.html",
        group=group,
        writes=writes,
        page=page,
        numbers=queries.numbers([one.id for one in page.items]) if writes else {},
        page_url=lambda number: url_for("calls.group_calls", slug=group.slug, page=number),
        downloads=download.links(),
    )


@bp.get(ONE)
@downloads
@guard(policy.see, of=queries.call, sees=policy.see_or_visit)
def call(found: Call) -> ResponseReturnValue:
    """One call. Who stands is for the coordinators; focal points see those of their association."""
    viewer = current_viewer()
    manages = policy.manage(viewer, found)
    state = found.now
    listed = queries.candidates(found.id) if manages else []
    if manages and (wanted := download.asked()):
        return hand_out(exports.candidates(listed), wanted, f"call-{found.id}", noted="candidates", call=found.id)
    profile, text = translated(found.profiles), translated(found.texts)
    return render_template(
        "calls/call.html",
        call=found,
        state=state,
        profile=markdown.to_html(profile) if profile else None,
        text=markdown.to_html(text) if text else None,
        manages=manages,
        own=queries.own(viewer.person_id, found.id) if viewer.person_id is not None else None,
        may_withdraw=lambda one: rules.is_possible(Standing(one.state), Step.WITHDRAW, state),
        may_take=rules.reserve_holds(found.reserve_until, dates.today()),
        in_play=[one for one in listed if one.state in rules.IN_PLAY],
        chosen=[one for one in listed if one.state == Standing.CHOSEN],
        reserve=[one for one in listed if one.state == Standing.RESERVE],
        others=[one for one in listed
                if one.state not in (*rules.IN_PLAY, Standing.CHOSEN, Standing.RESERVE)],
        delegations=[(one, _of(found, one)) for one in _spoken_for(viewer, found)],
        downloads=download.links() if listed else None,
    )  # fmt: skip


def _spoken_for(viewer: Viewer, call: Call) -> list[Association]:
    """The associations one speaks for that the call is for, by code."""
    ids = people_policy.focal_for(viewer)
    if not ids:
        return []
    return sorted((one for one in people.associations() if one.id in ids and call.is_for(one.id)),
                  key=lambda one: one.code)  # fmt: skip


def _of(call: Call, association: Association) -> list[Candidacy]:
    return list(queries.candidates_of(call.id, association.id))
