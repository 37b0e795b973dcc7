"""A meeting's page; of a date that its series has no longer, the way to the series."""

from __future__ import annotations

from typing import NamedTuple

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import clock
from app.core.dates import day
from app.core.errors import Text
from app.core.i18n import translated
from app.core.policy import current_viewer, guard
from app.meetings import policy, queries
from app.meetings.company_words import who_meets
from app.meetings.models import DroppedDate, Meeting, MeetingSeries
from app.meetings.presentation import details
from app.meetings.rules import Precision, Visibility
from app.meetings.words import rhythm_of
from app.pages.blueprint import bp
from app.people.viewer import Viewer
from app.proceedings import policy as answers_policy
from app.proceedings import queries as answers
from app.proceedings.queries import Some
from app.proceedings.rules import Partstat, is_asked
from app.proceedings.words import NOTHING_YET, THEY_SAID


class Coming(NamedTuple):
    """What the viewer may know and say of who comes."""

    may_answer: bool
    said: Partstat | None
    """The viewer's own answer."""
    before: Partstat | None
    """What it was to another time; None once they have answered again."""
    names: bool
    """Whether the viewer reads who said what."""
    turnout: list[tuple[Text, Some]]
    """What is said of them, and who they are."""


def _coming(viewer: Viewer, found: Meeting) -> Coming | None:
    """None for whom it does not concern, and where nobody is asked and nobody has answered."""
    concerned, names = answers_policy.answer(viewer, found), answers_policy.see_names(viewer, found)
    if not (concerned or names) or found.is_cancelled or found.precision == Precision.MONTH:
        return None
    asked = is_asked(found, clock.now())
    own = answers.own(found, viewer.person_id) if concerned else None
    said = Partstat(own.partstat) if own else None
    holds = own is not None and own.holds
    turnout = answers.turnout(found, answers_policy.named_groups(viewer, found) if names else (), over=not asked)
    told = [(THEY_SAID[partstat], people) for partstat, people in turnout.said.items()]
    if asked:
        told.append((NOTHING_YET, turnout.silent))
    elif not any(len(people) for _said, people in told):
        return None
    return Coming(concerned and asked, said if holds else None, None if holds else said, names, told)


class SeriesOfDate(NamedTuple):
    """The series that a date belongs to."""

    reference: str
    rhythm: str
    """How it repeats, in words; "" where that may tell of dates of few."""


def _series(found: MeetingSeries) -> SeriesOfDate:
    few = any(Visibility(part.visibility).is_of_few for part in found.parts)
    return SeriesOfDate(found.reference, rhythm_of(found, all_known=not few))


def _at(reference: str) -> Meeting | DroppedDate | None:
    return queries.meeting_at(reference) or queries.dropped_at(reference)


def _see(viewer: Viewer, found: Meeting | DroppedDate) -> bool:
    return policy.see(viewer, found) if isinstance(found, Meeting) else policy.see_series(viewer, found.series)


@bp.get("/meetings/<reference>")
@guard(_see, of=_at, sees=_see)
def meeting(found: Meeting | DroppedDate) -> ResponseReturnValue:
    """One meeting. What is for members only is not there for others."""
    viewer = current_viewer()
    if isinstance(found, DroppedDate):
        flash(_("The date of %(day)s is no longer part of this series.", day=day(found.starts_local)), "info")
        return redirect(url_for("meetings.series", reference=found.series.reference))
    return render_template(
        "pages/meeting.html",
        meeting=found,
        details=details(found, viewer.time_zone, with_join_link=policy.see_join_link(viewer, found)),
        group_name=translated(found.group.names),
        community=found.group.community,
        who=who_meets(viewer, found),
        coming=_coming(viewer, found),
        may_edit=policy.edit(viewer, found),
        may_edit_following=found.series is not None and policy.edit_following(viewer, found),
        is_over=found.ends_at < clock.now(),
        series=_series(found.series) if found.series else None,
    )
