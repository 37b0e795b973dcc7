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

from sqlalchemy import Select, String, cast, select
from sqlalchemy.orm import Session

from app.calendars import basis, content
from app.calendars.build import build
from app.calendars.choice import Choice, Kind
from app.calendars.colours import nearest
from app.calendars.components import Component, stamp
from app.calendars.feeds import ANSWERED_KINDS, FeedKey
from app.calendars.finishing import Finisher
from app.calendars.forms import Form
from app.calendars.headers import Header
from app.calendars.models import CalendarComponent, Feed
from app.calendars.scopes import Scope
from app.calendars.sources import MEETINGS, MILESTONES, PARTS, Source
from app.calendars.subjects import subject_of
from app.calendars.timezones import vtimezone
from app.core import version
from app.core.db import db
from app.core.settings import settings
from app.core.zones import UnknownZone, zone
from app.groups.models import WorkingGroup
from app.proceedings import queries as proceedings

REFRESH = "PT1H"
CHUNK = 500
_OF_KIND = {Kind.MEETING: (PARTS, MEETINGS), Kind.DEADLINE: (MILESTONES,)}


@dataclass(frozen=True)
class Assembly:
    """A feed as it stood at one version."""

    key: FeedKey
    variant: str
    version: int
    basis: str | None
    build: str
    stale_at: datetime | None
    filename: str
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
        lines.append(content.line("SOURCE", content.address(header.source), {"VALUE": "URI"}))
    if header.refreshes:
        lines += [
            content.line("REFRESH-INTERVAL", REFRESH, {"VALUE": "DURATION"}),
            content.line("X-PUBLISHED-TTL", REFRESH),
        ]
    lines.append(content.text("X-WR-TIMEZONE", header.zone))
    used = sorted(zones) if any(components) else [known_zone(header.zone)]
    return content.component("VCALENDAR", [*lines, *map(vtimezone, used), *components])


def known_zone(name: str) -> str:
    """The zone, or the installation's where it has left the IANA list."""
    try:
        return str(zone(name))
    except UnknownZone:
        return settings().default_time_zone


@contextmanager
def snapshot() -> Iterator[Session]:
    """Reads that all see the database as it was at one moment, apart from the request's own session."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("SET LOCAL work_mem = '32MB'")  # puts the largest feeds in order without a file
        with Session(bind=connection) as session:
            yield session


def assemble(key: FeedKey, choice: Choice, now: datetime) -> Assembly | None:
    """A feed as its readers chose it, from one snapshot; None where there is none that they may know of.

    What it follows from is read first: what changes meanwhile makes the next poll assemble it again. Raises NotOffered
    for groups that it does not have.
    """
    with snapshot() as session:
        known = session.scalar(select(Feed.version).where(Feed.kind == key.kind, Feed.target_id == key.target_id))
        follows = basis.of(session, key) if key.kind.is_personal else None
        subject = subject_of(session, key, choice)
        if subject is None:
            return None
        since = now - timedelta(days=choice.past)
        said = list(proceedings.said(session, key.target_id, since)) if key.kind in ANSWERED_KINDS else []
        finisher = Finisher(session, choice, subject.scope.form, now, said)
        gathered = _Gathered(session, subject.scope, choice, since, now, finisher)
        for source in (source for kind in Kind if kind in choice.kinds for source in _OF_KIND[kind]):
            gathered.add(source)
        return Assembly(
            key=key,
            variant=choice.variant,
            version=known or 0,
            basis=follows,
            build=build(),
            stale_at=min(gathered.ages, default=None),
            filename=subject.header.filename,
            body=calendar(subject.header, gathered.events, gathered.zones | finisher.zones),
            made=gathered.made,
        )


class _Gathered:
    """The events of a feed, as far as they have been read."""

    def __init__(
        self, session: Session, scope: Scope, choice: Choice, since: datetime, now: datetime, finisher: Finisher
    ) -> None:
        self.session, self.choice, self.since, self.now, self.finisher = session, choice, since, now, finisher
        self.scope = scope.looked_up(session, since)
        self.events: list[bytes] = []
        self.zones: set[str] = set()
        self.made: list[dict[str, Any]] = []
        self.ages: list[datetime] = []

    def add(self, source: Source) -> None:
        """Those of one source: stored ones as they are, the others made. By columns, as there may be thousands."""
        form, language = source.form_of(self.scope.form), self.choice.language
        where = (self.session, self.scope, self.since, self.now)
        rows = self.session.connection().execute(_components(source, form, language, *where[1:])).all()
        if not rows:
            return
        ids, hosts, bodies, spelled, stamps, ends = zip(*rows, strict=True)
        alone = self._stamps(set(hosts))
        wanted = dict(zip(ids, map(alone.__getitem__, hosts), strict=True))
        wanted |= {key: stamp(named, language) for key, named in source.joint(*where).items() if key in wanted}
        contents = dict(zip(ids, bodies, strict=True))
        missing = [
            key
            for key, known, end in zip(ids, stamps, ends, strict=True)
            if known != wanted[key] or is_over(end, self.now)
        ]
        fresh = dict(self._make(source, missing, form))
        for key, made in fresh.items():
            contents[key] = made.content.decode()
            self.made.append(component_row(source, key, language, form, made, wanted[key]))
        self.events += self.finisher.events(source, contents)
        kept = [(names, end) for key, names, end in zip(ids, spelled, ends, strict=True) if key not in fresh]
        self.zones.update(name for names in {names for names, _end in kept} for name in json.loads(names))
        self.zones.update(name for made in fresh.values() for name in made.zones)
        self.ages += [end for _names, end in kept if end]
        self.ages += [made.stale_at for made in fresh.values() if made.stale_at]
        first = source.over_at(*where)
        if first is not None:
            self.ages.append(first + (self.now - self.since))

    def _stamps(self, group_ids: set[int]) -> dict[int, str]:
        """{group id: the stamp of what names that group alone}."""
        groups = self.session.scalars(select(WorkingGroup).where(WorkingGroup.id.in_(group_ids)))
        return {group.id: stamp([group], self.choice.language) for group in groups}

    def _make(self, source: Source, target_ids: Sequence[int], form: Form) -> Iterator[tuple[int, Component]]:
        for start in range(0, len(target_ids), CHUNK):
            found = select(source.model).where(source.model.id.in_(target_ids[start : start + CHUNK]))
            for item in self.session.scalars(found.options(*source.loading)):
                yield item.id, source.component_of(item, self.choice.language, form, self.now)


def component_row(
    source: Source, target_id: int, language: str, form: Form, component: Component, stamped: str
) -> dict[str, Any]:
    """The columns of a stored component."""
    return {
        "kind": source.kind,
        "target_id": target_id,
        "language": language,
        "form": form.key,
        "content": component.content.decode(),
        "zones": list(component.zones),
        "stamp": stamped,
        "stale_at": component.stale_at,
    }


def is_over(moment: datetime | None, now: datetime) -> bool:
    """Whether what holds until a moment, or for ever, holds no longer."""
    return moment is not None and moment <= now


def _components(
    source: Source, form: Form, language: str, scope: Scope, since: datetime, now: datetime
) -> Select[int, int, str, str, str, datetime]:
    """(id, host's id, content, zones as JSON, stamp, when it goes stale) in the order of the feed.

    None where a component is missing.
    """
    model, stored = source.model, CalendarComponent
    own = (
        (stored.kind == source.kind)
        & (stored.target_id == model.id)
        & (stored.language == language)
        & (stored.form == form.key)
    )
    found = select(
        model.id,
        source.host_id().label("group_id"),
        stored.content,
        cast(stored.zones, String).label("zones"),
        stored.stamp,
        stored.stale_at,
    )
    return source.joined(found).outerjoin(stored, own).where(*source.shown(scope, since, now)).order_by(*source.order)
