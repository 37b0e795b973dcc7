"""Calls and those who stand for them as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _

from app.calls.models import Call, Candidacy
from app.calls.rules import Standing
from app.calls.words import CALL_STATES, STANDINGS, title
from app.core.i18n import translated
from app.core.tables.model import Column, Kind, Table


def calls(found: Iterable[Call], numbers: Mapping[int, int] | None = None) -> Table:
    """One row for each call. `numbers`: {call id: how many are in the running}, for those who may know."""
    columns = [
        Column(_("Group")), Column(_("Title")), Column(_("State")), Column(_("Seats"), Kind.NUMBER),
        Column(_("Deadline"), Kind.WALL_TIME), Column(_("Time zone")), Column(_("Only for")),
        Column(_("Reserve list until"), Kind.DATE),
    ]  # fmt: skip
    if numbers is not None:
        columns.append(Column(_("In the running"), Kind.NUMBER))
    return Table(
        _("Calls for experts"),
        columns,
        (
            [
                translated(one.group.names),
                title(one),
                CALL_STATES[one.now][0],
                one.seats,
                one.deadline_local,
                one.time_zone,
                ", ".join(body.code for body in one.limited_to),
                one.reserve_until,
                *([] if numbers is None else [numbers.get(one.id, 0)]),
            ]
            for one in found
        ),
    )


def applied(found: Iterable[Candidacy]) -> Table:
    """Who has applied for calls and waits for the word of an association, the oldest first."""
    columns = [
        Column(_("Group")), Column(_("Call")), Column(_("Deadline"), Kind.WALL_TIME), Column(_("Time zone")),
        Column(_("Full name")), Column(_("Association")), Column(_("Applied"), Kind.INSTANT), Column(_("Motivation")),
    ]  # fmt: skip
    return Table(
        _("Applications"),
        columns,
        (
            [
                translated(one.call.group.names),
                title(one.call),
                one.call.deadline_local,
                one.call.time_zone,
                one.person.display_name,
                one.association.code if one.association else None,
                one.began_at,
                one.motivation,
            ]
            for one in found
        ),
    )


def candidates(found: Iterable[Candidacy]) -> Table:
    """One row for each person who stands or stood for a call."""
    columns = [
        Column(_("Full name")), Column(_("E-mail address")), Column(_("Association")),
        Column(_("Preference"), Kind.NUMBER), Column(_("State")), Column(_("Endorsed by the association")),
        Column(_("Since"), Kind.INSTANT), Column(_("Motivation")), Column(_("Reason")),
    ]  # fmt: skip
    return Table(
        _("Candidates"),
        columns,
        (
            [
                one.person.display_name,
                one.person.email,
                one.association.code if one.association else None,
                one.preference,
                STANDINGS[Standing(one.state)][0],
                _("yes") if one.endorsed else _("no"),
                one.began_at,
                one.motivation,
                one.reason,
            ]
            for one in found
        ),
    )
