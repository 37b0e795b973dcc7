"""Times for a meeting, from what a coordinator asks to proposals in words; warnings about a time chosen by hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from app.availability import near, presentation, slots
from app.availability.gathering import Crowd, Guest, Need, gather
from app.availability.near import How, Wanted
from app.availability.presentation import Reason
from app.availability.slots import Question, Slot
from app.core import clock, zones
from app.core.dates import hour, span_lines
from app.meetings.rules import MeetingPlan
from app.people.viewer import Viewer

MOST_DAYS = 120
"""Between the first and the last day that are looked at."""
ALSO = 6
"""How many other starts of a day are offered."""


@dataclass(frozen=True)
class Search:
    """What a coordinator asks for."""

    group_ids: frozenset[int]
    first: date
    last: date
    minutes: int
    zone: str
    opens: time
    closes: time
    need: Need
    near: str = ""
    how: How = How.AFTER
    city: str | None = None


@dataclass(frozen=True)
class Start:
    """A start that is offered, with what fills the form that plans a meeting then."""

    label: str
    parts: dict[str, Any]
    wall_clock: str
    """The start by the clock of the search: "2027-03-12T10:00"."""


@dataclass(frozen=True)
class Proposal:
    """A time, in words."""

    when_lines: Sequence[str]
    summary: str
    good: bool
    """Whether nobody is lost."""
    reasons: Sequence[Reason]
    start: Start
    also: Sequence[Start]
    more: int
    """Further starts of that day that are not listed."""


@dataclass(frozen=True)
class Found:
    """What came of it."""

    proposals: Sequence[Proposal]
    people: int
    required: int
    without_wish: bool
    """Something was wanted near, and nothing of that is there."""


def find(viewer: Viewer, search: Search, guests: Sequence[Guest] | None = None) -> Found:
    """The best times, in the order in which they suit. `guests`: see `gather`."""
    begins, ends = _window(search.first, search.last, search.zone)
    crowd = gather(viewer, search.group_ids, begins, ends, need=search.need, guests=guests)
    wishes = _wishes(viewer, search)
    question = Question(
        first=search.first,
        last=search.last,
        minutes=search.minutes,
        zone=search.zone,
        opens=search.opens,
        closes=search.closes,
        near=[wish.span for wish in wishes],
        not_before=clock.now(),
    )
    found = slots.find(question, crowd.around)
    known = presentation.titles((crowd, slot.losses, (slot.starts_at, slot.ends_at)) for slot in found)
    return Found(
        proposals=[_proposal(crowd, slot, search, wishes, viewer.time_zone, known) for slot in found],
        people=len(crowd.around.attendees),
        required=len(crowd.required),
        without_wish=bool(search.near or search.city) and not wishes,
    )


def clashes(
    viewer: Viewer,
    group_ids: frozenset[int],
    times: Sequence[MeetingPlan],
    *,
    but: Collection[int] = (),
    guests: Sequence[Guest] | None = None,
    deciding: int | None = None,
) -> list[list[Reason]]:
    """What speaks against each of the times that somebody chose by hand, as far as they may know; nothing forbids it.

    `but`: the ids of the meetings that are being moved; `guests`, `deciding`: see `gather`. What is known of everybody
    is read once, for all times.
    """
    if not times:
        return []
    spans = [(plan.starts_at, plan.ends_at) for plan in times]
    begins, ends = min(start for start, _end in spans), max(end for _start, end in spans)
    crowd = gather(viewer, group_ids, begins, ends, but=but, guests=guests, deciding=deciding)
    lost = [slots.losses(*span, plan.time_zone, crowd.around) for span, plan in zip(spans, times, strict=True)]
    known = presentation.titles([(crowd, one, span) for one, span in zip(lost, spans, strict=True)])
    return [
        [reason for reason in presentation.reasons(crowd, one, *span, known) if reason.against]
        for one, span in zip(lost, spans, strict=True)
    ]


def _window(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """The instants between which everything lies that is looked at."""
    begins = zones.to_utc(datetime.combine(first, time()), zone)
    return begins, zones.to_utc(datetime.combine(last + timedelta(days=1), time()), zone)


def _wishes(viewer: Viewer, search: Search) -> list[Wanted]:
    wishes = []
    if search.near:
        found = near.anchors(viewer, search.near, search.first, search.last)
        wishes += near.wanted(found, search.how, search.zone, search.minutes)
    if search.city:
        found = near.in_city(viewer, search.city, search.first, search.last)
        wishes += near.around(found, search.city, search.zone)
    begins, ends = (slots.seconds(instant) for instant in _window(search.first, search.last, search.zone))
    return [wish for wish in wishes if wish.span[0] < ends and begins < wish.span[1]]


def _proposal(
    crowd: Crowd, slot: Slot, search: Search, wishes: Sequence[Wanted], own_zone: str | None, known: Any
) -> Proposal:
    length = timedelta(minutes=search.minutes)
    start = slots.seconds(slot.starts_at)
    wanted = dict.fromkeys(wish.why for wish in wishes if wish.span[0] <= start < wish.span[1])
    lines = presentation.reasons(crowd, slot.losses, slot.starts_at, slot.ends_at, known)

    def offered(local: datetime) -> Start:
        ends = zones.to_local(zones.to_utc(local, search.zone) + length, search.zone)
        return Start(hour(local), presentation.plan_parts(local, ends, search.zone), local.isoformat("T", "minutes"))

    return Proposal(
        when_lines=span_lines(slot.starts, slot.ends, search.zone, own_zone),
        summary=presentation.summary(crowd, slot.losses),
        good=not slot.losses.taken,
        reasons=[*(Reason(why, "ok") for why in wanted), *lines],
        start=offered(slot.starts),
        also=[offered(local) for local in slot.also[:ALSO]],
        more=max(0, len(slot.also) - ALSO),
    )
