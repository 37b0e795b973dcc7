"""Views of the rooms of the house: what they are booked for, and their administration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.dates import day, hour, place_of, viewer_zone
from app.core.errors import DomainError
from app.core.forms import ConfirmForm, form_page
from app.core.i18n import translated
from app.core.links import absolute
from app.core.policy import administrators, current_viewer, guard
from app.core.tables import download
from app.core.tables.model import Cell, Column, Kind, Table
from app.core.zones import to_local
from app.groups.models import WorkingGroup
from app.meetings import policy, room_queries
from app.meetings.forms.rooms import RoomForm
from app.meetings.models import Room, RoomBooking
from app.meetings.places import equipment_words, map_link, seats
from app.meetings.rules import MeetingPlan
from app.meetings.rules.company import Company
from app.meetings.service import rooms as service
from app.meetings.views.blueprint import address, bp, to
from app.meetings.views.company import expected
from app.people.exporting import downloads, hand_out

ROOM = "/admin/rooms/<int:room_id>"


@dataclass(frozen=True)
class Slot:
    """A time in which a room is taken, and by what, as far as the viewer may know."""

    time: str
    title: str | None
    group_name: str | None
    url: str | None


@dataclass(frozen=True)
class RoomLine:
    """A room in a list."""

    room: Room
    seats: str | None
    equipment: list[str]
    booked: int


@bp.get("/rooms")
@guard(policy.book_rooms)
def rooms() -> ResponseReturnValue:
    """The rooms that can be booked."""
    lines = [one for one in _lines() if one.room.in_use]
    return render_template("meetings/rooms.html", lines=lines)


@bp.get("/rooms/<int:room_id>")
@downloads
@guard(policy.see_room, of=room_queries.room_at)
def room(found: Room) -> ResponseReturnValue:
    """When a room is taken, day by day; of a meeting that the viewer may not know of, no more than that."""
    past = "past" in request.args
    bookings = room_queries.bookings(found, past=past)
    if wanted := download.asked():
        return hand_out(_table(bookings), wanted, found.name)
    zone = viewer_zone()
    days = [
        (day(on), [_slot(item, on, zone) for item in items])
        for on, items in groupby(bookings, key=lambda item: to_local(item.starts_at, zone).date())
    ]
    return render_template(
        "meetings/room.html",
        room=found,
        seats=seats(found.capacity),
        equipment=equipment_words(found.equipment),
        map_link=map_link(None, found.address),
        days=days,
        past=past,
        zone=place_of(zone),
        downloads=download.links(),
    )


@bp.get("/admin/rooms")
@downloads
@guard(administrators)
def admin_rooms() -> ResponseReturnValue:
    """All rooms, those out of use among them."""
    lines = _lines()
    if wanted := download.asked():
        return hand_out(_list_table(lines), wanted, "rooms")
    return render_template("meetings/admin_rooms.html", lines=lines, downloads=download.links())


@bp.route("/admin/rooms/new", methods=["GET", "POST"])
@guard(administrators)
def new_room() -> ResponseReturnValue:
    """Add a room."""
    form = RoomForm()
    form.begin(0)
    if form.validate_on_submit():
        try:
            service.add_room(form.facts, actor_id=current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            return _done(_("The room can be booked."))
    return form_page(form, "meetings/edit_room.html", room=None)


@bp.route(f"{ROOM}/edit", methods=["GET", "POST"])
@guard(administrators, of=room_queries.room_at)
def edit_room(found: Room) -> ResponseReturnValue:
    """Change what is said of a room."""
    form = RoomForm(data=vars(service.facts_of(found)))
    form.begin(found.version)
    if form.validate_on_submit():
        try:
            service.change_room(found.id, form.facts, version=form.seen, actor_id=current_viewer().person_id)
        except DomainError as error:
            form.blame(error)
        else:
            return _done(_("The room is saved."))
    return form_page(form, "meetings/edit_room.html", room=found)


@bp.post(f"{ROOM}/retire")
@guard(administrators, of=room_queries.room_at)
def retire_room(found: Room) -> ResponseReturnValue:
    """Take a room out of use."""
    if ConfirmForm().validate_on_submit():
        service.offer_room(found.id, offered=False, actor_id=current_viewer().person_id)
        flash(_("The room cannot be booked any more. What is booked stays booked."), "success")
    return to(url_for("meetings.admin_rooms"))


@bp.post(f"{ROOM}/offer")
@guard(administrators, of=room_queries.room_at)
def offer_room(found: Room) -> ResponseReturnValue:
    """Take it into use again."""
    if ConfirmForm().validate_on_submit():
        service.offer_room(found.id, offered=True, actor_id=current_viewer().person_id)
        flash(_("The room can be booked again."), "success")
    return to(url_for("meetings.admin_rooms"))


def small_room(known: Mapping[int, Room], plan: MeetingPlan, group: WorkingGroup, company: Company) -> str | None:
    """What to say where the room of a plan has fewer seats than there are people whom it is for."""
    chosen = known.get(plan.room_id or 0)
    if chosen is None or not chosen.capacity:
        return None
    people = expected(group, plan, company)
    if chosen.capacity >= people:
        return None
    words = {"room": chosen.name, "seats": chosen.capacity, "people": people}
    return str(_("%(room)s has %(seats)d seats; %(people)d people may come.", **words))


def _done(text: str) -> ResponseReturnValue:
    flash(text, "success")
    return redirect(url_for("meetings.admin_rooms"), 303)


def _lines() -> list[RoomLine]:
    booked = room_queries.booked_ahead()
    return [
        RoomLine(one, seats(one.capacity), equipment_words(one.equipment), booked.get(one.id, 0))
        for one in room_queries.rooms()
    ]


def _slot(booking: RoomBooking, on: date, zone: str) -> Slot:
    starts, ends = to_local(booking.starts_at, zone), to_local(booking.ends_at, zone)
    last = hour(ends) if ends.date() == on else f"{day(ends)}, {hour(ends)}"
    meeting = booking.meeting
    time = f"{hour(starts)}–{last}" if ends.date() == on else f"{hour(starts)} – {last}"
    if not policy.see(current_viewer(), meeting):
        return Slot(time, None, None, None)
    return Slot(time, meeting.title, translated(meeting.group.names), address(meeting))


def _table(bookings: Sequence[RoomBooking]) -> Table:
    viewer = current_viewer()
    columns = [
        Column(_("From"), Kind.INSTANT),
        Column(_("Until"), Kind.INSTANT),
        Column(_("Meeting")),
        Column(_("Group")),
        Column(_("Page")),
    ]

    def row(booking: RoomBooking) -> list[Cell]:
        times: list[Cell] = [booking.starts_at, booking.ends_at]
        if not policy.see(viewer, booking.meeting):
            return [*times, _("taken"), None, None]
        group = translated(booking.meeting.group.names)
        page = absolute("pages.meeting", reference=booking.meeting.reference)
        return [*times, booking.meeting.title, group, page]

    return Table(_("Bookings"), columns, map(row, bookings))


def _list_table(lines: list[RoomLine]) -> Table:
    columns = [
        Column(_("Room")),
        Column(_("Address")),
        Column(_("Places to sit"), Kind.NUMBER),
        Column(_("Equipment")),
        Column(_("State")),
        Column(_("Bookings ahead"), Kind.NUMBER),
    ]
    return Table(
        _("Rooms"),
        columns,
        (
            [
                line.room.name,
                line.room.address,
                line.room.capacity,
                ", ".join(line.equipment),
                _("in use") if line.room.in_use else _("out of use"),
                line.booked,
            ]
            for line in lines
        ),
    )
