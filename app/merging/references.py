"""All that refers to a person or an association, and what becomes of it when two become one.

Every foreign key stands here, once; a test compares with the schema, so a new one that is forgotten fails. `MOVED` are
simply given to the record that is kept. `JOINED` need a word more, since both may have what one may have only once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date

from sqlalchemy import Select, Table, delete, insert, or_, select, update

from app.core import clock
from app.core.db import Base, writing
from app.groups.models import Coordinator
from app.membership.service import merging as memberships
from app.people.models import Account, Affiliation, DistinctPersons, MergedPerson, Photo

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
    "distinct_persons.first_id": _distinct,
    "distinct_persons.second_id": _distinct,
    "merged_persons.person_id": _merged,
}
PERSON_MOVED = ("membership_events.actor_id", "meetings.modified_by_id")


ASSOCIATION_JOINED: dict[str, Join] = {"affiliations.association_id": _association_affiliations}
ASSOCIATION_MOVED = ("memberships.association_id", "seat_grants.association_id", "sign_ups.association_id")
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
