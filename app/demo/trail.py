"""The audit trail of what was invented, as if the commands had been given one after the other."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.groups.models import Coordinator
from app.membership.models import Membership, MembershipEvent
from app.membership.rules import Move
from app.terms.models import TermsAcceptance

PORTION = 1_000


def invent_trail(session: Session) -> None:
    """An entry for every move, every coordinator and every acceptance, in the order in which they happened."""
    entries = [*_moves(session), *_coordinators(session), *_acceptances(session)]
    entries.sort(key=lambda entry: (entry["at"], entry["action"], entry["subject_id"]))
    for start in range(0, len(entries), PORTION):
        session.execute(insert(AuditEntry), entries[start : start + PORTION])


def _moves(session: Session) -> list[dict[str, object]]:
    found = session.execute(
        select(MembershipEvent, Membership).join(MembershipEvent.membership).order_by(MembershipEvent.id)
    )
    return [
        {
            **_about(Membership.__tablename__, membership.id, membership.person_id, membership.group_id,
                     membership.association_id),
            "at": event.at,
            "actor_id": event.actor_id,
            "action": f"membership.{event.move}",
            "details": {key: value for key, value in
                        {"from": event.from_state, "to": event.to_state, "as": event.capacity}.items() if value},
            "reason": event.reason if event.move != Move.REQUEST else None,
        }
        for event, membership in found
    ]  # fmt: skip


def _coordinators(session: Session) -> list[dict[str, object]]:
    return [
        {
            **_about(Coordinator.__tablename__, one.id, one.person_id, one.group_id, None),
            "at": one.appointed_at, "actor_id": None, "action": "coordinator.appointed", "details": {}, "reason": None,
        }
        for one in session.scalars(select(Coordinator).order_by(Coordinator.id))
    ]  # fmt: skip


def _acceptances(session: Session) -> list[dict[str, object]]:
    accepted: dict[int, list[TermsAcceptance]] = {}
    for one in session.scalars(select(TermsAcceptance).order_by(TermsAcceptance.id)):
        accepted.setdefault(one.person_id, []).append(one)
    return [
        {
            **_about("persons", person_id, person_id, None, None),
            "at": ones[0].accepted_at, "actor_id": person_id, "action": "terms.accepted",
            "details": {"versions": [one.version_id for one in ones]}, "reason": None,
        }
        for person_id, ones in accepted.items()
    ]  # fmt: skip


def _about(kind: str, key: int, person_id: int, group_id: int | None, association_id: int | None) -> dict[str, object]:
    return {
        "subject_type": kind, "subject_id": key,
        "person_id": person_id, "group_id": group_id, "association_id": association_id,
    }  # fmt: skip
