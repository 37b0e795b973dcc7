"""Fields for what people plan: a day and a time of day, as they type them."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, MonthField, TimeField


class DayField(DateField):  # type: ignore[misc]
    """A day, as the browser's calendar gives it or as people type it where there is none."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, format=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in plain words what is expected."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(_("Give a day of the calendar, like 2027-03-12.")) from None


class YearMonthField(MonthField):  # type: ignore[misc]
    """A month of a year, as its first day."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, format=["%Y-%m", "%m/%Y", "%m.%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in plain words what is expected."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(_("Give a month of a year, like 2028-05.")) from None


class ClockField(TimeField):  # type: ignore[misc]
    """A time of day, to the minute."""

    data: Any

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, format=["%H:%M", "%H:%M:%S", "%H.%M", "%Hh%M"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Say in plain words what is expected."""
        try:
            super().process_formdata([value.strip() for value in valuelist])
        except ValueError:
            raise ValueError(_("Give a time of day from 00:00 to 23:59, like 14:30.")) from None
        if self.data:
            self.data = self.data.replace(second=0)
