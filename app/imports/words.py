"""What imports, their rows and the answers to possible doubles are called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.imports.rules import ImportKind, ImportState, RowKind

KINDS: dict[ImportKind, Text] = {
    ImportKind.PEOPLE: _l("People"),
    ImportKind.MEMBERSHIPS: _l("Memberships"),
}
STATES: dict[ImportState, tuple[Text, str]] = {
    ImportState.QUEUED: (_l("Being checked"), "waiting"),
    ImportState.PREVIEW: (_l("Waits for you"), "info"),
    ImportState.REFUSED: (_l("Refused"), "stopped"),
    ImportState.CONFIRMED: (_l("Being written"), "waiting"),
    ImportState.DONE: (_l("Written"), "ok"),
}
"""The word for a state and the shape beside it (components/icons.html)."""
ROW_KINDS: dict[RowKind, tuple[Text, str]] = {
    RowKind.DOUBLE: (_l("Possible double"), "waiting"),
    RowKind.FAULTY: (_l("Faulty"), "stopped"),
    RowKind.NEW: (_l("New"), "ok"),
    RowKind.CHANGED: (_l("Changed"), "info"),
    RowKind.UNCHANGED: (_l("Unchanged"), "draft"),
    RowKind.SKIPPED: (_l("Left out"), "draft"),
}
"""The same for rows, in the order in which one looks at them."""
