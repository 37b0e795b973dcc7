"""Forms of milestones."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length, Optional

from app.core import dates
from app.core.conflicts import EditForm
from app.core.forms import NEEDED, BaseForm, clean_line, line, paragraph
from app.core.i18n import translated
from app.core.time_fields import DayField
from app.groups import queries as groups
from app.meetings.rules import Visibility
from app.programme import rules
from app.programme.rules import Kind, MilestonePlan


class MilestoneForm(EditForm):
    """What people say of a milestone or a deadline."""

    creation_key = HiddenField(filters=[clean_line], validators=[Length(max=40)])
    kind = RadioField(
        _l("Kind"),
        choices=[
            SelectChoice("consultation", _l("Consultation: members are written to, and reminded before its last day")),
            SelectChoice("deadline", _l("Another deadline")),
            SelectChoice("milestone", _l("Milestone: something the group means to have done by then")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    title = line(_l("Title"))
    last_day = DayField(
        _l("Day"),
        validators=[InputRequired(NEEDED)],
        description=_l("Of a consultation, its last day: the deadline."),
    )
    first_day = DayField(
        _l("First day"),
        validators=[Optional()],
        description=_l("Only if it runs for several days, as a consultation does."),
    )
    goal = SelectField(_l("Impact Goal"), choices=[], validators=[Optional()])
    file_reference = line(
        _l("Reference"),
        longest=100,
        required=False,
        hint=_l("What others call the matter: the number of an EU file, COM(2026) 123 or 2026/0123(COD)."),
    )
    link = line(
        _l("Link"), longest=1000, required=False, hint=_l("Where that is to be found, beginning with https://.")
    )
    description = paragraph(
        _l("Description"),
        longest=10_000,
        hint=_l(
            "Shown to everyone who sees it. **Two stars** make bold, a hyphen at the beginning of a line makes a list "
            "item."
        ),
    )
    visibility = RadioField(
        _l("Who sees it"),
        choices=[
            SelectChoice("public", _l("Everyone: on the group’s page and in its public calendar")),
            SelectChoice("members", _l("Members only: nobody outside the group learns of it")),
        ],
        default="public",
        validators=[InputRequired(_l("Choose one."))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.goals = [community for community in groups.communities() if any(community.goals.values())]
        """The communities that have an Impact Goal."""
        self.goal.choices = [
            SelectChoice("", _("None")),
            *(SelectChoice(str(one.id), translated(one.goals)) for one in self.goals),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then the plan as a whole."""
        if not super().validate(extra_validators):
            return False
        for problem in rules.problems(self.plan(), dates.today()):
            self.blame(problem)
        return not self.errors

    def plan(self) -> MilestonePlan:
        """What was typed, once every field by itself is right."""
        return MilestonePlan(
            kind=Kind(self.kind.data),
            title=self.title.data,
            first_day=self.first_day.data or self.last_day.data,
            last_day=self.last_day.data,
            goal_id=int(self.goal.data) if self.goal.data else None,
            file_reference=self.file_reference.data,
            link=self.link.data,
            description=self.description.data,
            visibility=Visibility(self.visibility.data),
        )

    def values_to_keep(self) -> list[tuple[str, str]]:
        """Everything the form holds, as hidden fields of the page that asks to check it."""
        return [(field.name, _as_sent(field)) for field in self if field.name != "csrf_token"]


class DropForm(BaseForm):
    """Why something is dropped."""

    reason = paragraph(
        _l("Reason"),
        longest=1000,
        hint=_l("Shown on its page to everyone who sees it, and of a consultation in the mail to members."),
    )


def _as_sent(field: Any) -> str:
    value = field._value() if hasattr(field, "_value") else field.data
    return "" if value is None else str(value)
