"""Meetings on other people's pages: what an address asks for, and the code that shows it.

What is shown is for everybody and may lie in any cache: nothing here depends on who asks, nor on their language.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.calendars.choice import NotOffered, Offer, choice_of
from app.core import zones
from app.core.links import absolute
from app.groups import queries as groups
from app.groups.rules import Visibility
from app.meetings import queries as meetings
from app.meetings.models import Meeting
from app.meetings.presentation import place_of_meeting, status_word
from app.meetings.rules import Precision, Status
from app.meetings.times import when_of
from app.pages.calendars.choosing import Chosen
from app.pages.calendars.preview import public_groups_of
from app.people.viewer import Visitor

USUAL, MOST = 5, 30
"""Meetings that are shown, unless and at most."""
OFFER = Offer(kinds=False, groups=True)


class Unknown(LookupError):
    """There is no such group or community, or it is not public."""


@dataclass(frozen=True)
class Wanted:
    """What an address asks for."""

    language: str
    groups: tuple[str, ...] = ()
    community: str | None = None
    number: int = USUAL


@dataclass(frozen=True)
class Shown:
    """A meeting as a stranger's page shows it."""

    url: str
    title: str
    when: str
    """In the time of its own zone, whose name stands beside it."""
    datetime: str
    """The same for machines."""
    place: str | None
    groups: str
    status: str
    status_label: str | None


def wanted_of(query: str, languages: Collection[str], default_language: str) -> Wanted:
    """What a query asks for. Raises NotOffered, in words for who builds a page."""
    rest: list[tuple[str, str]] = []
    own: dict[str, str] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in ("community", "number") and name not in own:
            own[name] = value
        else:
            rest.append((name, value))
    try:
        choice = choice_of(urlencode(rest), OFFER, languages, default_language)
    except NotOffered as refused:
        raise NotOffered(f"{refused} Besides, this one takes community= and number=.") from None
    if choice.groups and "community" in own:
        raise NotOffered("Give groups= or community=, not both.")
    return Wanted(choice.language, choice.groups, own.get("community"), _number(own.get("number", str(USUAL))))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MOST):
        raise NotOffered(f"number= takes 1 to {MOST}.")
    return int(text)


def shown_for(wanted: Wanted) -> list[Shown]:
    """The next public meetings. Raises Unknown."""
    found = meetings.upcoming(Visitor(), group_ids=_group_ids(wanted), limit=wanted.number)
    return [_shown(meeting, wanted.language) for meeting in found]


def _group_ids(wanted: Wanted) -> Sequence[int] | None:
    if wanted.community is not None:
        community = groups.community_at(wanted.community)
        if community is None:
            raise Unknown
        return [group.id for group in community.groups if group.visibility == Visibility.PUBLIC]
    if not wanted.groups:
        return None
    known = {group.slug: group.id for group in groups.groups() if group.visibility == Visibility.PUBLIC}
    return [known.get(slug) or _renamed(slug) for slug in wanted.groups]


def _renamed(slug: str) -> int:
    """A page built years ago may know a group by an old name."""
    group = groups.group_at(slug)
    if group is None or group.visibility != Visibility.PUBLIC:
        raise Unknown
    return group.id


def _shown(meeting: Meeting, language: str) -> Shown:
    status = Status(meeting.status)
    return Shown(
        url=absolute("pages.meeting", reference=meeting.reference, lang=language),
        title=meeting.title,
        when=when_of(meeting.said, None),
        datetime=_for_machines(meeting),
        place=place_of_meeting(meeting.said),
        groups=public_groups_of(meeting),
        status=status.lower(),
        status_label=None if status is Status.CONFIRMED else status_word(status),
    )


def _for_machines(meeting: Meeting) -> str:
    """As precise as is known: the minute with its offset, the day, or the month."""
    if meeting.precision == Precision.MONTH:
        return meeting.starts_local.strftime("%Y-%m")
    if meeting.precision == Precision.DAYS:
        return meeting.starts_local.strftime("%Y-%m-%d")
    return meeting.starts_local.replace(tzinfo=zones.zone(meeting.time_zone)).isoformat(timespec="minutes")


@dataclass(frozen=True)
class Code:
    """What one copies into a page of one's own."""

    page: str
    """The address of the page that is framed."""
    fragment: str
    """The address of the list alone."""
    frame: str
    """The markup of the frame."""
    title: str
    path: str
    """The page's address on this host, for its preview."""


def code_of(chosen: Chosen) -> Code:
    """The code for a calendar's groups, in its language."""
    query: dict[str, str] = {}
    if chosen.community is not None:
        query["community"] = chosen.community.slug
    elif chosen.groups:
        query["groups"] = ",".join(group.slug for group in chosen.groups)
    query |= {"lang": chosen.choice.language, "number": str(USUAL)}
    asked = urlencode(query, safe=",")
    page = f"{absolute('pages.embedded_meetings')}?{asked}"
    title = _("Next meetings: %(groups)s", groups=chosen.name)
    frame = Markup('<iframe src="{}" title="{}" loading="lazy" width="100%" height="480"></iframe>').format(page, title)
    return Code(
        page=page,
        fragment=f"{absolute('pages.embedded_list')}?{asked}",
        frame=str(frame),
        title=title,
        path=f"{url_for('pages.embedded_meetings')}?{asked}",
    )
