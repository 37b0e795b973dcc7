"""When a meeting is, in words that say no more than is known: hours, days or only the month."""

from __future__ import annotations

from datetime import date, datetime

from babel.dates import format_date, format_interval
from flask_babel import gettext as _

from app.core import zones
from app.core.dates import FULL_DAY, DateBlock, date_block, day, hour, month, place_of, span_lines
from app.core.i18n import locale
from app.meetings.rules import MeetingPlan, Precision, ShownAs


def when_of(said: MeetingPlan, viewer_zone: str | None) -> str:
    """On one line: the viewer's zone first where there are hours and it differs; else the days, or the month."""
    return " · ".join(when_lines(said, viewer_zone))


def when_lines(said: MeetingPlan, viewer_zone: str | None) -> list[str]:
    """The same on one or two lines."""
    if said.precision != Precision.HOURS:
        return [str(_("Save the date: %(when)s", when=days_of(said)))]
    if is_daily(said):
        return _daily_lines(said, viewer_zone)
    return span_lines(said.starts, said.ends, said.time_zone, viewer_zone)


def is_daily(said: MeetingPlan) -> bool:
    """Whether it has the same hours on each of several days."""
    return said.precision == Precision.HOURS and said.shown_as == ShownAs.DAILY_HOURS and said.lasts_days


def _daily_lines(said: MeetingPlan, viewer_zone: str | None) -> list[str]:
    planned = f"{hour(said.starts)}–{hour(said.ends)}"
    if not viewer_zone or not _elsewhere(said, viewer_zone):
        words = {"days": days_of(said), "hours": planned}
        return [f"{_('%(days)s, each day %(hours)s', **words)} ({place_of(said.time_zone)})"]
    starts, ends = zones.to_local(said.starts_at, viewer_zone), zones.to_local(said.ends_at, viewer_zone)
    if (starts.date(), ends.date()) != (said.starts.date(), said.ends.date()):
        return span_lines(said.starts, said.ends, said.time_zone, viewer_zone)
    when = _("%(days)s, each day %(hours)s", days=days_of(said), hours=f"{hour(starts)}–{hour(ends)}")
    mine = _("%(when)s your time (%(place)s)", when=when, place=place_of(viewer_zone))
    return [str(mine), f"{planned} ({place_of(said.time_zone)})"]


def days_of(said: MeetingPlan) -> str:
    """The day or the days, or the month: "Fri 12 May 2028", "12–13 May 2028", "May 2028"."""
    if said.precision == Precision.MONTH:
        return month(said.starts)
    return days(said.starts.date(), said.last_day)


def days(first: date, last: date) -> str:
    """One day with its weekday, several without."""
    if first == last:
        return day(first)
    where = locale()
    if where.language not in FULL_DAY:
        return str(format_interval(first, last, "yMMMMd", locale=where))
    ends = format_date(last, "d MMMM y", locale=where)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{ends}"
    starts = format_date(first, "d MMMM" if first.year == last.year else "d MMMM y", locale=where)
    return f"{starts} – {ends}"


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
