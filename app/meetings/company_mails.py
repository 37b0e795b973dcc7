"""What coordinators are written about joint meetings: that they are asked, and what the others have answered."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail
from app.meetings.mails import send_to
from app.meetings.models import JointGroup
from app.meetings.rules.company import Consent
from app.meetings.times import when_of
from app.people.models import Person


def asked(joint: JointGroup, audience: Iterable[Person]) -> None:
    """To the coordinators of a group: another one would meet jointly with it."""
    meeting = joint.meeting

    def compose(zone: str | None) -> Mail:
        words = _words(joint)
        paragraphs = [
            _("%(host)s would like to hold the meeting “%(title)s” jointly with %(group)s.", **words),
            _("When: %(when)s", when=when_of(meeting.said, zone)),
        ]
        if meeting.series_id is not None:
            paragraphs.append(_("It is a series: your answer counts for all its dates."))
        paragraphs.append(_("Once you agree, it stands in the lists and the calendar of your group."))
        return Mail(
            subject=_("Joint meeting? %(title)s (%(host)s)", **words),
            paragraphs=tuple(paragraphs),
            action=(_("See the meeting and answer"), absolute("pages.meeting", reference=meeting.reference)),
            afterword=_("You get this mail as a coordinator of %(group)s.", group=words["group"]),
        )

    send_to(audience, compose)


def answered(joint: JointGroup, reason: str | None, audience: Iterable[Person]) -> None:
    """To the coordinators of the host: the other group has agreed, or it does not take part."""
    meeting = joint.meeting

    def compose(_zone: str | None) -> Mail:
        words = _words(joint)
        if joint.consent == Consent.AGREED:
            subject = _("%(group)s meets with you: %(title)s", **words)
            opening = _("%(group)s has agreed to hold the meeting “%(title)s” jointly.", **words)
        else:
            subject = _("%(group)s does not meet with you: %(title)s", **words)
            opening = _("%(group)s does not hold the meeting “%(title)s” jointly with you.", **words)
        return Mail(
            subject=subject,
            paragraphs=(opening, _("The reason:")) if reason else (opening,),
            quote=reason,
            action=(_("See the meeting"), absolute("pages.meeting", reference=meeting.reference)),
            afterword=_("You get this mail as a coordinator of %(group)s.", group=words["host"]),
        )

    send_to(audience, compose)


def _words(joint: JointGroup) -> dict[str, str]:
    meeting = joint.meeting
    return {
        "host": translated(meeting.group.names),
        "group": translated(joint.group.names),
        "title": meeting.title,
    }
