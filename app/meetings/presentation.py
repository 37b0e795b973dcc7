"""Meetings as pages show them: times in words, the viewer's zone first; states and visibility as words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import clock, markdown, zones
from app.core.dates import hour, place_of, span, zone_label
from app.core.i18n import translated
from app.core.policy import current_viewer
from app.meetings.models import Meeting, Room
from app.meetings.places import MODES, map_link, room_line
from app.meetings.rules import MeetingPlan, Mode, Precision, Status, Visibility
from app.meetings.times import block_of, days_of, is_daily, shown_in_calendars, when_of
from app.meetings.words import interpreting_days, spoken
from app.membership import policy as membership

ZONES_SHOWN = 6


@dataclass(frozen=True)
class MeetingItem:
    """One meeting of `meeting_list` (components/meetings.html)."""

    url: str
    title: str
    when_lines: list[str]
    place: str | None
    group_name: str | None
    community_slug: str | None
    status: str
    status_label: str | None
    visibility_label: str | None
    day: str
    month_short: str
    weekday_short: str
    year: str | None


@dataclass(frozen=True)
class Details:
    """What `meetings/_details.html` says of a meeting."""

    when: str
    days: str
    """The day, the days or the month, for the page's title."""
    calendars: str
    """What calendars show of it, where that does not go without saying."""
    place: str | None
    address: str | None
    map_link: str | None
    remark: str | None
    languages: str | None
    join_link: str | None
    dial_in: str | None
    passcode: str | None
    join_link_withheld: bool
    """There is a way in, but not for this viewer."""
    description: Markup | None
    status: str
    status_label: str
    members_only: bool
    seen_by: str
    cancellation_reason: str | None


@dataclass(frozen=True)
class CheckLine:
    """One line of what is about to be saved; `was` is what stood there before, None where it is no change."""

    term: str
    value: str
    was: str | None = None
    elsewhere: str | None = None
    """Of the time: when that is for members in other zones."""


def meeting_item(meeting: Meeting, viewer_zone: str | None, *, with_group: bool) -> MeetingItem:
    """A meeting for a list; load its group and community with it."""
    said = meeting.said
    block, needs_year = block_of(said, viewer_zone, clock.now().year)
    status = Status(meeting.status)
    return MeetingItem(
        url=url_for("pages.meeting", reference=meeting.reference),
        title=meeting.title,
        when_lines=[when_of(said, viewer_zone)],
        place=place_of_meeting(said),
        group_name=" · ".join([translated(meeting.group.names), *partners_shown(meeting)]) if with_group else None,
        community_slug=meeting.group.community.slug,
        status=status.lower(),
        status_label=None if status is Status.CONFIRMED else status_word(status),
        visibility_label=None if meeting.is_public else sight_label(Visibility(meeting.visibility)),
        day=block.day,
        month_short=block.month_short,
        weekday_short=block.weekday_short,
        year=block.year if needs_year else None,
    )


def details(meeting: Meeting, viewer_zone: str | None, *, with_join_link: bool) -> Details:
    """A meeting for its own page; `with_join_link` is what `policy.see_join_link` says."""
    status, said = Status(meeting.status), meeting.said
    way_in = bool(meeting.join_link or meeting.dial_in or meeting.passcode)
    return Details(
        when=when_of(said, viewer_zone),
        days=days_of(said),
        calendars=shown_in_calendars(said),
        place=place_of_meeting(said),
        address=meeting.address if meeting.address != meeting.venue else None,
        map_link=map_link(meeting.venue, meeting.address),
        remark=meeting.remark,
        languages=spoken(said) or None,
        join_link=meeting.join_link if with_join_link else None,
        dial_in=meeting.dial_in if with_join_link else None,
        passcode=meeting.passcode if with_join_link else None,
        join_link_withheld=way_in and not with_join_link,
        description=markdown.to_html(meeting.description) if meeting.description else None,
        status=status.lower(),
        status_label=status_word(status),
        members_only=not meeting.is_public,
        seen_by=seen_by(Visibility(meeting.visibility)),
        cancellation_reason=meeting.cancellation_reason,
    )


def place_of_meeting(said: MeetingPlan) -> str | None:
    """Where one meets: that there is a link to join is no secret, the link is."""
    venue, mode = said.venue or said.address, said.takes_part
    if mode == Mode.ONLINE:
        return str(_("Online"))
    if mode == Mode.HYBRID:
        return str(_("%(venue)s, and online", venue=venue)) if venue else str(MODES[Mode.HYBRID])
    return venue or (str(MODES[Mode.ON_SITE]) if mode else None)


def seen_by(visibility: Visibility) -> str:
    """Who may know of a meeting."""
    words: dict[Visibility, str] = {
        Visibility.PUBLIC: _("Everyone"),
        Visibility.MEMBERS: _("Members of the group only"),
        Visibility.CHAIRS: _("Chairs and vice-chairs of the group only"),
        Visibility.NAMED: _("The people named only"),
    }
    return words[visibility]


def sight_label(visibility: Visibility) -> str:
    """The same in a list, of what not everyone may know."""
    words: dict[Visibility, str] = {
        Visibility.MEMBERS: _("Members only"),
        Visibility.CHAIRS: _("Chairs only"),
        Visibility.NAMED: _("For people named"),
    }
    return words[visibility]


def partners_shown(meeting: Meeting) -> list[str]:
    """The names of the other groups whose meeting it is: those that the viewer finds."""
    if not meeting.joint_groups:
        return []
    viewer = current_viewer()
    return [translated(group.names) for group in meeting.partners if membership.find(viewer, group)]


def status_word(status: Status) -> str:
    """A status as people say it."""
    words: dict[Status, str] = {
        Status.TENTATIVE: _("Tentative"),
        Status.CONFIRMED: _("Confirmed"),
        Status.CANCELLED: _("Cancelled"),
    }
    return words[status]


def elsewhere(plan: MeetingPlan, others: Iterable[str], but: str | None) -> list[str]:
    """The same span in the zones that others live by, those of one time together: "09:00–11:00 (Lisbon, Dublin)"."""
    if plan.precision != Precision.HOURS:
        return []
    planned = (plan.starts, plan.ends)
    known = {planned}
    if but:
        known.add(_in(plan, but))
    places: dict[tuple[datetime, datetime], list[str]] = {}
    for zone in others:
        local = _in(plan, zone)
        if local not in known:
            places.setdefault(local, []).append(place_of(zone))
    lines = []
    for (starts, ends), cities in sorted(places.items())[:ZONES_SHOWN]:
        same_day = starts.date() == plan.starts.date() and (ends.date() == starts.date() or is_daily(plan))
        words = f"{hour(starts)}–{hour(ends)}" if same_day else span(starts, ends)
        lines.append(f"{words} ({', '.join(cities)})")
    return lines


def new_description(plan: MeetingPlan, before: MeetingPlan | None) -> Markup | None:
    """The description as it will be shown; None where it does not change."""
    if plan.description == (before.description if before else None):
        return None
    return markdown.to_html(plan.description)


def check_lines(
    plan: MeetingPlan,
    viewer_zone: str | None,
    other_zones: Iterable[str],
    before: MeetingPlan | None = None,
    rooms: Mapping[int, Room] | None = None,
) -> list[CheckLine]:
    """What a plan says but for its description, in words; of a changed one what becomes different, and what it was."""
    others = " · ".join(elsewhere(plan, other_zones, viewer_zone)) or None
    said = _said(plan, viewer_zone, _room_name(plan, rooms), others)
    if before is None:
        return [line for line in said if line.value]
    was = _said(before, viewer_zone, _room_name(before, rooms))
    return [
        replace(line, value=line.value or _("none"), was=old.value or _("none"))
        for line, old in zip(said, was, strict=True)
        if line.value != old.value
    ]


def _room_name(plan: MeetingPlan, rooms: Mapping[int, Room] | None) -> str | None:
    room = (rooms or {}).get(plan.room_id or 0)
    return room_line(room) if room is not None else None


def _said(
    plan: MeetingPlan, viewer_zone: str | None, room_name: str | None = None, others: str | None = None
) -> list[CheckLine]:
    """Everything a plan says, be it empty."""
    return [
        CheckLine(_("Title"), plan.title),
        CheckLine(_("When"), when_of(plan, viewer_zone), elsewhere=others),
        CheckLine(_("In calendars"), shown_in_calendars(plan)),
        CheckLine(_("Time zone"), zone_label(plan.time_zone) if plan.precision == Precision.HOURS else ""),
        CheckLine(_("How people take part"), str(MODES[plan.takes_part]) if plan.takes_part else ""),
        CheckLine(_("Venue"), plan.venue or ""),
        CheckLine(_("Address"), plan.address or ""),
        CheckLine(_("Room of the house"), room_name or ""),
        CheckLine(_("Good to know about the place"), plan.remark or ""),
        CheckLine(_("Link to join"), plan.join_link or ""),
        CheckLine(_("Telephone number to dial in"), plan.dial_in or ""),
        CheckLine(_("Passcode"), plan.passcode or ""),
        CheckLine(_("Languages"), spoken(plan)),
        CheckLine(_("Interpreters"), interpreting_days(plan)),
        CheckLine(_("Status"), status_word(Status.TENTATIVE if plan.tentative else Status.CONFIRMED)),
        CheckLine(_("Visible to"), seen_by(plan.visibility)),
    ]


def _in(plan: MeetingPlan, zone: str) -> tuple[datetime, datetime]:
    """The span of a plan on the clocks of another zone."""
    return (
        zones.to_local(zones.to_utc(plan.starts, plan.time_zone), zone),
        zones.to_local(zones.to_utc(plan.ends, plan.time_zone), zone),
    )
