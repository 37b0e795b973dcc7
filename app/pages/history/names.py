"""Whom and what the ids of the audit trail mean: a few statements, however many entries are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core.audit import AuditEntry
from app.core.db import db
from app.core.i18n import translated
from app.core.policy import current_viewer
from app.groups.models import Community, WorkingGroup
from app.meetings import policy
from app.meetings.models import Meeting, MeetingSeries, Room
from app.meetings.rules import Visibility
from app.people.models import Association, MergedPerson, Person
from app.people.queries import association_name
from app.programme.models import Milestone
from app.scheduling.models import Poll
from app.terms.models import TermsVersion
from app.terms.words import title


@dataclass(frozen=True)
class Name:
    """What something is called, and the parts of its page's address."""

    text: str
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """{id: name} of all that some entries mention; what is gone is not in it."""

    people: Mapping[int, Name]
    groups: Mapping[int, Name]
    associations: Mapping[int, Name]
    communities: Mapping[int, Name]
    meetings: Mapping[int, Name]
    series: Mapping[int, Name]
    milestones: Mapping[int, Name]
    rooms: Mapping[int, Name]
    polls: Mapping[int, Name]
    terms: Mapping[int, Name]


def names_in(entries: Sequence[AuditEntry]) -> Names:
    """The names that these entries need, in at most nine statements."""
    old_and_new = [values for entry in entries for values in (entry.details.get("old"), entry.details.get("new"))]
    moved = {values.get("community_id") for values in old_and_new if isinstance(values, dict)}
    return Names(
        people=_people({entry.person_id for entry in entries} | {entry.actor_id for entry in entries}),
        groups={
            row.id: Name(translated(row.names), {"slug": row.slug})
            for row in _rows(WorkingGroup, {entry.group_id for entry in entries})
        },
        associations={
            row.id: Name(association_name(row), {"code": row.code})
            for row in _rows(Association, {entry.association_id for entry in entries})
        },
        communities={
            row.id: Name(translated(row.names), {"slug": row.slug})
            for row in _rows(Community, _subjects(entries, Community) | moved)
        },
        meetings={
            row.id: Name(row.title, {"reference": row.reference})
            for row in _rows(Meeting, _subjects(entries, Meeting), but=policy.visible(current_viewer()))
        },
        milestones={
            row.id: Name(row.title, {"reference": row.reference})
            for row in _rows(Milestone, _subjects(entries, Milestone))
        },
        rooms={row.id: Name(row.name, {"room_id": row.id}) for row in _rows(Room, _subjects(entries, Room))},
        series={
            row.id: Name(_title(row), {"reference": row.reference})
            for row in _rows(
                MeetingSeries,
                _subjects(entries, MeetingSeries),
                None,
                selectinload(MeetingSeries.parts),
                but=policy.visible_series(current_viewer()),
            )
        },
        polls={row.id: Name(row.title, {"reference": row.reference}) for row in _rows(Poll, _subjects(entries, Poll))},
        terms={
            row.id: Name(
                title(row.kind, row.number), {"kind": row.kind, "number": row.number} if row.published_at else {}
            )
            for row in _rows(TermsVersion, _subjects(entries, TermsVersion) | _accepted(entries))
        },
    )


def _title(series: MeetingSeries) -> str:
    """What a series is called for who knows of it, be it by dates that have become a matter of few only later."""
    known = [part for part in series.parts if not Visibility(part.visibility).is_of_few]
    return (known or series.parts)[-1].title


def _people(ids: Collection[int | None]) -> dict[int, Name]:
    """Who they are; the number of a record that was merged leads to the one that stayed."""
    merged = {row.former_id: row.person_id for row in _rows(MergedPerson, ids, MergedPerson.former_id)}
    known = {row.id: Name(row.display_name, {"person_id": row.id}) for row in _rows(Person, {*ids, *merged.values()})}
    return known | {former: known[present] for former, present in merged.items() if present in known}


def _rows(model: Any, ids: Collection[int | None], key: Any = None, *options: Any, but: Any = None) -> Sequence[Any]:
    wanted = {one for one in ids if one is not None}
    column = model.id if key is None else key
    found = select(model).where(column.in_(wanted)).options(*options)
    return db.session.scalars(found if but is None else found.where(but)).all() if wanted else []


def _subjects(entries: Sequence[AuditEntry], model: Any) -> set[int | None]:
    return {entry.subject_id for entry in entries if entry.subject_type == model.__tablename__}


def _accepted(entries: Sequence[AuditEntry]) -> set[int | None]:
    return {one for entry in entries for one in entry.details.get("versions") or ()}
