"""Invented date polls: one that is open with some answers, one of which a meeting was made, and an assistant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.memberships import home_of
from app.demo.people import Cast
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.groups.queries import zone_of
from app.meetings.models import ALPHABET, Meeting
from app.membership.models import Membership
from app.membership.rules import LEADING, State
from app.people.models import Delegate, Person
from app.scheduling.models import Poll, PollNotice, PollOption, PollPerson, PollVote
from app.scheduling.rules import Answer, PollState

DESCRIPTION = "We want to agree on the working paper. **Two hours are enough.** This poll is invented."
HOURS = (time(10), time(14), time(10), time(13, 30), time(9, 30))


def invent_polls(session: Session, plan: Plan, groups: Sequence[WorkingGroup], cast: Cast) -> None:
    """Add them to the group that the demo sign-ins are about."""
    home, dice = home_of(groups), plan.dice("polls")
    members = session.scalars(
        select(Membership)
        .where(Membership.group_id == home.id, Membership.state == State.ACTIVE)
        .order_by(Membership.id)
    ).all()
    people = [item.person for item in members]
    chairs = [item.person for item in members if item.role in LEADING][:2]

    def poll(title: str, days: int, opened: int, state: PollState, meeting: Meeting | None = None) -> Poll:
        made = Poll(
            reference="".join(dice.choice(ALPHABET) for _ in range(10)), group=home, title=f"{title} {MARK}",
            description=DESCRIPTION, minutes=120, named=False, state=state, created_at=plan.ago(opened),
            moved_at=plan.ago(opened if state == PollState.OPEN else 20), moved_by_id=cast.coordinator.id, demo=True,
            version=1, meeting=meeting,
        )  # fmt: skip
        made.close_at(datetime.combine(plan.today + timedelta(days=days), time(17)), zone_of(home))
        session.add(made)
        session.flush()
        session.add_all(PollPerson(poll_id=made.id, person_id=person.id, needed=True) for person in chairs)
        session.add_all(
            PollNotice(poll_id=made.id, person_id=person.id, step="invited", at=plan.ago(opened))
            for person in (cast.coordinator, *people)
        )
        return made

    def option(poll: Poll, starts: datetime, zone: str, ends: datetime | None = None) -> PollOption:
        made = PollOption(poll_id=poll.id, chosen=False)
        made.plan(starts, ends or starts + timedelta(minutes=poll.minutes), zone)
        session.add(made)
        return made

    def answer(options: Sequence[PollOption], voters: Iterable[Person], days: float) -> None:
        for person in voters:
            link, by = dice.random() < 0.4, cast.coordinator if dice.random() < 0.15 else person
            for one in options:
                said = dice.choices(list(Answer), weights=(5, 2, 3))[0]
                session.add(
                    PollVote(option_id=one.id, person_id=person.id, answer=said, answered_at=plan.ago(days),
                             answered_by_id=None if link else by.id, by_link=link)
                )  # fmt: skip

    now_open = poll("Exchange on heat plans", 9, 5, PollState.OPEN)
    first = plan.today + timedelta(days=24)
    days = dict.fromkeys(_weekday(first + timedelta(days=number)) for number in (0, 1, 6, 7, 13, 16, 21))
    options = [
        option(now_open, datetime.combine(day, HOURS[number % len(HOURS)]), now_open.time_zone)
        for number, day in enumerate(islice(days, len(HOURS)))
    ]
    session.flush()
    others = [person for person in people if person.email != "expert@demo.example"]
    answer(options, others[: len(others) * 2 // 3], 2)

    meeting = session.scalar(
        select(Meeting)
        .where(Meeting.group_id == home.id, Meeting.starts_at > plan.ago(0), Meeting.status == "CONFIRMED")
        .order_by(Meeting.starts_at)
    )
    if meeting is not None:
        closed = poll("Date of our next meeting", -20, 34, PollState.CLOSED, meeting)
        chosen = option(closed, meeting.starts_local, meeting.time_zone, meeting.ends_local)
        chosen.chosen = True
        options = [chosen, *(option(closed, meeting.starts_local + timedelta(days=number), meeting.time_zone,
                                    meeting.ends_local + timedelta(days=number)) for number in (1, 7))]  # fmt: skip
        session.flush()
        answer(options, others, 25)
    session.add(
        Delegate(person_id=cast.expert.id, delegate_id=cast.focal_point.id, called=cast.focal_point.full_name,
                 named_at=plan.ago(60))
    )  # fmt: skip
    session.flush()


def _weekday(day: date) -> date:
    """A day near it when people work: not at a weekend, nor about the turn of the year."""
    if (day.month, day.day) >= (12, 19) or (day.month, day.day) <= (1, 6):
        day += timedelta(days=21)
    return day - timedelta(days=max(0, day.weekday() - 4))
