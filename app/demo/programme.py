"""Invented work programmes: past, ahead, done, moved and dropped, open and for members only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from app.core.settings import settings
from app.demo.plan import MARK, Plan
from app.groups.models import WorkingGroup
from app.meetings.models import ALPHABET
from app.meetings.rules import Visibility
from app.programme.models import Milestone
from app.programme.rules import Kind, State

EVERY = 3
"""One group in so many has a programme: the first ones of the catalogue, and others here and there."""
DESCRIPTION = "**Invented, to show what Roundtable does.**\n\n- Draft by the chair\n- Comments of the members\n"
ENTRIES = (
    # (title, kind, days from today to the last, days that it runs, number of the file, state)
    ("Call for evidence on {topic}", Kind.CONSULTATION, -210, 28, "Ares(2026)1{n}", State.DONE),
    ("Our position on {topic} adopted", Kind.MILESTONE, -150, 0, None, State.DONE),
    ("Reply to the questionnaire on {topic}", Kind.DEADLINE, -12, 0, None, State.PLANNED),
    ("Consultation: {topic}", Kind.CONSULTATION, 19, 84, "COM(2026) {n}", State.PLANNED),
    ("Draft report on {topic} in committee", Kind.DEADLINE, 26, 0, "2026/0{n}(COD)", State.PLANNED),
    ("Survey among members on {topic}", Kind.MILESTONE, 47, 0, None, State.DROPPED),
    ("Amendments on {topic}", Kind.DEADLINE, 68, 0, "2026/0{n}(COD)", State.PLANNED),
    ("Internal strategy on {topic}", Kind.MILESTONE, 90, 0, None, State.PLANNED),
    ("Consultation on the review of {topic}", Kind.CONSULTATION, 145, 70, "COM(2027) {n}", State.PLANNED),
    ("Guide on {topic} published", Kind.MILESTONE, 260, 0, None, State.PLANNED),
)


def invent_programmes(session: Session, plan: Plan, groups: Sequence[WorkingGroup]) -> None:
    """Add the programme of some groups; the same plan gives the same."""
    dice = plan.dice("programme")
    chosen = [group for number, group in enumerate(groups) if number % EVERY == 0]
    for group in chosen:
        topics = group.topics.get("en") or ["…"]
        later = dice.randrange(12)
        for number, (title, kind, ahead, runs, file, state) in enumerate(ENTRIES):
            last = plan.today + timedelta(days=ahead + later)
            last -= timedelta(days=max(0, last.weekday() - 4))
            made = plan.ago(max(3, dice.randrange(30, 120) - ahead))
            moved = number % 4 == 3  # its days were others before
            session.add(Milestone(
                reference="".join(dice.choice(ALPHABET) for _ in range(10)),
                uid=f"{uuid.UUID(int=dice.getrandbits(128), version=4)}@{settings().host_name}",
                group_id=group.id,
                kind=kind,
                title=f"{title.format(topic=topics[number % len(topics)])} {MARK}",
                first_day=last - timedelta(days=runs),
                last_day=last,
                goal_id=group.community_id if any(group.community.goals.values()) else None,
                file_reference=file.format(n=dice.randrange(100, 999)) if file else None,
                link="https://have-your-say.demo.example/" if kind is Kind.CONSULTATION else None,
                description=DESCRIPTION if kind is not Kind.DEADLINE else None,
                visibility=Visibility.MEMBERS if title.startswith("Internal") else Visibility.PUBLIC,
                state=state,
                drop_reason="Too few could take part." if state is State.DROPPED else None,
                sequence=1 if moved or state is State.DROPPED else 0,
                created_at=made,
                modified_at=max(made, plan.ago(2)) if moved else made,
                demo=True,
                version=2 if moved else 1,
            ))  # fmt: skip
    session.flush()
