"""Commands: what people say about their own time, marked periods, and the reading of busy calendars."""

from app.availability.service.absences import change_absence, enter_absence, remove_absence
from app.availability.service.bands import BandFacts, Marking, change_band, mark, remove_band
from app.availability.service.calendars import add_address, add_file, read_again, remove_calendar

__all__ = [
    "BandFacts",
    "Marking",
    "add_address",
    "add_file",
    "change_absence",
    "change_band",
    "enter_absence",
    "mark",
    "read_again",
    "remove_absence",
    "remove_band",
    "remove_calendar",
]
