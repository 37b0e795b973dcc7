"""What a reader picks of the public calendars by clicking, as a form and as the address it comes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectChoice, SelectField

from app.calendars.choice import MOST_GROUPS, WINDOW, Choice, Kind
from app.calendars.headers import address
from app.calendars.subscribing import Subscription, subscription_of
from app.calendars.words import PAST
from app.core import i18n
from app.core.forms import BaseForm, Checkboxes
from app.core.i18n import translated
from app.core.settings import settings
from app.groups import queries as groups
from app.groups.models import Community, WorkingGroup
from app.groups.rules import GroupStatus, Visibility

BOTH = "both"
PARTS = ("of", "community", "group", "kind", "language", "past", "cancelled")
"""The parts of the address that say what is wanted; `lang` is the language of the page, not of the calendar."""


@dataclass(frozen=True)
class Chosen:
    """A public calendar: of one community, of some groups or, without both, of all; and what of it."""

    choice: Choice
    community: Community | None = None
    groups: Sequence[WorkingGroup] = ()

    @property
    def group_ids(self) -> list[int] | None:
        """Whose meetings it has; None for everybody's."""
        if self.community is not None:
            return [group.id for group in self.community.groups if group.visibility == Visibility.PUBLIC]
        return [group.id for group in self.groups] or None

    @property
    def name(self) -> str:
        """What it shall be called among the reader's other calendars."""
        if self.community is not None:
            return translated(self.community.names)
        if len(self.groups) == 1:
            return translated(self.groups[0].names)
        instance = settings().instance_name
        number = len(self.groups)
        return f"{instance} ({ngettext('%(num)s group', '%(num)s groups', number)})" if number else instance

    @property
    def groups_in_words(self) -> str:
        """Whose it is."""
        if self.community is not None:
            return translated(self.community.names)
        return ", ".join(translated(group.names) for group in self.groups) or _("All groups")

    @property
    def subscription(self) -> Subscription:
        """The feed as each program wants to be told of it."""
        if self.community is not None:
            where = address("calendars.community_calendar", self.choice, slug=self.community.slug)
        elif len(self.groups) == 1:
            where = address("calendars.group_calendar", self.choice, slug=self.groups[0].slug)
        else:
            where = address("calendars.all_calendar", self.choice)
        return subscription_of(self.name, where)

    @property
    def parts(self) -> dict[str, Any]:
        """The parts of a page's address that say the same, the shortest way."""
        choice, said = self.choice, dict[str, Any]()
        if self.community is not None:
            said["community"] = self.community.slug
        elif self.groups:
            said["group"] = [group.slug for group in self.groups]
        else:
            said["of"] = "all"
        if len(choice.kinds) == 1:
            said["kind"] = next(iter(choice.kinds))
        if choice.language != i18n.language():
            said["language"] = choice.language
        if choice.past != WINDOW:
            said["past"] = choice.past
        if not choice.cancelled:
            said["cancelled"] = "0"
        return said


class CalendarForm(BaseForm):
    """The questions. Everything has an answer before one is given, so that there is a calendar at once."""

    of = RadioField(
        _l("Which groups"),
        choices=[
            SelectChoice("all", _l("All groups")),
            SelectChoice("community", _l("A community")),
            SelectChoice("groups", _l("Groups that I choose")),
        ],
        validate_choice=False,
    )
    community = SelectField(_l("Community"), validate_choice=False)
    group = Checkboxes(_l("Groups"), validate_choice=False)
    kind = RadioField(
        _l("What of them"),
        choices=[
            SelectChoice(BOTH, _l("Meetings and deadlines")),
            SelectChoice(Kind.MEETING.value, _l("Meetings only")),
            SelectChoice(Kind.DEADLINE.value, _l("Deadlines only")),
        ],
        validate_choice=False,
    )
    language = RadioField(_l("Language of the calendar"), choices=[], validate_choice=False)
    past = SelectField(
        _l("What is over"),
        choices=[SelectChoice(str(days), words) for days, words in PAST.items()],
        validate_choice=False,
    )
    cancelled = RadioField(
        _l("What is cancelled"),
        choices=[SelectChoice("1", _l("Stays, marked as cancelled")), SelectChoice("0", _l("Disappears"))],
        validate_choice=False,
    )

    def offer(self, known: Sequence[WorkingGroup]) -> None:
        """Say what there is to choose from."""
        self.known = {group.slug: group for group in known}
        self.communities = {group.community.slug: group.community for group in known}
        names = [SelectChoice(slug, translated(one.names)) for slug, one in self.communities.items()]
        self.community.choices = [SelectChoice("", _("Choose a community")), *names]
        self.group.choices = [SelectChoice(slug, translated(group.names)) for slug, group in self.known.items()]
        self.language.choices = [SelectChoice(code, name) for code, name in i18n.language_names()]

    @property
    def by_community(self) -> list[tuple[Community, list[WorkingGroup]]]:
        """The groups to choose from, under their communities."""
        return [(one, list(them)) for one, them in groupby(self.known.values(), key=lambda group: group.community)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Only what is offered, and enough of it for a calendar."""
        super().validate(extra_validators)
        for field in (self.of, self.kind, self.language, self.past, self.cancelled):
            if field.data not in {choice.value for choice in field.choices}:
                self._refuse(field, _("Choose one of these."))
        if self.of.data == "community" and self.community.data not in self.communities:
            self._refuse(self.community, _("Choose one of the communities."))
        if self.of.data == "groups":
            self._check_groups(self.group.data or [])
        return not self.errors

    def _check_groups(self, slugs: Sequence[str]) -> None:
        unknown = next((slug for slug in slugs if slug not in self.known), None)
        if unknown is not None:
            self._refuse(self.group, _("There is no public group “%(name)s”.", name=unknown[:80]))
        elif not slugs:
            self._refuse(self.group, _("Choose at least one group."))
        elif len(set(slugs)) > MOST_GROUPS:
            self._refuse(self.group, _("Choose %(number)d groups at most, or all of them.", number=MOST_GROUPS))

    @staticmethod
    def _refuse(field: Any, message: str) -> None:
        field.errors = [*field.errors, message]

    @property
    def chosen(self) -> Chosen:
        """The calendar, once the form is valid."""
        of, kind = self.of.data, self.kind.data
        wanted = set(self.group.data or []) if of == "groups" else set()
        return Chosen(
            choice=Choice(
                language=self.language.data,
                kinds=frozenset(Kind) if kind == BOTH else frozenset({Kind(kind)}),
                groups=tuple(sorted(wanted)) if len(wanted) > 1 else (),
                past=int(self.past.data),
                cancelled=self.cancelled.data == "1",
            ),
            community=self.communities[self.community.data] if of == "community" else None,
            groups=[group for slug, group in self.known.items() if slug in wanted],
        )


def form_of(asked: MultiDict[str, str]) -> CalendarForm:
    """The form with what an address asks for, and the usual answers to what it leaves open."""
    known = groups.groups()
    named = asked.getlist("group")[: MOST_GROUPS + 1]
    if len(named) == 1:
        named = [_present(named[0], groups.group_at)]
    community = asked.get("community", "")
    if community:
        community = _present(community, groups.community_at)
    values: MultiDict[str, str] = MultiDict(
        {
            "of": "groups" if named else "community" if community else "all",
            "kind": BOTH,
            "language": i18n.language(),
            "past": str(WINDOW),
            "cancelled": "1",
        }
        | {part: asked[part] for part in PARTS if part in asked}
        | {"community": community}
    )
    values.setlist("group", named)
    form = CalendarForm(formdata=values, meta={"csrf": False})
    form.offer(
        [
            group
            for group in known
            if group.visibility == Visibility.PUBLIC and (group.status != GroupStatus.CLOSED or group.slug in named)
        ]
    )
    return form


def _present(slug: str, at: Callable[[str], WorkingGroup | Community | None]) -> str:
    """The present name of what is asked for by an old one; of a group that not everybody finds, none."""
    found = at(slug)
    hidden = isinstance(found, WorkingGroup) and found.visibility != Visibility.PUBLIC
    return slug if found is None or hidden else found.slug
