"""Who may do what with calls and with those who stand for them."""

from __future__ import annotations

from app.calls.models import Call, Candidacy
from app.core.policy import anyone, signed_in
from app.groups import policy as groups
from app.membership import policy as membership
from app.people import policy as people
from app.people.viewer import Viewer

browse = anyone
"""Calls that are open, and those that were, are public."""
write = groups.coordinate
"""Who writes calls for a group: its coordinators."""


use_desk = membership.use_desk
"""Who decides about several at once: on each of them it is asked whether it is theirs."""


def manage(viewer: Viewer, call: Call) -> bool:
    """Who changes, opens, extends and cancels a call, and chooses: those who coordinate the group."""
    return groups.coordinate(viewer, call.group)


def see(viewer: Viewer, call: Call) -> bool:
    """Everybody who finds the group, but for drafts and what never was more than that."""
    return (call.opened_at is not None and membership.find(viewer, call.group)) or manage(viewer, call)


def see_or_visit(viewer: Viewer, call: Call) -> bool:
    """Whether to admit that a call exists: visitors who could see it once signed in are asked to."""
    return see(viewer, call) or (call.opened_at is not None and membership.find_or_visit(viewer, call.group))


def apply(viewer: Viewer, call: Call) -> bool:
    """Whoever has an account may look at the form; whether one can stand is said there."""
    return signed_in(viewer) and see(viewer, call)


def nominate(viewer: Viewer, call: Call) -> bool:
    """Who speaks for an association that the call is for."""
    return see(viewer, call) and (viewer.is_administrator or any(map(call.is_for, people.focal_for(viewer))))


def speaks_for(viewer: Viewer, candidacy: Candidacy) -> bool:
    """Who says the association's word on a candidate: its focal points, deputies, administrators in their place."""
    if candidacy.association_id is None:
        return False
    return viewer.is_administrator or candidacy.association_id in people.focal_for(viewer)


def own(viewer: Viewer, candidacy: Candidacy) -> bool:
    """The person who stands."""
    return viewer.person_id is not None and candidacy.person_id == viewer.person_id


def withdraw(viewer: Viewer, candidacy: Candidacy) -> bool:
    """Who stands takes that back; who speaks for the association takes back a nomination."""
    return own(viewer, candidacy) or speaks_for(viewer, candidacy)


def choose(viewer: Viewer, candidacy: Candidacy) -> bool:
    """Who takes somebody from the reserve list."""
    return manage(viewer, candidacy.call)


def knows_of(viewer: Viewer, candidacy: Candidacy) -> bool:
    """Whether to admit that someone stands. Visitors may be any of these: they are asked to sign in."""
    return not viewer.is_signed_in or withdraw(viewer, candidacy) or choose(viewer, candidacy)
