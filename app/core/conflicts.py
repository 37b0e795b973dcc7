"""Two people editing the same thing at once: the second is shown what was saved meanwhile and loses nothing typed.

A form for editing carries the version it was opened on and a digest of each value it showed. A service that finds
the row on another version raises EditConflict with what is saved now; the form then shows that beside the fields in
question, ready to be saved again deliberately.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FormField, HiddenField, MonthField

from app.core import dates
from app.core.errors import DomainError
from app.core.forms import BaseForm


class EditConflict(DomainError):
    """Someone saved the row since the form was opened. `saved`: field names and their values now."""

    def __init__(self, version: int, saved: Mapping[str, object]) -> None:
        super().__init__(
            _l(
                "Someone else saved changes while you were editing. Yours are still here and not yet saved. Compare "
                "what was saved meanwhile, shown beside its field, then save again."
            )
        )
        self.version = version
        self.saved = saved


def check_version(current: int, seen: int, saved: Mapping[str, object]) -> None:
    """Refuse to overwrite what one has not seen. Raises EditConflict."""
    if current != seen:
        raise EditConflict(current, saved)


def differences(before: object, after: object) -> list[str]:
    """The names of the values that are not the same in both, of two records of one kind."""
    return [name for name, value in vars(after).items() if getattr(before, name) != value]


class EditForm(BaseForm):
    """A form that edits something which others may be editing too.

    Make it with `data=values`, `begin(version)` it, pass `seen` to the service, `blame()` what that raises, and show
    `field(form.title, theirs=form.theirs.get("title"))`. A field within a FormField goes by its whole name, "names-en".
    """

    version = HiddenField()
    opened = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: dict[str, str] = {}
        """What others saved in fields while this form was open, in words; "" where they emptied one."""

    def begin(self, version: int) -> None:
        """Note what the form shows when it is opened; a form that was sent already knows."""
        if not self.is_submitted():
            self.version.data = str(version)
            self.opened.data = json.dumps({name: _digest(field.data) for name, field in _fields(self)})

    @property
    def seen(self) -> int:
        """The version that the form was opened on; 0 for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0

    def blame(self, error: DomainError) -> None:
        """As every form; a conflict is faced."""
        if isinstance(error, EditConflict):
            self.face(error)
        else:
            super().blame(error)

    def face(self, conflict: EditConflict) -> None:
        """Show what was saved meanwhile; fields one had not touched take it over. Sending again then counts."""
        opened = _read(self.opened.data)
        fields = dict(_fields(self))
        for name, saved in _flat(conflict.saved):
            field = fields.get(name)
            if field is None or _digest(saved) in (opened.get(name), _digest(field.data)):
                continue
            self.theirs[name] = _in_words(field, saved)
            if _digest(field.data) == opened.get(name):
                field.data, field.raw_data = saved, None
        self.version.data = str(conflict.version)
        self.opened.data = json.dumps({name: _digest(saved) for name, saved in _flat(conflict.saved)})
        self.form_errors.append(conflict.message)


def _fields(form: Any) -> Iterator[tuple[str, Field]]:
    for field in form:
        if isinstance(field, FormField):
            yield from _fields(field.form)
        elif not isinstance(field, HiddenField):
            yield field.name, field


def _flat(values: Mapping[str, object], within: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{within}{name}-")
        else:
            yield f"{within}{name}", value


def _digest(value: object) -> str:
    text = "" if value is None or value is False else str(value)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _read(text: str | None) -> dict[str, str]:
    try:
        read = json.loads(text or "{}")
    except (ValueError, RecursionError):  # typed by hand: no JSON, or brackets without end
        return {}
    return read if isinstance(read, dict) else {}


def _in_words(field: Field, value: object) -> str:
    """The value as people see it in the form."""
    if isinstance(value, list):
        return ", ".join(_in_words(field, one) for one in value)
    if hasattr(field, "iter_choices"):
        for choice in field.iter_choices():
            if str(choice[0]) == str(value):
                return str(choice[1])
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(field, MonthField) and isinstance(value, date):
        return dates.month(value)
    if isinstance(value, date):
        return dates.day(value)
    return "" if value is None else str(value)
