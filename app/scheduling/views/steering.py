"""What those do who plan a group's meetings: ask for a date, change what is asked, make a meeting of the best date."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.availability import finding, gathering
from app.availability.presentation import Reason
from app.core import clock, dates
from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import presentation
from app.meetings import queries as meetings
from app.meetings.rules import MeetingPlan, Visibility
from app.membership import policy as membership_policy
from app.scheduling import audience, policy, queries, rules, service, words
from app.scheduling.forms import CancelForm, ChangeForm, ChooseForm, ExtendForm, PollForm, prefilled
from app.scheduling.models import Poll, PollOption
from app.scheduling.rules import Move
from app.scheduling.service import NotNow
from app.scheduling.service.deciding import company_of, plan_of
from app.scheduling.views.blueprint import ONE, bp, labelled, to_poll, viewer_zone

USUAL = timedelta(days=14)
"""How long a new poll is open, unless said otherwise or a date comes sooner."""


@bp.route("/groups/<slug>/polls/new", methods=["GET", "POST"])
@guard(policy.may_open, of=groups.group_at, sees=membership_policy.find_or_visit)
def new_poll(group: WorkingGroup) -> ResponseReturnValue:
    """Ask for a date; what is typed is said back in words before anybody is written to."""
    viewer = current_viewer()
    form = PollForm(
        data={
            "creation_key": uuid.uuid4().hex,
            "closes_on": dates.today() + USUAL,
            "closes_time": time(17),
            **prefilled(request.args, groups.zone_of(group)),
        }
    )
    further = [one for one in groups.groups() if one.id != group.id and policy.ask_too(viewer, one)]
    form.offer(audience.of_groups([group.id]), [(one.id, translated(one.names)) for one in further])
    page = {"form": form, "group": group}
    if request.form.get("step") == "more":
        form.more_rows()
    if not form.is_submitted() or request.form.get("step") in ("more", "change"):
        return render_template("scheduling/new.html", **page)
    if not form.validate():
        return render_template("scheduling/new.html", **page), 422
    if request.form.get("step") != "save":
        return render_template("scheduling/check.html", **page, **_consequences(group, form))
    try:
        made = service.open_poll(group.id, form.facts(), viewer.person_id, creation_key=form.creation_key.data or None)
    except DomainError as error:
        form.blame(error)
        return render_template("scheduling/new.html", **page), 422
    flash(_("The poll is open, and those who are asked were written to. Say yourself which dates suit you."), "success")
    return to_poll(made)


@bp.route(f"{ONE}/edit", methods=["GET", "POST"])
@guard(policy.run, of=queries.poll_at, sees=policy.knows_of)
def edit_poll(poll: Poll) -> ResponseReturnValue:
    """Change its words, add and withdraw dates, change who is asked by name and who must be there."""
    _refuse_unless(Move.EDIT, poll)
    people = audience.of_groups(poll.group_ids)
    known = {person.id for person in people}
    people = [*people, *(one.person for one in poll.people if one.person_id not in known)]
    form = ChangeForm(
        data={
            "title": poll.title,
            "description": poll.description,
            "people": [one.person_id for one in poll.people] if poll.named else [],
            "needed": sorted(poll.needed),
        }
    )
    form.offer(people, labelled(poll.offered))
    form.begin(poll.version)
    if request.form.get("step") == "more":
        form.more_rows()
        return render_template("scheduling/edit.html", form=form, poll=poll, group=poll.group)
    if form.validate_on_submit():
        try:
            changed = service.change(poll.id, form.changes(poll), form.seen, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            if "options" in changed:
                flash(_("The dates are changed, and those who are asked were written to."), "success")
            elif changed:
                flash(_("The poll is saved."), "success")
            else:
                flash(_("Nothing was different, so nothing was saved."), "info")
            return to_poll(poll)
    return form_page(form, "scheduling/edit.html", poll=poll, group=poll.group)


@bp.route(f"{ONE}/close", methods=["GET", "POST"])
@guard(policy.run, of=queries.poll_at, sees=policy.knows_of)
def close_poll(poll: Poll) -> ResponseReturnValue:
    """Choose a date, read what will be made of it, and make it."""
    if request.form.get("step") != "save":  # a form sent twice is answered by the command
        _refuse_unless(Move.CLOSE, poll)
    ranked = _ranked(poll)
    form = ChooseForm(data={"title": poll.title, "option": _asked_for(ranked)})
    form.offer(labelled([option for option, _note in ranked]))
    page = {"form": form, "poll": poll, "group": poll.group, "notes": {one.id: note for one, note in ranked}}
    if not form.is_submitted() or request.form.get("step") == "change":
        return render_template("scheduling/close.html", **page)
    if not form.validate_for(poll):
        return render_template("scheduling/close.html", **page), 422
    try:
        if request.form.get("step") != "save":
            return render_template("scheduling/check_close.html", **page, **_meaning(poll, form))
        service.close(poll.id, form.option.data, form.outcome, current_viewer().person_id)
    except NotNow:
        raise
    except DomainError as error:
        form.blame(error)
        return render_template("scheduling/close.html", **page), 422
    flash(_("The meeting is planned, and the other dates are free again."), "success")
    return to_poll(poll)


@bp.route(f"{ONE}/extend", methods=["GET", "POST"])
@guard(policy.run, of=queries.poll_at, sees=policy.knows_of)
def extend_poll(poll: Poll) -> ResponseReturnValue:
    """Give more time."""
    _refuse_unless(Move.EXTEND, poll)
    form = ExtendForm(data={"closes_time": poll.closes_local.time()})
    if form.validate_on_submit():
        try:
            service.extend(poll.id, form.closes, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("There is more time; those who have not answered were written to."), "success")
            return to_poll(poll)
    return form_page(form, "scheduling/extend.html", poll=poll, group=poll.group)


@bp.route(f"{ONE}/cancel", methods=["GET", "POST"])
@guard(policy.run, of=queries.poll_at, sees=policy.knows_of)
def cancel_poll(poll: Poll) -> ResponseReturnValue:
    """Call a poll off, and say why."""
    form = CancelForm()
    if form.validate_on_submit():
        try:
            service.cancel(poll.id, form.reason.data, current_viewer().person_id)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            flash(_("The poll is called off."), "success")
            return to_poll(poll)
    elif request.method == "GET":
        _refuse_unless(Move.CANCEL, poll)
    return form_page(form, "scheduling/cancel.html", poll=poll, group=poll.group, asked=len(audience.asked(poll)))


@bp.post(f"{ONE}/remind")
@guard(policy.run, of=queries.poll_at, sees=policy.knows_of)
def remind(poll: Poll) -> ResponseReturnValue:
    """Write to those who have not answered, once a day at most."""
    if ConfirmForm().validate_on_submit():
        number = service.remind_now(poll.id, current_viewer().person_id)
        flash(ngettext("%(num)d person was reminded.", "%(num)d people were reminded.", number), "success")
    return redirect(url_for("scheduling.poll", reference=poll.reference), 303)


def _refuse_unless(move: Move, poll: Poll) -> None:
    if not rules.is_possible(move, poll.now):
        raise NotNow(poll.id, words.NOT_NOW[poll.now])


def _consequences(group: WorkingGroup, form: PollForm) -> dict[str, object]:
    """What the page that asks to check says: the dates in words, who is asked, how many are written to."""
    facts = form.facts()
    viewer = current_viewer()
    chosen = list(groups.groups(facts.further_groups)) if facts.further_groups else []
    people = audience.of_groups([group.id, *(one.id for one in chosen)])
    if facts.named:
        people = [person for person in people if person.id in facts.people]
    lines = [words.when(one.starts, one.ends, facts.time_zone, viewer.time_zone) for one in facts.spans]
    return {
        "facts": facts,
        "lines": lines,
        "asked_groups": [translated(one.names) for one in (group, *chosen)],
        "people": [person.display_name for person in people] if facts.named else [],
        "number": len(people),
        "told": sum(person.recipient is not None and person.id != viewer.person_id for person in people),
        "needed": [person.display_name for person in people if person.id in facts.needed],
        "closes": f"{dates.day(facts.closes)}, {dates.hour(facts.closes)} ({dates.place_of(facts.time_zone)})",
    }


def _ranked(poll: Poll) -> list[tuple[PollOption, str]]:
    """The dates ahead, the best first, each with what was said to it in words."""
    names = {person.id: person.display_name for person in audience.asked(poll)}
    options = {option.id: option for option in poll.offered if option.starts_at > clock.now()}
    tallies = rules.tally(
        [(option.id, option.starts_at) for option in options.values()],
        [(vote.option_id, vote.person_id, vote.answer) for vote in queries.votes(poll.id)],
        names,
        poll.needed,
    )
    return [(options[one.option_id], words.numbers(one, names)) for one in rules.ranked(tallies)]


def _asked_for(ranked: list[tuple[PollOption, str]]) -> int | None:
    """The date that the address asks for, else the best one."""
    wanted = request.args.get("option", "")
    ids = [option.id for option, _note in ranked]
    if wanted.isdecimal() and len(wanted) < 10 and int(wanted) in ids:
        return int(wanted)
    return ids[0] if ids else None


def _meaning(poll: Poll, form: ChooseForm) -> dict[str, object]:
    """What the page that asks to check says about the meeting that would be made."""
    plan = plan_of(poll, form.chosen(poll), form.outcome)
    viewer = current_viewer()
    wanted = company_of(poll, viewer.person_id)
    mine = meetings.coordinating(viewer.person_id, wanted.group_ids)
    audience_now = meetings.audience(
        poll.group_id, viewer.person_id, visibility=plan.visibility, partners=mine, person_ids=wanted.person_ids
    )
    told = {person.id for person in audience_now}
    asked = {person.id for person in audience.asked(poll) if person.recipient} - {viewer.person_id}
    return {
        "lines": presentation.check_lines(plan, viewer_zone(), ()),
        "description": presentation.new_description(plan, None),
        "members_only": plan.visibility == Visibility.MEMBERS,
        "to_ask": sorted(translated(group.names) for group in groups.groups(wanted.group_ids - mine))
        if wanted.group_ids - mine
        else [],
        "told": len(told),
        "told_too": len(asked - told),
        "released": len(poll.offered) - 1,
        "warnings": _warnings(poll, plan),
    }


def _warnings(poll: Poll, plan: MeetingPlan) -> list[Reason]:
    """What speaks against the date for those who were asked, but for the poll itself."""
    group_ids = frozenset(poll.group_ids)
    asked = {person.id for person in audience.asked(poll)}
    guests = [guest for guest in gathering.guests_of(group_ids) if guest.id in asked]
    [found] = finding.clashes(current_viewer(), group_ids, [plan], guests=guests, deciding=poll.id)
    return found
