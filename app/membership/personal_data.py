"""What this feature keeps about people: memberships, requests, and who decided what about them."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.orm import contains_eager, joinedload

from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db, lock, writing
from app.core.errors import Text
from app.core.i18n import translated
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.membership.models import Membership, MembershipEvent, RosterConfirmation, RosterReview
from app.membership.rules import OPEN, State, Who
from app.membership.service.vacating import give_up_all
from app.membership.words import ROLES, STATES, what_happened, who_did
from app.people.models import Person
from app.people.queries import association_name

MEMBERSHIP = Claim(
    "memberships",
    personal={
        "group_id": _l("group"),
        "association_id": _l("association"),
        "state": _l("state"),
        "role": _l("role"),
        "seat_number": _l("seat"),
        "endorsed": _l("endorsed by the association"),
        "motivation": _l("motivation"),
        "began_at": _l("asked for, nominated or added"),
        "moved_at": _l("in this state since"),
        "starts_on": _l("first day of the mandate"),
        "ends_on": _l("last day of the mandate"),
        "predecessor_id": _l("in place of"),
        "invited_at": _l("invited"),
        "reminded_at": _l("reminder sent"),
        "escalated_at": _l("administrators told"),
        "expert_renews": _l("your answer to another term"),
        "association_renews": _l("the association’s answer to another term"),
    },
    other=("id", "person_id", "version"),
)
EVENT = Claim(
    "membership_events",
    personal={
        "at": _l("when"),
        "move": _l("what"),
        "from_state": _l("state before"),
        "to_state": _l("state after"),
        "role": _l("role"),
        "actor_id": _l("by whom"),
        "capacity": _l("as what"),
        "reason": _l("reason"),
    },
    other=("id", "membership_id"),
)
REVIEW = Claim(
    "roster_reviews",
    personal={"opened_by_id": _l("begun by"), "opened_at": _l("begun"), "year": _l("year")},
    other=("id", "due_on", "reminded_at"),
)
CONFIRMATION = Claim(
    "roster_confirmations",
    personal={"person_id": _l("confirmed by"), "at": _l("when"), "association_id": _l("association"),
              "group_id": _l("group")},
    other=("id", "review_id", "snapshot"),
)  # fmt: skip
CAPACITIES: dict[Who, Text] = {
    Who.EXPERT: _l("the person"),
    Who.FOCAL_POINT: _l("focal point"),
    Who.COORDINATOR: _l("coordinator"),
    Who.SYSTEM: _l("by itself"),
}
UNDONE = (State.DECLINED, State.WITHDRAWN)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="memberships",
        title=_l("Memberships, requests and their history"),
        people=_l("Members of the groups, and those who asked or were nominated"),
        purpose=_l("To fill the seats of the groups, and to show who decided what, when and why."),
        basis=Basis.INTEREST,
        recipients=_l("Members of the group see who its members are. The person, coordinators, focal points of the "
                      "association and administrators see requests, reasons and history."),
        kept=lambda: _l(
            "Who sat where, for as long as the group’s history is kept. Motivations and reasons of requests that came "
            "to nothing, %(request)d days; reasons of memberships that ended, %(ended)d days.",
            request=settings().motivation_kept_days, ended=settings().reason_kept_days,
        ),
        exported=_l("Your memberships with their history, and what you decided about others, without their names."),
        erased=_l("Open ones end and their seats are offered. The dates and decisions stay, with a number in place of "
                  "the name; motivations and reasons are deleted."),
        claims=(MEMBERSHIP, EVENT),
    ),
    Processing(
        key="reviews",
        title=_l("Yearly reviews of lists"),
        people=_l("Focal points, coordinators and administrators"),
        purpose=_l("To know that somebody has looked through each list, and who."),
        basis=Basis.INTEREST,
        recipients=_l("Administrators; focal points and coordinators of the same list."),
        kept=lambda: _l("For as long as the group’s history is kept."),
        exported=_l("The reviews that you began and the lists that you confirmed."),
        erased=_l("What stays bears a number in place of the name."),
        claims=(REVIEW, CONFIRMATION),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("seat_grants",)


def export(person: Person) -> list[Section]:
    """Memberships, their history, and what the person did to those of others."""
    own = db.session.scalars(
        select(Membership)
        .where(Membership.person_id == person.id)
        .options(
            joinedload(Membership.group),
            joinedload(Membership.association),
            joinedload(Membership.predecessor).joinedload(Membership.person),
        )
        .order_by(Membership.began_at, Membership.id)
    ).all()
    history = db.session.scalars(_events().where(Membership.person_id == person.id)).all()
    decided = db.session.scalars(
        _events().where(MembershipEvent.actor_id == person.id, Membership.person_id != person.id)
    ).all()
    return [
        Section("memberships", _l("Your memberships and requests"), [_membership(item) for item in own]),
        Section("membership_history", _l("What happened to them"), [_event(item) for item in history]),
        Section("membership_decisions", _l("What you decided about others"), [_event(item) for item in decided]),
        *_reviews(person),
    ]


def _reviews(person: Person) -> list[Section]:
    begun = db.session.scalars(select(RosterReview).where(RosterReview.opened_by_id == person.id))
    confirmed = db.session.scalars(
        select(RosterConfirmation)
        .where(RosterConfirmation.person_id == person.id)
        .options(joinedload(RosterConfirmation.association), joinedload(RosterConfirmation.group))
        .order_by(RosterConfirmation.id)
    )
    return [
        Section("reviews", _l("Yearly reviews you began"),
                [entry(REVIEW, item, opened_by_id=person.display_name) for item in begun]),
        Section("confirmations", _l("Lists you confirmed"), [
            entry(CONFIRMATION, item, person_id=person.display_name,
                  association_id=association_name(item.association) if item.association else None,
                  group_id=translated(item.group.names) if item.group else None)
            for item in confirmed
        ]),
    ]  # fmt: skip


def erase(person: Person) -> None:
    """Give up all seats; delete what was written about the person's memberships."""
    session = writing()
    give_up_all(person.id)
    lock(Person, person.id)  # after the groups, as everywhere; from here on nothing new begins, but it may just have
    give_up_all(person.id)
    session.flush()
    ids = session.scalars(select(Membership.id).where(Membership.person_id == person.id)).all()
    for membership in session.scalars(
        select(Membership).where(Membership.id.in_(ids), Membership.motivation.is_not(None))
    ):
        membership.motivation = None
    session.flush()
    session.execute(
        update(MembershipEvent)
        .where(MembershipEvent.membership_id.in_(ids), MembershipEvent.reason.is_not(None))
        .values(reason=None)
    )
    audit.forget_texts(AuditEntry.subject_type == Membership.__tablename__, AuditEntry.subject_id.in_(ids))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Motivations and reasons, once nobody needs them any more."""
    config = settings()
    requests = now - timedelta(days=config.motivation_kept_days)
    ended = now - timedelta(days=config.reason_kept_days)
    refused = Membership.state.in_(UNDONE) & (Membership.moved_at < requests)
    over = Membership.state.not_in(OPEN) & (Membership.moved_at < ended)
    return [
        sweep(_("Motivations of requests that came to nothing"), "MOTIVATION_KEPT_DAYS", Membership,
              refused & Membership.motivation.is_not(None), update(Membership).values(motivation=None),
              dry_run=dry_run),
        sweep(_("Reasons in their history"), "MOTIVATION_KEPT_DAYS", MembershipEvent, _reasons_of(refused),
              update(MembershipEvent).values(reason=None), dry_run=dry_run),
        sweep(_("Motivations of memberships that ended"), "REASON_KEPT_DAYS", Membership,
              over & Membership.motivation.is_not(None), update(Membership).values(motivation=None),
              dry_run=dry_run),
        sweep(_("Reasons in the history of memberships that ended"), "REASON_KEPT_DAYS", MembershipEvent,
              _reasons_of(over), update(MembershipEvent).values(reason=None), dry_run=dry_run),
    ]  # fmt: skip


def _reasons_of(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return MembershipEvent.reason.is_not(None) & MembershipEvent.membership_id.in_(select(Membership.id).where(which))


def _events() -> Select[MembershipEvent]:
    return (
        select(MembershipEvent)
        .join(MembershipEvent.membership)
        .options(
            contains_eager(MembershipEvent.membership).joinedload(Membership.group), joinedload(MembershipEvent.actor)
        )
        .order_by(MembershipEvent.at, MembershipEvent.id)
    )


def _membership(item: Membership) -> list[Fact]:
    return entry(
        MEMBERSHIP,
        item,
        group_id=translated(item.group.names),
        association_id=association_name(item.association) if item.association else None,
        state=STATES[item.state][0],
        role=ROLES[item.role],
        predecessor_id=item.predecessor.person.display_name if item.predecessor else None,
    )


def _event(item: MembershipEvent) -> list[Fact]:
    group = Fact("group_id", MEMBERSHIP.personal["group_id"], item.membership.group_id,
                 translated(item.membership.group.names))  # fmt: skip
    return [
        group,
        *entry(
            EVENT,
            item,
            move=what_happened(item),
            from_state=STATES[item.from_state][0] if item.from_state else None,
            to_state=STATES[item.to_state][0],
            role=ROLES[item.role] if item.role else None,
            actor_id=who_did(item),
            capacity=CAPACITIES[item.capacity] if item.capacity else None,
        ),
    ]
