"""Whom a time loses and why, in words, as far as the viewer may know."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.availability import holiday_words
from app.availability.gathering import Crowd
from app.availability.slots import Losses, Wish, seconds
from app.availability.words import WISHES
from app.core import zones
from app.core.dates import hour, place_of
from app.core.db import db
from app.core.i18n import translated
from app.meetings.models import Meeting

NAMED = 8
"""How many people of one reason are named."""


@dataclass(frozen=True)
class Reason:
    """One line: whom a time loses and why, or what speaks for it. `shape`: see components/icons.html."""

    text: str
    shape: str = "info"
    url: str | None = None
    """The page of the meeting or poll that is meant, if one is."""

    @property
    def against(self) -> bool:
        """Whether it speaks against the time; days that are only marked, or wanted, do not."""
        return self.shape in ("stopped", "waiting")


def titles(crowds: Iterable[tuple[Crowd, Losses, tuple[datetime, datetime]]]) -> Mapping[int, Meeting]:
    """The meetings that the viewer may know of and that take somebody away, in one statement."""
    ids = {
        meeting_id
        for crowd, lost, (begins, ends) in crowds
        for meeting_id in crowd.sorted_out(lost, (seconds(begins), seconds(ends)))[0]
    }
    if not ids:
        return {}
    found = db.session.scalars(select(Meeting).where(Meeting.id.in_(ids)).options(joinedload(Meeting.group)))
    return {meeting.id: meeting for meeting in found}


def reasons(
    crowd: Crowd, lost: Losses, starts_at: datetime, ends_at: datetime, known: Mapping[int, Meeting]
) -> list[Reason]:
    """All that speaks against a time, what weighs most first. `known`: what `titles` found."""
    meetings, elsewhere = crowd.sorted_out(lost, (seconds(starts_at), seconds(ends_at)))
    return [
        *(_at_meeting(crowd, known[meeting_id], keys) for meeting_id, keys in meetings.items()),
        *_elsewhere(crowd, elsewhere),
        *_holidays(crowd, lost),
        *(
            Reason(purpose.said(len(keys)) + _needed(crowd, keys), "waiting", purpose.url)
            for purpose, keys in crowd.kept_for(lost, (seconds(starts_at), seconds(ends_at)))
        ),
        *(_unsociable(crowd, zone, keys, starts_at, ends_at) for zone, keys in lost.unsociable),
        *_marked(crowd, lost.marked),
    ]


def _at_meeting(crowd: Crowd, meeting: Meeting, keys: Sequence[int]) -> Reason:
    text = _(
        "At “%(title)s” (%(group)s): %(names)s",
        title=meeting.title,
        group=translated(meeting.group.names),
        names=_names(crowd, keys),
    )
    return Reason(text + _needed(crowd, keys), "stopped", url_for("pages.meeting", reference=meeting.reference))


def _elsewhere(crowd: Crowd, keys: Sequence[int]) -> list[Reason]:
    """Nobody learns who, or why: an absence, a calendar, a meeting and a date poll of others look all the same."""
    if not keys:
        return []
    text = ngettext("%(num)d member is taken elsewhere", "%(num)d members are taken elsewhere", len(keys))
    return [Reason(text + _needed(crowd, keys), "stopped")]


def _holidays(crowd: Crowd, lost: Losses) -> list[Reason]:
    """A line for each day, however many countries keep it."""
    return [Reason(text + _needed(crowd, keys), "waiting") for text, keys in holiday_words.lines(lost.holidays)]


def _unsociable(crowd: Crowd, zone: str, keys: Sequence[int], starts_at: datetime, ends_at: datetime) -> Reason:
    span = f"{hour(zones.to_local(starts_at, zone))}–{hour(zones.to_local(ends_at, zone))}"
    text = ngettext(
        "%(span)s in %(place)s: an unsociable hour for %(num)d member",
        "%(span)s in %(place)s: an unsociable hour for %(num)d members",
        len(keys),
        span=span,
        place=place_of(zone),
    )
    return Reason(text + _needed(crowd, keys), "waiting")


def _marked(crowd: Crowd, keys: Iterable[int]) -> list[Reason]:
    found = []
    for key in keys:
        band = crowd.bands[key]
        word, shape = WISHES[Wish(band.wish)]
        name = translated(band.names)
        text = name if band.wish == Wish.NEUTRAL else f"{name} ({str(word).lower()})"
        found.append(Reason(text, shape))
    return found


def _names(crowd: Crowd, keys: Collection[int]) -> str:
    named = [crowd.names[key] for key in list(keys)[:NAMED]]
    more = len(keys) - len(named)
    if more:
        named.append(ngettext("%(num)d other", "%(num)d others", more))
    return ", ".join(named)


def _needed(crowd: Crowd, keys: Collection[int]) -> str:
    """How many of them must be there."""
    number = len(crowd.required.intersection(keys))
    if not number:
        return ""
    if number < len(keys):
        said = ngettext("%(num)d of them must be there", "%(num)d of them must be there", number)
    else:
        said = _("must be there") if number == 1 else _("all must be there")
    return f" – {said}"


def summary(crowd: Crowd, lost: Losses) -> str:
    """How many can come, in one line."""
    everybody = len(crowd.around.attendees)
    free = everybody - len(lost.taken)
    if free == everybody:
        return str(_("Everybody is free"))
    return str(
        ngettext("%(free)d of %(num)d person is free", "%(free)d of %(num)d people are free", everybody, free=free)
    )


def plan_parts(starts: datetime, ends: datetime, zone: str) -> dict[str, Any]:
    """What the form that plans a meeting is filled with, as parts of its address."""
    parts = {
        "starts_on": starts.date().isoformat(),
        "starts_time": hour(starts),
        "ends_time": hour(ends),
        "time_zone": zone,
    }
    if ends.date() != starts.date():
        parts["ends_on"] = ends.date().isoformat()
    return parts
