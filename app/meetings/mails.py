"""What members are written about meetings: in their language, and with the time in their zone beside the meeting's."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, Recipient, queue, speaking
from app.groups.models import WorkingGroup
from app.meetings.models import Meeting
from app.meetings.presentation import place_of_meeting
from app.meetings.rules import TIME, WAYS_IN, MeetingPlan, Status, Visibility
from app.meetings.times import when_of
from app.meetings.words import languages
from app.people.models import Person

Compose = Callable[[str | None], Mail]
"""Makes the mail for a time zone, in the language in force."""


def created(meeting: Meeting, audience: Iterable[Person]) -> None:
    """A new date to keep."""

    def compose(zone: str | None) -> Mail:
        group = names_together(meeting.groups)
        words = {"group": group, "title": meeting.title}
        if _tentative(meeting):
            opening = _("%(group)s plans to meet: “%(title)s”. The date is tentative.", **words)
        else:
            opening = _("%(group)s meets: “%(title)s”.", **words)
        subject = _("New meeting: %(title)s (%(group)s)", title=meeting.title, group=group)
        return _mail(meeting, subject, opening, *_facts(meeting, zone), *_of_few(meeting))

    send_to(audience, compose)


def changed(meeting: Meeting, before: MeetingPlan, parts: frozenset[str], audience: Iterable[Person]) -> None:
    """Another time or place: what it is now, and what it was."""

    def compose(zone: str | None) -> Mail:
        group = names_together(meeting.groups)
        subject = _("Changed meeting: %(title)s (%(group)s)", title=meeting.title, group=group)
        opening = _("The meeting “%(title)s” of %(group)s was changed.", title=meeting.title, group=group)
        return _mail(meeting, subject, opening, *_news(meeting, before, parts, zone))

    send_to(audience, compose)


def cancelled(meeting: Meeting, audience: Iterable[Person]) -> None:
    """It does not take place."""

    def compose(zone: str | None) -> Mail:
        group = names_together(meeting.groups)
        subject = _("Cancelled: %(title)s (%(group)s)", title=meeting.title, group=group)
        opening = _(
            "The meeting “%(title)s” of %(group)s is cancelled. It will not take place.",
            title=meeting.title,
            group=group,
        )
        reason = [_("The reason:")] if meeting.cancellation_reason else []
        return _mail(meeting, subject, opening, *_facts(meeting, zone), *reason, quote=meeting.cancellation_reason)

    send_to(audience, compose)


def reinstated(meeting: Meeting, audience: Iterable[Person]) -> None:
    """It takes place after all."""

    def compose(zone: str | None) -> Mail:
        group = names_together(meeting.groups)
        subject = _("Takes place after all: %(title)s (%(group)s)", title=meeting.title, group=group)
        opening = _(
            "The meeting “%(title)s” of %(group)s was cancelled and now takes place after all.",
            title=meeting.title,
            group=group,
        )
        tentative = [_("The date is tentative.")] if _tentative(meeting) else []
        return _mail(meeting, subject, opening, *tentative, *_facts(meeting, zone))

    send_to(audience, compose)


def names_together(groups: Iterable[WorkingGroup]) -> str:
    """The groups that meet, in the language in force."""
    return " / ".join(translated(group.names) for group in groups)


def _tentative(meeting: Meeting) -> bool:
    return meeting.status == Status.TENTATIVE


def _mail(meeting: Meeting, subject: str, *paragraphs: str, quote: str | None = None) -> Mail:
    return Mail(
        subject=subject,
        paragraphs=paragraphs,
        quote=quote,
        action=(_("See the meeting"), absolute("pages.meeting", reference=meeting.reference)),
        afterword=_("You get this mail as a member or coordinator of %(group)s.", group=names_together(meeting.groups)),
    )


def _of_few(meeting: Meeting) -> list[str]:
    """That others do not know of it."""
    if meeting.visibility == Visibility.CHAIRS:
        return [_("It is for chairs and vice-chairs alone: the other members do not see it.")]
    if meeting.visibility == Visibility.NAMED:
        return [_("It is for people named alone: the other members do not see it.")]
    return []


def _facts(meeting: Meeting, zone: str | None) -> list[str]:
    """When and where, and where the link to join stands: never the link itself, mails are passed on."""
    facts = [_("When: %(when)s", when=when_of(meeting.said, zone))]
    where, said = where_of(meeting.said), meeting.said
    if where:
        facts.append(_("Where: %(where)s", where=where))
    facts += filter(None, (meeting.remark, languages(said)))
    if (meeting.join_link or meeting.dial_in) and meeting.status != Status.CANCELLED:
        facts.append(_("The link to join stands on the meeting’s page, once you have signed in."))
    return facts


def _news(meeting: Meeting, before: MeetingPlan, parts: frozenset[str], zone: str | None) -> list[str]:
    """What became different, new and old; the time always, for those who look no further."""
    now = when_of(meeting.said, zone)
    if parts & TIME:
        was = when_of(before, zone)
        news = [_("New time: %(when)s", when=now), _("It was: %(when)s", when=was)]
    else:
        news = [_("When, as before: %(when)s", when=now)]
    here, there = where_of(meeting.said), where_of(before)
    if here != there:
        news.append(_("New place: %(where)s", where=here or _("none")))
        news.append(_("It was: %(where)s", where=there or _("none")))
    elif here:
        news.append(_("Where, as before: %(where)s", where=here))
    if "tentative" in parts:
        news.append(_("The date is now tentative.") if _tentative(meeting) else _("The date is now confirmed."))
    if "join_link" in parts:
        news.append(
            _("The link to join is new: it stands on the meeting’s page, once you have signed in.")
            if meeting.join_link
            else _("There is no longer a link to join.")
        )
    elif parts & WAYS_IN:
        news.append(_("How to dial in is new: it stands on the meeting’s page, once you have signed in."))
    return news


def where_of(said: MeetingPlan) -> str:
    """Venue and address on one line; of what is online alone, that."""
    return ", ".join(filter(None, (said.venue, said.address))) or place_of_meeting(said) or ""


def send_to(audience: Iterable[Person], compose: Compose) -> None:
    """One mail to each, composed once for each language and zone."""
    composed: dict[tuple[str | None, str | None], Mail] = {}
    for person in audience:
        to: Recipient | None = person.recipient
        if to is None:
            continue
        key = (to.language, person.time_zone)
        if key not in composed:
            with speaking(to):
                composed[key] = compose(person.time_zone)
        queue(to, composed[key])
