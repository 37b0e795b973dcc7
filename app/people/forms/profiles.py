"""Forms for what people say about themselves, and whom they show it to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import SelectField, SelectMultipleField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.errors import Text
from app.core.forms import BaseForm, TimeZoneField, line, paragraph
from app.core.i18n import language_names, translated
from app.people import rules
from app.people.forms.fields import choices_of
from app.people.forms.persons import NamesForm
from app.people.models import Keyword
from app.people.rules import Audience
from app.people.service.profiles import OwnProfile
from app.people.words import AUDIENCES


def _audience(label: Text) -> SelectField:
    return SelectField(label, choices=choices_of(AUDIENCES))


class ProfileForm(NamesForm):
    """What one says about oneself."""

    full_name = line(
        _l("Full name"), hint=_l("As you write it, in your own script."), render_kw={"autocomplete": "name"}
    )
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if your name is written in another script.")
    )
    job_title = line(_l("Job title"), required=False, render_kw={"autocomplete": "organization-title"})
    language = SelectField(_l("Language"), choices=language_names)
    time_zone = TimeZoneField(_l("Time zone"), description=_l("Meetings are shown in it, beside the group’s own."))
    email_audience = _audience(_l("Who sees your e-mail address"))
    phone = line(
        _l("Telephone"), longest=40, required=False, hint=_l("With the country code: +32 2 123 45 67."),
        render_kw={"type": "tel", "autocomplete": "tel"},
    )  # fmt: skip
    phone_audience = _audience(_l("Who sees your telephone number"))
    biography = paragraph(
        _l("About you"), longest=4000,
        hint=_l("What you work on, in a few sentences. Markdown: **bold**, - lists, links."),
    )  # fmt: skip
    biography_audience = _audience(_l("Who sees what you write about yourself"))
    photo_audience = _audience(_l("Who sees your photo"))

    def validate(self, extra_validators: Any = None) -> bool:
        """The number too."""
        good = super().validate(extra_validators)
        if self.phone.data and not self.phone.errors:
            good &= self._obeys(rules.check_phone, self.phone.data)
        return bool(good)

    @property
    def profile(self) -> OwnProfile:
        """What was typed."""
        return OwnProfile(
            full_name=self.full_name.data or "",
            latin_name=self.latin_name.data,
            job_title=self.job_title.data,
            language=self.language.data,
            time_zone=self.time_zone.data,
            phone=self.phone.data,
            biography=self.biography.data,
            email_audience=Audience(self.email_audience.data),
            phone_audience=Audience(self.phone_audience.data),
            photo_audience=Audience(self.photo_audience.data),
            biography_audience=Audience(self.biography_audience.data),
        )


class PhotoForm(BaseForm):
    """A picture of oneself."""

    class Meta(BaseForm.Meta):
        """Files are what this form is about."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """As Flask-WTF does it: what was typed, and the files."""
            return FlaskForm.Meta.wrap_formdata(self, form, formdata)

    photo = FileField(
        _l("Picture"),
        description=_l("JPEG, PNG or WebP, at most 4 MB. We keep a small square of its middle and nothing else."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )

    def validate_photo(self, field: FileField) -> None:
        """A file has to be there."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError(_l("Choose a picture."))

    @property
    def file(self) -> BinaryIO:
        """The file that was sent."""
        stream: BinaryIO = self.photo.data.stream
        return stream


class KeywordsForm(BaseForm):
    """What one knows about: any of a list."""

    keywords = SelectMultipleField(
        _l("Your keywords"), coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def offer(self, keywords: Iterable[Keyword]) -> None:
        """Fill in the choices, in the order of their names."""
        named = [(keyword.id, translated(keyword.names)) for keyword in keywords]
        self.keywords.choices = sorted(named, key=lambda choice: rules.fold(choice[1]))
