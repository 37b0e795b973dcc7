"""When a meeting is, in words that say no more than is known: hours, days or only the month."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_interval
from flask_babel import gettext as _

from app.core import zones
from app.core.dates import DateBlock, date_block, day, hour, month, place_of, span_lines
from app.core.i18n import locale
from app.meetings.rules import MeetingPlan, Precision, ShownAs


def when_of(said: MeetingPlan, viewer_zone: str | None) -> str:
    """On one line: the viewer's zone first where there are hours and it differs; else the days, or the month."""
    return " · ".join(when_lines(said, viewer_zone))


def when_lines(said: MeetingPlan, viewer_zone: str | None) -> list[str]:
    """The same on one or two lines."""
    if said.precision != Precision.HOURS:
        return [str(_("Save the date: %(when)s", when=days_of(said)))]
    if said.shown_as == ShownAs.DAILY_HOURS and said.lasts_days and not _elsewhere(said, viewer_zone):
        words = {"days": days_of(said), "starts": hour(said.starts), "ends": hour(said.ends)}
        return [f"{_('%(days)s, each day %(starts)s–%(ends)s', **words)} ({place_of(said.time_zone)})"]
    return span_lines(said.starts, said.ends, said.time_zone, viewer_zone)


def days_of(said: MeetingPlan) -> str:
    """The day or the days, or the month: "Fri 12 May 2028", "12–13 May 2028", "May 2028"."""
    if said.precision == Precision.MONTH:
        return month(said.starts)
    return days(said.starts.date(), said.last_day)


def days(first: date, last: date) -> str:
    """One day with its weekday, several without."""
    if first == last:
        return day(first)
    return str(format_interval(first, last, "yMMMMd", locale=locale())).replace(" – ", "–")


def on_page_of(said: MeetingPlan, viewer_zone: str | None) -> datetime:
    """The day under which a list shows it: by the viewer's clock where there are hours."""
    if said.precision == Precision.HOURS and _elsewhere(said, viewer_zone):
        return zones.to_local(said.starts_at, str(viewer_zone))
    return said.starts


def block_of(said: MeetingPlan, viewer_zone: str | None, this_year: int) -> tuple[DateBlock, bool]:
    """What the calendar sheet beside a meeting shows, and whether it needs its year; of a month, no day."""
    shown = on_page_of(said, viewer_zone)
    block = date_block(shown)
    if said.precision == Precision.MONTH:
        return DateBlock(day=block.month_short, weekday_short="", month_short=block.year, year=block.year), False
    return block, shown.year != this_year


def shown_in_calendars(said: MeetingPlan) -> str:
    """What calendars make of it, where that does not go without saying; else ""."""
    if said.precision == Precision.MONTH:
        return str(_("Nothing yet: it stands on the pages only, until the days are known."))
    if said.precision == Precision.DAYS:
        return str(_("Whole days, which leave people free for other meetings: %(days)s", days=days_of(said)))
    if not said.lasts_days:
        return ""
    first, last = day(said.starts), day(said.ends)
    words = {"days": days_of(said), "starts": hour(said.starts), "ends": hour(said.ends)}
    if said.shown_as == ShownAs.ALL_DAYS:
        return str(_("Whole days: %(days)s", days=days_of(said)))
    if said.shown_as == ShownAs.DAILY_HOURS:
        return str(_("%(starts)s–%(ends)s on each day: %(days)s", **words))
    return str(_("One bar from %(first)s, %(starts)s to %(last)s, %(ends)s", first=first, last=last, **words))


def _elsewhere(said: MeetingPlan, viewer_zone: str | None) -> bool:
    return bool(viewer_zone) and zones.to_local(said.starts_at, str(viewer_zone)) != said.starts
