"""The outbox as a table: to whom, about what, and what came of it; never what a mail says."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.core.outbox import FAILED, QUEUED, SENT, OutboxMessage
from app.core.tables.model import Column, Kind, Table
from app.mail.words import STATES


def outbox(found: Iterable[OutboxMessage]) -> Table:
    """One row for each mail."""
    columns = [
        Column(_("Subject")), Column(_("Recipient")), Column(_("State")), Column(_("Written"), Kind.INSTANT),
        Column(_("Sent"), Kind.INSTANT), Column(_("Given up"), Kind.INSTANT), Column(_("Next try"), Kind.INSTANT),
        Column(_("Attempts"), Kind.NUMBER), Column(_("Last error")),
    ]  # fmt: skip
    return Table(
        _("Outbox"),
        columns,
        (
            [
                message.subject,
                message.recipient,
                STATES[message.state][0],
                message.created_at,
                message.sent_at if message.state == SENT else None,
                message.next_attempt_at if message.state == FAILED else None,
                message.next_attempt_at if message.state == QUEUED else None,
                message.attempts,
                message.last_error,
            ]
            for message in found
        ),
    )
