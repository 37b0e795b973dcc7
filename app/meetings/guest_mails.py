"""What guests from outside are written: in their language, and with a link to a page of their own.

Mails are passed on, so the link to join stands on that page alone. Guests need no account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, Recipient, queue, speaking
from app.meetings.mails import where_of
from app.meetings.models import Guest, Meeting
from app.meetings.rules import TIME, MeetingPlan
from app.meetings.rules.company import GuestPlan
from app.meetings.times import when_of
from app.people import tokens

MOST_NAMED = 20
"""Dates that a mail lists; the guest's page has them all."""

Compose = Callable[[], Mail]


def invited(dates: Sequence[Meeting], guests: Iterable[Guest]) -> None:
    """They are expected: at one meeting, or at several dates of a series, of which `guests` are those of the first."""
    for guest in list(guests):
        first = dates[0]

        def compose(guest: Guest = guest, first: Meeting = first) -> Mail:
            words = _words(first)
            asked = _("%(group)s invites you to speak at its meeting “%(title)s”.", **words)
            opening = asked if guest.speaks else _("%(group)s invites you to its meeting “%(title)s”.", **words)
            lines = (
                [_when(date.said) for date in dates]
                if len(dates) > 1
                else [_("When: %(when)s", when=_when(first.said))]
            )
            subject = _("Invitation: %(title)s (%(group)s)", **words)
            return _mail(guest, subject, opening, *_at_most(lines), *_where(first))

        _send(guest, compose)


def changed(meeting: Meeting, before: MeetingPlan, parts: frozenset[str], guests: Iterable[Guest]) -> None:
    """Another time or place."""
    for guest in guests:

        def compose(guest: Guest = guest) -> Mail:
            words = _words(meeting)
            now = _when(meeting.said)
            lines = [_("When, as before: %(when)s", when=now)]
            if parts & TIME:
                lines = [_("New time: %(when)s", when=now), _("It was: %(when)s", when=_when(before))]
            opening = _("The meeting “%(title)s” of %(group)s, to which you are invited, was changed.", **words)
            return _mail(guest, _("Changed meeting: %(title)s (%(group)s)", **words), opening, *lines, *_where(meeting))

        _send(guest, compose)


def dates_changed(meeting: Meeting, lines: Sequence[Callable[[], str]], guests: Iterable[Guest]) -> None:
    """Dates of a series that are new, elsewhere, or gone: `lines` say it in the language in force."""
    for guest in guests:

        def compose(guest: Guest = guest) -> Mail:
            words = _words(meeting)
            opening = _("Dates of “%(title)s” of %(group)s, to which you are invited, were changed.", **words)
            subject = _("Changed dates: %(title)s (%(group)s)", **words)
            return _mail(guest, subject, opening, *_at_most([line() for line in lines]))

        _send(guest, compose)


def cancelled(dates: Sequence[Meeting], reason: str | None) -> None:
    """Meetings that do not take place: one mail to each of their guests."""
    for guest, theirs in _by_guest(dates):

        def compose(guest: Guest = guest, theirs: Sequence[Meeting] = theirs) -> Mail:
            words = _words(theirs[0])
            subject = _("Cancelled: %(title)s (%(group)s)", **words)
            opening = _("The meeting “%(title)s” of %(group)s, to which you are invited, will not take place.", **words)
            lines = [_when(date.said) for date in theirs]
            asked = [_("The reason:")] if reason else []
            return _mail(guest, subject, opening, *_at_most(lines), *asked, quote=reason)

        _send(guest, compose)


def reinstated(meeting: Meeting) -> None:
    """It takes place after all."""
    for guest in meeting.guests:

        def compose(guest: Guest = guest) -> Mail:
            words = _words(meeting)
            opening = _("The meeting “%(title)s” of %(group)s was cancelled and now takes place after all.", **words)
            line = _("When: %(when)s", when=_when(meeting.said))
            subject = _("Takes place after all: %(title)s (%(group)s)", **words)
            return _mail(guest, subject, opening, line, *_where(meeting))

        _send(guest, compose)


def uninvited(meeting: Meeting, guests: Iterable[GuestPlan]) -> None:
    """They are not expected any more; their page is gone with the invitation."""
    for guest in guests:
        to = Recipient(guest.email, guest.name, guest.language)
        with speaking(to):
            words = _words(meeting)
            mail = Mail(
                subject=_("No longer expected: %(title)s (%(group)s)", **words),
                paragraphs=(
                    _("You are no longer expected at the meeting “%(title)s” of %(group)s.", **words),
                    _("When: %(when)s", when=_when(meeting.said)),
                ),
                afterword=_("You got this mail as a guest of %(group)s.", group=words["group"]),
            )
        queue(to, mail)


def page_of(guest: Guest) -> str:
    """The address of a guest's own page."""
    token = tokens.make(tokens.GUEST, guest=guest.id, meeting=guest.meeting.reference, mark=tokens.mark(guest.email))
    return absolute("meetings.guest_page", token=token, **({"lang": guest.language} if guest.language else {}))


def _by_guest(dates: Sequence[Meeting]) -> list[tuple[Guest, list[Meeting]]]:
    """Each guest once, with the dates at which they are expected."""
    found: dict[str, tuple[Guest, list[Meeting]]] = {}
    for date in dates:
        for guest in date.guests:
            found.setdefault(guest.email, (guest, []))[1].append(date)
    return list(found.values())


def _send(guest: Guest, compose: Compose) -> None:
    to = Recipient(guest.email, guest.name, guest.language)
    with speaking(to):
        mail = compose()
    queue(to, mail)


def _mail(guest: Guest, subject: str, *paragraphs: str, quote: str | None = None) -> Mail:
    return Mail(
        subject=subject,
        paragraphs=(*paragraphs, _("Your page has all that you need to take part. It is for you alone.")),
        quote=quote,
        action=(_("Open your page"), page_of(guest)),
        afterword=_("You get this mail as a guest of %(group)s.", group=translated(guest.meeting.group.names)),
    )


def _words(meeting: Meeting) -> dict[str, str]:
    return {"group": translated(meeting.group.names), "title": meeting.title}


def _when(plan: MeetingPlan) -> str:
    return when_of(plan, None)


def _where(meeting: Meeting) -> list[str]:
    where = where_of(meeting.said)
    return [_("Where: %(where)s", where=where)] if where else []


def _at_most(lines: list[str]) -> list[str]:
    if len(lines) <= MOST_NAMED:
        return lines
    more = len(lines) - MOST_NAMED
    return [*lines[:MOST_NAMED], str(ngettext("and %(num)s more date", "and %(num)s more dates", more))]
