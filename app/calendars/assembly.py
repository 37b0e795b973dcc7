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
from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session, joinedload

from app.calendars import content
from app.calendars.build import build
from app.calendars.colours import nearest
from app.calendars.components import Component, stamp
from app.calendars.models import CalendarComponent, Feed
from app.calendars.sources import SOURCES, Source
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
        alone = stamp([group], language)
        since = now - WINDOW
        events, zones, all_made, ends = [], set[str](), list[dict[str, Any]](), list[datetime]()
        for source in SOURCES:
            rows = session.execute(_components(source, group_id, language, since)).all()
            joint = source.joint(session, group_id, since) if rows else {}
            others = {key: stamp(groups, language) for key, groups in joint.items()}
            missing = [row[0] for row in rows if row[3] != others.get(row[0], alone)]
            fresh = dict(_make(session, source, missing, language))
            for target_id, stored, spelled, _stamp in rows:
                made = fresh.get(target_id)
                events.append(made.content if made else bytes(stored))
                zones.add(json.dumps(made.zones) if made else spelled)
            all_made += [
                component_row(source, key, language, made, others.get(key, alone)) for key, made in fresh.items()
            ]
            if rows and (first_end := source.first_end(session, group_id, since)):
                ends.append(first_end)
        return Assembly(
            target_id=group_id,
            variant=variant_of(language),
            version=known or 0,
            build=build(),
            stale_at=min(ends) + WINDOW if ends else None,
            body=calendar(
                header_of(group, language), events, {name for spelled in zones for name in json.loads(spelled)}
            ),
            made=all_made,
        )


def header_of(group: WorkingGroup, language: str) -> Header:
    """What a group's feed says of itself."""
    config, name = settings(), content.one_line(translated(group.names, language))
    with force_locale(language):
        about = _(
            "Public meetings and deadlines of %(group)s, published by %(instance)s.",
            group=name,
            instance=config.instance_name,
        )
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


def component_row(source: Source, target_id: int, language: str, component: Component, stamped: str) -> dict[str, Any]:
    """The columns of a stored component."""
    return {
        "kind": source.kind,
        "target_id": target_id,
        "language": language,
        "content": component.content,
        "zones": list(component.zones),
        "stamp": stamped,
    }


def _components(source: Source, group_id: int, language: str, since: datetime) -> Select[int, bytes, str, str]:
    """(id, content, zones as JSON, stamp) in the order of the feed; None for a missing component."""
    model, stored = source.model, CalendarComponent
    own = (stored.kind == source.kind) & (stored.target_id == model.id) & (stored.language == language)
    return (
        select(model.id, stored.content, cast(stored.zones, String), stored.stamp)
        .outerjoin(stored, own)
        .where(*source.shown(group_id, since))
        .order_by(*source.order)
    )


def _make(
    session: Session, source: Source, target_ids: Sequence[int], language: str
) -> Iterator[tuple[int, Component]]:
    for start in range(0, len(target_ids), CHUNK):
        found = select(source.model).where(source.model.id.in_(target_ids[start : start + CHUNK]))
        for item in session.scalars(found.options(*source.loading)):
            yield item.id, source.component_of(item, language)
