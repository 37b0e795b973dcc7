"""Forms of memberships."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.conflicts import EditForm
from app.core.errors import Text
from app.core.forms import NEEDED, BaseForm, line, paragraph
from app.core.i18n import translated
from app.core.time_fields import DayField
from app.groups.rules import LONGEST_TERM, MOST_SEATS, Access, GroupStatus, JoinPolicy, Visibility
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import Role
from app.membership.service.departing import Farewell
from app.membership.service.seats import Joining
from app.membership.words import ACCESSES, GROUP_STATUSES, POLICIES, ROLES, VISIBILITIES, who_is
from app.people import rules as people_rules
from app.people.forms.fields import OwnAssociationMixin, RulesForm, association_field, email_line, organisation_line
from app.people.forms.persons import PersonEntryForm
from app.people.models import Association
from app.people.queries import association_name
from app.terms.forms import AcceptsTerms


def role_field(**kwargs: Any) -> RadioField:
    """The choice of a role."""
    choices = [SelectChoice(role, name) for role, name in ROLES.items()]
    return RadioField(_l("Role"), choices=choices, coerce=Role, validators=[InputRequired(NEEDED)], **kwargs)


class RequestForm(OwnAssociationMixin, AcceptsTerms):
    """Asking to join a group."""

    association = SelectField(_l("Association you would join for"))
    motivation = paragraph(
        _l("Why you would like to join"),
        required=True,
        longest=2000,
        hint=_l("What you work on, and what you would bring. Only those who decide on your request read it."),
    )


class ReasonForm(BaseForm):
    """Declining a request, ending a membership."""

    reason = paragraph(
        _l("Reason"), required=True, longest=2000, hint=_l("It is quoted in the mail to the person, as you write it.")
    )


class TakeUpForm(AcceptsTerms):
    """Accepting a nomination: nothing to fill in but what is to be accepted with it."""


class OptionalReasonForm(BaseForm):
    """What can be said without being explained."""

    reason = paragraph(_l("Reason"), longest=2000, hint=_l("Others who are concerned read it."))


class _StandInMixin:
    """The part of a form that asks whom an alternate stands in for."""

    stands_in_for: SelectField

    def offer_holders(self, holders: Sequence[Membership]) -> None:
        """Fill in those who hold a seat."""
        self.stands_in_for.choices = [
            SelectChoice("", _("Nobody")),
            *(SelectChoice(str(item.id), who_is(item)) for item in holders),
        ]

    @property
    def holder_id(self) -> int | None:
        """The membership of who was chosen."""
        return int(self.stands_in_for.data) if self.stands_in_for.data else None


def holder_field() -> SelectField:
    """Whom an alternate stands in for; see _StandInMixin."""
    return SelectField(_l("Stands in for"), description=_l("Only for an alternate."))


class RoleForm(_StandInMixin, BaseForm):
    """A member's role."""

    role = role_field()
    stands_in_for = holder_field()


class BulkForm(BaseForm):
    """The same decision about many."""

    chosen = SelectMultipleField(validators=[DataRequired(_l("Choose at least one."))], validate_choice=False)
    move = StringField()
    reason = paragraph(_l("Reason"), longest=2000, hint=_l("Needed for a no. It is quoted in the mail to each."))

    @property
    def ids(self) -> list[int]:
        """What was chosen."""
        return [int(text) for text in self.chosen.data or () if text.isdecimal() and len(text) < 10]


class NomineeForm(RulesForm):
    """One colleague."""

    email = email_line(_l("E-mail address"), autocomplete="off")
    full_name = line(_l("Full name"), required=False, hint=_l("Needed only if we do not know the address yet."))
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if the name is written in another script.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then the names together."""
        good = super().validate(extra_validators)
        if self.email and self.email.data:
            good &= self._obeys(people_rules.normal_email, self.email.data)
        if self.full_name and self.full_name.data:
            good &= self._obeys(people_rules.check_names, self.full_name.data, self.latin_name.data)
        return bool(good)

    @property
    def nominee(self) -> Nominee:
        """Who was typed in."""
        return Nominee(people_rules.normal_email(self.email.data or ""), self.full_name.data or "",
                       self.latin_name.data)  # fmt: skip


class ReplaceForm(NomineeForm):
    """A successor."""

    at_once = BooleanField(
        _l("The present holder stops today"),
        description=_l("Otherwise they stay until the successor has accepted."),
    )


class LetGoForm(NomineeForm):
    """A colleague leaves, or hands their seats over: the last day, the successor, and what they take over."""

    last_day = DayField(_l("Last day with the association"), validators=[Optional()])
    email = email_line(_l("Successor’s e-mail address"), required=False, autocomplete="off")
    handed_over = SelectMultipleField(
        _l("What the successor takes over"), coerce=int, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip

    def offer(self, seats: Sequence[Membership]) -> None:
        """Fill in the seats; at first all are chosen."""
        self.handed_over.choices = [
            SelectChoice(item.id, f"{translated(item.group.names)} ({ROLES[item.role]})") for item in seats
        ]
        if not seats:
            del self.handed_over, self.email, self.full_name, self.latin_name
        elif not self.is_submitted():
            self.handed_over.data = [item.id for item in seats]

    def validate(self, extra_validators: Any = None) -> bool:
        """A name without an address is no successor."""
        good = super().validate(extra_validators)
        if self.email and not self.email.data and self.full_name.data:
            self.email.errors = [NEEDED]
            return False
        return good

    @property
    def farewell(self) -> Farewell:
        """What was chosen."""
        successor = self.nominee if self.email and self.email.data else None
        return Farewell(self.last_day.data, successor, self.handed_over.data if successor else ())


class NominateForm(_StandInMixin, BaseForm):
    """Colleagues for a group."""

    association = SelectField(_l("Association"))
    nominees = paragraph(
        _l("Who is nominated"),
        required=True,
        longest=10_000,
        hint=_l(
            "One person a line: the address, and the name of those whom we may not know. For example: Maria Example "
            "<maria@example.org>. You can paste a list."
        ),
    )
    role = RadioField(
        _l("As"),
        choices=[SelectChoice(role, ROLES[role]) for role in (Role.MEMBER, Role.ALTERNATE)],
        coerce=Role,
        default=Role.MEMBER,
        validators=[InputRequired(NEEDED)],
    )
    stands_in_for = holder_field()

    def offer(self, associations: Sequence[Association], holders: Sequence[Membership]) -> None:
        """Ask for the association only where there are several, and for an alternate only where someone sits there."""
        if len(associations) < 2:
            del self.association
        else:
            self.association.choices = [SelectChoice(item.code, association_name(item)) for item in associations]
        if holders:
            self.offer_holders(holders)
        else:
            del self.role
            del self.stands_in_for


def number_field(label: Text, hint: Text = "") -> IntegerField:
    """A number of seats."""
    in_range = NumberRange(0, MOST_SEATS, _l("Give a number from 0 to 50."))
    return IntegerField(label, validators=[InputRequired(NEEDED), in_range], description=hint)


class JoiningForm(EditForm):
    """How one comes into a group, and for how long."""

    status = RadioField(_l("The group is"), coerce=GroupStatus, validators=[InputRequired(NEEDED)])
    join_policy = RadioField(_l("How one joins"), coerce=JoinPolicy, validators=[InputRequired(NEEDED)])
    visibility = RadioField(_l("Who finds the group"), coerce=Visibility, validators=[InputRequired(NEEDED)])
    access = RadioField(_l("Who sees inside"), coerce=Access, validators=[InputRequired(NEEDED)])
    seats_member = number_field(_l("Seats of each member association"))
    seats_associate = number_field(_l("Seats of each associate member"))
    seats_partner = number_field(_l("Seats of each partner"), hint=_l("0: by invitation."))
    term_months = IntegerField(
        _l("Months of a mandate"),
        validators=[Optional(), NumberRange(1, LONGEST_TERM, _l("Give a number of months from 1 to 120."))],
        description=_l("Without a number, mandates have no end."),
    )
    agreed = BooleanField(_l("I have read what this does"))

    def offer(self, *, may_close: bool, status: GroupStatus) -> None:
        """Fill in the choices; closing and opening again are for administrators."""
        self.join_policy.choices = [SelectChoice(key, _said(words)) for key, words in POLICIES.items()]
        self.visibility.choices = [SelectChoice(key, _said(words)) for key, words in VISIBILITIES.items()]
        self.access.choices = [SelectChoice(key, _said(words)) for key, words in ACCESSES.items()]
        self.status.choices = [
            SelectChoice(key, _said(words))
            for key, words in GROUP_STATUSES.items()
            if may_close or key == status or GroupStatus.CLOSED not in (key, status)
        ]

    @property
    def joining(self) -> Joining:
        """What was chosen."""
        return Joining(
            join_policy=self.join_policy.data,
            status=self.status.data,
            visibility=self.visibility.data,
            access=self.access.data,
            seats_member=self.seats_member.data,
            seats_associate=self.seats_associate.data,
            seats_partner=self.seats_partner.data,
            term_months=self.term_months.data,
        )


class ExceptionForm(BaseForm):
    """The seats of one association."""

    number = IntegerField(
        _l("Seats"),
        validators=[Optional(), NumberRange(0, MOST_SEATS, _l("Give a number from 0 to 50."))],
        description=_l("Leave it empty for what its status is granted."),
    )


class EnterForm(_StandInMixin, PersonEntryForm):
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
    stands_in_for = holder_field()


def _said(words: tuple[Text, Text]) -> str:
    return f"{words[0]}{_(':')} {words[1]}"


class ReviewForm(BaseForm):
    """Beginning the yearly review."""

    due_on = DayField(_l("Last day to confirm"), validators=[InputRequired(NEEDED)])


class SeenForm(BaseForm):
    """Confirming the list that stands on the page."""

    seen = HiddenField()
