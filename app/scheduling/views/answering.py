"""Saying when one can come: on the page, by the link from a mail, and for someone else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import markdown
from app.core.errors import DomainError
from app.core.forms import form_page
from app.core.policy import anyone, current_viewer, guard
from app.core.security import csrf, private_page
from app.extensions import limiter
from app.people import queries as people
from app.people import tokens
from app.people.models import Person
from app.scheduling import audience, policy, queries, rules, service, words
from app.scheduling.forms import answer_form
from app.scheduling.models import Poll, PollOption
from app.scheduling.queries import Place
from app.scheduling.rules import Answer, Move
from app.scheduling.service import NotNow, Via
from app.scheduling.views.blueprint import ONE, bp, page_of, to_poll


@bp.route(f"{ONE}/answer", methods=["GET", "POST"])
@guard(policy.answer, of=queries.poll_at, sees=policy.knows_of)
def answer(poll: Poll) -> ResponseReturnValue:
    """Say for oneself."""
    person = people.person(current_viewer().person_id)
    assert person
    return _answer(Place(poll, person))


@bp.route(f"{ONE}/answer/<int(max=2147483647):person_id>", methods=["GET", "POST"])
@guard(policy.answer_for, of=queries.place_at, sees=policy.knows_of_place)
def answer_for(place: Place) -> ResponseReturnValue:
    """Say for someone, whom everybody then sees to have been answered for."""
    return _answer(place)


@bp.route("/polls/answer/<token>", methods=["GET", "POST"])
@guard(anyone)
@limiter.limit("120 per hour", methods=["POST"])
def answer_by_link(token: str) -> ResponseReturnValue:
    """Say without signing in: the link came to the person's own address. It shows their answers and no others."""
    private_page()
    poll, person = _asked_by(token)
    form, own = _form(poll, person)
    here = url_for("scheduling.answer_by_link", token=token)
    if form.validate_on_submit():
        try:
            service.answer(poll.id, person.id, form.answers, None, Via.LINK)
        except DomainError as error:
            raise tokens.LinkIsOver(error.message) from None
        flash(_("Thank you. Your answers are saved; you can change them until the poll ends."), "success")
        answered: ResponseReturnValue = redirect(here, 303)
    else:
        answered = form_page(form, "scheduling/answer.html", **_page(poll, person, form, own), by_link=True, here=here)
    response = make_response(answered)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


# The form carries its token; the check by Referer would miss what the page tells browsers not to send.
csrf.exempt(answer_by_link)


def _answer(place: Place) -> ResponseReturnValue:
    """The page on which somebody who is signed in answers, for themselves or for another."""
    poll, person, viewer = place.poll, place.person, current_viewer()
    if not rules.is_possible(Move.ANSWER, poll.now):
        raise NotNow(poll.id, words.NOT_NOW[poll.now])
    form, own = _form(poll, person)
    is_own = person.id == viewer.person_id
    back = page_of(poll) if policy.see(viewer, poll) else url_for("pages.me")
    if form.validate_on_submit():
        try:
            service.answer(poll.id, person.id, form.answers, viewer.person_id, Via.PAGE)
        except NotNow:
            raise
        except DomainError as error:
            form.blame(error)
        else:
            if is_own:
                flash(_("Your answers are saved; you can change them until the poll ends."), "success")
            else:
                flash(_("The answers of %(name)s are saved, as given by you.", name=person.display_name), "success")
            return to_poll(poll) if policy.see(viewer, poll) else redirect(back, 303)
    here = (
        url_for("scheduling.answer", reference=poll.reference)
        if is_own
        else url_for("scheduling.answer_for", reference=poll.reference, person_id=person.id)
    )
    return form_page(
        form, "scheduling/answer.html", **_page(poll, person, form, own), by_link=False, here=here, is_own=is_own,
        back=back, sees=policy.see(viewer, poll),
    )  # fmt: skip


def _form(poll: Poll, person: Person) -> tuple[Any, dict[int, Answer]]:
    own = {vote.option_id: Answer(vote.answer) for vote in queries.votes(poll.id, person.id)}
    return answer_form(poll.offered, own), own


def _page(poll: Poll, person: Person, form: Any, own: dict[int, Answer]) -> dict[str, Any]:
    """What the page shows: each date by the clock of the person it is about, with its question."""
    zone = words.zone_of(person, poll)
    return {
        "poll": poll,
        "group": poll.group,
        "person": person,
        "questions": _questions(poll.offered, form, zone),
        "closing": words.closing(poll, zone),
        "description": markdown.to_html(poll.description) if poll.description else None,
        "lacking": bool(own) and len(own) < len(poll.offered),
    }


def _questions(options: Sequence[PollOption], form: Any, zone: str) -> list[tuple[PollOption, str, Any]]:
    return [(option, words.when_option(option, zone), form.question(option)) for option in options]


def _asked_by(token: str) -> tuple[Poll, Person]:
    """The poll and the person that a link is about. Raises LinkIsOver.

    It is over when the poll is, when the person is no longer asked, and once the address it went to is another's.
    """
    said = tokens.read(tokens.POLL, token)
    poll, person = queries.poll(said["poll"]), people.person_at(said["person"])
    if poll is None or person is None or tokens.mark(person.email or "") != said["mark"]:
        raise tokens.LinkIsOver(_("This link is about a poll that is no longer here, or about another address."))
    if not rules.is_possible(Move.ANSWER, poll.now):
        raise tokens.LinkIsOver(words.NOT_NOW[poll.now])
    if audience.asked_person(poll, person.id) is None:
        raise tokens.LinkIsOver(_("You are no longer asked by this poll."))
    return poll, person
