"""What the views of meetings and series share about who meets, and the views of joint meetings."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import policy as groups_policy
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings import company_words, policy, queries
from app.meetings.forms.company import CompanyFields, DeclineForm
from app.meetings.models import JointGroup, Meeting, TaskForce
from app.meetings.rules import MeetingPlan, Visibility
from app.meetings.rules.company import Company, Consent
from app.meetings.service import company as service
from app.meetings.times import when_of
from app.meetings.views.blueprint import address, bp, to
from app.membership import policy as membership_policy
from app.membership import queries as membership
from app.membership.models import Membership


def offer(
    form: CompanyFields, group: WorkingGroup, company: Company | None = None, *, groups_stay: bool = False
) -> None:
    """Let a form offer the group's members and task forces, and the other groups that the viewer finds."""
    viewer = current_viewer()
    coordinates = groups_policy.coordinate(viewer, group)
    others = [
        (one.id, translated(one.names))
        for one in groups.groups()
        if one.id != group.id
        and (one.status != GroupStatus.CLOSED or (company and one.id in company.group_ids))
        and membership_policy.find(viewer, one)
    ]
    form.offer(
        people=[(one.person_id, _member(one)) for one in membership.members(group.id)],
        task_forces=[(one.id, one.name) for one in task_forces_of(group)],
        groups=others,
        company=company or Company(),
        planner_id=None if coordinates else viewer.person_id,
        groups_stay=groups_stay,
    )


def _member(member: Membership) -> str:
    name = member.person.display_name
    return f"{name} ({member.association.code})" if member.association else name


def task_forces_of(group: WorkingGroup) -> list[TaskForce]:
    """A group's task forces, by name."""
    return list(db.session.scalars(select(TaskForce).where(TaskForce.group_id == group.id).order_by(TaskForce.name)))


def told(
    group: WorkingGroup, plan: MeetingPlan, company: Company, meetings: list[Meeting] | None = None
) -> dict[str | None, int]:
    """Whom a meeting will be announced to, by time zone: members of the groups that have agreed."""
    agreed = {group_id for meeting in meetings or () for group_id in meeting.group_ids} & company.group_ids
    agreed |= queries.coordinating(current_viewer().person_id, company.group_ids)
    return queries.audience_by_zone(
        group.id,
        current_viewer().person_id,
        visibility=plan.visibility,
        partners=agreed,
        person_ids=_named(group, company),
    )


def expected(group: WorkingGroup, plan: MeetingPlan, company: Company) -> int:
    """How many may come: members of all groups, those that have not answered among them, or the few; and guests."""
    members = queries.member_count(
        group.id, visibility=plan.visibility, partners=company.group_ids, person_ids=_named(group, company)
    )
    return members + len(company.guests)


def _named(group: WorkingGroup, company: Company) -> frozenset[int]:
    if not company.task_force_ids:
        return company.person_ids
    listed = [one for one in task_forces_of(group) if one.id in company.task_force_ids]
    return company.person_ids.union(*(one.person_ids for one in listed))


def told_of(meeting: Meeting) -> int:
    """How many are written to about a meeting as it stands."""
    people = queries.audience_by_zone(
        meeting.group_id,
        current_viewer().person_id,
        visibility=Visibility(meeting.visibility),
        partners=meeting.group_ids,
        person_ids=[one.person_id for one in meeting.people],
    )
    return sum(people.values())


def consequences(plan: MeetingPlan, company: Company, before: Company | None = None) -> Mapping[str, object]:
    """What the page that asks to check says of who meets."""
    known = before or Company()
    asked = company.group_ids - known.group_ids
    mine = queries.coordinating(current_viewer().person_id, asked)
    names = {group.id: translated(group.names) for group in groups.groups(asked)} if asked else {}
    return {
        "company_lines": company_words.check_lines(company, plan.visibility, before),
        "visibility": plan.visibility.value,
        "to_ask": sorted(name for key, name in names.items() if key not in mine),
        "joined": sorted(name for key, name in names.items() if key in mine),
        "guests_told": len(company.guests),
    }


@bp.post("/meetings/<reference>/joint/<slug>/agree")
@guard(policy.answer, of=queries.joint_at, sees=policy.knows_asked)
def agree(joint: JointGroup) -> ResponseReturnValue:
    """Meet jointly with the group that asks."""
    meeting, name = joint.meeting, translated(joint.group.names)
    try:
        service.answer(meeting.id, joint.group_id, Consent.AGREED, actor_id=current_viewer().person_id)
    except DomainError as error:
        flash(error.message, "warning")
    else:
        flash(_("%(group)s meets jointly: the meeting stands in its lists and its calendar.", group=name), "success")
    return redirect(url_for("pages.desk") if request.form.get("back") == "desk" else address(meeting), 303)


@bp.route("/meetings/<reference>/joint/<slug>/decline", methods=["GET", "POST"])
@guard(policy.answer, of=queries.joint_at, sees=policy.knows_asked)
def decline(joint: JointGroup) -> ResponseReturnValue:
    """Do not meet jointly, or no longer; say why, if there is something to say."""
    meeting = joint.meeting
    form = DeclineForm()
    agreed = joint.consent == Consent.AGREED
    if form.validate_on_submit():
        try:
            service.answer(
                meeting.id,
                joint.group_id,
                Consent.DECLINED,
                actor_id=current_viewer().person_id,
                reason=form.reason.data,
            )
        except DomainError as error:
            flash(error.message, "warning")
        else:
            flash(_("The coordinators of %(group)s are told.", group=translated(meeting.group.names)), "success")
        return to(url_for("pages.desk"))
    return form_page(
        form,
        "meetings/decline.html",
        joint=joint,
        meeting=meeting,
        group=joint.group,
        host=translated(meeting.group.names),
        agreed=agreed,
        back=address(meeting),
        when=when_of(meeting.said, current_viewer().time_zone),
    )
