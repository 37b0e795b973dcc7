"""Date polls for tests, opened by the service so that mails go out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.groups.models import WorkingGroup
from app.scheduling import service
from app.scheduling.models import Poll
from app.scheduling.rules import Answer, PollFacts, span
from app.scheduling.service import Via

DATES = (datetime(2027, 3, 10, 10), datetime(2027, 3, 11, 14), datetime(2027, 3, 12, 9, 30))


def make_poll(
    group: WorkingGroup,
    dates: Sequence[datetime] = DATES,
    *,
    actor_id: int | None = None,
    key: str | None = None,
    **values: object,
) -> Poll:
    """A poll on three dates of two hours in Brussels, open until 20 February 2027 at 17:00 unless said otherwise."""
    fields = {
        "title": "Spring meeting",
        "minutes": 120,
        "time_zone": "Europe/Brussels",
        "closes": datetime(2027, 2, 20, 17),
        "spans": tuple(span(one, 120) for one in dates),
        **values,
    }
    return service.open_poll(group.id, PollFacts(**fields), actor_id, creation_key=key)  # type: ignore[arg-type]


def say(poll: Poll, person_id: int, *answers: str | None, actor_id: int | None = None, via: Via = Via.PAGE) -> None:
    """What a person says to the dates in their order; None leaves one out."""
    given = {option.id: Answer(one) for option, one in zip(poll.offered, answers, strict=False) if one}
    service.answer(poll.id, person_id, given, actor_id or person_id, via)
