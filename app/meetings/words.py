"""Words about meetings: how series repeat, which languages are spoken."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.core.dates import day, weekday_names
from app.core.i18n import locale
from app.meetings.rules import MeetingPlan, Precision
from app.meetings.rules.interpreting import Deadline, Duty, deadlines
from app.meetings.rules.pattern import LAST, Frequency, Pattern, pattern_of

if TYPE_CHECKING:
    from app.meetings.models import MeetingSeries

ORDINAL_WORDS = {1: _l("first"), 2: _l("second"), 3: _l("third"), 4: _l("fourth"), LAST: _l("last")}
SIGNED = "sgn"
"""ISO 639-2 for sign languages as a whole."""
A_LEAP_YEAR = 2000


def repeats(pattern: Pattern | None) -> str:
    """A pattern in words; of dates picked one by one, that they are."""
    if pattern is None:
        return str(_("on dates picked one by one"))
    return str(_("%(rhythm)s %(when)s", rhythm=_rhythm(pattern), when=_on(pattern)))


def rhythm_of(series: MeetingSeries, *, all_known: bool) -> str:
    """How a series repeats now; "" for whom that would tell of dates they may not know of."""
    return repeats(pattern_of(series.rules) if series.rules else None) if all_known else ""


def languages(said: MeetingPlan) -> str:
    """Which languages are spoken and interpreted: "Languages: English, French (interpreted into French)"; or ""."""
    spoken, into = (list(map(language_name, codes)) for codes in (said.spoken, said.interpreted))
    if not spoken and not into:
        return ""
    if not into:
        return str(_("Languages: %(spoken)s", spoken=_listed(spoken)))
    if not spoken:
        return str(_("Interpreted into %(into)s", into=_listed(into)))
    return str(_("Languages: %(spoken)s; interpreted into %(into)s", spoken=_listed(spoken), into=_listed(into)))


def spoken(said: MeetingPlan) -> str:
    """The same where "languages" stands beside it: "English, French · interpreted into French"; or ""."""
    listed = [_listed(list(map(language_name, said.spoken)))] if said.spoken else []
    if said.interpreted:
        into = _listed(list(map(language_name, said.interpreted)))
        listed.append(
            str(_("interpreted into %(into)s", into=into) if listed else _("Interpreted into %(into)s", into=into))
        )
    return " · ".join(listed)


def language_name(code: str) -> str:
    """A language in the language in force."""
    return str(_("sign language")) if code == SIGNED else str(locale().languages.get(code, code))


def duty_word(one: Deadline) -> str:
    """A deadline about interpreters in words."""
    if one.duty is Duty.BOOK:
        return str(_("to be booked by %(day)s", day=day(one.day)))
    return str(_("can be cancelled free of charge until %(day)s", day=day(one.day)))


def interpreting_days(said: MeetingPlan) -> str:
    """By when interpreters are to be booked and can be cancelled: "booked · can be cancelled …"."""
    words = [str(_("booked"))] if said.interpreters_booked else []
    if said.precision == Precision.MONTH:
        if said.book_interpreters:
            words.append(
                ngettext("to be booked %(num)s day before", "to be booked %(num)s days before", said.book_interpreters)
            )
        if said.release_interpreters:
            words.append(
                ngettext(
                    "can be cancelled free of charge until %(num)s day before",
                    "can be cancelled free of charge until %(num)s days before",
                    said.release_interpreters,
                )
            )
    return " · ".join([*words, *map(duty_word, deadlines(said))])


def _rhythm(pattern: Pattern) -> str:
    number = pattern.interval
    if pattern.frequency == Frequency.WEEKLY:
        return str(ngettext("every week", "every %(num)s weeks", number))
    if pattern.frequency == Frequency.MONTHLY:
        return str(ngettext("every month", "every %(num)s months", number))
    return str(ngettext("every year", "every %(num)s years", number))


def _on(pattern: Pattern) -> str:
    names = weekday_names()
    if pattern.frequency == Frequency.WEEKLY:
        return str(_("on %(days)s", days=_listed([names[day] for day in pattern.weekdays])))
    month = _month(pattern.month) if pattern.month else None
    if pattern.monthday is not None:
        return _on_date(pattern.monthday, pattern.month)
    which = _listed([str(ORDINAL_WORDS[number]) for number in pattern.ordinals])
    words = {"which": which, "weekday": names[pattern.weekdays[0]]}
    if month:
        return str(_("on the %(which)s %(weekday)s of %(month)s", month=month, **words))
    return str(_("on the %(which)s %(weekday)s", **words))


def _on_date(monthday: int, month: int | None) -> str:
    if monthday == LAST:
        return str(_("on the last day of %(month)s", month=_month(month)) if month else _("on the last day"))
    if month:
        day = format_date(date(A_LEAP_YEAR, month, monthday), "d MMMM", locale=locale())
        return str(_("on %(day)s", day=day))
    return str(_("on day %(day)d of the month", day=monthday))


def _month(number: int) -> str:
    return format_date(date(A_LEAP_YEAR, number, 1), "LLLL", locale=locale())


def _listed(items: list[str]) -> str:
    return format_list(items, locale=locale())
