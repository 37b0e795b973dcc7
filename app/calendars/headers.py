"""What calendars say of themselves: their names, colours and addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.calendars import content
from app.calendars.choice import Choice
from app.calendars.feeds import FeedKind
from app.core.addresses import slugify
from app.core.i18n import force_locale, translated
from app.core.links import absolute
from app.core.settings import settings
from app.groups.models import Community, WorkingGroup
from app.groups.queries import zone_of
from app.meetings.models import Meeting, MeetingSeries
from app.people.models import Association


@dataclass(frozen=True)
class Header:
    """What a calendar says of itself."""

    name: str
    about: str
    url: str
    colour: str
    """#rrggbb"""
    zone: str
    """The zone of who reads it without one of their own; kept in an empty calendar."""
    filename: str
    """Without its ending."""
    source: str | None = None
    """The address it can be subscribed at by anyone; None where it is secret, or there is none."""
    refreshes: bool = True
    """Whether it is subscribed to."""


COLOUR = "#1f5f99"
"""Of calendars of several communities."""


def of_group(group: WorkingGroup, choice: Choice) -> Header:
    """A group's feed."""
    name = content.one_line(translated(group.names, choice.language))
    with force_locale(choice.language):
        about = _(
            "Public meetings and deadlines of %(group)s, published by %(instance)s.",
            group=name,
            instance=settings().instance_name,
        )
    return Header(
        name=name,
        about=content.one_line(str(about)),
        url=absolute("pages.group", slug=group.slug),
        colour=group.community.colour_light,
        zone=zone_of(group),
        filename=group.slug,
        source=address("calendars.group_calendar", choice, slug=group.slug),
    )


def of_community(community: Community, choice: Choice) -> Header:
    """The feed of a community's groups."""
    name = content.one_line(translated(community.names, choice.language))
    with force_locale(choice.language):
        about = _(
            "Public meetings and deadlines of the groups of %(community)s, published by %(instance)s.",
            community=name,
            instance=settings().instance_name,
        )
    return Header(
        name=name,
        about=content.one_line(str(about)),
        url=absolute("pages.community", slug=community.slug),
        colour=community.colour_light,
        zone=settings().default_time_zone,
        filename=community.slug,
        source=address("calendars.community_calendar", choice, slug=community.slug),
    )


def of_all(choice: Choice) -> Header:
    """The feed of all groups."""
    instance = content.one_line(settings().instance_name)
    with force_locale(choice.language):
        about = _("Public meetings and deadlines of all groups, published by %(instance)s.", instance=instance)
    return Header(
        name=instance,
        about=content.one_line(str(about)),
        url=absolute("pages.home"),
        colour=COLOUR,
        zone=settings().default_time_zone,
        filename=slugify(instance) or "calendar",
        source=address("calendars.all_calendar", choice),
    )


def of_meeting(meeting: Meeting, choice: Choice, *, subscribed: bool = True) -> Header:
    """The calendar of a single meeting."""
    return Header(
        name=content.one_line(meeting.title),
        about=content.one_line(translated(meeting.group.names, choice.language)),
        url=absolute("pages.meeting", reference=meeting.reference),
        colour=meeting.group.community.colour_light,
        zone=zone_of(meeting.group),
        filename=slugify(meeting.title) or meeting.reference,
        source=address("calendars.meeting_calendar", choice, reference=meeting.reference) if subscribed else None,
        refreshes=subscribed,
    )


def of_series(series: MeetingSeries, choice: Choice) -> Header:
    """The calendar of a single series; called as its latest public date is."""
    title = next(meeting.title for meeting in reversed(series.meetings) if meeting.is_public)
    return Header(
        name=content.one_line(title),
        about=content.one_line(translated(series.group.names, choice.language)),
        url=absolute("meetings.series", reference=series.reference),
        colour=series.group.community.colour_light,
        zone=zone_of(series.group),
        filename=slugify(title) or series.reference,
        source=address("calendars.series_calendar", choice, reference=series.reference),
    )


def of_person(kind: FeedKind, choice: Choice) -> Header:
    """A personal feed: nothing in it says whose."""
    config = settings()
    with force_locale(choice.language):
        names = {
            FeedKind.MINE: (_("My groups"), _("The meetings and deadlines of your groups, as members see them.")),
            FeedKind.EXPECTED: (_("My meetings"), _("The meetings that you are expected at.")),
            FeedKind.DEADLINES: (_("My deadlines"), _("The milestones and deadlines of your groups.")),
        }
        name, about = map(str, names[kind])
    return Header(
        name=f"{name} – {content.one_line(config.instance_name)}",
        about=content.one_line(about),
        url=absolute("calendars.feeds"),
        colour=COLOUR,
        zone=config.default_time_zone,
        filename=str(kind),
    )


def of_association(association: Association, choice: Choice) -> Header:
    """The feed for those who speak for an association."""
    config = settings()
    with force_locale(choice.language):
        about = _("Public meetings and deadlines of the groups in which %(code)s has members.", code=association.code)
    return Header(
        name=f"{association.code} – {content.one_line(config.instance_name)}",
        about=content.one_line(str(about)),
        url=absolute("calendars.feeds"),
        colour=COLOUR,
        zone=config.default_time_zone,
        filename=association.code.lower(),
    )


def address(endpoint: str, choice: Choice, **parts: Any) -> str:
    """Where a public feed can be subscribed to, by the shortest address that gives this choice."""
    query = choice.query(settings().default_language)
    return absolute(endpoint, **parts) + (f"?{query}" if query else "")
