"""Invented calls for experts: one open, one to be decided, one decided with a reserve list; and a yearly review."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.calls.models import Call, Candidacy
from app.calls.rules import CallState, Standing
from app.demo.memberships import home_of
from app.demo.people import Cast
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.membership import review_rules
from app.membership.models import Membership, RosterConfirmation, RosterReview
from app.membership.rules import OPEN, State
from app.people import queries as people
from app.people.models import Association, Person

ZONE = "Europe/Brussels"
TITLES = (
    {"en": "Two experts on heat in cities", "fr": "Deux experts de la chaleur en ville"},
    {"en": "An expert on renovation of public buildings", "fr": "Un expert de la rénovation des bâtiments publics"},
    {"en": "Experts for the working paper", "fr": "Des experts pour le document de travail"},
)
PROFILE = {
    "en": "You work on this subject **every day** in an association or a municipality, and can speak of:\n\n"
    "- what has worked, and what has not\n- figures and costs\n\nEnglish is needed, French welcome.",
    "fr": "Vous travaillez **chaque jour** sur ce sujet dans une association ou une commune, et pouvez parler :\n\n"
    "- de ce qui a marché, et de ce qui n’a pas marché\n- de chiffres et de coûts\n\nL’anglais est nécessaire, le "
    "français bienvenu.",
}
TEXT = {
    "en": "Two meetings a year in Brussels and four online. Travel is paid for. This call is invented.",
    "fr": "Deux réunions par an à Bruxelles et quatre en ligne. Les voyages sont payés. Cet appel est inventé.",
}
MOTIVATION = "I have advised our members on this for six years and wrote our guide. I would bring cases of five towns."
RECOMMENDATION = "She leads our work on this, and her language skills are excellent."


def invent_calls(session: Session, plan: Plan, groups: Sequence[WorkingGroup], cast: Cast) -> None:
    """Add the calls and those who stand for them."""
    home = home_of(groups)
    other = next((group for group in groups if group is not home), home)
    coordinator = cast.coordinator
    speakers = people.speakers_by_association()

    def call(group: WorkingGroup, number: int, state: CallState, days: int, *, opened: int) -> Call:
        made = Call(
            group=group, state=state, titles={code: f"{text} {MARK}" for code, text in TITLES[number].items()},
            profiles=PROFILE, texts=TEXT, seats=2 if number != 1 else 1, created_at=plan.ago(opened + 3),
            opened_at=plan.ago(opened), moved_by_id=coordinator.id, demo=True, version=1,
            reserve_until=plan.today + timedelta(days=days + 180),
            one_per_association=number == 0,
        )  # fmt: skip
        made.close_at(datetime.combine(plan.today + timedelta(days=days), time(17)), ZONE)
        session.add(made)
        return made

    def stand(call: Call, person: Person, association: Association, state: Standing, days: int) -> Candidacy:
        speaker = next((item.person for item in speakers.get(association.id, ())), None)
        endorsed = speaker is not None and state != Standing.TO_ENDORSE
        nominated = endorsed and person.id % 2 == 0
        made = Candidacy(
            call=call, person=person, association=association, state=state, endorsed=endorsed,
            motivation=None if nominated else MOTIVATION, recommendation=RECOMMENDATION if nominated else None,
            nominated_by_id=speaker.id if nominated and speaker else None, began_at=plan.ago(days),
            moved_at=plan.ago(days), preference=1 if endorsed else None, version=1,
        )  # fmt: skip
        session.add(made)
        return made

    now_open = call(home, 0, CallState.OPEN, 18, opened=6)
    outside = _outside(session, home, cast)
    own = next(((person, body) for person, body in outside if body is cast.experts[0][1]), None)
    if own is not None:
        stand(now_open, *own, Standing.TO_ENDORSE, 2)
    rest = [(person, body) for person, body in _one_each(outside) if body is not cast.experts[0][1]]
    for person, association in rest[:4]:
        stand(now_open, person, association, Standing.READY, 3)

    passed = call(home, 1, CallState.CLOSED, -2, opened=40)
    for person, association in rest[4:9]:
        stand(passed, person, association, Standing.READY, 9)

    decided = call(other, 2, CallState.DECIDED, -45, opened=90)
    decided.decided_at = plan.ago(38)
    sitting = session.scalars(
        select(Membership)
        .where(
            Membership.group_id == other.id, Membership.state == State.ACTIVE, Membership.association_id.is_not(None)
        )
        .order_by(Membership.id)
    ).all()
    taken = list({item.association_id: item for item in sitting}.values())[:2]
    for item in taken:
        assert item.association
        stand(decided, item.person, item.association, Standing.CHOSEN, 38).membership = item
    bodies = {item.association_id for item in taken}
    for person, association in [one for one in _one_each(_outside(session, other, cast)) if one[1].id not in bodies][
        :3
    ]:
        stand(decided, person, association, Standing.RESERVE, 38)
    session.flush()


def invent_review(session: Session, plan: Plan, associations: Sequence[Association]) -> None:
    """This year's review of lists, confirmed by a third of the associations."""
    review = RosterReview(year=plan.today.year, opened_at=plan.ago(9), due_on=plan.today + timedelta(days=21))
    session.add(review)
    session.flush()
    speakers = people.speakers_by_association()
    spoken_for = [one for one in associations if one.id in speakers]
    for number, association in enumerate(spoken_for):
        if number % 3 != 1:
            continue
        present = session.scalars(
            select(Membership).where(Membership.association_id == association.id, Membership.state == State.ACTIVE)
        ).all()
        session.add(
            RosterConfirmation(
                review_id=review.id, association_id=association.id, person_id=speakers[association.id][0].person_id,
                at=plan.ago(number % 8 + 0.5), snapshot=review_rules.snapshot(present),
            )
        )  # fmt: skip
    session.flush()


def _outside(session: Session, group: WorkingGroup, cast: Cast) -> list[tuple[Person, Association]]:
    """The experts who neither sit in a group nor are on the way into it, and who speak for nobody."""
    inside = set(
        session.scalars(select(Membership.person_id).where(Membership.group_id == group.id, Membership.state.in_(OPEN)))
    )
    inside |= {item.person_id for items in people.speakers_by_association().values() for item in items}
    return [(person, body) for person, body in cast.experts if person.id not in inside and person.email]


def _one_each(experts: Sequence[tuple[Person, Association]]) -> Iterator[tuple[Person, Association]]:
    """The first of each association."""
    seen: set[int] = set()
    for person, association in experts:
        if association.id not in seen:
            seen.add(association.id)
            yield person, association
