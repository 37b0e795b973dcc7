"""Reads of date polls for pages, policies and other features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core import clock
from app.core.db import db
from app.core.pagination import Page, paginate
from app.groups.models import WorkingGroup
from app.people.models import Delegate, Person
from app.scheduling import audience
from app.scheduling.models import Poll, PollOption, PollPerson, PollVote
from app.scheduling.rules import Answer, Move, PollState, is_possible, unanswered

PAGE = 20
"""Polls on one page of a list."""
_LISTED = (joinedload(Poll.group).joinedload(WorkingGroup.community), selectinload(Poll.options))
_ENTIRE = (
    *_LISTED,
    selectinload(Poll.further_groups),
    selectinload(Poll.people).joinedload(PollPerson.person),
    joinedload(Poll.meeting),
)


@dataclass(frozen=True)
class Place:
    """One person's place in a poll: what they are asked."""

    poll: Poll
    person: Person


@dataclass(frozen=True)
class Question:
    """A poll that someone is asked by and that is not decided, with what they have said."""

    poll: Poll
    person: Person
    said: Mapping[int, Answer]
    """{option id: answer}."""

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return is_possible(Move.ANSWER, self.poll.now)

    @property
    def lacks_answer(self) -> bool:
        """Whether an answer to one of its dates or more is still owed."""
        return self.is_open and any(option.id not in self.said for option in self.poll.offered)

    @property
    def held(self) -> list[PollOption]:
        """The dates ahead that the person keeps free: what `holds` says of them."""
        now = clock.now()
        return [one for one in self.poll.offered if one.ends_at > now and self.said.get(one.id) != Answer.NO]


@dataclass(frozen=True)
class Hold:
    """A time that a person keeps free while a poll is open. Of whom, and for what, is for those who see the poll."""

    person_id: int
    starts_at: datetime
    ends_at: datetime
    poll_id: int
    option_id: int
    group_id: int


def poll_at(reference: str) -> Poll | None:
    """The poll of that reference with its groups, its dates and those who are named."""
    if not reference.isprintable():  # PostgreSQL refuses a NUL even in a question
        return None
    return db.session.scalar(select(Poll).options(*_ENTIRE).where(Poll.reference == reference))


def poll(poll_id: int) -> Poll | None:
    """The same by its number."""
    return db.session.get(Poll, poll_id, options=_ENTIRE)


def place_at(reference: str, person_id: int) -> Place | None:
    """Someone's place in a poll, if they are asked."""
    found = poll_at(reference)
    person = audience.asked_person(found, person_id) if found else None
    return Place(found, person) if found and person else None


def votes(poll_id: int, person_id: int | None = None) -> Sequence[PollVote]:
    """The answers to a poll, to its present dates, with who gave them; those of one person, or of all."""
    found = (
        select(PollVote)
        .join(PollVote.option)
        .options(joinedload(PollVote.person), joinedload(PollVote.answered_by))
        .where(PollOption.poll_id == poll_id, PollOption.withdrawn_at.is_(None))
        .order_by(PollVote.id)
    )
    return db.session.scalars(found if person_id is None else found.where(PollVote.person_id == person_id)).all()


def of_group(seen: ColumnElement[bool], group_id: int, number: int) -> Page[Poll]:
    """A page of the polls that ask a group, the newest first; `seen`: those the viewer may know of."""
    found = select(Poll).options(*_LISTED).where(seen, _asks(group_id))
    return paginate(found.order_by(Poll.created_at.desc(), Poll.id.desc()), number, PAGE)


def open_of_group(seen: ColumnElement[bool], group_id: int) -> Sequence[Poll]:
    """The polls that ask a group and are not decided, those that end soonest first."""
    found = select(Poll).options(*_LISTED).where(seen, Poll.state == PollState.OPEN, _asks(group_id))
    return db.session.scalars(found.order_by(Poll.closes_at, Poll.id)).all()


def undecided(group_ids: Collection[int] | None) -> Sequence[Poll]:
    """The polls that these groups hold, or all for None, and that are not decided; those that end soonest first."""
    found = select(Poll).options(*_LISTED).where(Poll.state == PollState.OPEN)
    if group_ids is not None:
        found = found.where(Poll.group_id.in_(group_ids))
    return db.session.scalars(found.order_by(Poll.closes_at, Poll.id)).all()


def questions(person_id: int) -> list[Question]:
    """What a person, and those for whom they act, are asked and is not decided; what ends soonest first.

    One statement where there is nothing, else three, however many polls.
    """
    acts_for = select(Delegate.person_id).where(Delegate.delegate_id == person_id)
    concerned = select(Person.id).where(or_(Person.id == person_id, Person.id.in_(acts_for)))
    asked = audience.pairs(Poll.state == PollState.OPEN, person_ids=concerned).subquery()
    poll_id, asked_id = asked.c
    rows = db.session.execute(
        select(Poll, Person)
        .join(asked, poll_id == Poll.id)
        .join(Person, Person.id == asked_id)
        .options(*_LISTED)
        .order_by(Poll.closes_at, Poll.id, Person.search_text, Person.id)
    ).all()
    given = _given({found.id for found, _person in rows}, {person.id for _found, person in rows})
    return [Question(found, person, given.get((found.id, person.id), {})) for found, person in rows]


def answered_numbers(polls: Collection[Poll]) -> dict[int, int]:
    """{poll id: how many people have said something to one of its present dates}."""
    found = (
        select(PollOption.poll_id, func.count(PollVote.person_id.distinct()))
        .join(PollVote, PollVote.option_id == PollOption.id)
        .where(PollOption.poll_id.in_([one.id for one in polls]), PollOption.withdrawn_at.is_(None))
        .group_by(PollOption.poll_id)
    )
    return dict(db.session.execute(found).all()) if polls else {}


def silent(found: Poll) -> list[Person]:
    """Those who are asked and lack an answer to one of its dates or more, by name."""
    everyone = audience.asked(found)
    given = _given([found.id], [person.id for person in everyone])
    votes_given = [(option_id, person_id) for (_poll, person_id), said in given.items() for option_id in said]
    still = unanswered([one.id for one in found.offered], votes_given, [person.id for person in everyone])
    return [person for person in everyone if person.id in still]


def holds(person_ids: Collection[int] | Select[int], first: datetime, last: datetime) -> list[Hold]:
    """What these people keep free between two instants for polls that are not decided, the first first; one statement.

    Whoever has said no to a date does not keep it. Released when the poll is closed or called off. To others than those
    who see the poll, say no more than that the person is taken. `person_ids`: ids, or a select of them.
    """
    if not isinstance(person_ids, Select) and not person_ids:
        return []
    asked = audience.pairs(Poll.state == PollState.OPEN, person_ids=person_ids).subquery()
    poll_id, person_id = asked.c
    found = (
        select(person_id, PollOption.starts_at, PollOption.ends_at, PollOption.poll_id, PollOption.id, Poll.group_id)
        .join(asked, poll_id == PollOption.poll_id)
        .join(Poll, Poll.id == PollOption.poll_id)
        .outerjoin(PollVote, and_(PollVote.option_id == PollOption.id, PollVote.person_id == person_id))
        .where(PollOption.withdrawn_at.is_(None), PollOption.starts_at < last, PollOption.ends_at > first)
        .where(or_(PollVote.answer.is_(None), PollVote.answer != Answer.NO))
        .order_by(PollOption.starts_at, PollOption.id, person_id)
    )
    return [Hold(*row) for row in db.session.execute(found)]


def known(seen: ColumnElement[bool], poll_ids: Collection[int]) -> dict[int, Poll]:
    """{id: poll, with its group} of those of these polls that the viewer may know of."""
    found = select(Poll).options(joinedload(Poll.group)).where(seen, Poll.id.in_(poll_ids))
    return {one.id: one for one in db.session.scalars(found)} if poll_ids else {}


def offered_between(
    seen: ColumnElement[bool], first: date, last: date, group_ids: Collection[int] | None = None
) -> Sequence[PollOption]:
    """The dates of polls that are not decided within these days (both counted), with their polls; for planners.

    `seen`: the polls that the viewer may know of. With `group_ids`, of polls that ask these groups.
    """
    begins, ends = datetime.combine(first, time()), datetime.combine(last + timedelta(days=1), time())
    with_poll = contains_eager(PollOption.poll).contains_eager(Poll.group).joinedload(WorkingGroup.community)
    found = select(PollOption).join(PollOption.poll).join(Poll.group).options(with_poll)
    found = found.where(seen, Poll.state == PollState.OPEN, PollOption.withdrawn_at.is_(None))
    found = found.where(PollOption.starts_local < ends, PollOption.ends_local > begins)
    if group_ids is not None:
        ids = sorted(set(group_ids))
        found = found.where(or_(Poll.group_id.in_(ids), Poll.further_groups.any(WorkingGroup.id.in_(ids))))
    return db.session.scalars(found.order_by(PollOption.starts_at, PollOption.id)).all()


def _given(poll_ids: Collection[int], person_ids: Collection[int]) -> dict[tuple[int, int], dict[int, Answer]]:
    """{(poll id, person id): {option id: answer}} of what these people have said."""
    given: dict[tuple[int, int], dict[int, Answer]] = defaultdict(dict)
    if not poll_ids:
        return given
    rows = db.session.execute(
        select(PollOption.poll_id, PollVote.person_id, PollVote.option_id, PollVote.answer)
        .join(PollVote, PollVote.option_id == PollOption.id)
        .where(PollOption.poll_id.in_(poll_ids), PollVote.person_id.in_(person_ids))
    )
    for poll_id, person_id, option_id, answer in rows:
        given[poll_id, person_id][option_id] = Answer(answer)
    return given


def _asks(group_id: int) -> ColumnElement[bool]:
    return or_(Poll.group_id == group_id, Poll.further_groups.any(WorkingGroup.id == group_id))
