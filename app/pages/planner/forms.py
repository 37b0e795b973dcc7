"""The form in which one chooses what of a year is held again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField
from wtforms.validators import Length, Optional

from app.core.errors import Text
from app.core.forms import NEEDED, BaseForm, clean_line
from app.core.time_fields import DayField

MOST = 400
"""Meetings and series of a group in a year."""


class Row(Form):  # type: ignore[misc]
    """One meeting or series, and from which day on it is held again."""

    source = HiddenField(filters=[clean_line])
    take = BooleanField(_l("Take over"))
    day = DayField(_l("Day"), validators=[Optional()])


class RepeatForm(BaseForm):
    """All of them."""

    creation_key = HiddenField(filters=[clean_line], validators=[Length(min=8, max=32)])
    rows = FieldList(FormField(Row), max_entries=MOST)

    def validate(self, extra_validators: Any = None) -> bool:
        """What is ticked needs a day, and something must be."""
        if not super().validate(extra_validators):
            return False
        for row in self.taken():
            if row.day.data is None:
                self.blame_day(row, NEEDED)
        if not any(True for _row in self.taken()):
            self.form_errors.append(_l("Tick at least one meeting."))
        return not self.errors

    def blame_day(self, row: Any, message: Text) -> None:
        """Say beside a row's day what is wrong with it."""
        row.day.errors = [*row.day.errors, message]
        self.rows.errors = [entry.errors for entry in self.rows.entries]

    def taken(self) -> Iterator[Any]:
        """The rows that are ticked."""
        return (entry.form for entry in self.rows.entries if entry.form.take.data)

    def values_to_keep(self) -> list[tuple[str, str]]:
        """Everything the form holds, as hidden fields of the page that asks to check it."""
        kept = [(self.creation_key.name, self.creation_key.data or "")]
        for entry in self.rows.entries:
            row = entry.form
            kept += [(row.source.name, row.source.data or ""), (row.day.name, row.day._value())]
            if row.take.data:
                kept.append((row.take.name, "y"))
        return kept
