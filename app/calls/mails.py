"""What is written about calls: to those asked, to who stands, to who chooses; each in their own language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.calls.models import Call, Candidacy
from app.calls.rules import Standing
from app.calls.words import STANDINGS, deadline, title, who_is
from app.core import dates, markdown
from app.core.errors import Text
from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail, queue, speaking
from app.membership.rules import State
from app.people import queries as people
from app.people.models import Person
from app.people.queries import association_name

LONGEST_PROFILE = 600
"""Letters of the profile that a mail quotes."""
LISTED = 20
"""Calls that a mail names."""


def opened(call: Call, speakers: Iterable[Person]) -> None:
    """To the focal points: nominate."""
    _tell(speakers, lambda person: Mail(
        subject=_("Call for experts: %(title)s (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(
            *_what(call, person),
            _("You can nominate colleagues in order of preference, and endorse those who apply themselves."),
        ),
        quote=_profile(call),
        action=(_("See the call and nominate"), _page(call)),
        afterword=_("You get this mail because you are a focal point of the association."),
    ))  # fmt: skip


def announced(call: Call, experts: Iterable[Person]) -> None:
    """To experts: apply."""
    _tell(experts, lambda person: Mail(
        subject=_("Call for experts: %(title)s (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(*_what(call, person), _("If this is your subject, apply on the page of the call.")),
        quote=_profile(call),
        action=(_("See the call"), _page(call)),
        afterword=_("You get this mail because you belong to an association that this call is for."),
    ))  # fmt: skip


def extended(call: Call, concerned: Iterable[Person]) -> None:
    """To the focal points and those who stand: there is more time."""
    _tell(concerned, lambda person: Mail(
        subject=_("More time: %(title)s (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(
            _("The deadline of the call “%(title)s” of the group %(group)s was put off. It is now: %(deadline)s.",
              title=title(call), group=_group(call), deadline=deadline(call, person.time_zone)),
        ),
        action=(_("See the call"), _page(call)),
    ))  # fmt: skip


def cancelled(call: Call, concerned: Iterable[Person]) -> None:
    """To the focal points and those who stand: it is off, and why."""
    _tell(concerned, lambda _person: Mail(
        subject=_("Cancelled: the call “%(title)s” (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(
            _("The group %(group)s has cancelled its call “%(title)s”, for this reason:", title=title(call),
              group=_group(call)),
        ),
        quote=call.reason,
        action=(_("See the call"), _page(call)),
        afterword=_("You need not do anything."),
    ))  # fmt: skip


def closed(call: Call, choosers: Iterable[Person]) -> None:
    """To those who choose: the deadline has passed."""
    _tell(choosers, lambda _person: Mail(
        subject=_("Choose now: %(title)s (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(
            _("The deadline of the call “%(title)s” has passed. See who stands, and choose.", title=title(call)),
        ),
        action=(_("Choose"), absolute("calls.choose", call_id=call.id)),
    ))  # fmt: skip


def reminder(call: Call, waiting: int, speakers: Iterable[Person]) -> None:
    """To the focal points of an association that nominates nobody, or lets someone wait."""

    def write(person: Person) -> Mail:
        missing = _("Your association has nominated nobody so far.")
        if waiting:
            missing = ngettext(
                "%(num)d person of your association has applied and waits for your endorsement.",
                "%(num)d people of your association have applied and wait for your endorsement.",
                waiting,
            )
        return Mail(
            subject=_("Until %(day)s: %(title)s (%(group)s)", day=dates.day(call.deadline_local), title=title(call),
                      group=_group(call)),
            paragraphs=(
                _("The call “%(title)s” of the group %(group)s closes soon: %(deadline)s.", title=title(call),
                  group=_group(call), deadline=deadline(call, person.time_zone)),
                missing,
            ),
            action=(_("Nominate and endorse"), absolute("calls.nominate", call_id=call.id)),
            afterword=_("You get this mail because you are a focal point of the association."),
        )  # fmt: skip

    _tell(speakers, write)


def undecided(chooser: Person, waiting: Sequence[Call]) -> None:
    """To someone who chooses: the calls that have waited for it for a while."""
    _tell([chooser], lambda person: Mail(
        subject=ngettext("%(num)d call waits for your decision", "%(num)d calls wait for your decision", len(waiting)),
        paragraphs=(
            _("The deadline has passed, and those who stand wait for an answer. Choose among them, or cancel the call "
              "and say why:"),
            *_waiting(waiting, person),
        ),
        action=_decide(waiting),
    ))  # fmt: skip


def escalation(administrators: Iterable[Person], waiting: Sequence[Call]) -> None:
    """To the administrators: calls on which nobody decides."""
    _tell(administrators, lambda person: Mail(
        subject=ngettext("%(num)d call has waited too long for a decision",
                         "%(num)d calls have waited too long for a decision", len(waiting)),
        paragraphs=(
            _("Nobody has decided on these calls for experts. You can do it in their place, or ask the coordinators:"),
            *_waiting(waiting, person),
        ),
        action=_decide(waiting),
        afterword=_("You get this mail because you are an administrator."),
    ))  # fmt: skip


def to_endorse(candidacy: Candidacy, speakers: Iterable[Person]) -> None:
    """To the focal points: one of yours applies."""
    _tell(speakers, lambda _person: Mail(
        subject=_("For your endorsement: %(name)s applies for %(title)s", name=candidacy.person.display_name,
                  title=title(candidacy.call)),
        paragraphs=(
            _("%(who)s applies for the call “%(title)s” of the group %(group)s, and writes:", who=who_is(candidacy),
              title=title(candidacy.call), group=_group(candidacy.call)),
        ),
        quote=candidacy.motivation,
        action=(_("Endorse or not"), _nominations(candidacy)),
        afterword=_("You get this mail because you are a focal point of the association."),
    ))  # fmt: skip


def applied(candidacy: Candidacy) -> None:
    """To the person: it has arrived."""
    call = candidacy.call
    with_association = candidacy.state == Standing.TO_ENDORSE
    _tell([candidacy.person], lambda person: Mail(
        subject=_("Your application has arrived: %(title)s", title=title(call)),
        paragraphs=(
            _("It has gone to the focal point of your association for endorsement.") if with_association else
            _("The coordinators of the group choose after the deadline, and you get an answer in any case."),
            _("You can change or withdraw it until the deadline: %(deadline)s.",
              deadline=deadline(call, person.time_zone)),
        ),
        action=(_("See the call"), _page(call)),
    ))  # fmt: skip


def endorsed(candidacy: Candidacy) -> None:
    """To the person: the association says yes."""
    _tell([candidacy.person], lambda _person: Mail(
        subject=_("Your association endorses you: %(title)s", title=title(candidacy.call)),
        paragraphs=(
            _("The coordinators of the group choose after the deadline, and you get an answer in any case."),
        ),
        action=(_("See the call"), _page(candidacy.call)),
    ))  # fmt: skip


def refused(candidacy: Candidacy) -> None:
    """To the person: the association says no, and why."""
    _tell([candidacy.person], lambda _person: Mail(
        subject=_("Your association does not endorse you: %(title)s", title=title(candidacy.call)),
        paragraphs=(
            _("Your application for the call “%(title)s” ends with this. The reason:", title=title(candidacy.call)),
        ),
        quote=candidacy.reason,
        action=(_("See the call"), _page(candidacy.call)),
    ))  # fmt: skip


def nominated(candidacy: Candidacy) -> None:
    """To the person: the association has nominated you, and how to say no."""
    call, known = candidacy.call, candidacy.person.account is not None
    _tell([candidacy.person], lambda _person: Mail(
        subject=_("Your association nominates you: %(title)s (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(
            _("The group %(group)s looks for experts, and your association has nominated you. The coordinators choose "
              "after %(deadline)s.", group=_group(call), deadline=deadline(call)),
            _("If you do not want this, withdraw on the page of the call. You can also say there why it suits you.")
            if known else
            _("You need not do anything: if you are chosen, you get a mail and say yes or no by its link."),
        ),
        quote=candidacy.recommendation,
        action=(_("See the call"), _page(call)),
    ))  # fmt: skip


def taken_back(candidacy: Candidacy) -> None:
    """To the person: the association no longer nominates or endorses you."""
    _tell([candidacy.person], lambda _person: Mail(
        subject=_("No longer nominated: %(title)s", title=title(candidacy.call)),
        paragraphs=(
            _("Your association has taken its word for the call “%(title)s” back, so you no longer stand.",
              title=title(candidacy.call)),
        ),
        action=(_("See the call"), _page(candidacy.call)),
    ))  # fmt: skip


def withdrawn(candidacy: Candidacy) -> None:
    """To the focal points: one of yours stands no longer."""
    if candidacy.association_id is None:
        return
    speakers = [item.person for item in people.speakers_of(candidacy.association_id)]
    _tell([one for one in speakers if one.id != candidacy.person_id], lambda _person: Mail(
        subject=_("%(name)s no longer stands for %(title)s", name=candidacy.person.display_name,
                  title=title(candidacy.call)),
        paragraphs=(_("%(who)s has withdrawn.", who=who_is(candidacy)),),
        action=(_("See the call"), _page(candidacy.call)),
        afterword=_("You get this mail because you are a focal point of the association."),
    ))  # fmt: skip


def departed(ended: Sequence[Candidacy], actor_id: int | None) -> None:
    """To the person and to the focal points, a mail each: for what someone who left stands no longer."""
    if not ended or ended[0].association is None:
        return
    person, association = ended[0].person, ended[0].association
    _tell([person], lambda _person: Mail(
        subject=_("You no longer stand for %(association)s", association=association_name(association)),
        paragraphs=(
            _("You no longer belong to %(association)s, so your candidacy in its name has ended:",
              association=association_name(association)),
            *_lines(ended),
            _("As long as a call is open, you can apply once more, for where you belong now."),
        ),
        action=(_("See open calls"), absolute("calls.open_calls")),
    ))  # fmt: skip
    speakers = [item.person for item in people.speakers_of(association.id)]
    _tell([one for one in speakers if one.id not in (person.id, actor_id)], lambda _person: Mail(
        subject=_("%(name)s no longer stands for %(association)s", name=person.display_name,
                  association=association_name(association)),
        paragraphs=(
            _("%(name)s has left the association, so the candidacy in its name has ended:", name=person.display_name),
            *_lines(ended),
        ),
        action=(_("See the seats of the association"), absolute("pages.association_desk", code=association.code)),
        afterword=_("You get this mail because you are a focal point of the association."),
    ))  # fmt: skip


def chosen(candidacy: Candidacy) -> None:
    """To the person: welcome. Who is invited, as there is no account, has been written to with the invitation."""
    membership = candidacy.membership
    if membership is None or membership.state != State.ACTIVE:
        return
    _tell([candidacy.person], lambda _person: Mail(
        subject=_("You were chosen: %(title)s", title=title(candidacy.call)),
        paragraphs=(
            _("You were chosen in the call “%(title)s” and are a member of the group %(group)s now.",
              title=title(candidacy.call), group=_group(candidacy.call)),
            _("On the group’s page you find its meetings, with the links to take part."),
        ),
        action=(_("Go to the group"), absolute("pages.group", slug=candidacy.call.group.slug)),
        afterword=_("If you do not want to be in this group, you can leave it at any time from your own page."),
    ))  # fmt: skip


def not_chosen(candidacy: Candidacy) -> None:
    """To the person: others were chosen; until when one stays on the reserve list."""
    call = candidacy.call

    def write(_person: Person) -> Mail:
        text = _("The seats went to others. Thank you for your interest.")
        if candidacy.state == Standing.RESERVE and call.reserve_until:
            text = _("The seats went to others. You stay on the reserve list until %(day)s: if a seat becomes free, "
                     "you may still be taken.", day=dates.day(call.reserve_until))  # fmt: skip
        return Mail(
            subject=_("Others were chosen: %(title)s", title=title(call)),
            paragraphs=(
                _("The group %(group)s has decided on its call “%(title)s”.", group=_group(call), title=title(call)),
                text,
            ),
            action=(_("See the call"), _page(call)),
        )

    _tell([candidacy.person], write)


def lapsed(candidacy: Candidacy) -> None:
    """To the person: the reserve list is over."""
    _tell([candidacy.person], lambda _person: Mail(
        subject=_("The reserve list is over: %(title)s", title=title(candidacy.call)),
        paragraphs=(
            _("No further seat became free in the group %(group)s. Thank you for having been ready.",
              group=_group(candidacy.call)),
        ),
        action=(_("See open calls"), absolute("calls.open_calls")),
    ))  # fmt: skip


def outcome(call: Call, own: Sequence[Candidacy], speakers: Iterable[Person]) -> None:
    """To the focal points: what became of those of their association."""
    _tell(speakers, lambda _person: Mail(
        subject=_("Decided: %(title)s (%(group)s)", title=title(call), group=_group(call)),
        paragraphs=(
            _("The group %(group)s has decided on its call “%(title)s”. Of your association:", group=_group(call),
              title=title(call)),
            *(_("%(name)s: %(state)s", name=one.person.display_name, state=STANDINGS[Standing(one.state)][0])
              for one in own),
        ),
        action=(_("See the call"), _page(call)),
        afterword=_("You get this mail because you are a focal point of the association."),
    ))  # fmt: skip


def _what(call: Call, person: Person) -> tuple[Text, ...]:
    """What is looked for, and until when, by the clock of who reads."""
    return (
        _("The group %(group)s looks for experts: %(title)s.", group=_group(call), title=title(call)),
        ngettext("%(num)d seat. Deadline: %(deadline)s.", "%(num)d seats. Deadline: %(deadline)s.", call.seats,
                 deadline=deadline(call, person.time_zone)),
    )  # fmt: skip


def _waiting(waiting: Sequence[Call], person: Person) -> list[Text]:
    """A line for each call, the oldest deadlines first."""
    lines: list[Text] = [
        _("%(title)s (%(group)s): deadline %(deadline)s", title=title(call), group=_group(call),
          deadline=deadline(call, person.time_zone))
        for call in waiting[:LISTED]
    ]  # fmt: skip
    if len(waiting) > LISTED:
        lines.append(_("and %(number)d more", number=len(waiting) - LISTED))
    return lines


def _lines(candidacies: Sequence[Candidacy]) -> list[Text]:
    return [f"– {title(one.call)} ({_group(one.call)})" for one in candidacies]


def _decide(waiting: Sequence[Call]) -> tuple[Text, str]:
    """Where one chooses: of one call its own page, of several the desk."""
    if len(waiting) == 1:
        return _("Choose"), absolute("calls.choose", call_id=waiting[0].id)
    return _("See these calls on the desk"), absolute("pages.desk")


def _profile(call: Call) -> str | None:
    text = markdown.to_text(translated(call.profiles))
    return (text if len(text) <= LONGEST_PROFILE else text[:LONGEST_PROFILE].rstrip() + " …") or None


def _tell(people_meant: Iterable[Person], write: Callable[[Person], Mail]) -> None:
    """One mail to each whom one reaches."""
    for person in {one.id: one for one in people_meant}.values():
        to = person.recipient
        if to is not None:
            with speaking(to):
                queue(to, write(person))


def _group(call: Call) -> str:
    return translated(call.group.names)


def _page(call: Call) -> str:
    return absolute("calls.call", call_id=call.id)


def _nominations(candidacy: Candidacy) -> str:
    assert candidacy.association
    return absolute("calls.nominate", call_id=candidacy.call_id, association=candidacy.association.code)
