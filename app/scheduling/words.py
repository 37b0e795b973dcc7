"""Date polls in the words that people read, in the language in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core import dates, zones
from app.core.errors import Text
from app.core.i18n import translated
from app.people.models import Person
from app.scheduling.models import Poll, PollOption, PollVote
from app.scheduling.rules import Answer, Standing, Tally

STANDINGS: dict[Standing, tuple[Text, str]] = {
    Standing.OPEN: (_l("Open"), "info"),
    Standing.TO_DECIDE: (_l("To decide"), "waiting"),
    Standing.CLOSED: (_l("Decided"), "ok"),
    Standing.CANCELLED: (_l("Called off"), "stopped"),
}
"""The word for where a poll stands and the shape beside it (components/icons.html)."""
ANSWERS: dict[Answer, tuple[Text, str]] = {
    Answer.YES: (_l("Yes"), "ok"),
    Answer.IF_NEED_BE: (_l("If need be"), "waiting"),
    Answer.NO: (_l("No"), "stopped"),
}
NOT_NOW: dict[Standing, Text] = {
    Standing.OPEN: _l("This poll is open."),
    Standing.TO_DECIDE: _l("The time to answer this poll is over."),
    Standing.CLOSED: _l("This poll is decided: its meeting is planned."),
    Standing.CANCELLED: _l("This poll was called off."),
}
"""Why something can no longer, or not yet, be done with a poll."""
SILENCE = (_l("No answer"), "draft")
"""In place of an answer."""


def when_option(option: PollOption, zone: str | None) -> str:
    """When a date is, first by the clock of who reads."""
    return when(option.starts_local, option.ends_local, option.time_zone, zone)


def when(starts: datetime, ends: datetime, time_zone: str, zone: str | None) -> str:
    """A wall-clock span in words on one line, first by the clock of who reads."""
    return " · ".join(dates.span_lines(starts, ends, time_zone, zone))


def closing(poll: Poll, zone: str | None = None) -> str:
    """Until when one can answer, first by the clock of who reads where it is another."""
    planned = f"{dates.day(poll.closes_local)}, {dates.hour(poll.closes_local)} ({dates.place_of(poll.time_zone)})"
    if not zone or zone == poll.time_zone:
        return planned
    own = dates.instant(poll.closes_at, zone)
    return f"{own} · {planned}" if own != planned else planned


def length(minutes: int) -> str:
    """How long, as people say it: "45 minutes", "2 hours", "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, 60)
    said = []
    if hours:
        said.append(str(ngettext("%(num)d hour", "%(num)d hours", hours)))
    if rest or not hours:
        said.append(str(ngettext("%(num)d minute", "%(num)d minutes", rest)))
    return " ".join(said)


def kept_free(poll: Poll, number: int) -> str:
    """How many keep a date of an open poll free."""
    return str(
        ngettext(
            "%(num)d member keeps this time free for the date poll “%(title)s” (%(group)s)",
            "%(num)d members keep this time free for the date poll “%(title)s” (%(group)s)",
            number,
            title=poll.title,
            group=translated(poll.group.names),
        )
    )


def groups_asked(poll: Poll) -> str:
    """The names of the groups that are asked, the one that holds the poll first."""
    return ", ".join(translated(group.names) for group in (poll.group, *poll.further_groups))


def numbers(tally: Tally, names: Mapping[int, str]) -> str:
    """What was said to a date: "4 yes, 1 if need be, 2 no; cannot come: Anna Example"."""
    said = _("%(yes)d yes, %(maybe)d if need be, %(no)d no, %(open)d open", yes=len(tally.yes),
             maybe=len(tally.if_need_be), no=len(tally.no), open=len(tally.open))  # fmt: skip
    if not tally.lost:
        return str(said)
    lost = ", ".join(names[one] for one in sorted(tally.lost, key=names.__getitem__))
    return str(_("%(numbers)s; must be there and cannot: %(names)s", numbers=said, names=lost))


def how_answered(vote: PollVote) -> str | None:
    """Who gave an answer, where it was not the person: "by Anna Example for Ben Example"."""
    if not vote.by_another or vote.answered_by is None:
        return None
    return str(_("by %(actor)s for %(person)s", actor=vote.answered_by.display_name, person=vote.person.display_name))


def short_day(option: PollOption, zone: str | None) -> tuple[str, str]:
    """A date for the head of a table, by the clock of who reads: the day, and from when to when."""
    starts, ends = option.starts_local, option.ends_local
    if zone and zone != option.time_zone:
        starts, ends = zones.to_local(option.starts_at, zone), zones.to_local(option.ends_at, zone)
    return dates.day(starts), _hours(starts, ends)


def zone_of(person: Person, poll: Poll) -> str:
    """The zone that someone reads a poll in: their own, else the poll's."""
    return person.time_zone or poll.time_zone


def _hours(starts: datetime, ends: datetime) -> str:
    if starts.date() == ends.date():
        return f"{dates.hour(starts)}–{dates.hour(ends)}"
    return f"{dates.hour(starts)} – {dates.day(ends)}, {dates.hour(ends)}"
