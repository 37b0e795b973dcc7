"""Forms of terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField
from wtforms.validators import InputRequired

from app.core.conflicts import EditForm
from app.core.forms import NEEDED, BaseForm, texts, translations_form
from app.core.time_fields import DayField
from app.terms.models import TermsVersion
from app.terms.rules import LONGEST
from app.terms.service import NotAccepted


class AcceptsTerms(BaseForm):
    """The part of a form that comes with terms to accept: which were shown, and whether they are accepted.

    Make the form, then `ask(due)` for what has to be accepted; where that is nothing, the fields are not there.
    `accepted` is then for the service, which looks again within its transaction.
    """

    terms_shown = HiddenField()
    accepts = BooleanField(_l("I have read these terms and accept them"))

    due: Sequence[TermsVersion] = ()

    def ask(self, due: Sequence[TermsVersion]) -> None:
        """Ask for these."""
        self.due = due
        if not due:
            del self.terms_shown
            del self.accepts
            return
        shown = "-".join(str(one.id) for one in due)
        if self.is_submitted() and self.terms_shown.data != shown:
            self.accepts.data = False  # there are others than those that were shown: they are read first
        self.terms_shown.data = shown

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, and whether what is due is accepted."""
        good = bool(super().validate(extra_validators))
        if self.due and not self.accepts.data:
            self.accepts.errors = [NotAccepted().message]
            return False
        return good

    @property
    def accepted(self) -> list[int]:
        """The ids of the versions that were accepted."""
        return [one.id for one in self.due] if self.due and self.accepts.data else []


def draft_form(**kwargs: Any) -> Any:
    """The form that writes the next version of a text. Made per request: its languages are settings."""

    class DraftForm(EditForm):
        """A text in every language, and whether all have to accept it anew."""

        texts = FormField(
            translations_form(area=True, longest=LONGEST),
            _l("Text"),
            description=_l(
                "Markdown: an empty line begins a paragraph, a hyphen a point of a list, **two asterisks** make bold."
            ),
        )
        again = BooleanField(
            _l("Those who accepted an earlier version have to accept this one"),
            description=_l("Leave it out only where no duty changes, for example where a word is corrected."),
        )

        @property
        def written(self) -> Mapping[str, str]:
            """What was typed, by language."""
            return texts(self.texts)

    return DraftForm(**kwargs)


class PublishForm(BaseForm):
    """From when a draft is in force."""

    version = HiddenField()
    valid_from = DayField(
        _l("In force from"),
        validators=[InputRequired(NEEDED)],
        description=_l("On that day those concerned are asked."),
    )

    @property
    def seen(self) -> int:
        """The state of the draft that was read; 0 for nonsense."""
        text = self.version.data or ""
        return int(text) if text.isdecimal() and len(text) < 10 else 0
