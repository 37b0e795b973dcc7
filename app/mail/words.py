"""Mails on their way in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.core.outbox import FAILED, QUEUED, SENT

STATES: dict[str, tuple[Text, str]] = {
    QUEUED: (_l("Waiting"), "waiting"),
    FAILED: (_l("Failed"), "stopped"),
    SENT: (_l("Sent"), "ok"),
}
"""The word for a state and the shape beside it (components/icons.html)."""
