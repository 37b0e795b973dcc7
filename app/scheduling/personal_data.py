"""What this feature keeps about people: who is asked for a date, what they said, who ran the poll."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload

from app.core.db import db, writing
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.people.models import Person
from app.scheduling.models import Poll, PollNotice, PollOption, PollPerson, PollVote
from app.scheduling.rules import Answer, PollState
from app.scheduling.words import ANSWERS, STANDINGS, when_option

POLL = Claim(
    "polls",
    personal={"moved_by_id": _l("last changed by"), "moved_at": _l("last changed")},
    other=(
        "id", "reference", "creation_key", "group_id", "title", "description", "minutes", "time_zone", "closes_local",
        "closes_at", "named", "state", "reason", "meeting_id", "created_at", "reminded_at", "demo", "version",
    ),
)  # fmt: skip
ASKED = Claim(
    "poll_people",
    personal={"poll_id": _l("date poll"), "needed": _l("must be there")},
    other=("person_id",),
)
VOTE = Claim(
    "poll_votes",
    personal={
        "option_id": _l("date"),
        "answer": _l("answer"),
        "answered_at": _l("answered"),
        "answered_by_id": _l("answered by"),
        "by_link": _l("by the link from a mail"),
    },
    other=("id", "person_id"),
)
NOTICE = Claim(
    "poll_notices",
    personal={"poll_id": _l("date poll"), "step": _l("what was written"), "at": _l("when")},
    other=("person_id",),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="polls",
        title=_l("Date polls"),
        people=_l("Those who are asked which dates suit them, those who answer for them, and those who run polls"),
        purpose=_l("To find a date for a meeting, and to remind those who have not answered."),
        basis=Basis.INTEREST,
        recipients=_l("Those who are asked by the same poll, those who plan the group’s meetings, administrators. "
                      "Others who look for a time learn only how many members are taken elsewhere."),
        kept=lambda: _l(
            "The poll for as long as the group’s history is kept; who was asked by name, what they answered and that "
            "they were written to, %(days)d days after the poll.", days=settings().poll_answers_kept_days,
        ),
        exported=_l("Your answers, those that you gave for others, where you are asked by name, and the polls you "
                    "ran."),
        erased=_l("Your answers are deleted, and that you were asked. What you said for others stays with a number in "
                  "place of the name."),
        claims=(POLL, ASKED, VOTE, NOTICE),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("poll_groups", "poll_options")


def export(person: Person) -> list[Section]:
    """The person's answers, those they gave for others, where they are asked by name, the polls they ran."""
    votes = (
        select(PollVote)
        .options(joinedload(PollVote.option).joinedload(PollOption.poll), joinedload(PollVote.answered_by))
        .order_by(PollVote.id)
    )
    own = db.session.scalars(votes.where(PollVote.person_id == person.id))
    for_others = db.session.scalars(votes.where(PollVote.answered_by_id == person.id, PollVote.person_id != person.id))
    asked = db.session.scalars(
        select(PollPerson).where(PollPerson.person_id == person.id).options(joinedload(PollPerson.poll))
        .order_by(PollPerson.poll_id)
    )  # fmt: skip
    notices = db.session.execute(
        select(PollNotice, Poll)
        .join(Poll, Poll.id == PollNotice.poll_id)
        .where(PollNotice.person_id == person.id)
        .order_by(PollNotice.at, PollNotice.step)
    )
    ran = db.session.scalars(select(Poll).where(Poll.moved_by_id == person.id).order_by(Poll.id))
    return [
        Section("poll_votes", _l("Which dates suited you"), [_vote(item) for item in own]),
        Section(
            "poll_votes_for_others",
            _l("Answers you gave for others, without their names"),
            [[fact for fact in _vote(item) if fact.key in ("option_id", "answered_at")] for item in for_others],
        ),
        Section(
            "poll_people",
            _l("Date polls that ask you by name, or where you must be there"),
            [entry(ASKED, item, poll_id=item.poll.title) for item in asked],
        ),
        Section(
            "poll_notices",
            _l("What you were written about date polls"),
            [entry(NOTICE, notice, poll_id=poll.title) for notice, poll in notices],
        ),
        Section(
            "polls",
            _l("Date polls you were the last to change"),
            [[Fact("title", _l("date poll"), item.title),
              Fact("state", _l("state"), item.state, STANDINGS[item.now][0]),
              Fact("moved_by_id", POLL.personal["moved_by_id"], item.moved_by_id, person.display_name),
              Fact("moved_at", POLL.personal["moved_at"], item.moved_at)] for item in ran],
        ),
    ]  # fmt: skip


def erase(person: Person) -> None:
    """Nobody waits for their answer any more, and nobody reads those they gave."""
    session = writing()
    for model in (PollVote, PollPerson, PollNotice):
        session.execute(delete(model).where(model.person_id == person.id))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """What was said to polls that have been over for long."""
    until = now - timedelta(days=settings().poll_answers_kept_days)
    over = select(Poll.id).where(Poll.state != PollState.OPEN, Poll.moved_at < until)
    dates = select(PollOption.id).where(PollOption.poll_id.in_(over))
    name = "POLL_ANSWERS_KEPT_DAYS"
    return [
        sweep(_("Answers to date polls that are over"), name, PollVote, PollVote.option_id.in_(dates),
              delete(PollVote), dry_run=dry_run),
        sweep(_("Whom date polls that are over asked by name"), name, PollPerson, PollPerson.poll_id.in_(over),
              delete(PollPerson), dry_run=dry_run),
        sweep(_("Who was written to about date polls that are over"), name, PollNotice,
              PollNotice.poll_id.in_(over), delete(PollNotice), dry_run=dry_run),
    ]  # fmt: skip


def _vote(item: PollVote) -> list[Fact]:
    return entry(
        VOTE,
        item,
        option_id=f"{item.option.poll.title}: {when_option(item.option, None)}",
        answer=ANSWERS[Answer(item.answer)][0],
        answered_by_id=item.answered_by.display_name if item.answered_by else None,
    )
