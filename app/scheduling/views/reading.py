"""What those who are asked read: the polls of a group, and one poll with all answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core import clock, markdown
from app.core.pagination import page_number
from app.core.policy import current_viewer, guard
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.meetings import policy as meetings_policy
from app.membership import policy as membership_policy
from app.people import policy as people_policy
from app.people.models import Person
from app.scheduling import audience, policy, queries, rules, words
from app.scheduling.models import Poll, PollOption, PollVote
from app.scheduling.rules import Move, Standing, Tally
from app.scheduling.views.blueprint import ONE, bp, viewer_zone


@dataclass(frozen=True)
class Result:
    """A date with what was said to it, in words."""

    option: PollOption
    when: str
    day: str
    hours: str
    tally: Tally
    said: dict[str, list[str]]
    """{answer, "open" for none: names of those who gave it}."""
    lost: list[str]
    """Who must be there and cannot."""
    unsure: list[str]


@dataclass(frozen=True)
class Row:
    """A person with their answers, in the order of the dates."""

    person: Person
    votes: Sequence[PollVote | None]
    needed: bool
    note: str | None
    """Who answered for them."""
    may_answer: bool


@bp.get("/groups/<slug>/polls")
@guard(policy.browse, of=groups.group_at, sees=membership_policy.find_or_visit)
def group_polls(group: WorkingGroup) -> ResponseReturnValue:
    """The date polls of a group that the viewer may know of, the newest first."""
    viewer = current_viewer()
    page = queries.of_group(policy.visible(viewer), group.id, page_number(request.args.get("page")))
    return render_template(
        "scheduling/of_group.html",
        group=group,
        may_open=policy.may_open(viewer, group),
        page=page,
        numbers=queries.answered_numbers(page.items),
        page_url=lambda number: url_for("scheduling.group_polls", slug=group.slug, page=number),
    )


@bp.get(ONE)
@guard(policy.see, of=queries.poll_at, sees=policy.knows_of)
def poll(found: Poll) -> ResponseReturnValue:
    """One poll: the best date first, and who said what."""
    viewer = current_viewer()
    votes = queries.votes(found.id)
    people = _people(found, votes)
    results = _results(found, people, votes)
    runs = policy.run(viewer, found)
    standing = found.now
    own_lacking = policy.is_asked(viewer, found) and any(viewer.person_id in one.tally.open for one in results)
    silent = {person_id for one in results for person_id in one.tally.open}
    return render_template(
        "scheduling/poll.html",
        poll=found,
        group=found.group,
        state=standing,
        description=markdown.to_html(found.description) if found.description else None,
        results=results,
        best=[by for one in rules.ranked(one.tally for one in results) for by in results if by.tally is one],
        rows=_rows(found, people, votes, runs),
        runs=runs,
        asked=policy.is_asked(viewer, found),
        own_lacking=own_lacking,
        can=lambda move: rules.is_possible(Move(move), standing),
        silent=len(silent),
        may_remind=bool(silent) and rules.may_remind(found.reminded_at, clock.now()),
        answered=len(people) - len(silent),
        sees_meeting=found.meeting is not None and meetings_policy.see(viewer, found.meeting),
    )


def _people(found: Poll, votes: Sequence[PollVote]) -> list[Person]:
    """Who is asked; once a poll is over also those who answered and have left since."""
    people = list(audience.asked(found))
    if found.now in (Standing.CLOSED, Standing.CANCELLED):
        known = {person.id for person in people}
        left = {vote.person.id: vote.person for vote in votes if vote.person_id not in known}
        people = sorted([*people, *left.values()], key=lambda person: (person.search_text, person.id))
    return people


def _results(found: Poll, people: Sequence[Person], votes: Sequence[PollVote]) -> list[Result]:
    names = {person.id: person.display_name for person in people}
    tallies = rules.tally(
        [(option.id, option.starts_at) for option in found.offered],
        [(vote.option_id, vote.person_id, vote.answer) for vote in votes],
        names,
        found.needed,
    )

    def called(ids: frozenset[int]) -> list[str]:
        return [name for person_id, name in names.items() if person_id in ids]

    return [
        Result(
            option,
            words.when_option(option, viewer_zone()),
            *words.short_day(option, viewer_zone()),
            one,
            {"yes": called(one.yes), "if_need_be": called(one.if_need_be), "no": called(one.no),
             "open": called(one.open)},
            called(one.lost),
            called(one.unsure),
        )
        for option, one in zip(found.offered, tallies, strict=True)
    ]  # fmt: skip


def _rows(found: Poll, people: Sequence[Person], votes: Sequence[PollVote], runs: bool) -> list[Row]:
    viewer = current_viewer()
    given = {(vote.person_id, vote.option_id): vote for vote in votes}
    acts_for = people_policy.acts_for(viewer)
    rows = []
    for person in people:
        own = [given.get((person.id, option.id)) for option in found.offered]
        notes = dict.fromkeys(note for vote in own if vote and (note := words.how_answered(vote)))
        rows.append(
            Row(person, own, person.id in found.needed, "; ".join(notes) or None,
                runs or person.id in acts_for or person.id == viewer.person_id)
        )  # fmt: skip
    return rows
