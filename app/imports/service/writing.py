"""Writing an import: all of it in the present transaction, if it still is what the importer saw."""

from __future__ import annotations

from collections.abc import Sequence

from app.imports.judging.memberships import Plan, touched
from app.imports.models import Import
from app.imports.rules import WRITTEN, ImportKind
from app.imports.service.rows import judged, note_targets, staged
from app.membership.models import Membership
from app.membership.service import many as many_members
from app.people.service import many as many_persons
from app.people.service.many import Entry


class Changed(Exception):
    """What writing would do now is not what the importer saw."""


def write_rows(item: Import) -> None:
    """Write what is new or changed. Raises Changed, and then has written nothing.

    What it decides on is held first: the groups, then the persons, in the order of all other commands.
    """
    rows = staged(item.id)
    if item.kind == ImportKind.MEMBERSHIPS:
        many_members.hold_groups(touched([one.row for one in rows], item.group_id))
    many_persons.hold_persons()
    verdicts = list(judged(item, rows))
    if any(verdict.kept != one.kept for verdict, one in zip(verdicts, rows, strict=True)):
        raise Changed
    plans = {
        one.id: verdict.plan
        for one, verdict in zip(rows, verdicts, strict=True)
        if verdict.kind in WRITTEN and verdict.plan is not None
    }
    if item.kind == ImportKind.PEOPLE:
        many_persons.write_all(list(plans.values()), item.importer_id)
        note_targets([(row_id, entry.person.id) for row_id, entry in plans.items()])
    else:
        made = _write_memberships(list(plans.values()), item.importer_id)
        note_targets([(row_id, one.id) for row_id, one in zip(plans, made, strict=True)])


def _write_memberships(plans: Sequence[Plan], actor_id: int) -> list[Membership]:
    """First the persons who are new, each once, then who sits where; the memberships in the order of their plans."""
    entries: dict[int, Entry] = {id(plan.entry): plan.entry for plan in plans if plan.entry.person is None}
    many_persons.write_all(list(entries.values()), actor_id)
    seatings = [plan.seating() for plan in plans]
    many_members.write_all(seatings, actor_id)
    return [item.membership for item in seatings if item.membership is not None]
