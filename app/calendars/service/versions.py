"""Components and versions, within the transaction that changes a thing: every poll from the commit on sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, case, delete, insert, update

from app.calendars.assembly import component_row
from app.calendars.components import stamp
from app.calendars.feeds import FeedKey
from app.calendars.forms import GROUP
from app.calendars.models import CalendarComponent, Feed
from app.calendars.service.upserts import insert_of
from app.calendars.sources import Source
from app.core import clock
from app.core.db import writing
from app.core.settings import settings


def keep_components(source: Source, item: Any) -> None:
    """Store what a group's feed shows of one thing, in the present transaction; of one for members only, nothing.

    Its other forms are made by the first poll that needs them.
    """
    forget_components(source, [item.id])
    if item.is_public:
        groups, now = source.groups_of(item), clock.now()
        rows = [
            component_row(
                source,
                item.id,
                language,
                GROUP,
                source.component_of(item, language, GROUP, now),
                stamp(groups, language),
            )
            for language in settings().languages
        ]
        writing().execute(insert(CalendarComponent), rows)


def forget_components(source: Source, ids: Collection[int] | Select[int]) -> None:
    """Let the next assembly make these anew, within the present transaction; after the versions were raised."""
    writing().execute(
        delete(CalendarComponent)
        .where(CalendarComponent.kind == source.kind, CalendarComponent.target_id.in_(ids))
        .execution_options(synchronize_session=False)
    )


def raise_versions(keys: Iterable[FeedKey]) -> None:
    """Let every poll from the commit on see that these feeds may have changed.

    Always in one order, so that nobody waits in a circle.
    """
    session, now = writing(), clock.now()
    rows = [
        {"kind": key.kind, "target_id": key.target_id, "version": 1, "changed_at": now} for key in sorted(set(keys))
    ]
    if not rows:
        return
    statement = insert_of(session)(Feed).values(rows)
    later = case(
        (Feed.changed_at > statement.excluded.changed_at, Feed.changed_at), else_=statement.excluded.changed_at
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["kind", "target_id"], set_={"version": Feed.version + 1, "changed_at": later}
        )
    )


def raise_all_versions() -> None:
    """The same of every feed: for whoever writes meetings or milestones past the services (invented data, a restored
    backup). Components that are missing make themselves.
    """
    writing().execute(
        update(Feed)
        .values(version=Feed.version + 1, changed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
