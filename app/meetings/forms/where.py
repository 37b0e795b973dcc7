"""Where a meeting is, in its form: on site, online or both, in a room of the house or elsewhere, and the ways in."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice, SelectField
from wtforms.validators import Optional

from app.core.forms import line
from app.meetings import room_queries
from app.meetings.models import Room
from app.meetings.places import MODES, room_line
from app.meetings.rules import Mode, Precision
from app.meetings.rules.plan import implied_mode


def _mode(value: Any) -> Mode | str:
    return Mode(value) if value else ""


def _room(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class WhereFields:
    """Fields of a form."""

    rooms: dict[int, Room]
    known: Any
    """What is known of the time: see `WhenFields`."""
    mode = RadioField(
        _l("How people take part"),
        choices=[
            SelectChoice("", _l("Not said yet")),
            *(SelectChoice(mode, words) for mode, words in MODES.items()),
        ],
        coerce=_mode,
        default="",
        validators=[Optional()],
    )
    room_id = SelectField(
        _l("Room of the house"),
        coerce=_room,
        validators=[Optional()],
        description=_l("It is booked for the time of the meeting, and for nobody else then."),
    )
    venue = line(_l("Venue"), longest=300, required=False, hint=_l("Where people meet: building, street, city."))
    address = line(
        _l("Address"), longest=300, required=False, hint=_l("Street and city, as on a letter. The map is found by it.")
    )
    join_link = line(
        _l("Link to join online"),
        longest=1000,
        required=False,
        hint=_l("Beginning with https://. Shown to members of the group only."),
    )
    dial_in = line(
        _l("Telephone number to dial in"), longest=300, required=False, hint=_l("Shown to members of the group only.")
    )
    passcode = line(_l("Passcode"), longest=100, required=False, hint=_l("Shown to members of the group only."))
    remark = line(
        _l("Good to know about the place"),
        longest=500,
        required=False,
        hint=_l("Shown to everyone who sees the meeting, and in calendars: “bring your identity card”."),
    )

    def offer_rooms(self, chosen: int | None) -> None:
        """The rooms that can be booked, and the one that the meeting has."""
        self.rooms = {room.id: room for room in room_queries.rooms()}
        offered = [room for room in self.rooms.values() if room.in_use or room.id == chosen]
        self.room_id.choices = [
            SelectChoice("", _l("No room")),
            *(SelectChoice(str(room.id), room_line(room)) for room in offered),
        ]

    def where(self) -> dict[str, Any]:
        """The parts of a plan. What belongs to another way of taking part than the one chosen is left out."""
        mode = self.mode.data or None
        if mode == Mode.ONLINE and self._new("venue", "address", "room_id"):
            mode = Mode.HYBRID
        if mode == Mode.ON_SITE and self._new("join_link", "dial_in"):
            mode = Mode.HYBRID
        on_site, online = mode != Mode.ONLINE, mode != Mode.ON_SITE
        venue, address = (self.venue.data, self.address.data) if on_site else (None, None)
        room = self.rooms.get(self.room_id.data or 0) if on_site and self.known != Precision.MONTH else None
        had = self.rooms.get(self.room_id.object_data or 0)
        if had is not None and venue == had.name:  # it came with the room that was chosen before
            venue, address = None, None if address == had.address else address
        if room is not None:
            venue, address = venue or room.name, address or room.address
        said: dict[str, Any] = {
            "room_id": room.id if room is not None else None,
            "venue": venue,
            "address": address,
            "remark": self.remark.data,
            "join_link": self.join_link.data if online else None,
            "dial_in": self.dial_in.data if online else None,
            "passcode": self.passcode.data if online else None,
        }
        implied = implied_mode(*(said[name] for name in ("venue", "address", "room_id", "join_link", "dial_in")))
        return {**said, "mode": None if mode == implied else mode}

    def _new(self, *names: str) -> bool:
        """Whether something was filled in beside a choice that was left as it was: in a browser that shows all."""
        fields = [getattr(self, name) for name in names]
        return self.mode.data == (self.mode.object_data or "") and any(
            field.data and field.data != field.object_data for field in fields
        )
