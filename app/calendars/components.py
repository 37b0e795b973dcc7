"""Meetings and series as VEVENTs: the same data give the same bytes, whenever and wherever they are made.

How to join is in the form for those inside alone; names and the reason of a cancellation are in none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from app.calendars import content
from app.calendars.build import build, digest
from app.calendars.forms import GROUP, Form
from app.core import zones
from app.core.i18n import force_locale, translated
from app.core.links import absolute
from app.core.markdown import to_text
from app.core.settings import settings
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility
from app.meetings.models import Meeting, SeriesPart
from app.meetings.rules import MeetingPlan, Mode, Precision, ShownAs, Status
from app.meetings.rules.pattern import days_of_rule
from app.meetings.rules.series import on
from app.meetings.words import languages

DAY = timedelta(days=1)
SHORTEST = timedelta(microseconds=1)
"""What ends at midnight ends on the day before."""
CANCELLED_STAYS = timedelta(days=30)
"""How long what was cancelled is shown as such, at least until its time is over."""


@dataclass(frozen=True)
class Component:
    """A VEVENT, or those of a series, and the zones (TZIDs) that they refer to."""

    content: bytes
    zones: tuple[str, ...]
    stale_at: datetime | None = None
    """When it says something else, or goes, although nothing was written."""


def gone_at(meeting: Meeting) -> datetime:
    """When a cancelled meeting goes from feeds: those who plan by them have had time to see it."""
    return max(meeting.ends_at, meeting.modified_at + CANCELLED_STAYS)


def component_of(meeting: Meeting, language: str, form: Form = GROUP) -> Component:
    """The meeting for a calendar in that language, by itself.

    A date of a rule has an UID of its own there, since programs drop an exception without its rule: in a calendar of
    that date alone; and where it is for few, when it is no part of the rule for anyone.
    """
    page = absolute("pages.meeting", reference=meeting.reference)
    said = meeting.said
    status = str(meeting.status)
    if meeting.uid is not None:
        made = _event(meeting, said, page, language, form, status, uid=meeting.uid, tail=_related(meeting))
    else:
        assert meeting.part is not None and meeting.part.uid
        uid = f"{meeting.reference}@{meeting.part.uid.partition('@')[2]}"
        made = _event(meeting, said, page, language, form, status, uid=uid)
    return replace(made, stale_at=gone_at(meeting)) if meeting.is_cancelled else made


def exception_of(meeting: Meeting, language: str, form: Form) -> Component:
    """A date of a rule as the exception it is to its part."""
    assert meeting.part is not None and meeting.part.uid
    page, head = absolute("pages.meeting", reference=meeting.reference), [_recurrence_id(meeting)]
    return _event(meeting, meeting.said, page, language, form, str(meeting.status), uid=meeting.part.uid, head=head)


def part_component(part: SeriesPart, language: str, form: Form, now: datetime, but: Collection[int] = ()) -> Component:
    """A part of a series: its rule as the master, and every date that says something else as an exception to it.

    Dates that the rule gives and that the part has no longer, or that these readers may not know of, are left out by
    EXDATE; so are cancelled ones, at once or after a while. An extra date is an event of its own (see `component_of`),
    never an RDATE, which Outlook drops. Where no date is left, there is nothing to show. `but`: ids of dates that this
    reader wants left out.
    """
    assert part.rule and part.uid
    said = part.said
    known = [meeting for meeting in part.meetings if (not meeting.is_of_few if form.inside else meeting.is_public)]
    stays = {meeting.id: gone_at(meeting) for meeting in known if meeting.is_cancelled}
    days = {
        meeting.recurrence_id: meeting
        for meeting in known
        if meeting.id not in but and (not meeting.is_cancelled or (form.cancelled and stays[meeting.id] > now))
    }
    given = days_of_rule(part.rule, part.starts_local.date(), part.last_local.date())
    planned = [on(said, day).starts for day in given]
    if days.keys().isdisjoint(planned):
        return Component(b"", ())
    recurrence = [content.line("RRULE", f"{part.rule};UNTIL={content.utc(_instant(part, part.last_local))}")]
    if left_out := [local for local in planned if local not in days]:
        recurrence.append(_times("EXDATE", left_out, part, recurs=True))
    page = absolute("meetings.series", reference=part.series.reference)
    tail = [*recurrence, *_related(part)]
    master = _event(part, said, page, language, form, str(part.status), uid=part.uid, tail=tail)
    exceptions = [
        exception_of(meeting, language, form)
        for local, meeting in sorted(days.items())
        if local and (meeting.is_cancelled or meeting.said != on(said, local.date()))
    ]
    events = [master, *exceptions]
    going = [stays[meeting.id] for meeting in days.values() if meeting.is_cancelled]
    return Component(
        b"".join(event.content for event in events),
        tuple(sorted({zone for event in events for zone in event.zones})),
        min(going, default=None),
    )


def _event(
    item: Meeting | SeriesPart,
    said: MeetingPlan,
    page: str,
    language: str,
    form: Form,
    status: str,
    *,
    uid: str,
    head: Sequence[bytes] = (),
    tail: Sequence[bytes] = (),
) -> Component:
    config = settings()
    recurs = item.uid is None or isinstance(item, SeriesPart) or said.shown_as == ShownAs.DAILY_HOURS
    with force_locale(language):
        about = description_of(said, page, inside=form.inside)
        where = _location(said, inside=form.inside)
        joining = _conference(said) if form.inside and status != Status.CANCELLED else []
    lines = [
        content.text("UID", uid),
        *head,
        content.line("DTSTAMP", content.utc(item.modified_at)),
        content.line("CREATED", content.utc(item.created_at)),
        content.line("LAST-MODIFIED", content.utc(item.modified_at)),
        content.line("SEQUENCE", str(item.sequence)),
        *_span(item, said, recurs=recurs),
        content.text("SUMMARY", _summary(item, said, language, form)),
        content.text("DESCRIPTION", about),
    ]
    if where:
        lines.append(content.text("LOCATION", where))
    transparent = status == Status.CANCELLED or said.precision != Precision.HOURS
    lines += [
        *joining,
        *tail,
        content.line("URL", content.address(page)),
        content.line("CATEGORIES", _categories(item, language)),
        content.line("CLASS", "PUBLIC" if item.is_public else "PRIVATE"),
        content.line("STATUS", status),
        content.line("TRANSP", "TRANSPARENT" if transparent else "OPAQUE"),
        content.line("ORGANIZER", content.address(f"mailto:{config.support_address}"), {"CN": config.instance_name}),
    ]
    zones_named = {item.part.time_zone} if head and isinstance(item, Meeting) and item.part else set()
    if not is_of_days(said):
        zones_named.add(said.time_zone)
    named = {_zone(name, recurs=recurs) for name in zones_named}
    return Component(content.component("VEVENT", lines), tuple(sorted(filter(None, named))))


def description_of(said: MeetingPlan, page: str, *, inside: bool = False) -> str:
    """What it is about as plain text, what is to know of the place and the languages, and the address of its page.

    For those inside first how to join: Outlook and Google ignore CONFERENCE.
    """
    joining = _joining(said) if inside else []
    about = content.paragraphs(to_text(said.description))
    facts = [content.one_line(said.remark), content.one_line(languages(said))]
    return "\n\n".join(filter(None, ("\n".join(joining), about, "\n".join(filter(None, facts)), page)))


def _joining(said: MeetingPlan) -> list[str]:
    facts = []
    if link := content.address(said.join_link or ""):
        facts.append(str(_("Join online: %(link)s", link=link)))
    if dial_in := content.one_line(said.dial_in):
        facts.append(str(_("Dial-in: %(numbers)s", numbers=dial_in)))
    if passcode := content.one_line(said.passcode):
        facts.append(str(_("Passcode: %(passcode)s", passcode=passcode)))
    return facts


def _conference(said: MeetingPlan) -> list[bytes]:
    """RFC 7986 §5.11."""
    link = content.address(said.join_link or "")
    label = content.one_line(str(_("Join online")))
    return [content.line("CONFERENCE", link, {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": label})] if link else []


def _location(said: MeetingPlan, *, inside: bool) -> str:
    """The place, for people; of a meeting that is online only, where those inside enter, and that it is, for others."""
    place = ", ".join(filter(None, map(content.one_line, (said.venue, said.address))))
    if place or said.takes_part != Mode.ONLINE:
        return place
    return content.address(said.join_link or "") if inside and said.join_link else str(_("Online"))


def _summary(item: Meeting | SeriesPart, said: MeetingPlan, language: str, form: Form) -> str:
    """The title; among the meetings of several groups, whose it is."""
    title = content.one_line(said.title)
    if not form.combined:
        return title
    whose = ", ".join(content.one_line(translated(group.names, language)) for group in named(item))
    return f"{whose}: {title}"


def stamp(groups: Sequence[WorkingGroup], language: str) -> str:
    """What a component of these groups depends on besides its meeting."""
    return digest(build(), *(translated(group.names, language) for group in groups))


def named(item: Meeting | SeriesPart) -> list[WorkingGroup]:
    """The groups that a feed names: all whose meeting it is, but those that not everybody finds."""
    host, *partners = item.groups
    return [host, *(group for group in partners if group.visibility == Visibility.PUBLIC)]


def _categories(item: Meeting | SeriesPart, language: str) -> str:
    """The groups, each a value of its own (RFC 5545 §3.8.1.2)."""
    return ",".join(content.escape(content.one_line(translated(group.names, language))) for group in named(item))


def _zone(name: str, *, recurs: bool) -> str | None:
    """The TZID to use; None for a single time planned in UTC, and for a zone that has left the IANA list.

    What recurs in UTC names the zone of the same clock: some readers let times in UTC recur by X-WR-TIMEZONE instead.
    """
    if name == "UTC":
        return "Etc/GMT" if recurs else None
    try:
        return str(zones.zone(name))
    except zones.UnknownZone:
        return None


def _span(item: Meeting | SeriesPart, said: MeetingPlan, *, recurs: bool) -> list[bytes]:
    """From when to when; a meeting of several days as it is to be shown."""
    if is_of_days(said):
        last = said.ends.date() if said.precision != Precision.HOURS else (said.ends - SHORTEST).date() + DAY
        return [
            content.line("DTSTART", content.day(said.starts.date()), {"VALUE": "DATE"}),
            content.line("DTEND", content.day(last), {"VALUE": "DATE"}),
        ]
    ends, daily = said.ends, []
    if said.shown_as == ShownAs.DAILY_HOURS and said.ends.date() > said.starts.date():
        ends = datetime.combine(said.starts.date(), said.ends.time())
        last_start = datetime.combine(said.ends.date(), said.starts.time())
        daily = [content.line("RRULE", f"FREQ=DAILY;UNTIL={content.utc(_instant(item, last_start))}")]
    return [
        _times("DTSTART", [said.starts], item, recurs=recurs),
        _times("DTEND", [ends], item, recurs=recurs),
        *daily,
    ]


def is_of_days(said: MeetingPlan) -> bool:
    """Whether calendars show whole days."""
    return said.precision != Precision.HOURS or said.shown_as == ShownAs.ALL_DAYS


def _recurrence_id(meeting: Meeting) -> bytes:
    """Which of its part's dates it is: by the clock of the part, wherever it was moved (RFC 5545 §3.8.4.4)."""
    assert meeting.part is not None and meeting.recurrence_id is not None
    return _times("RECURRENCE-ID", [meeting.recurrence_id], meeting.part, recurs=True)


def _related(item: Meeting | SeriesPart) -> list[bytes]:
    """The part that it continues, else the first of its series: one series for readers is several UIDs here."""
    if item.series is None:
        return []
    follows = item.follows.uid if isinstance(item, SeriesPart) and item.follows else None
    first = next((part.uid for part in item.series.parts if part.uid), None)
    if first is None:
        first = min((meeting for meeting in item.series.meetings if meeting.uid), key=lambda one: one.id).uid
    related = follows or first
    return [content.text("RELATED-TO", related)] if related and related != item.uid else []


def _times(name: str, locals_: Sequence[datetime], item: Meeting | SeriesPart, *, recurs: bool) -> bytes:
    """Wall-clock times with their zone; in UTC where there is none to name."""
    zone = _zone(item.time_zone, recurs=recurs)
    if zone is None:
        return content.line(name, ",".join(content.utc(_instant(item, local)) for local in locals_))
    return content.line(name, ",".join(map(content.wall_clock, locals_)), {"TZID": zone})


def _instant(item: Meeting | SeriesPart, local: datetime) -> datetime:
    """The instant of a time by the item's clock; by what was known of its zone once, where the zone is gone."""
    try:
        return zones.to_utc(local, item.time_zone)
    except zones.UnknownZone:
        known = item if isinstance(item, Meeting) else item.meetings[0]
        return (local + (known.starts_at.replace(tzinfo=None) - known.starts_local)).replace(tzinfo=UTC)
