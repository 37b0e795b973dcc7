"""All that refers to a person or an association, and what becomes of it when two become one.

Every foreign key stands here, once; a test compares with the schema, so a new one that is forgotten fails. `MOVED` are
simply given to the record that is kept. `JOINED` need a word more, since both may have what one may have only once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Table, and_, delete, insert, or_, select, update
from sqlalchemy.orm import aliased

from app.calls.models import Candidacy
from app.calls.rules import Standing
from app.core import clock
from app.core.db import Base, writing
from app.core.errors import DomainError
from app.groups.models import Coordinator
from app.membership.service import merging as memberships
from app.people.models import Account, Affiliation, Delegate, DistinctPersons, MergedPerson, Photo
from app.proceedings.models import Response
from app.proceedings.signals import responses_changed
from app.scheduling.models import PollPerson, PollVote

Join = Callable[[int, int, int | None], None]
"""(id that is kept, id that goes, who acts), within a transaction."""


def keep_one(column: str, *same: str) -> Join:
    """Rows that both have, being the same in these columns, stay once; the others are moved. `column`: table.column."""
    name, _, key = column.partition(".")

    def join(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
        table = Base.metadata.tables[name]
        other = table.alias()
        theirs = select(other.c[key]).where(other.c[key] == kept_id, *(other.c[one] == table.c[one] for one in same))
        writing().execute(delete(table).where(table.c[key] == gone_id, theirs.exists()))
        _move(table, key, kept_id, gone_id)

    return join


def _affiliations(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """The same function in the same body at the same time is one affiliation."""
    found = select(Affiliation).where(Affiliation.person_id.in_((kept_id, gone_id)))
    _join_affiliations(found, lambda item: (item.association_id, (item.organisation or "").casefold(), item.function))
    _move(Base.metadata.tables["affiliations"], "person_id", kept_id, gone_id)


def _association_affiliations(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Whoever belongs to both in the same function at the same time belongs to the one once."""
    found = select(Affiliation).where(Affiliation.association_id.in_((kept_id, gone_id)))
    _join_affiliations(found, lambda item: (item.person_id, item.function))
    _move(Base.metadata.tables["affiliations"], "association_id", kept_id, gone_id)


def _join_affiliations(found: Select[Affiliation], meaning: Callable[[Affiliation], Hashable]) -> None:
    """Of those that mean the same and overlap the later record stays, with the days of both."""
    kept: dict[Hashable, list[Affiliation]] = defaultdict(list)
    for item in writing().scalars(found.order_by(Affiliation.id)).all():
        same = kept[meaning(item)]
        for other in [one for one in same if _overlap(item, one)]:
            starts_on = min(item.starts_on, other.starts_on)
            ends_on = max(item.ends_on or date.max, other.ends_on or date.max)
            same.remove(other)
            writing().delete(other)
            writing().flush()
            item.starts_on, item.ends_on = starts_on, None if ends_on == date.max else ends_on
        same.append(item)
    writing().flush()


def _overlap(one: Affiliation, other: Affiliation) -> bool:
    return one.starts_on <= (other.ends_on or date.max) and other.starts_on <= (one.ends_on or date.max)


def _coordinators(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Whoever coordinates a group twice does so once, since the earlier day."""
    found = writing().scalars(
        select(Coordinator)
        .where(Coordinator.person_id.in_((kept_id, gone_id)), Coordinator.ended_at.is_(None))
        .order_by(Coordinator.id)
    )
    by_group: dict[int, Coordinator] = {}
    for item in found:
        other = by_group.get(item.group_id)
        if other is not None:
            item.appointed_at = min(item.appointed_at, other.appointed_at)
            writing().delete(other)
        by_group[item.group_id] = item
    writing().flush()
    _move(Base.metadata.tables["coordinators"], "person_id", kept_id, gone_id)


def _accounts(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """One account is left: `service.persons` has said whose password it has. All sessions end.

    The later record stays, as of persons: SQLite gives the number of the last one again, and sessions hold it.
    """
    found = writing().scalars(
        select(Account).where(Account.person_id.in_((kept_id, gone_id))).order_by(Account.id).with_for_update()
    )
    accounts = list(found)
    for account in accounts:
        account.session_epoch += 1
    if len(accounts) == 2:
        earlier, later = accounts
        later.session_epoch = max(earlier.session_epoch, later.session_epoch)
        later.is_administrator = later.is_administrator or earlier.is_administrator
        later.created_at = min(earlier.created_at, later.created_at)
        signed_in = [item.last_sign_in_at for item in accounts if item.last_sign_in_at]
        later.last_sign_in_at = max(signed_in, default=None)
        writing().delete(earlier)
    writing().flush()
    _move(Base.metadata.tables["accounts"], "person_id", kept_id, gone_id)


def _photos(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """At most one is left: `service.persons` has said which."""
    if writing().get(Photo, kept_id) is None:
        _move(Base.metadata.tables["photos"], "person_id", kept_id, gone_id)


def _delegates(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Nobody acts for themselves, nor twice for the same person."""
    session = writing()
    found = session.scalars(
        select(Delegate)
        .where(or_(Delegate.person_id.in_((kept_id, gone_id)), Delegate.delegate_id.in_((kept_id, gone_id))))
        .order_by(Delegate.id)
    )
    seen: set[tuple[int, int]] = set()
    for item in found.all():
        pair = (
            kept_id if item.person_id == gone_id else item.person_id,
            kept_id if item.delegate_id == gone_id else item.delegate_id,
        )
        if pair[0] == pair[1] or pair in seen:
            session.delete(item)
        seen.add(pair)
    session.flush()
    for column in ("person_id", "delegate_id"):
        _move(Base.metadata.tables["delegates"], column, kept_id, gone_id)


def _distinct(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Who was said to be someone else than the one is someone else than both together."""
    session = writing()
    found = session.execute(
        select(DistinctPersons.first_id, DistinctPersons.second_id).where(
            or_(DistinctPersons.first_id == gone_id, DistinctPersons.second_id == gone_id)
        )
    )
    others = {first if second == gone_id else second for first, second in found} - {kept_id}
    session.execute(
        delete(DistinctPersons).where(or_(DistinctPersons.first_id == gone_id, DistinctPersons.second_id == gone_id))
    )
    for other in others:
        pair = (min(other, kept_id), max(other, kept_id))
        if session.get(DistinctPersons, pair) is None:
            session.execute(insert(DistinctPersons).values(first_id=pair[0], second_id=pair[1], said_at=clock.now()))


def _candidacies(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Who stands twice for a call stands once: the candidacy that came further stays, else the later one."""
    by_call: dict[int, Candidacy] = {}
    found = select(Candidacy).where(Candidacy.person_id.in_((kept_id, gone_id))).order_by(Candidacy.id)
    for item in writing().scalars(found).all():
        other = by_call.get(item.call_id)
        if other is not None:
            lesser = item if _came_further(other, item) else other
            writing().delete(lesser)
            writing().flush()
            item = item if lesser is other else other
        by_call[item.call_id] = item
    _move(Base.metadata.tables["candidacies"], "person_id", kept_id, gone_id)


def _came_further(one: Candidacy, other: Candidacy) -> bool:
    order = (Standing.CHOSEN, Standing.RESERVE, Standing.READY, Standing.TO_ENDORSE)
    places = [order.index(Standing(item.state)) if item.state in order else len(order) for item in (one, other)]
    return places[0] < places[1]


def _poll_votes(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Whoever answered twice has said what was said last."""
    latest: dict[int, PollVote] = {}
    session = writing()
    found = select(PollVote).where(PollVote.person_id.in_((kept_id, gone_id)))
    for item in session.scalars(found.order_by(PollVote.answered_at, PollVote.id)).all():
        if (other := latest.get(item.option_id)) is not None:
            session.delete(other)
        latest[item.option_id] = item
    session.flush()
    _move(Base.metadata.tables["poll_votes"], "person_id", kept_id, gone_id)


def _responses(kept_id: int, gone_id: int, actor_id: int | None) -> None:
    """Whoever answered twice has said what was said last."""
    session, other = writing(), aliased(Response)
    of_both = and_(other.meeting_id == Response.meeting_id, other.person_id == gone_id)
    later = select(other.meeting_id).where(of_both, other.answered_at > Response.answered_at)
    session.execute(
        delete(Response)
        .where(Response.person_id == kept_id, later.exists())
        .execution_options(synchronize_session=False)
    )
    keep_one("responses.person_id", "meeting_id")(kept_id, gone_id, actor_id)
    responses_changed.send(kept_id)


def _poll_people(kept_id: int, gone_id: int, actor_id: int | None) -> None:
    """Whoever is asked twice is asked once, and must be there if either had to."""
    session = writing()
    both = select(PollPerson.poll_id).where(PollPerson.person_id == gone_id, PollPerson.needed)
    session.execute(
        update(PollPerson).where(PollPerson.person_id == kept_id, PollPerson.poll_id.in_(both)).values(needed=True)
    )
    keep_one("poll_people.person_id", "poll_id")(kept_id, gone_id, actor_id)


def _erasures(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Whose data are about to be erased is not merged: the wish may have been about one record alone."""
    table = Base.metadata.tables["erasures"]
    waiting = select(table.c.id).where(table.c.person_id.in_((kept_id, gone_id)), table.c.state == "pending")
    if writing().scalar(waiting.limit(1)) is not None:
        raise DomainError(_l("One of these records is about to be erased. Wait, or withdraw the erasure first."))
    _move(table, "person_id", kept_id, gone_id)


def _ranks(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """Two orders of preference cannot be made one: that of the association which stays counts."""
    session = writing()
    session.execute(update(Candidacy).where(Candidacy.association_id == gone_id).values(preference=None))
    _move(Base.metadata.tables["candidacies"], "association_id", kept_id, gone_id)


def _coverage(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """What both held on a day is what the one held."""
    table = Base.metadata.tables["coverage_counts"]
    session = writing()
    rows = session.execute(select(table).where(table.c.association_id == gone_id)).mappings().all()
    for row in rows:
        same = (table.c.snapshot_id == row["snapshot_id"]) & (table.c.group_id == row["group_id"])
        changed = session.execute(
            update(table)
            .where(same, table.c.association_id == kept_id)
            .values(granted=table.c.granted + row["granted"], held=table.c.held + row["held"])
        )
        if changed.rowcount:  # type: ignore[attr-defined]
            session.execute(delete(table).where(same, table.c.association_id == gone_id))
    _move(table, "association_id", kept_id, gone_id)


def _merged(kept_id: int, gone_id: int, _actor_id: int | None) -> None:
    """All numbers that ever led to either lead to the one."""
    _move(Base.metadata.tables["merged_persons"], "person_id", kept_id, gone_id)
    writing().add(MergedPerson(former_id=gone_id, person_id=kept_id, merged_at=clock.now()))
    writing().flush()


PERSON_JOINED: dict[str, Join] = {
    "memberships.person_id": memberships.join_memberships,
    "affiliations.person_id": _affiliations,
    "coordinators.person_id": _coordinators,
    "accounts.person_id": _accounts,
    "photos.person_id": _photos,
    "person_keywords.person_id": keep_one("person_keywords.person_id", "keyword_id"),
    "delegates.person_id": _delegates,
    "delegates.delegate_id": _delegates,
    "distinct_persons.first_id": _distinct,
    "distinct_persons.second_id": _distinct,
    "merged_persons.person_id": _merged,
    "candidacies.person_id": _candidacies,
    "terms_acceptances.person_id": keep_one("terms_acceptances.person_id", "version_id"),
    "terms_askings.person_id": keep_one("terms_askings.person_id"),
    "gender_declarations.person_id": keep_one("gender_declarations.person_id"),
    "balance_counts.person_id": keep_one("balance_counts.person_id", "figure_id"),
    "erasures.person_id": _erasures,
    "poll_votes.person_id": _poll_votes,
    "poll_people.person_id": _poll_people,
    "responses.person_id": _responses,
    "poll_notices.person_id": keep_one("poll_notices.person_id", "poll_id", "step"),
    "meeting_people.person_id": keep_one("meeting_people.person_id", "meeting_id"),
    "task_force_people.person_id": keep_one("task_force_people.person_id", "task_force_id"),
}
PERSON_MOVED = (
    "membership_events.actor_id",
    "meetings.modified_by_id",
    "meeting_series.modified_by_id",
    "milestones.modified_by_id",
    "polls.moved_by_id",
    "poll_votes.answered_by_id",
    "joint_groups.decided_by_id",
    "calls.moved_by_id",
    "candidacies.nominated_by_id",
    "imports.importer_id",
    "roster_reviews.opened_by_id",
    "roster_confirmations.person_id",
    "erasures.asked_by_id",
    "absences.person_id",
    "busy_calendars.person_id",
    "feed_secrets.owner_id",
)


ASSOCIATION_JOINED: dict[str, Join] = {
    "affiliations.association_id": _association_affiliations,
    "call_associations.association_id": keep_one("call_associations.association_id", "call_id"),
    "candidacies.association_id": _ranks,
    "coverage_counts.association_id": _coverage,
    "roster_confirmations.association_id": keep_one("roster_confirmations.association_id", "review_id"),
}
ASSOCIATION_MOVED = (
    "memberships.association_id",
    "seat_grants.association_id",
    "sign_ups.association_id",
    "feed_secrets.association_id",
)
"""Seats have been numbered anew before (`membership.service.merging.join_seats`)."""


def move_all(
    joined: Mapping[str, Join], moved: Iterable[str], kept_id: int, gone_id: int, actor_id: int | None
) -> None:
    """Give everything that refers to one to the other."""
    for join in dict.fromkeys(joined.values()):
        join(kept_id, gone_id, actor_id)
    for column in moved:
        table, _, key = column.partition(".")
        _move(Base.metadata.tables[table], key, kept_id, gone_id)
    writing().expire_all()


def _move(table: Table, key: str, kept_id: int, gone_id: int) -> None:
    writing().execute(update(table).where(table.c[key] == gone_id).values({key: kept_id}))
