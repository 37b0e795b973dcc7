"""What all forms share: cleaned text, fields for time zones and for texts in several languages."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from anyascii import anyascii
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, Form, FormField, SelectChoice, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import Choice
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core import i18n, zones
from app.core.dates import zone_label
from app.core.errors import DomainError, Text
from app.core.settings import settings

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANKS = re.compile(r"\s+")


def clean_text(value: str | None) -> str | None:
    """Text as people mean it: NFC, Unix line ends, no control or direction-override characters, no outer blanks."""
    if not isinstance(value, str):
        return value
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", value).strip()


def clean_line(value: str | None) -> str | None:
    """The same on one line, with one blank at a time; French keeps its no-break spaces within « » and before : ; ! ?"""
    value = clean_text(value)
    return _BLANKS.sub(_one_blank, value) if isinstance(value, str) else value


def _one_blank(found: re.Match[str]) -> str:
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    kept = found[0] in ("\u00a0", "\u202f") and (before == "«" or after in "»:;!?")
    return found[0] if kept else " "


NEEDED = _l("This is needed.")


def empty_to_none(value: str | None) -> str | None:
    """None instead of an empty text."""
    return value or None


class BaseForm(FlaskForm):  # type: ignore[misc]
    """A form with a CSRF token that can say what a rule has refused."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Where a form's values come from."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Typed text alone: JSON or a file in place of a field would bring numbers, lists and streams to rules."""
            if formdata is None or hasattr(formdata, "getlist"):
                return formdata
            return request.form if form.is_submitted() else None

    def blame(self, error: DomainError) -> None:
        """Show a rule's refusal beside the field it concerns, or above the form."""
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(error.message)
        elif isinstance(field, FormField):
            field.form.form_errors.append(error.message)
        else:
            field.errors = [*field.errors, error.message]


class FileForm(BaseForm):
    """A form that takes a file, which has to be there. Its forms say in `file` which one."""

    file = FileField()

    class Meta(BaseForm.Meta):
        """Files come with the form's own data."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """As Flask-WTF does it: this form is there to take a file."""
            return super(BaseForm.Meta, self).wrap_formdata(form, formdata)

    def validate(self, extra_validators: Any = None) -> bool:
        """There has to be a file."""
        good = super().validate(extra_validators)
        if not isinstance(self.file.data, FileStorage) or not self.file.data.filename:
            self.file.errors = [_("Choose a file.")]
            return False
        return bool(good)


class ConfirmForm(BaseForm):
    """Nothing to fill in: only whether one means it."""


def form_page(form: BaseForm, template: str, **context: object) -> ResponseReturnValue:
    """The page of a form: 200 when it is opened, 422 when it was refused."""
    return render_template(template, form=form, **context), 422 if form.errors else 200


def line(label: Text, *, longest: int = 200, required: bool = True, hint: Text = "", **kwargs: Any) -> StringField:
    """A text field of one line."""
    checks = [DataRequired(NEEDED) if required else Optional(), Length(max=longest)]
    return StringField(
        label,
        validators=checks + kwargs.pop("validators", []),
        filters=[clean_line, *([] if required else [empty_to_none])],
        description=hint,
        **kwargs,
    )


def paragraph(label: Text, *, longest: int = 10_000, required: bool = False, hint: Text = "", **kwargs: Any) -> Field:
    """A text field of several lines."""
    checks = [DataRequired(NEEDED) if required else Optional(), Length(max=longest)]
    return TextAreaField(
        label,
        validators=checks,
        filters=[clean_text, *([] if required else [empty_to_none])],
        description=hint,
        **kwargs,
    )


class Checkboxes(SelectMultipleField):  # type: ignore[misc]
    """Several of a list, each with a box of its own."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TimeZoneField(SelectField):  # type: ignore[misc]
    """A choice among the IANA zones; a stored zone that is no longer listed stays choosable."""

    def __init__(self, label: Text, **kwargs: Any) -> None:
        super().__init__(label, choices=_zone_options, validate_choice=False, **kwargs)

    def iter_choices(self) -> list[Choice]:
        """The zones listed, and the stored one in any case: else a browser would send the first of the list."""
        listed: list[Choice] = super().iter_choices()
        stored = self.object_data
        if stored and all(choice.value != stored for choice in listed):
            listed.append(Choice(value=stored, label=stored, selected=stored == self.data, render_kw={}))
        return listed

    def pre_validate(self, form: Any) -> None:
        """Refuse what is no zone."""
        try:
            zones.zone(self.data or "")
        except zones.UnknownZone:
            raise ValidationError(self.gettext("Not a valid choice.")) from None


def zone_choices() -> list[tuple[str, str]]:
    """(IANA name, name for people) of every zone, in order of the names; UTC last."""
    return list(_zone_choices(str(i18n.locale())))


@cache
def _zone_choices(_in_locale: str) -> list[tuple[str, str]]:
    """Some 400, named and sorted once for each language in force."""
    listed = [(name, zone_label(name)) for name in zones.names()]
    return sorted(listed, key=lambda choice: (choice[0] == "UTC", anyascii(choice[1])))


def _zone_options() -> list[SelectChoice]:
    return [SelectChoice(*choice) for choice in zone_choices()]


def translations_form(*, area: bool = False, longest: int = 200, required: bool = False) -> type[Form]:
    """A form with one field for each language of the installation; its data is {"en": …, "fr": …}."""

    class TranslationsForm(Form):  # type: ignore[misc]
        """One field a language."""

    for code, name in i18n.language_names():
        needed = required and code == settings().default_language
        maker = paragraph if area else line
        setattr(TranslationsForm, code, maker(name, longest=longest, required=needed, render_kw={"lang": code}))
    return TranslationsForm


def texts(field: FormField) -> dict[str, str]:
    """What was typed into a field of `translations_form`, without the languages left empty."""
    return {code: text for code, text in field.data.items() if text}
