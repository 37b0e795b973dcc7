"""A meeting as a VEVENT: the same data give the same bytes, whenever and wherever they are made.

What only members may know is not read here: no join link, no names, no reason of a cancellation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.calendars import content
from app.calendars.build import build, digest
from app.core import zones
from app.core.i18n import translated
from app.core.links import absolute
from app.core.markdown import to_text
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting


@dataclass(frozen=True)
class Component:
    """A VEVENT and the zones (TZIDs) that it refers to."""

    content: bytes
    zones: tuple[str, ...]


def component_of(meeting: Meeting, language: str) -> Component:
    """The meeting for a calendar in that language."""
    config, page = settings(), absolute("pages.meeting", reference=meeting.reference)
    zone = _zone(meeting)
    lines = [
        content.text("UID", meeting.uid),
        content.line("DTSTAMP", content.utc(meeting.modified_at)),
        content.line("CREATED", content.utc(meeting.created_at)),
        content.line("LAST-MODIFIED", content.utc(meeting.modified_at)),
        content.line("SEQUENCE", str(meeting.sequence)),
        _time("DTSTART", meeting.starts_local, meeting.starts_at, zone),
        _time("DTEND", meeting.ends_local, meeting.ends_at, zone),
        content.text("SUMMARY", content.one_line(meeting.title)),
        content.text("DESCRIPTION", description_of(meeting, page)),
    ]
    if venue := content.one_line(meeting.venue):
        lines.append(content.text("LOCATION", venue))
    lines += [
        content.line("URL", content.address(page)),
        content.text("CATEGORIES", content.one_line(translated(meeting.group.names, language))),
        content.line("CLASS", "PUBLIC" if meeting.is_public else "PRIVATE"),
        content.line("STATUS", str(meeting.status)),
        content.line("TRANSP", "TRANSPARENT" if meeting.is_cancelled else "OPAQUE"),
        content.line("ORGANIZER", content.address(f"mailto:{config.support_address}"), {"CN": config.instance_name}),
    ]
    return Component(content.component("VEVENT", lines), (zone,) if zone else ())


def description_of(meeting: Meeting, page: str) -> str:
    """What the meeting is about as plain text, and the address of its page, which not every client shows as a link."""
    about = content.paragraphs(to_text(meeting.description))
    return f"{about}\n\n{page}" if about else page


def stamp(group: WorkingGroup, language: str) -> str:
    """What a component of this group depends on besides its meeting."""
    return digest(build(), translated(group.names, language))


def _zone(meeting: Meeting) -> str | None:
    """The TZID to use; None for what is planned in UTC, and for a zone that has left the IANA list."""
    if meeting.time_zone == "UTC":
        return None
    try:
        return str(zones.zone(meeting.time_zone))
    except zones.UnknownZone:
        return None


def _time(name: str, local: datetime, instant: datetime, zone: str | None) -> bytes:
    if zone is None:
        return content.line(name, content.utc(instant))
    return content.line(name, content.wall_clock(local), {"TZID": zone})
