"""A whole calendar from ready-made components: header, time zones, events. The same data give the same bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, cast, func, select
from sqlalchemy.orm import Session, joinedload

from app.calendars import content
from app.calendars.build import build
from app.calendars.colours import nearest
from app.calendars.components import Component, component_of, stamp
from app.calendars.models import Feed, MeetingComponent
from app.calendars.timezones import vtimezone
from app.core import version
from app.core.db import db
from app.core.i18n import force_locale, translated
from app.core.links import absolute
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.groups.queries import zone_of
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.models import Meeting
from app.meetings.rules import LOOK_BACK, Visibility

WINDOW = timedelta(days=400)
"""How long a feed keeps what is over."""
REFRESH = "PT1H"
CHUNK = 500


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
    source: str | None = None
    """The address it can be subscribed at; None where there is none."""


@dataclass(frozen=True)
class Assembly:
    """A feed as it stood at one version."""

    target_id: int
    variant: str
    version: int
    build: str
    stale_at: datetime | None
    body: bytes
    made: Sequence[dict[str, Any]]
    """Rows of components that were missing, or of another build."""

    @cached_property
    def etag(self) -> str:
        """A digest of the body."""
        return hashlib.sha256(self.body).hexdigest()[:32]


def calendar(header: Header, components: Sequence[bytes], zones: Iterable[str]) -> bytes:
    """A VCALENDAR of these VEVENTs, with the VTIMEZONEs that they refer to."""
    lines = [
        content.line("VERSION", "2.0"),
        content.text("PRODID", f"-//Roundtable//Roundtable {version.VERSION}//EN"),
        content.line("CALSCALE", "GREGORIAN"),
        content.line("METHOD", "PUBLISH"),
        content.text("NAME", header.name),
        content.text("X-WR-CALNAME", header.name),
        content.text("DESCRIPTION", header.about),
        content.text("X-WR-CALDESC", header.about),
        content.line("COLOR", nearest(header.colour)),
        content.line("X-APPLE-CALENDAR-COLOR", header.colour),
        content.line("URL", content.address(header.url)),
    ]
    if header.source:
        lines += [
            content.line("SOURCE", content.address(header.source), {"VALUE": "URI"}),
            content.line("REFRESH-INTERVAL", REFRESH, {"VALUE": "DURATION"}),
            content.line("X-PUBLISHED-TTL", REFRESH),
        ]
    lines.append(content.text("X-WR-TIMEZONE", header.zone))
    used = sorted(zones) if components else [header.zone]
    return content.component("VCALENDAR", [*lines, *map(vtimezone, used), *components])


@contextmanager
def snapshot() -> Iterator[Session]:
    """Reads that all see the database as it was at one moment, apart from the request's own session."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with Session(bind=connection) as session:
            yield session


def group_feed(group_id: int, language: str, now: datetime) -> Assembly | None:
    """A group's public feed in a language, from one snapshot; None where there is no group that everybody finds."""
    with snapshot() as session:
        group = session.get(WorkingGroup, group_id, options=[joinedload(WorkingGroup.community)])
        if group is None or group.visibility != GroupVisibility.PUBLIC:
            return None
        known = session.scalar(select(Feed.version).where(Feed.kind == "group", Feed.target_id == group_id))
        current = stamp(group, language)
        since = now - WINDOW
        rows = session.execute(_components(group_id, language, since)).all()
        missing = [meeting_id for meeting_id, _content, _zones, stamped in rows if stamped != current]
        fresh = dict(_make(session, missing, language))
        first_end = session.scalar(select(func.min(Meeting.ends_at)).where(*_shown(group_id, since)))
        events, zones = [], set[str]()
        for meeting_id, stored, spelled, _stamp in rows:
            made = fresh.get(meeting_id)
            events.append(made.content if made else bytes(stored))
            zones.add(json.dumps(made.zones) if made else spelled)
        return Assembly(
            target_id=group_id,
            variant=variant_of(language),
            version=known or 0,
            build=build(),
            stale_at=first_end + WINDOW if first_end else None,
            body=calendar(
                header_of(group, language), events, {name for spelled in zones for name in json.loads(spelled)}
            ),
            made=[component_row(key, language, made, current) for key, made in fresh.items()],
        )


def header_of(group: WorkingGroup, language: str) -> Header:
    """What a group's feed says of itself."""
    config, name = settings(), content.one_line(translated(group.names, language))
    with force_locale(language):
        about = _("Public meetings of %(group)s, published by %(instance)s.", group=name, instance=config.instance_name)
    return Header(
        name=name,
        about=content.one_line(str(about)),
        url=absolute("pages.group", slug=group.slug),
        colour=group.community.colour_light,
        zone=zone_of(group),
        source=feed_address(group, language),
    )


def header_of_meeting(meeting: Meeting, language: str) -> Header:
    """What the file of a single meeting says of itself."""
    group = meeting.group
    return Header(
        name=content.one_line(meeting.title),
        about=content.one_line(translated(group.names, language)),
        url=absolute("pages.meeting", reference=meeting.reference),
        colour=group.community.colour_light,
        zone=zone_of(group),
    )


def feed_address(group: WorkingGroup, language: str) -> str:
    """Where a group's feed can be subscribed to; the installation's own language goes without saying."""
    query = {} if language == settings().default_language else {"lang": language}
    return absolute("calendars.group_calendar", slug=group.slug, **query)


def variant_of(language: str) -> str:
    """A feed's parameters in canonical form."""
    return f"lang={language}"


def component_row(meeting_id: int, language: str, component: Component, stamped: str) -> dict[str, Any]:
    """The columns of a stored component."""
    return {
        "meeting_id": meeting_id,
        "language": language,
        "content": component.content,
        "zones": list(component.zones),
        "stamp": stamped,
    }


def _shown(group_id: int, since: datetime) -> list[ColumnElement[bool]]:
    """The condition that a meeting stands in a group's public feed: it was not over at `since`."""
    return [
        Meeting.group_id == group_id,
        Meeting.visibility == Visibility.PUBLIC,
        Meeting.starts_at > since - LOOK_BACK,
        Meeting.ends_at > since,
    ]


def _components(group_id: int, language: str, since: datetime) -> Select[int, bytes, str, str]:
    """(meeting's id, content, zones as JSON, stamp) in the order of the feed; None for a missing component."""
    own = (MeetingComponent.meeting_id == Meeting.id) & (MeetingComponent.language == language)
    return (
        select(Meeting.id, MeetingComponent.content, cast(MeetingComponent.zones, String), MeetingComponent.stamp)
        .outerjoin(MeetingComponent, own)
        .where(*_shown(group_id, since))
        .order_by(Meeting.starts_at, Meeting.uid)
    )


def _make(session: Session, meeting_ids: Sequence[int], language: str) -> Iterator[tuple[int, Component]]:
    for start in range(0, len(meeting_ids), CHUNK):
        found = select(Meeting).where(Meeting.id.in_(meeting_ids[start : start + CHUNK]))
        for meeting in session.scalars(found.options(joinedload(Meeting.group))):
            yield meeting.id, component_of(meeting, language)
