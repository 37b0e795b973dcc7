"""The part of a meeting's form that says who meets: how many of the group, which other groups, which guests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Optional

from app.core import i18n
from app.core.conflicts import EditForm
from app.core.errors import DomainError
from app.core.forms import NEEDED, BaseForm, Checkboxes, line, paragraph
from app.meetings.rules import Visibility
from app.meetings.rules import company as rules
from app.meetings.rules.company import Company, GuestPlan
from app.people.forms.fields import email_line
from app.people.rules import normal_email

ROWS = 2
"""Guests offered to fill in at once."""
MOST_GUESTS = 60
MORE = "guests"
"""The `step` of the button that asks for more rows."""


class GuestRow(Form):  # type: ignore[misc]
    """One guest; a row left empty is none."""

    name = line(_l("Name"), required=False)
    email = email_line(_l("E-mail address"), required=False, autocomplete="off")
    speaks = BooleanField(_l("Speaks at the meeting"))
    language = SelectField(_l("Language of the mails"), validators=[Optional()], validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language.choices = [SelectChoice(code, name) for code, name in i18n.language_names()]

    def validate(self, extra_validators: Any = None) -> bool:
        """Both or neither; an address that can be written to."""
        if not super().validate(extra_validators):
            return False
        if not (self.name.data or self.email.data):
            return True
        if not self.name.data:
            self.name.errors = [NEEDED]
        try:
            self.email.data = normal_email(self.email.data or "")
        except DomainError as error:
            self.email.errors = [error.message]
        return not self.errors


class CompanyFields:
    """Mixed into forms of meetings. `offer()` it what can be chosen before it is shown or validated."""

    visibility = RadioField(
        _l("Who sees it"),
        choices=[
            SelectChoice(
                "public", _l("Everyone: on the group’s page and in its public calendar, without the link to join")
            ),
            SelectChoice("members", _l("Members only: nobody outside the group learns of it")),
            SelectChoice("chairs", _l("Chairs and vice-chairs only: the other members do not learn of it")),
            SelectChoice("named", _l("People I name, or a task force: nobody else learns of it")),
        ],
        default="public",
        validators=[InputRequired(_l("Choose one."))],
    )
    people = Checkboxes(_l("Members"), choices=[], coerce=int, validators=[Optional()])
    task_forces = Checkboxes(_l("Task forces"), choices=[], coerce=int, validators=[Optional()])
    joint_groups = Checkboxes(
        _l("Groups that meet jointly with yours"),
        choices=[],
        coerce=int,
        validators=[Optional()],
        description=_l(
            "Their coordinators are asked. Once they agree, the meeting stands in their lists and calendar."
        ),
    )
    guests = FieldList(FormField(GuestRow), _l("Guests and speakers"), max_entries=MOST_GUESTS)

    planner_id: int | None = None
    """Who plans and would not see a meeting of others' names: is always among them."""
    unseen: frozenset[int] = frozenset()
    """Groups that meet jointly and that whoever edits does not find: they stay."""
    groups_stay: frozenset[int] | None = None
    """Of a date that its series' rule gives: the other groups, which are those of the series."""

    def offer(
        self,
        *,
        people: Iterable[tuple[int, str]],
        task_forces: Iterable[tuple[int, str]],
        groups: Iterable[tuple[int, str]],
        company: Company = Company(),  # noqa: B008 - nobody besides the group; it cannot be changed
        planner_id: int | None = None,
        groups_stay: bool = False,
    ) -> None:
        """What can be chosen; and, where the form was not sent, who comes so far."""
        form: Any = self
        form.people.choices = [SelectChoice(*one) for one in people]
        form.task_forces.choices = [SelectChoice(*one) for one in task_forces]
        form.joint_groups.choices = [SelectChoice(*one) for one in groups]
        self.planner_id = planner_id
        offered = {choice.value for choice in form.joint_groups.choices}
        self.unseen = company.group_ids - offered
        self.groups_stay = company.group_ids if groups_stay else None
        if not form.is_submitted():
            form.people.data = sorted(company.person_ids)
            form.task_forces.data = sorted(company.task_force_ids)
            form.joint_groups.data = sorted(company.group_ids & offered)
            for guest in sorted(company.guests):
                form.guests.append_entry(vars(guest))
        if not form.is_submitted() or not form.guests.entries:
            self.offer_guests(0 if company.guests else ROWS)
        self.guests_open = any(row.form.name.data or row.form.email.data for row in form.guests)

    def leave_company(self) -> None:
        """Ask for none of it: a date that is added is held in the company of its series."""
        form: Any = self
        for name in COMPANY_FIELDS:
            del form[name]
        form.has_company = False

    has_company = True
    guests_open = False
    """Whether the rows of guests are unfolded."""

    def offer_guests(self, more: int = ROWS) -> None:
        """Have empty rows for further guests."""
        form: Any = self
        self.guests_open = self.guests_open or more > 0
        while len(form.guests) < MOST_GUESTS and more > 0:
            form.guests.append_entry()
            more -= 1

    def company(self) -> Company:
        """What was chosen, once every field by itself is right."""
        form: Any = self
        visibility = Visibility(form.visibility.data)
        people = frozenset(form.people.data or ())
        if self.planner_id is not None and visibility == Visibility.NAMED and people | set(form.task_forces.data or ()):
            people |= {self.planner_id}
        company = Company(
            group_ids=frozenset(form.joint_groups.data or ()) | self.unseen
            if self.groups_stay is None
            else self.groups_stay,
            person_ids=people,
            task_force_ids=frozenset(form.task_forces.data or ()),
            guests=frozenset(_guests(form)),
        )
        return company.for_sight(visibility)

    def check_company(self) -> bool:
        """No guest twice, then the company as a whole."""
        form: Any = self
        if not self.has_company:
            return True
        known: set[str] = set()
        for row in form.guests:
            address = row.form.email.data
            if address and address in known:
                row.form.email.errors = [_l("This guest is listed already.")]
                form.guests.errors = [each.form.errors for each in form.guests]
                return False
            known.add(address)
        try:
            rules.check(self.company(), Visibility(form.visibility.data))
        except DomainError as error:
            form.blame(error)
            return False
        return True

    def company_to_keep(self) -> Iterator[tuple[str, str]]:
        """As hidden fields of the page that asks to check it."""
        form: Any = self
        if not self.has_company:
            return
        for name in ("people", "task_forces", "joint_groups"):
            yield from ((name, str(one)) for one in form[name].data or ())
        for row in form.guests:
            if row.form.name.data or row.form.email.data:
                for field in row.form:
                    if field.type != "BooleanField":
                        yield field.name, str(field.data or "")
                    elif field.data:
                        yield field.name, "y"


class DeclineForm(BaseForm):
    """Why a group does not meet jointly."""

    reason = paragraph(_l("Reason"), longest=1000, hint=_l("The coordinators of the other group read it."))


class TaskForceForm(EditForm):
    """A name, and which members."""

    name = line(_l("Name"))
    people = Checkboxes(_l("Members"), choices=[], coerce=int, validators=[InputRequired(_l("Choose at least one."))])


COMPANY_FIELDS = ("people", "task_forces", "joint_groups", "guests")


def _guests(form: Any) -> Iterator[GuestPlan]:
    for row in form.guests:
        said: Mapping[str, Any] = row.form.data
        if said["name"] and said["email"]:
            language = said["language"] if said["language"] in dict(i18n.language_names()) else None
            yield replace(GuestPlan(said["email"], said["name"], bool(said["speaks"])), language=language)
