"""Who may see, run and answer date polls."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, true

from app.groups import policy as groups
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings import policy as meetings
from app.membership import policy as membership
from app.membership.rules import LEADING
from app.people import policy as people
from app.people.viewer import Viewer
from app.scheduling.models import Poll, PollPerson, poll_groups
from app.scheduling.queries import Place

write = meetings.plan
"""Whether the viewer may open polls in a group: who plans its meetings."""


def run(viewer: Viewer, poll: Poll) -> bool:
    """Who changes, closes and calls off a poll, and answers for others: who plans the meetings of its group."""
    return write(viewer, poll.group)


def browse(viewer: Viewer, group: WorkingGroup) -> bool:
    """Who looks at the list of a group's polls: members and coordinators, each at those that concern them."""
    return membership.is_member(viewer, group) or groups.coordinate(viewer, group)


def may_open(viewer: Viewer, group: WorkingGroup) -> bool:
    """Whether opening a poll is offered: not in a group that is over."""
    return group.status != GroupStatus.CLOSED and write(viewer, group)


def ask_too(viewer: Viewer, group: WorkingGroup) -> bool:
    """Which further groups one may ask together with one's own: those whose members one sees."""
    return group.status != GroupStatus.CLOSED and membership.see_inside(viewer, group)


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition that a poll is one the viewer may know of: what `see` says, for the database."""
    if viewer.is_administrator:
        return true()
    inside, runs = sorted(_inside(viewer)), sorted(_runs(viewer))
    further = exists().where(poll_groups.c.poll_id == Poll.id, poll_groups.c.group_id.in_(inside))
    named = exists().where(PollPerson.poll_id == Poll.id, PollPerson.person_id == viewer.person_id)
    return or_(
        Poll.group_id.in_(runs),
        and_(~Poll.named, or_(Poll.group_id.in_(inside), further)),
        and_(Poll.named, named),
    )


def see(viewer: Viewer, poll: Poll) -> bool:
    """Who knows of a poll and sees its answers: those who are asked, and those who run it."""
    return run(viewer, poll) or is_asked(viewer, poll)


def is_asked(viewer: Viewer, poll: Poll) -> bool:
    """Whether the viewer is one of those who are asked."""
    if poll.named:
        return viewer.person_id is not None and any(one.person_id == viewer.person_id for one in poll.people)
    return bool(_inside(viewer).intersection(poll.group_ids))


def knows_of(viewer: Viewer, poll: Poll) -> bool:
    """Whether to admit that a poll exists. Visitors may be any of those asked: they sign in, as mails lead here."""
    return not viewer.is_signed_in or see(viewer, poll)


def answer(viewer: Viewer, poll: Poll) -> bool:
    """Those who are asked answer for themselves."""
    return is_asked(viewer, poll)


def answer_for(viewer: Viewer, place: Place) -> bool:
    """Who says when a person can come: the person, who acts for them, and who runs the poll."""
    own = viewer.person_id is not None and viewer.person_id == place.person.id
    return own or place.person.id in people.acts_for(viewer) or run(viewer, place.poll)


def knows_of_place(viewer: Viewer, place: Place) -> bool:
    """Whether to admit that someone is asked."""
    return knows_of(viewer, place.poll) or answer_for(viewer, place)


def _inside(viewer: Viewer) -> frozenset[int]:
    """The groups the viewer is a member of or coordinates."""
    return frozenset(membership.roles(viewer)) | groups.coordinated(viewer)


def _runs(viewer: Viewer) -> frozenset[int]:
    """The groups whose meetings the viewer plans; administrators are asked for by themselves."""
    leads = {group_id for group_id, role in membership.roles(viewer).items() if role in LEADING}
    return groups.coordinated(viewer) | leads
