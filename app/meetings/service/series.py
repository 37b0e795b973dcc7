"""What can be done with a series as a whole, or with its dates from one on. Of a single date, see `service.meetings`.

Whoever writes on a series or its dates locks the series first, so that one change is done before the next begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.core import audit, clock, conflicts
from app.core.db import lock, lock_name, write, writing
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings import guest_mails, rules, series_mails
from app.meetings.models import DroppedDate, Meeting, MeetingSeries, SeriesPart
from app.meetings.rules import MeetingPlan, Status
from app.meetings.rules import series as series_rules
from app.meetings.rules.company import Company
from app.meetings.rules.series import Change, Occurrence, Part, Revision, SeriesPlan
from app.meetings.service import booking, series_company
from app.meetings.service import company as companies
from app.meetings.service.meetings import check_sight, new_uid
from app.meetings.service.series_plan import revised
from app.meetings.signals import left_by, meeting_dropped, part_dropped, series_changed


def create_series(
    group_id: int,
    plan: SeriesPlan,
    *,
    actor_id: int | None,
    creation_key: str | None = None,
    company: Company = Company(),  # noqa: B008 - nobody besides the group; it cannot be changed
) -> MeetingSeries:
    """A new series with all its dates; for a form sent twice, the one it made the first time. Raises DomainError."""
    check(plan, clock.now())
    with write() as session:
        if creation_key:
            lock_name(f"series:{creation_key}")
            made = session.scalar(select(MeetingSeries).where(MeetingSeries.creation_key == creation_key))
            if made is not None:
                return made
        _open_group(session, group_id)
        series = add_series(session, group_id, plan, actor_id=actor_id, creation_key=creation_key, company=company)
        made_dates = sorted(series.meetings, key=lambda one: one.starts_at)
        if made_dates[-1].ends_at > clock.now():
            series_mails.created(series, made_dates, companies.audience_of(made_dates[0], actor_id))
            companies.ask(made_dates, frozenset(), actor_id)
            series_company.invite(made_dates)
    return series


def add_series(
    session: Session,
    group_id: int,
    plan: SeriesPlan,
    *,
    actor_id: int | None,
    creation_key: str | None = None,
    company: Company = Company(),  # noqa: B008 - nobody besides the group; it cannot be changed
) -> MeetingSeries:
    """The same within a transaction, without a mail to anybody."""
    series = lay_out(session, group_id, plan, actor_id=actor_id, creation_key=creation_key, company=company)
    _announce(session, series)
    booking.keep(series.meetings)
    audit.record("series.created", series, actor_id, dates=len(series.meetings))
    return series


def lay_out(
    session: Session,
    group_id: int,
    plan: SeriesPlan,
    *,
    actor_id: int | None,
    creation_key: str | None = None,
    company: Company = Company(),  # noqa: B008 - nobody besides the group; it cannot be changed
) -> MeetingSeries:
    """The rows of a new series, within a transaction; nobody is told."""
    now = clock.now()
    series = MeetingSeries(
        creation_key=creation_key,
        group_id=group_id,
        rules=list(plan.pattern.rules()) if plan.pattern else [],
        until=plan.until,
        created_at=now,
        modified_at=now,
        modified_by_id=actor_id,
    )
    session.add(series)
    session.flush()
    drafts = series_rules.parts_of(plan)
    rows = [_part(session, series, None, draft) for draft in drafts]
    session.flush()
    made_dates = []
    for day in plan.days():
        part = rows[series_rules.index_for(drafts, day)]
        item = Occurrence(None, part.id, plan.on(day).starts, plan.on(day))
        made_dates.append(_make(session, series, part, item, actor_id))
    session.flush()
    said = companies.consents_by(company.group_ids, actor_id)
    for meeting in made_dates:
        companies.settle(meeting, company, said)
    return series


def change_series(
    series_id: int,
    at: datetime,
    plan: SeriesPlan,
    *,
    version: int,
    actor_id: int | None,
    company: Company | None = None,
) -> Revision:
    """Let the series be as planned from the date on that it has at `at`, in that company if one is given.

    Raises EditConflict, DomainError.
    """
    with write() as session:
        series = locked(series_id)
        conflicts.check_version(series.version, version, {})
        check(plan, clock.now(), fewest=1)
        known = series_company.company_from(series, at)
        revision = revised(series, at, plan, company)
        if any(change.before and change.before.plan.ends_at <= clock.now() for change in revision.changes):
            raise DomainError(_l("This date is over. Choose one that is still ahead."))
        before = series_company.Before(series, revision, actor_id)
        stood = {part.id: part.sequence for part in series.parts}
        rows = _settle_parts(session, series, revision)
        _mark_gaps(rows, revision, stood)
        _settle_dates(session, series, revision, rows, actor_id)
        series.rules = list(plan.pattern.rules()) if plan.pattern else []
        series.until = plan.until
        _touch(series, actor_id)
        session.flush()
        session.expire(series, ["parts", "meetings"])
        series_company.settle(series, revision, known, company, before, actor_id)
        _announce(session, series, left=before.group_ids)
        booking.keep(series.meetings)
        audit.record("series.changed", series, actor_id, numbers=_counted(revision))
        series_company.tell(series, revision, before, actor_id)
    return revision


def end_series(series_id: int, at: datetime, reason: str | None, *, actor_id: int | None) -> int:
    """Call off all dates from one on that are not over; they stay visible as cancelled. How many there were."""
    with write():
        series = locked(series_id)
        called_off = _call_off(series, at, reason or None, actor_id)
        for dates, audience in series_company.by_audience(called_off, actor_id):
            series_mails.ended(series, dates, reason or None, audience)
    return len(called_off)


def end_series_of(group: WorkingGroup, actor_id: int | None = None) -> None:
    """The same of all series of a group that was closed, within the transaction that closes it."""
    session = writing()
    for series_id in session.scalars(
        select(MeetingSeries.id).where(MeetingSeries.group_id == group.id).order_by(MeetingSeries.id)
    ).all():
        series = locked(series_id)
        _call_off(series, None, None, actor_id)


def add_date(series_id: int, plan: MeetingPlan, *, actor_id: int | None, creation_key: str | None = None) -> Meeting:
    """One more date, which the rule does not give: an event of its own for calendars. Raises DomainError."""
    rules.check(plan, clock.now())
    with write() as session:
        series = locked(series_id)
        if creation_key:
            made = session.scalar(select(Meeting).where(Meeting.creation_key == creation_key))
            if made is not None:
                return made
        _open_group(session, series.group_id)
        if any(item.recurrence_id and item.recurrence_id.date() == plan.starts.date() for item in series.meetings):
            raise DomainError(_l("The series has this date already."), "starts_on")
        part = next((part for part in series.parts if part.rule is None), None)
        if part is None:
            part = _part(session, series, None, Part(None, None, plan, plan.starts.date()))
            session.flush()
        like = series.meetings[-1] if series.meetings else None
        if like is not None and like.part is not None:
            check_sight(plan, like.part)
        meeting = _make(session, series, part, Occurrence(None, part.id, plan.starts, plan), actor_id)
        meeting.creation_key = creation_key
        session.flush()
        if like is not None:
            company = replace(companies.company_of(like).for_sight(plan.visibility), guests=frozenset())
            if plan.visibility.is_of_few:
                company = replace(company, group_ids=frozenset())
            companies.settle(meeting, company, companies.consents_of([like]))
        _touch(series, actor_id)
        _announce(session, series)
        booking.keep(series.meetings)
        audit.record("series.date_added", meeting, actor_id)
        if meeting.ends_at > clock.now():
            series_mails.created(series, [meeting], companies.audience_of(meeting, actor_id))
    return meeting


def check(plan: SeriesPlan, now: datetime, fewest: int = 2) -> None:
    """Refuse a series that cannot be, or the rest of one. Raises DomainError."""
    rules.check(plan.first, now)
    for problem in series_rules.problems(plan, fewest):
        raise problem
    odd = series_rules.odd_days(plan)
    if odd:
        raise rules.OddTime(plan.on(odd[0]).starts, plan.first.time_zone, "starts_time")


def locked(series_id: int) -> MeetingSeries:
    """The series, for this transaction alone."""
    series = lock(MeetingSeries, series_id)
    if series is None:
        raise DomainError(_l("This series is gone."))
    return series


def _open_group(session: Session, group_id: int) -> None:
    group = session.get_one(WorkingGroup, group_id)
    if group.status == GroupStatus.CLOSED:
        raise DomainError(_l("The group is closed: it meets no more."))


def _part(session: Session, series: MeetingSeries, row: SeriesPart | None, draft: Part) -> SeriesPart:
    """The row of a part, new or brought up to the draft; a new revision of it where calendars must know."""
    now = clock.now()
    last = series_rules.on(draft.template, draft.last).starts
    if row is None:
        row = SeriesPart(
            series=series,
            uid=new_uid() if draft.rule else None,
            rule=draft.rule,
            follows_id=draft.follows,
            sequence=0,
            created_at=now,
            modified_at=now,
            last_local=last,
        )
        row.say(draft.template)
        session.add(row)
        return row
    differences = row.said.differences(draft.template)
    if differences or row.last_local != last:
        row.sequence = rules.next_sequence(row.sequence, differences) + (row.last_local != last)
        row.modified_at, row.last_local = now, last
        row.say(draft.template)
    return row


def _make(session: Session, series: MeetingSeries, part: SeriesPart, item: Occurrence, actor_id: int | None) -> Meeting:
    now = clock.now()
    meeting = Meeting(
        uid=None if part.rule else new_uid(),
        group_id=series.group_id,
        series=series,
        part=part,
        recurrence_id=item.original,
        sequence=0,
        created_at=now,
        modified_at=now,
        modified_by_id=actor_id,
    )
    meeting.say(item.plan)
    session.add(meeting)
    return meeting


def _settle_parts(session: Session, series: MeetingSeries, revision: Revision) -> list[SeriesPart]:
    """Bring the parts up to a revision; those that hold dates from there on, and then those that were shortened."""
    by_id = {part.id: part for part in series.parts}
    held = [_part(session, series, by_id.get(draft.key or 0), draft) for draft in revision.parts]
    ended = [_part(session, series, by_id[part.key or 0], part) for part in revision.ended]
    session.flush()
    return [*held, *ended]


def _mark_gaps(rows: Sequence[SeriesPart], revision: Revision, stood: Mapping[int, int]) -> None:
    """Where a part that goes on has a date more or less: its EXDATEs are others, so it is a new revision.

    `stood`: {id of a part: its SEQUENCE before}, as one change raises it once.
    """
    for index, (row, draft) in enumerate(zip(rows, revision.parts, strict=False)):
        gaps = any(
            (change.before is None and change.part == index)
            or (change.after is None and change.before is not None and change.before.part == draft.key)
            for change in revision.changes
        )
        if draft.key is not None and draft.rule and gaps and stood.get(row.id) == row.sequence:
            row.sequence += 1
            row.modified_at = clock.now()


def _settle_dates(
    session: Session, series: MeetingSeries, revision: Revision, rows: Sequence[SeriesPart], actor_id: int | None
) -> None:
    """Make, change and drop dates."""
    by_id = {meeting.id: meeting for meeting in series.meetings}
    by_part = {part.id: part for part in series.parts}
    for change in revision.changes:
        if change.after is None:
            assert change.before is not None
            _drop(session, series, by_id[change.before.key or 0])
    session.flush()
    for change in revision.changes:
        if change.after is None:
            continue
        part = rows[change.part or 0]
        if change.before is None:
            _make(session, series, part, change.after, actor_id)
        else:
            _rewrite(by_id[change.before.key or 0], part, change, actor_id)
    session.flush()
    for part_id in revision.gone:
        part = by_part[part_id]
        part_dropped.send(part)
        session.delete(part)
    session.flush()


def _rewrite(meeting: Meeting, part: SeriesPart, change: Change, actor_id: int | None) -> None:
    """Let a date that stays say what it says now."""
    assert change.after is not None
    if meeting.part_id == part.id and meeting.recurrence_id == change.after.original and not change.differences:
        return
    meeting.part, meeting.recurrence_id = part, change.after.original
    if part.rule:
        meeting.uid = None
    elif meeting.uid is None:
        meeting.uid = new_uid()
    if change.differences:
        meeting.say(change.after.plan)
        meeting.sequence = rules.next_sequence(meeting.sequence, change.differences)
        meeting.modified_by_id = actor_id
    meeting.modified_at = clock.now()


def _drop(session: Session, series: MeetingSeries, meeting: Meeting) -> None:
    """Take a date out; its address leads to the series from then on."""
    meeting_dropped.send(meeting)
    session.add(
        DroppedDate(
            reference=meeting.reference,
            series_id=series.id,
            starts_local=meeting.starts_local,
            time_zone=meeting.time_zone,
            dropped_at=clock.now(),
        )
    )
    session.delete(meeting)


def _call_off(series: MeetingSeries, at: datetime | None, reason: str | None, actor_id: int | None) -> list[Meeting]:
    now = clock.now()
    called_off = []
    for meeting in series.meetings:
        assert meeting.recurrence_id is not None
        if meeting.is_cancelled or meeting.ends_at <= now or (at and meeting.recurrence_id < at):
            continue
        meeting.status = Status.CANCELLED
        meeting.cancellation_reason = reason
        meeting.sequence += 1
        meeting.modified_at, meeting.modified_by_id = now, actor_id
        called_off.append(meeting)
    if called_off:
        guest_mails.cancelled(called_off, reason)
        _touch(series, actor_id)
        _announce(writing(), series)
        booking.keep(called_off)
        audit.record("series.ended", series, actor_id, reason=reason, dates=len(called_off))
    return called_off


def _announce(session: Session, series: MeetingSeries, left: frozenset[int] = frozenset()) -> None:
    """Let the features above know, once of all its dates; `left`: groups whose some of them may be no longer."""
    session.flush()
    session.expire(series, ["parts", "meetings"])
    series_changed.send(series, **left_by(left))


def _touch(series: MeetingSeries, actor_id: int | None) -> None:
    """Make it a new version, whatever else of its own row changes."""
    series.modified_at, series.modified_by_id = clock.now(), actor_id
    flag_modified(series, "modified_at")


def _counted(revision: Revision) -> dict[str, int]:
    made = sum(change.before is None for change in revision.changes)
    dropped = sum(change.after is None for change in revision.changes)
    return {"made": made, "dropped": dropped, "changed": sum(bool(change.differences) for change in revision.changes)}
