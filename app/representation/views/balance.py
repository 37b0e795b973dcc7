"""Gender balance: the figures as they were frozen, with no filter but the tables themselves."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import Community, WorkingGroup
from app.membership.policy import find
from app.people.exporting import downloads
from app.representation import balance as counting
from app.representation import exports, policy, queries
from app.representation.balance import Sum, Tables
from app.representation.disclosure import FEWEST
from app.representation.exports import Table, Value
from app.representation.rules import Part
from app.representation.views.blueprint import bp
from app.representation.words import PARTS


@bp.get("/representation/balance")
@downloads
@guard(policy.see_balance)
def balance() -> ResponseReturnValue:
    """Women and men by role, community and group, where that shows nobody’s answer."""
    viewer = current_viewer()
    communities, every = groups.communities(), queries.figures()
    community_of = {group.id: one.id for one in communities for group in one.groups}
    listed = [(one, [group for group in one.groups if find(viewer, group)]) for one in communities]
    if wanted := download.asked():
        return exports.answer(_table(listed, counting.tables(counting.shown_now(every), community_of)), wanted)
    history = [
        (day, counting.tables(counting.shown_on(every, day), community_of).all) for day in counting.days(every)
    ]  # fmt: skip
    return render_template(
        "representation/balance.html",
        tables=counting.tables(counting.shown_now(every), community_of),
        communities=listed,
        downloads=download.links(),
        parts=list(Part),
        history=[(day, found) for day, found in history if found],
        fewest=FEWEST,
        declared=viewer.person_id is not None and queries.declaration(viewer.person_id) is not None,
    )


def _table(listed: Sequence[tuple[Community, Sequence[WorkingGroup]]], tables: Tables) -> Table:
    """The same as one table; what is not shown is empty there too."""
    headings = [
        _("By"), _("Name"), _("Counted"), _("Women"), _("Men"), _("Another gender, or not stated"),
        _("Women, in per cent"), _("As of"),
    ]  # fmt: skip
    rows = [_row(_("All"), "", tables.all)]
    rows += [_row(_("Role"), str(PARTS[part]), tables.by_part.get(part)) for part in Part]
    rows += [_row(_("Community"), translated(one.names), tables.by_community.get(one.id)) for one, _groups in listed]
    rows += [
        _row(_("Group"), translated(group.names), tables.by_group.get(group.id))
        for _one, found in listed
        for group in found
    ]
    return Table("gender-balance", _("Gender balance"), headings, rows)


def _row(by: str, name: str, found: Sum | None) -> list[Value]:
    if found is None:
        return [by, name, None, None, None, None, None, None]
    return [by, name, found.counted, found.women, found.men, found.others, found.share, found.last]
