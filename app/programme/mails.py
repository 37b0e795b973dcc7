"""What members are written about consultations: a new deadline, one that moved or was dropped, one that comes soon."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flask_babel import gettext as _

from app.core import dates
from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, queue, speaking
from app.people.models import Person
from app.programme.models import Milestone
from app.programme.rules import MilestonePlan
from app.programme.words import days, distance, matter


def announced(milestone: Milestone, audience: Iterable[Person]) -> None:
    """A new deadline to keep."""

    def compose() -> Mail:
        words = _words(milestone)
        return _mail(
            milestone,
            _("New consultation deadline: %(title)s (%(group)s)", **words),
            _("%(group)s follows a consultation: “%(title)s”.", **words),
            *_facts(milestone),
        )

    _send(audience, compose)


def moved(milestone: Milestone, before: MilestonePlan, audience: Iterable[Person]) -> None:
    """Other days: what they are now, and what they were."""

    def compose() -> Mail:
        words = _words(milestone)
        return _mail(
            milestone,
            _("Moved consultation deadline: %(title)s (%(group)s)", **words),
            _("The consultation “%(title)s”, which %(group)s follows, has other days.", **words),
            *_facts(milestone),
            _("It was: %(when)s", when=days(before.first_day, before.last_day)),
        )

    _send(audience, compose)


def dropped(milestone: Milestone, audience: Iterable[Person]) -> None:
    """Nobody need prepare for it any longer."""

    def compose() -> Mail:
        words = _words(milestone)
        reason = [_("The reason:")] if milestone.drop_reason else []
        return _mail(
            milestone,
            _("Dropped: %(title)s (%(group)s)", **words),
            _("%(group)s has dropped the consultation “%(title)s” from its work programme.", **words),
            *_facts(milestone),
            *reason,
            quote=milestone.drop_reason,
        )

    _send(audience, compose)


def reinstated(milestone: Milestone, audience: Iterable[Person]) -> None:
    """It stands after all."""

    def compose() -> Mail:
        words = _words(milestone)
        return _mail(
            milestone,
            _("Stands again: %(title)s (%(group)s)", **words),
            _("%(group)s has taken the consultation “%(title)s” up again.", **words),
            *_facts(milestone),
        )

    _send(audience, compose)


def reminder(milestone: Milestone, audience: Iterable[Person]) -> None:
    """The deadline comes soon."""

    def compose() -> Mail:
        words = _words(milestone) | {"when": distance(milestone.last_day)}
        return _mail(
            milestone,
            _("Consultation deadline %(when)s: %(title)s (%(group)s)", **words),
            _("The consultation “%(title)s”, which %(group)s follows, ends %(when)s.", **words),
            *_facts(milestone),
        )

    _send(audience, compose)


def _words(milestone: Milestone) -> dict[str, str]:
    return {"title": milestone.title, "group": translated(milestone.group.names)}


def _facts(milestone: Milestone) -> list[str]:
    """Until when, from when, and what the matter is called elsewhere."""
    facts = [_("Deadline: %(deadline)s", deadline=dates.day(milestone.last_day))]
    if milestone.first_day != milestone.last_day:
        facts.append(_("Open from: %(day)s", day=dates.day(milestone.first_day)))
    called = matter(milestone.file_reference, milestone.link)
    return [*facts, _("Reference: %(reference)s", reference=called)] if called else facts


def _mail(milestone: Milestone, subject: str, *paragraphs: str, quote: str | None = None) -> Mail:
    return Mail(
        subject=subject,
        paragraphs=paragraphs,
        quote=quote,
        action=(_("See the consultation"), absolute("programme.milestone", reference=milestone.reference)),
        afterword=_(
            "You get this mail as a member or coordinator of %(group)s.", group=translated(milestone.group.names)
        ),
    )


def _send(audience: Iterable[Person], compose: Callable[[], Mail]) -> None:
    """One mail to each, composed once for each language."""
    composed: dict[str | None, Mail] = {}
    for person in audience:
        to = person.recipient
        if to is None:
            continue
        if to.language not in composed:
            with speaking(to):
                composed[to.language] = compose()
        queue(to, composed[to.language])
