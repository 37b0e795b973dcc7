"""What a personal feed follows from, in one line of text: each of its groups, in which role, at which version.

Read at every poll within the statement that finds the feed, so nothing has to be written for those who follow a group.
"""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.calendars.feeds import FeedKey, FeedKind

_LINE = "t.group_id || t.role || coalesce(v.version, 0)"
_VERSIONS = "LEFT JOIN feeds v ON v.kind = 'group' AND v.target_id = t.group_id"


def expression(dialect: str, kind: str, target: str) -> str:
    """SQL for the basis of the feed whose kind and target are given as expressions; null for one without a group."""
    joined = (
        f"string_agg({_LINE}, ' ' ORDER BY t.group_id, t.role)"
        if dialect == "postgresql"
        else f"group_concat({_LINE}, ' ')"
    )
    of_person = f"""
        SELECT m.group_id, ' ' || m.role || ' ' AS role FROM memberships m
        WHERE m.person_id = {target} AND m.state = 'active'
        UNION ALL
        SELECT c.group_id, ' coordinator ' FROM coordinators c WHERE c.person_id = {target} AND c.ended_at IS NULL"""
    of_association = f"""
        SELECT DISTINCT m.group_id, ' ' AS role FROM memberships m
        WHERE m.association_id = {target} AND m.state = 'active'"""
    return f"""CASE {kind} WHEN 'association'
        THEN (SELECT {joined} FROM ({of_association}) t {_VERSIONS})
        ELSE (SELECT {joined} FROM ({of_person}) t {_VERSIONS}) END"""


def of(session: Session | Connection, key: FeedKey) -> str:
    """The basis of a personal feed now; empty for one without a group."""
    assert key.kind in FeedKind and key.kind.is_personal
    dialect = (session if isinstance(session, Connection) else session.connection()).dialect.name
    found = session.execute(
        text(f"SELECT {expression(dialect, ':kind', ':target')}"),
        {"kind": str(key.kind), "target": key.target_id},
    )
    return found.scalar() or ""
