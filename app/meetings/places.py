"""Words about where meetings are: how one takes part, what rooms have, which languages can be spoken there."""

from __future__ import annotations

from urllib.parse import urlencode

from anyascii import anyascii
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.errors import Text
from app.meetings.models import Room
from app.meetings.rules import Mode
from app.meetings.rules.rooms import EQUIPMENT, Equipment
from app.meetings.words import SIGNED, language_name

MAP = "https://www.openstreetmap.org/search"
MODES: dict[Mode, Text] = {
    Mode.ON_SITE: _l("On site"),
    Mode.ONLINE: _l("Online"),
    Mode.HYBRID: _l("On site and online"),
}
EQUIPMENT_WORDS: dict[Equipment, Text] = {
    Equipment.WHEELCHAIR: _l("wheelchair access"),
    Equipment.INDUCTION_LOOP: _l("induction loop"),
    Equipment.BOOTHS: _l("interpreting booths"),
    Equipment.VIDEOCONFERENCE: _l("videoconference"),
    Equipment.PROJECTOR: _l("projector or screen"),
    Equipment.MICROPHONES: _l("microphones"),
    Equipment.WHITEBOARD: _l("whiteboard"),
}
EUROPEAN = "bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv"
NEIGHBOURS = "ar bs ca eu gl hy is ka lb mk no ru sq sr tr uk"
LANGUAGES = (*EUROPEAN.split(), *NEIGHBOURS.split(), SIGNED)
"""Those of the European Union, of its neighbours and regions, and sign languages."""


def language_names() -> list[tuple[str, str]]:
    """(code, name) in the language in force, in order of the names."""
    named = [(code, language_name(code)) for code in LANGUAGES]
    return sorted(
        ((code, name[:1].upper() + name[1:]) for code, name in named), key=lambda one: anyascii(one[1]).lower()
    )


def map_link(venue: str | None, address: str | None) -> str | None:
    """Where a map of the place is: a plain search, which tells nobody who looks for it until it is followed."""
    place = address or venue
    return f"{MAP}?{urlencode({'query': place})}" if place else None


def equipment_words(keys: list[str]) -> list[str]:
    """What a room has, in the order of the list."""
    return [str(EQUIPMENT_WORDS[one]) for one in EQUIPMENT if one in keys]


def seats(capacity: int | None) -> str | None:
    """How many it seats, in words."""
    return str(ngettext("%(num)s seat", "%(num)s seats", capacity)) if capacity else None


def room_line(room: Room) -> str:
    """A room with all one chooses it by: "Room 3 (40 seats, induction loop)"."""
    facts = [fact for fact in (seats(room.capacity), *equipment_words(room.equipment)) if fact]
    name = str(_("%(room)s, out of use", room=room.name)) if not room.in_use else room.name
    return f"{name} ({', '.join(facts)})" if facts else name
