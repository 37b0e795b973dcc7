"""The form that makes a secret address."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField
from wtforms.validators import InputRequired, Length

from app.calendars.choice import WINDOW, Alarm, Choice
from app.calendars.feeds import ANSWERED_KINDS, FeedKind
from app.calendars.words import ALARMS, FEEDS, PAST
from app.core.forms import NEEDED, BaseForm, Checkboxes, clean_line, line
from app.core.i18n import language, language_names, translated
from app.groups.models import WorkingGroup
from app.people.models import Association


class FeedForm(BaseForm):
    """Which feed, for which device, and how it is to be."""

    feed = RadioField(_l("Which calendar?"), validators=[InputRequired(NEEDED)])
    name = line(
        _l("Device or program"),
        longest=80,
        hint=_l("So that you know it again: “phone”, “Outlook at work”."),
    )
    groups = Checkboxes(_l("Only these groups"), description=_l("None chosen: all your groups, later ones too."))
    language = SelectField(_l("Language of the calendar"))
    past = SelectField(_l("What is over"), coerce=int)
    cancelled = BooleanField(_l("What is cancelled stays for a while, marked as cancelled"))
    declined = BooleanField(_l("What I have declined stays, as time that is free"))
    alarm = SelectField(_l("Remind me"), validators=[])
    creation_key = HiddenField(filters=[clean_line], validators=[InputRequired(NEEDED), Length(max=40)])

    def __init__(self, associations: Sequence[Association], groups: Sequence[WorkingGroup], **kwargs: Any) -> None:
        super().__init__(
            data={
                "feed": FeedKind.MINE, "language": language(), "past": WINDOW, "cancelled": True,
                "declined": True, "alarm": "", "creation_key": uuid.uuid4().hex,
            },
            **kwargs,
        )  # fmt: skip
        self.feed.choices = [SelectChoice(kind, words) for kind, words in FEEDS.items()] + [
            SelectChoice(str(one.id), _("%(code)s: the groups in which our experts sit", code=one.code))
            for one in associations
        ]
        self.groups.choices = [SelectChoice(group.slug, translated(group.names)) for group in groups]
        self.language.choices = [SelectChoice(code, name) for code, name in language_names()]
        self.past.choices = [SelectChoice(days, words) for days, words in PAST.items()]
        self.alarm.choices = [SelectChoice("", _("Not by this calendar"))] + [
            SelectChoice(alarm, words) for alarm, words in ALARMS.items()
        ]

    @property
    def kind(self) -> FeedKind:
        """The kind of feed chosen."""
        return FeedKind.ASSOCIATION if self.feed.data.isdecimal() else FeedKind(self.feed.data)

    @property
    def association_id(self) -> int | None:
        """Whose feed, if it is an association's."""
        return int(self.feed.data) if self.feed.data.isdecimal() else None

    def choice(self) -> Choice:
        """How it is to be."""
        return Choice(
            language=self.language.data,
            groups=tuple(sorted(self.groups.data or ())) if self.kind != FeedKind.ASSOCIATION else (),
            past=self.past.data,
            cancelled=self.cancelled.data,
            declined=self.declined.data or self.kind not in ANSWERED_KINDS,
            alarm=Alarm(self.alarm.data) if self.alarm.data else None,
        )
