"""Forms about groups, communities and coordinators. They are made per request: their languages are settings."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FormField, IntegerField, SelectChoice, SelectField
from wtforms.fields.choices import Choice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from app.core import addresses, dates
from app.core.conflicts import EditForm
from app.core.errors import DomainError, Text
from app.core.forms import NEEDED, BaseForm, TimeZoneField, line, texts, translations_form
from app.core.settings import settings
from app.groups import queries, rules
from app.groups.service.facts import CommunityFacts, GroupIdentity, GroupPage
from app.people.forms.fields import email_line

SLUG_HINT = _l("Small letters a to z, digits and hyphens. Former addresses keep leading here.")


class GroupZoneField(TimeZoneField):
    """A group's own zone, or none: then it plans in the installation's."""

    def iter_choices(self) -> list[Choice]:
        """The installation's zone first, by its city."""
        label = _("The installation’s own: %(place)s", place=dates.place_of(settings().default_time_zone))
        return [Choice(value="", label=label, selected=not self.data, render_kw={}), *super().iter_choices()]

    def pre_validate(self, form: Any) -> None:
        """Refuse what is neither a zone nor empty."""
        if self.data:
            super().pre_validate(form)


class PositionField(IntegerField):  # type: ignore[misc]
    """A number that orders groups within their community."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in plain words what is expected."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(_("Give a whole number.")) from None


def _names() -> FormField:
    return FormField(translations_form(longest=rules.LONGEST_NAME, required=True), _l("Name"))


def _slug(hint: Text, *, required: bool) -> Any:
    attributes = {"autocapitalize": "none", "spellcheck": "false"}
    return line(
        _l("Short name in the address"),
        longest=addresses.LONGEST,
        required=required,
        hint=hint,
        validators=[_check_slug],
        render_kw=attributes,
    )


def _check_slug(_form: Any, field: Any) -> None:
    """Small letters are kept to, whatever was typed; anything else than a slug is refused."""
    field.data = field.data.lower()
    try:
        addresses.check_slug(field.data)
    except DomainError as error:
        raise ValidationError(error.message) from None


def _community() -> SelectField:
    return SelectField(
        _l("Community"), choices=lambda: [SelectChoice(*choice) for choice in queries.community_choices()]
    )


def _position(hint: Text, *, required: bool) -> PositionField:
    numbers = NumberRange(
        1, rules.LAST_POSITION, _l("Give a number from 1 to %(last)s.", last=rules.LAST_POSITION)
    )  # fmt: skip
    needed = InputRequired(NEEDED) if required else Optional()
    return PositionField(
        _l("Place in the list"), validators=[needed, numbers], description=hint, render_kw={"min": "1"}
    )


def new_group_form(**kwargs: Any) -> BaseForm:
    """The form that adds a group."""

    class NewGroupForm(BaseForm):
        """A group's name, address and place."""

        names = _names()
        slug = _slug(_l("Left empty, it is made from the name."), required=False)
        community = _community()
        position = _position(
            _l("Groups are listed by this number, the lowest first. Left empty, the group comes last."), required=False
        )

    return NewGroupForm(**kwargs)


def rename_group_form(**kwargs: Any) -> Any:
    """The form that changes what a group is called and where it stands."""

    class RenameGroupForm(EditForm):
        """A group's name, address and place."""

        names = _names()
        slug = _slug(SLUG_HINT, required=True)
        community = _community()
        position = _position(
            _l("Groups are listed by this number, the lowest first; the catalogue counts in tens."), required=True
        )

        @property
        def identity(self) -> GroupIdentity:
            """What was typed."""
            return GroupIdentity(texts(self.names), self.slug.data, int(self.community.data), self.position.data)

    return RenameGroupForm(**kwargs)


def group_page_form(**kwargs: Any) -> Any:
    """The form that changes what a group says of itself."""
    longest = rules.MOST_TOPICS * (rules.LONGEST_TOPIC + 10)

    class GroupPageForm(EditForm):
        """A group's topics, mandate and zone."""

        topics = FormField(
            translations_form(area=True, longest=longest),
            _l("Topics"),
            description=_l("What the group follows, one topic a line."),
        )
        mandate = FormField(
            translations_form(area=True, longest=rules.LONGEST_MANDATE),
            _l("What the group does"),
            description=_l(
                "A blank line begins a paragraph, a line with - in front a list item. Two stars around **words** make "
                "them strong; [words](https://example.org) makes a link."
            ),
        )
        time_zone = GroupZoneField(
            _l("Time zone"),
            description=_l("In which the group’s meetings are planned, unless a meeting says otherwise."),
        )

        @property
        def page(self) -> GroupPage:
            """What was typed."""
            topics = {code: rules.split_topics(text) for code, text in texts(self.topics).items()}
            return GroupPage(topics, texts(self.mandate), self.time_zone.data or None)

    return GroupPageForm(**kwargs)


def community_form(**kwargs: Any) -> Any:
    """The form that changes a community."""
    colours = {"spellcheck": "false", "autocapitalize": "none", "maxlength": "7"}

    class CommunityForm(EditForm):
        """A community's name, address, goal and colours."""

        names = _names()
        goals = FormField(translations_form(longest=rules.LONGEST_GOAL), _l("Goal"))
        slug = _slug(SLUG_HINT, required=True)
        colour_light = line(
            _l("Colour on light pages"), longest=7, hint=_l("# and six hexadecimal digits. Dark enough to be read."),
            render_kw=colours,
        )  # fmt: skip
        colour_dark = line(
            _l("Colour on dark pages"), longest=7, hint=_l("The same hue, bright enough to be read on a dark page."),
            render_kw=colours,
        )  # fmt: skip

        @property
        def facts(self) -> CommunityFacts:
            """What was typed."""
            return CommunityFacts(
                names=texts(self.names),
                slug=self.slug.data,
                goals=texts(self.goals),
                colour_light=(self.colour_light.data or "").lower(),
                colour_dark=(self.colour_dark.data or "").lower(),
            )

        def validate(self, extra_validators: Any = None) -> bool:
            """Say of both colours at once whether they can be read."""
            valid = bool(super().validate(extra_validators))
            for field, dark in ((self.colour_light, False), (self.colour_dark, True)):
                if field.data and not field.errors:
                    try:
                        rules.check_colour(field.data, field.name, dark=dark)
                    except DomainError as error:
                        self.blame(error)
                        valid = False
            return valid

    return CommunityForm(**kwargs)


class AppointForm(BaseForm):
    """Whom to appoint."""

    email = email_line(
        _l("E-mail address"), hint=_l("Of a person who is known here, with an account or without."), autocomplete="off"
    )
