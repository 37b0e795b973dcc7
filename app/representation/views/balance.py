"""Gender balance: the figures as they were frozen, with no filter but the tables themselves."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.representation import balance as counting
from app.representation import exports, policy, queries
from app.representation.balance import Sum
from app.representation.disclosure import FEWEST
from app.representation.exports import Table, Value
from app.representation.rules import Part
from app.representation.views.blueprint import FILES, bp
from app.representation.words import PARTS


@bp.get("/representation/balance")
@guard(policy.see_balance)
def balance() -> ResponseReturnValue:
    """Women and men by role, community and group, where that shows nobody’s answer."""
    communities, every = groups.communities(), queries.figures()
    community_of = {group.id: one.id for one in communities for group in one.groups}
    history = [
        (day, counting.tables(counting.shown_on(every, day), community_of).all) for day in counting.days(every)
    ]  # fmt: skip
    viewer = current_viewer()
    return render_template(
        "representation/balance.html",
        tables=counting.tables(counting.shown_now(every), community_of),
        communities=communities,
        parts=list(Part),
        history=[(day, found) for day, found in history if found],
        fewest=FEWEST,
        declared=viewer.person_id is not None and queries.declaration(viewer.person_id) is not None,
    )


@bp.get(f"/representation/balance.{FILES}")
@guard(policy.see_balance)
def balance_file(kind: str) -> ResponseReturnValue:
    """The same as one table; what is not shown is empty there too."""
    communities = groups.communities()
    community_of = {group.id: one.id for one in communities for group in one.groups}
    tables = counting.tables(counting.shown_now(queries.figures()), community_of)
    headings = [
        _("By"), _("Name"), _("Counted"), _("Women"), _("Men"), _("Another gender, or not stated"),
        _("Women, in per cent"), _("As of"),
    ]  # fmt: skip
    rows = [_row(_("All"), "", tables.all)]
    rows += [_row(_("Role"), str(PARTS[part]), tables.by_part.get(part)) for part in Part]
    rows += [_row(_("Community"), translated(one.names), tables.by_community.get(one.id)) for one in communities]
    rows += [
        _row(_("Group"), translated(group.names), tables.by_group.get(group.id))
        for one in communities
        for group in one.groups
    ]
    return exports.answer(Table("gender-balance", _("Gender balance"), headings, rows), kind)


def _row(by: str, name: str, found: Sum | None) -> list[Value]:
    if found is None:
        return [by, name, None, None, None, None, None, None]
    return [by, name, found.counted, found.women, found.men, found.others, found.share, found.last]
