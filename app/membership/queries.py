"""Reads of memberships for pages, policies and other features."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.membership.models import Membership
from app.membership.rules import Role, State


def active_roles(person_id: int) -> dict[int, Role]:
    """{group id: role} of a person's active memberships."""
    found = db.session.execute(
        select(Membership.group_id, Membership.role).where(
            Membership.person_id == person_id, Membership.state == State.ACTIVE
        )
    )
    return {group_id: Role(role) for group_id, role in found}
