"""Which languages are spoken and interpreted, in the form of a meeting, and by when interpreters are needed."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectChoice
from wtforms.validators import NumberRange, Optional

from app.core.forms import Checkboxes
from app.meetings.places import language_names
from app.meetings.rules import MOST_DAYS_BEFORE


class LanguagesField(Checkboxes):
    """Languages by their codes, always in one order."""

    data: Any

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=_offered, validators=[Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Each once."""
        super().process_formdata(sorted(set(valuelist)))


def _offered() -> list[SelectChoice]:
    return [SelectChoice(code, name) for code, name in language_names()]


def _days_before(label: Any, hint: Any) -> IntegerField:
    wrong = _l("Give a number of days from 1 to %(most)d.", most=MOST_DAYS_BEFORE)
    return IntegerField(label, validators=[Optional(), NumberRange(1, MOST_DAYS_BEFORE, wrong)], description=hint)


class LanguageFields:
    """Fields of a form."""

    spoken = LanguagesField(_l("Languages spoken"))
    interpreted = LanguagesField(_l("Languages interpreted into"))
    book_interpreters = _days_before(
        _l("Book interpreters, days before"), _l("The desk reminds of it within 30 days of that day.")
    )
    release_interpreters = _days_before(
        _l("Cancel interpreters free of charge, days before"), _l("Until when they can be cancelled for nothing.")
    )
    interpreters_booked = BooleanField(_l("The interpreters are booked"))

    def languages(self) -> dict[str, Any]:
        """The parts of a plan."""
        return {
            "spoken": tuple(self.spoken.data or ()),
            "interpreted": tuple(self.interpreted.data or ()),
            "book_interpreters": self.book_interpreters.data,
            "release_interpreters": self.release_interpreters.data,
            "interpreters_booked": bool(self.interpreters_booked.data),
        }

    @property
    def says_languages(self) -> bool:
        """Whether anything is said of them, or wrong."""
        names = ("spoken", "interpreted", "book_interpreters", "release_interpreters", "interpreters_booked")
        fields = [getattr(self, name) for name in names]
        return any(field.data or field.errors for field in fields)
