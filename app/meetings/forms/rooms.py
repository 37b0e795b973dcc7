"""The form of a room of the house."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectChoice
from wtforms.validators import NumberRange, Optional

from app.core.conflicts import EditForm
from app.core.forms import Checkboxes, line
from app.meetings.places import EQUIPMENT_WORDS
from app.meetings.rules.rooms import EQUIPMENT
from app.meetings.service.rooms import RoomFacts

MOST_SEATS = 20_000


class RoomForm(EditForm):
    """What is said of a room."""

    name = line(_l("Name"), longest=100, hint=_l("As people in the house call it."))
    address = line(
        _l("Address"), longest=300, required=False, hint=_l("Street and city, as on a letter. The map is found by it.")
    )
    capacity = IntegerField(
        _l("Places to sit"), validators=[Optional(), NumberRange(1, MOST_SEATS, _l("Give a number from 1 on."))]
    )
    equipment = Checkboxes(
        _l("Equipment"),
        choices=[SelectChoice(one, EQUIPMENT_WORDS[one]) for one in EQUIPMENT],
        validators=[Optional()],
    )

    @property
    def facts(self) -> RoomFacts:
        """What was typed."""
        chosen = [str(one) for one in EQUIPMENT if one in (self.equipment.data or ())]
        return RoomFacts(self.name.data, self.address.data, self.capacity.data, chosen)
