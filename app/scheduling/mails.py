"""What people are written about date polls: in their language, with the dates in their zone, and the link to answer.

The link is each person's own: who has it answers for that person without signing in. So it stands in their mail alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, queue, speaking
from app.people import queries as people
from app.people import tokens
from app.people.models import Person
from app.scheduling.models import Poll, PollOption
from app.scheduling.words import closing, length, when_option, zone_of

SHOWN = 12
"""Dates that a mail lists; the page has them all."""


def answer_page(poll: Poll, person: Person) -> str:
    """Where a person answers without signing in; over once the poll is, or the address is another's."""
    token = tokens.make(tokens.POLL, poll=poll.id, person=person.id, mark=tokens.mark(person.email or ""))
    return absolute("scheduling.answer_by_link", token=token)


def poll_page(poll: Poll) -> str:
    """The poll, for those who have an account."""
    return absolute("scheduling.poll", reference=poll.reference)


def invited(poll: Poll, asked: Iterable[Person]) -> None:
    """When can you come? To those who are asked, and to those who act for them."""
    everyone = list(asked)

    def write(person: Person) -> Mail:
        return _to_answer(
            poll, person,
            _("Which dates suit you? %(title)s (%(group)s)", title=poll.title, group=_group(poll)),
            _("%(group)s looks for a date for “%(title)s” (%(length)s).", group=_group(poll), title=poll.title,
              length=length(poll.minutes)),
        )  # fmt: skip

    _tell(everyone, write)
    _tell_delegates(poll, everyone)


def changed(poll: Poll, added: Sequence[PollOption], withdrawn: Sequence[PollOption], asked: Iterable[Person]) -> None:
    """Dates came or went; answers to the others stay."""

    def write(person: Person) -> Mail:
        news: list[str] = []
        if added:
            news += [_("New dates:"), *_dates(added, poll, person)]
        if withdrawn:
            news += [_("No longer proposed:"), *_dates(withdrawn, poll, person)]
        return Mail(
            subject=_("Other dates: %(title)s (%(group)s)", title=poll.title, group=_group(poll)),
            paragraphs=(
                _("The dates proposed for “%(title)s” of %(group)s have changed. What you said to the others stays.",
                  title=poll.title, group=_group(poll)),
                *news,
                _until(poll, person),
            ),
            action=(_("See the dates and answer"), answer_page(poll, person)),
            afterword=_yours(),
        )  # fmt: skip

    _tell(asked, write)


def reminder(poll: Poll, asked: Iterable[Person]) -> None:
    """You have not said yet; to those who act for them too."""
    everyone = list(asked)

    def write(person: Person) -> Mail:
        return _to_answer(
            poll, person,
            _("Please answer: which dates suit you? %(title)s", title=poll.title),
            _("%(group)s still waits to hear which dates for “%(title)s” suit you.", group=_group(poll),
              title=poll.title),
        )  # fmt: skip

    _tell(everyone, write)
    _tell_delegates(poll, everyone)


def extended(poll: Poll, asked: Iterable[Person]) -> None:
    """There is more time."""

    def write(person: Person) -> Mail:
        return _to_answer(
            poll, person,
            _("More time to answer: %(title)s (%(group)s)", title=poll.title, group=_group(poll)),
            _("You can still say which dates for “%(title)s” of %(group)s suit you.", title=poll.title,
              group=_group(poll)),
        )  # fmt: skip

    _tell(asked, write)


def decided(poll: Poll, option: PollOption, asked: Iterable[Person]) -> None:
    """The date, to those whom no mail about the meeting itself reaches."""
    _tell(asked, lambda person: Mail(
        subject=_("The date is set: %(title)s (%(group)s)", title=poll.title, group=_group(poll)),
        paragraphs=(
            _("%(group)s has chosen a date for “%(title)s”.", group=_group(poll), title=poll.title),
            _("When: %(when)s", when=when_option(option, zone_of(person, poll))),
            _("The other dates are free again. Thank you for having answered."),
        ),
        action=(_("See the poll"), poll_page(poll)),
        afterword=_why(),
    ))  # fmt: skip


def cancelled(poll: Poll, asked: Iterable[Person]) -> None:
    """None of the dates, and why."""
    _tell(asked, lambda _person: Mail(
        subject=_("No date is looked for any more: %(title)s (%(group)s)", title=poll.title, group=_group(poll)),
        paragraphs=(
            _("The date poll “%(title)s” of %(group)s was called off. All its dates are free again.",
              title=poll.title, group=_group(poll)),
            _("The reason:"),
        ),
        quote=poll.reason,
        action=(_("See the poll"), poll_page(poll)),
        afterword=_why(),
    ))  # fmt: skip


def _to_answer(poll: Poll, person: Person, subject: str, opening: str) -> Mail:
    return Mail(
        subject=subject,
        paragraphs=(
            opening,
            *_dates(poll.offered, poll, person),
            _("Say yes, if need be or no to each. Keep these dates free until one is chosen."),
            _until(poll, person),
        ),
        action=(_("Answer without signing in"), answer_page(poll, person)),
        afterword=_yours(),
    )


def _dates(options: Sequence[PollOption], poll: Poll, person: Person) -> list[str]:
    """The dates by the clock of who reads, the first ones."""
    zone = zone_of(person, poll)
    said = [f"• {when_option(option, zone)}" for option in options[:SHOWN]]
    more = len(options) - SHOWN
    return [*said, str(ngettext("and %(num)d more", "and %(num)d more", more))] if more > 0 else said


def _until(poll: Poll, person: Person) -> str:
    return str(
        _("You can answer, and change what you said, until %(time)s.", time=closing(poll, zone_of(person, poll)))
    )


def _yours() -> str:
    return str(_("This link is yours alone: whoever has it answers in your name. Do not pass this mail on."))


def _why() -> str:
    return str(_("You get this mail because you were asked for a date."))


def _group(poll: Poll) -> str:
    return translated(poll.group.names)


def _tell_delegates(poll: Poll, asked: Sequence[Person]) -> None:
    """To those who act for them: they sign in, so no link of anybody's stands in it."""
    by_id = {person.id: person for person in asked}
    for delegate, person_id in people.delegates_among(by_id):
        person = by_id[person_id]

        def write(reader: Person, person: Person = person) -> Mail:
            return Mail(
                subject=_("Which dates suit %(name)s? %(title)s", name=person.display_name, title=poll.title),
                paragraphs=(
                    _("%(group)s looks for a date for “%(title)s”. You act for %(name)s and can answer in their place; "
                      "everyone sees that it was you.", group=_group(poll), title=poll.title,
                      name=person.display_name),
                    _("You can answer, and change what you said, until %(time)s.",
                      time=closing(poll, zone_of(reader, poll))),
                ),
                action=(_("Answer for %(name)s", name=person.display_name),
                        absolute("scheduling.answer_for", reference=poll.reference, person_id=person.id)),
                afterword=_("You get this mail because you act for %(name)s.", name=person.display_name),
            )  # fmt: skip

        _tell([delegate], write)


def _tell(asked: Iterable[Person], write: Callable[[Person], Mail]) -> None:
    """One mail to each whom one reaches."""
    for person in asked:
        to = person.recipient
        if to is not None:
            with speaking(to):
                queue(to, write(person))
