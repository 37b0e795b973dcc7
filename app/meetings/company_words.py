"""Who meets, in words: on a meeting's page, and on the page that asks to check one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.core.db import db
from app.core.i18n import translated
from app.groups.models import WorkingGroup
from app.meetings import policy, queries
from app.meetings.models import JointGroup, Meeting, TaskForce
from app.meetings.presentation import CheckLine
from app.meetings.rules import Visibility
from app.meetings.rules.company import Company, Consent
from app.membership import policy as membership
from app.people.models import Person
from app.people.viewer import Viewer


@dataclass(frozen=True)
class Partner:
    """Another group that meets jointly, or is asked to."""

    name: str
    slug: str
    consent: Consent
    url_known: bool
    """Whether the viewer finds the group's page."""
    may_answer: bool
    reason: str | None
    """Why it declined: for those who plan the meeting."""


@dataclass(frozen=True)
class GuestLine:
    """A guest: the address only for those who plan the meeting."""

    name: str
    email: str | None
    speaks: bool


@dataclass(frozen=True)
class WhoMeets:
    """What `meetings/_company.html` says."""

    partners: Sequence[Partner]
    names: Sequence[str]
    task_forces: Sequence[str]
    guests: Sequence[GuestLine]


def who_meets(viewer: Viewer, meeting: Meeting) -> WhoMeets:
    """Who comes, as far as the viewer may know: outsiders learn which groups meet that they find, and no more."""
    inside = policy.see_join_link(viewer, meeting)
    plans = policy.see_guests(viewer, meeting)
    named = meeting.visibility == Visibility.NAMED
    return WhoMeets(
        partners=[one for one in (_partner(viewer, joint, inside, plans) for joint in meeting.joint_groups) if one],
        names=[person.display_name for person in queries.names_of(meeting)] if named else [],
        task_forces=[link.task_force.name for link in meeting.task_forces] if named and plans else [],
        guests=[
            GuestLine(guest.name, guest.email if plans else None, guest.speaks)
            for guest in (meeting.guests if inside else ())
            if plans or guest.speaks
        ],
    )


def _partner(viewer: Viewer, joint: JointGroup, inside: bool, plans: bool) -> Partner | None:
    """Outsiders see those that have agreed and that they find; those inside, who is asked; those who plan, all."""
    finds = membership.find(viewer, joint.group)
    answers = policy.answer(viewer, joint)
    known = joint.consent == Consent.AGREED and (finds or inside)
    if not (known or plans or answers or (inside and joint.consent == Consent.ASKED)):
        return None
    return Partner(
        name=translated(joint.group.names),
        slug=joint.group.slug,
        consent=Consent(joint.consent),
        url_known=finds,
        may_answer=answers and joint.consent != Consent.DECLINED,
        reason=joint.reason if plans or answers else None,
    )


def check_lines(company: Company, visibility: Visibility, before: Company | None = None) -> list[CheckLine]:
    """What is about to be saved, in words; of a change, what becomes different, and what it was."""
    company = company.for_sight(visibility)
    old = before or Company()
    said = [
        (_("Jointly with"), _groups(company), _groups(old)),
        (_("For these members"), _people(company), _people(old)),
        (_("For these task forces"), _task_forces(company), _task_forces(old)),
        (_("Guests and speakers"), _guests(company), _guests(old)),
    ]
    if before is None:
        return [CheckLine(term, now) for term, now, _was in said if now]
    return [CheckLine(term, now or _("none"), was=was or _("none")) for term, now, was in said if now != was]


def _groups(company: Company) -> str:
    if not company.group_ids:
        return ""
    found = db.session.scalars(select(WorkingGroup).where(WorkingGroup.id.in_(sorted(company.group_ids))))
    return ", ".join(sorted(translated(group.names) for group in found))


def _people(company: Company) -> str:
    if not company.person_ids:
        return ""
    found = db.session.scalars(select(Person).where(Person.id.in_(sorted(company.person_ids))))
    return ", ".join(sorted(person.display_name for person in found))


def _task_forces(company: Company) -> str:
    if not company.task_force_ids:
        return ""
    found = db.session.scalars(select(TaskForce.name).where(TaskForce.id.in_(sorted(company.task_force_ids))))
    return ", ".join(sorted(found))


def _guests(company: Company) -> str:
    lines = []
    for guest in sorted(company.guests, key=lambda one: one.name):
        words = f"{guest.name} <{guest.email}>"
        lines.append(str(_("%(guest)s (speaks)", guest=words)) if guest.speaks else words)
    return ", ".join(lines)
