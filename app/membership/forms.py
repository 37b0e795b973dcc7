"""Forms of memberships."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired

from app.core.forms import NEEDED, BaseForm, line, paragraph
from app.membership.rules import Role
from app.membership.words import ROLES
from app.people.forms.fields import association_field, email_line, organisation_line
from app.people.forms.persons import PersonEntryForm
from app.people.models import Association
from app.people.queries import association_name


def role_field(**kwargs: Any) -> RadioField:
    """The choice of a role."""
    choices = [SelectChoice(role, name) for role, name in ROLES.items()]
    return RadioField(_l("Role"), choices=choices, coerce=Role, validators=[InputRequired(NEEDED)], **kwargs)


class RequestForm(BaseForm):
    """Asking to join a group."""

    association = SelectField(_l("Association you would join for"))
    motivation = paragraph(
        _l("Why you would like to join"),
        required=True,
        longest=2000,
        hint=_l("What you work on, and what you would bring. Only those who decide on your request read it."),
    )

    def offer(self, associations: Sequence[Association]) -> None:
        """Ask for the association only where there are several."""
        if len(associations) < 2:
            del self.association
        else:
            self.association.choices = [SelectChoice("", _("Choose one"))] + [
                SelectChoice(str(item.id), association_name(item)) for item in associations
            ]

    @property
    def association_id(self) -> int | None:
        """The association chosen among several, if one was."""
        return int(self.association.data) if self.association and self.association.data else None


class ReasonForm(BaseForm):
    """Declining a request, ending a membership."""

    reason = paragraph(
        _l("Reason"), required=True, longest=2000, hint=_l("It is quoted in the mail to the person, as you write it.")
    )


class RoleForm(BaseForm):
    """A member's role."""

    role = role_field()


class EnterForm(PersonEntryForm):
    """Making someone a member without a request."""

    email = email_line(
        _l("E-mail address"), required=False, autocomplete="off",
        hint=_l("If someone with this address is known, they are added, and you need not fill in who they are."),
    )  # fmt: skip
    full_name = line(_l("Full name"), required=False, hint=_l("In the person’s own script."))
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if the name is written in another script.")
    )
    job_title = line(_l("Job title"), required=False)
    association = association_field()
    organisation = organisation_line()
    role = role_field(default=Role.MEMBER)
