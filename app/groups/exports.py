"""The list of groups as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.tables.model import Column, Kind, Table
from app.groups.models import Community, Coordinator, WorkingGroup

_NOBODY: Sequence[Coordinator | None] = (None,)


def groups(
    listed: Iterable[tuple[Community, Sequence[WorkingGroup]]],
    coordinators: Mapping[int, Sequence[Coordinator]],
    members: Mapping[int, int],
    waiting: Mapping[int, int],
) -> Table:
    """One row each, in the catalogue's order."""
    columns = [
        Column(_("Community")),
        Column(_("Group")),
        Column(_("Address")),
        Column(_("Coordinators")),
        Column(_("Members"), Kind.NUMBER),
        Column(_("Waiting"), Kind.NUMBER),
    ]
    return Table(
        _("Groups"),
        columns,
        (
            [
                translated(community.names),
                translated(group.names),
                group.slug,
                ", ".join(item.person.display_name for item in coordinators.get(group.id, [])),
                members.get(group.id, 0),
                waiting.get(group.id, 0),
            ]
            for community, found in listed
            for group in found
        ),
    )


def coordinators(
    listed: Iterable[tuple[Community, Sequence[WorkingGroup]]], found: Mapping[int, Sequence[Coordinator]]
) -> Table:
    """One row for each coordinator of a group, one for a group that has none."""
    columns = [
        Column(_("Community")),
        Column(_("Group")),
        Column(_("Coordinator")),
        Column(_("E-mail address")),
        Column(_("Since"), Kind.INSTANT),
    ]
    return Table(
        _("Coordinators"),
        columns,
        (
            [
                translated(community.names),
                translated(group.names),
                item.person.display_name if item else None,
                item.person.email if item else None,
                item.appointed_at if item else None,
            ]
            for community, groups_of in listed
            for group in groups_of
            for item in found.get(group.id) or _NOBODY
        ),
    )
