"""What members are written about series: one mail for many dates, with the dates in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import clock
from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail
from app.groups.models import WorkingGroup
from app.meetings.mails import names_together, send_to, where_of
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import WORTH_A_MAIL, MeetingPlan
from app.meetings.rules.series import Change, Revision
from app.meetings.times import when_of
from app.people.models import Person

MOST_NAMED = 20
"""Dates that a mail lists; the series' page has them all."""


def created(series: MeetingSeries, dates: Sequence[Meeting], audience: Iterable[Person]) -> None:
    """New dates to keep."""
    now = clock.now()
    ahead = [meeting.said for meeting in dates if meeting.ends_at > now]
    if not ahead:
        return

    def compose(zone: str | None) -> Mail:
        words = {"group": names_of(series), "title": ahead[0].title}
        subject = ngettext(
            "New date: %(title)s (%(group)s)", "%(num)s new dates: %(title)s (%(group)s)", len(ahead), **words
        )
        opening = _("%(group)s meets: “%(title)s”.", **words)
        return _mail(series, subject, [opening, *_named(ahead, zone)])

    send_to(audience, compose)


def planned(group: WorkingGroup, plans: Sequence[MeetingPlan], audience: Iterable[Person]) -> None:
    """The plan of a whole year: several meetings and series, all of them tentative."""
    now = clock.now()
    ahead = [plan for plan in plans if plan.ends_at > now]
    if not ahead:
        return

    def compose(zone: str | None) -> Mail:
        name = translated(group.names)
        lines = [f"{_when(plan, zone)}: {plan.title}" for plan in ahead[:MOST_NAMED]]
        if len(ahead) > MOST_NAMED:
            lines.append(_and_more(len(ahead) - MOST_NAMED))
        subject = ngettext("New date: %(group)s", "%(num)s new dates: %(group)s", len(ahead), group=name)
        opening = _("%(group)s plans to meet on these dates. They are tentative.", group=name)
        return Mail(
            subject=subject,
            paragraphs=(opening, *lines),
            action=(_("See all dates"), absolute("pages.meetings", group=group.slug)),
            afterword=_("You get this mail as a member or coordinator of %(group)s.", group=name),
        )

    send_to(audience, compose)


def changed(series: MeetingSeries, revision: Revision, audience: Iterable[Person]) -> None:
    """Dates that are new, elsewhere, or gone; nothing where only words about them changed."""
    told = [change for change in revision.changes if is_news(change)]
    if not told:
        return

    def compose(zone: str | None) -> Mail:
        one = told[0].after or told[0].before
        assert one is not None
        words = {"group": names_of(series), "title": one.plan.title}
        lines = [change_line(change, zone) for change in told[:MOST_NAMED]]
        if len(told) > MOST_NAMED:
            lines.append(_and_more(len(told) - MOST_NAMED))
        opening = _("Dates of “%(title)s” of %(group)s were changed.", **words)
        return _mail(series, _("Changed dates: %(title)s (%(group)s)", **words), [opening, *lines])

    send_to(audience, compose)


def ended(series: MeetingSeries, dates: Sequence[Meeting], reason: str | None, audience: Iterable[Person]) -> None:
    """Dates that do not take place."""
    plans = [meeting.said for meeting in dates]

    def compose(zone: str | None) -> Mail:
        words = {"group": names_of(series), "title": plans[0].title}
        subject = ngettext(
            "Cancelled date: %(title)s (%(group)s)",
            "%(num)s cancelled dates: %(title)s (%(group)s)",
            len(plans),
            **words,
        )
        opening = _("These dates of “%(title)s” of %(group)s are cancelled. They will not take place.", **words)
        asked = [_("The reason:")] if reason else []
        return _mail(series, subject, [opening, *_named(plans, zone), *asked], quote=reason)

    send_to(audience, compose)


def names_of(series: MeetingSeries) -> str:
    """All groups whose series it is, by its latest date."""
    return names_together(series.meetings[-1].groups if series.meetings else [series.group])


def is_news(change: Change) -> bool:
    """Whether it is news to those who come: not of what is over, nor of a date that was cancelled anyway."""
    now = clock.now()
    if change.before and change.before.cancelled:
        return False
    plans = [one.plan for one in (change.before, change.after) if one is not None]
    if all(plan.ends_at <= now for plan in plans):
        return False
    return change.before is None or change.after is None or bool(change.differences & WORTH_A_MAIL)


def change_line(change: Change, zone: str | None) -> str:
    """What becomes of a date, in words."""
    if change.before is None:
        assert change.after is not None
        return str(_("New: %(when)s", when=_when(change.after.plan, zone)))
    if change.after is None:
        return str(_("Not any more: %(when)s", when=_when(change.before.plan, zone)))
    before, after = change.before.plan, change.after.plan
    now, was = _when(after, zone), _when(before, zone)
    if now != was:
        return str(_("Now: %(now)s. It was: %(was)s", now=now, was=was))
    here = where_of(after)
    if here != where_of(before):
        return str(_("%(when)s: now at %(where)s", when=now, where=here or _("a place to be said")))
    if after.tentative != before.tentative:
        return str(
            _("%(when)s: now tentative", when=now) if after.tentative else _("%(when)s: now confirmed", when=now)
        )
    return str(_("%(when)s: the link to join is new", when=now))


def _named(plans: Sequence[MeetingPlan], zone: str | None) -> list[str]:
    lines = [_when(plan, zone) for plan in plans[:MOST_NAMED]]
    return [*lines, _and_more(len(plans) - MOST_NAMED)] if len(plans) > MOST_NAMED else lines


def _and_more(number: int) -> str:
    return str(ngettext("and %(num)s more date", "and %(num)s more dates", number))


def _when(plan: MeetingPlan, zone: str | None) -> str:
    return when_of(plan, zone)


def _mail(series: MeetingSeries, subject: str, paragraphs: Sequence[str], quote: str | None = None) -> Mail:
    group = names_of(series)
    return Mail(
        subject=subject,
        paragraphs=tuple(paragraphs),
        quote=quote,
        action=(_("See all dates"), absolute("meetings.series", reference=series.reference)),
        afterword=_("You get this mail as a member or coordinator of %(group)s.", group=group),
    )
