"""A work programme as a table."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.links import absolute
from app.core.tables.model import Column, Kind, Table
from app.programme.models import Milestone
from app.programme.words import KINDS, STATES


def milestones(found: Iterable[Milestone]) -> Table:
    """One row each."""
    columns = [
        Column(_("Group")), Column(_("Kind")), Column(_("Title")), Column(_("First day"), Kind.DATE),
        Column(_("Last day"), Kind.DATE), Column(_("State")), Column(_("Impact Goal")), Column(_("Reference")),
        Column(_("Link")), Column(_("For members only")), Column(_("Page")),
    ]  # fmt: skip
    return Table(
        _("Work programme"),
        columns,
        (
            [
                translated(item.group.names),
                KINDS[item.kind],
                item.title,
                item.first_day,
                item.last_day,
                STATES[item.state][0],
                translated(item.goal.goals) if item.goal else None,
                item.file_reference,
                item.link,
                _("no") if item.is_public else _("yes"),
                absolute("programme.milestone", reference=item.reference),
            ]
            for item in found
        ),
    )
