"""What can be done with milestones. One transaction each; raise DomainError."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.core import audit, clock, conflicts, dates
from app.core.db import db, lock, lock_name, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.groups.models import Community, WorkingGroup
from app.groups.rules import GroupStatus
from app.meetings.queries import audience
from app.meetings.rules import LEAP, Visibility
from app.membership.patience import is_paused
from app.programme import mails, rules
from app.programme.models import Milestone
from app.programme.rules import Kind, MilestonePlan, State
from app.programme.signals import milestone_changed


def plan_of(milestone: Milestone) -> MilestonePlan:
    """What is planned, as the form shows it."""
    return MilestonePlan(
        kind=Kind(milestone.kind),
        title=milestone.title,
        first_day=milestone.first_day,
        last_day=milestone.last_day,
        goal_id=milestone.goal_id,
        file_reference=milestone.file_reference,
        link=milestone.link,
        description=milestone.description,
        visibility=Visibility(milestone.visibility),
    )


def create_milestone(
    group_id: int, plan: MilestonePlan, *, actor_id: int | None, creation_key: str | None = None
) -> Milestone:
    """A new one; for a form that was sent twice, the one that it made the first time. Raises DomainError."""
    rules.check(plan, dates.today())
    with write() as session:
        if creation_key:
            lock_name(f"milestone:{creation_key}")
            made = session.scalar(select(Milestone).where(Milestone.creation_key == creation_key))
            if made is not None:
                return _same(made, group_id, plan)
        milestone = Milestone(
            uid=f"{uuid.uuid4()}@{settings().host_name}",
            creation_key=creation_key,
            group=session.get_one(WorkingGroup, group_id),
            created_at=clock.now(),
        )
        _write_plan(session, milestone, plan)
        session.add(milestone)
        news = rules.is_news(plan, None, dates.today())
        _touch(session, milestone, actor_id, told=news)
        audit.record("milestone.created", milestone, actor_id)
        if news:
            mails.announced(milestone, audience(group_id, but=actor_id))
    return milestone


def change_milestone(milestone_id: int, plan: MilestonePlan, *, version: int, actor_id: int | None) -> frozenset[str]:
    """Let it be as planned now; say what became different. Raises EditConflict where others were faster."""
    with write() as session:
        milestone = _locked(milestone_id)
        before, today = plan_of(milestone), dates.today()
        if milestone.is_dropped:
            raise DomainError(_l("This was dropped. Reinstate it before you change it."))
        changed = before.differences(plan)
        if not changed:
            return changed
        conflicts.check_version(milestone.version, version, before.as_fields())
        rules.check(plan, today)
        _write_plan(session, milestone, plan)
        milestone.sequence = rules.next_sequence(milestone.sequence, changed)
        news = milestone.state == State.PLANNED and rules.is_news(plan, before, today)
        _touch(session, milestone, actor_id, told=news)
        audit.record("milestone.changed", milestone, actor_id, fields=sorted(changed))
        if news and before.kind is Kind.CONSULTATION:
            mails.moved(milestone, before, audience(milestone.group_id, but=actor_id))
        elif news:
            mails.announced(milestone, audience(milestone.group_id, but=actor_id))
    return changed


def mark(milestone_id: int, *, done: bool, actor_id: int | None) -> Milestone:
    """Say that it is done, or not done after all; harmless when said twice. Raises DomainError."""
    with write() as session:
        milestone = _locked(milestone_id)
        wanted = State.DONE if done else State.PLANNED
        if milestone.is_dropped:
            raise DomainError(_l("This was dropped. Reinstate it before you change it."))
        if milestone.state != wanted:
            milestone.state = wanted
            _touch(session, milestone, actor_id)
            if done:
                audit.record("milestone.done", milestone, actor_id)
            else:
                audit.record("milestone.not_done", milestone, actor_id)
    return milestone


def drop(milestone_id: int, reason: str | None, *, actor_id: int | None) -> Milestone:
    """Call it off (once, if one person says so twice); it stays visible as dropped. Raises DomainError."""
    reason = reason or None
    with write() as session:
        milestone = _locked(milestone_id)
        if milestone.is_dropped:
            if (milestone.modified_by_id, milestone.drop_reason) == (actor_id, reason):
                return milestone
            raise DomainError(_l("This was dropped already."))
        milestone.state = State.DROPPED
        milestone.drop_reason = reason
        milestone.sequence += 1
        _touch(session, milestone, actor_id)
        audit.record("milestone.dropped", milestone, actor_id, reason=reason)
        if rules.is_news(plan_of(milestone), None, dates.today()):
            mails.dropped(milestone, audience(milestone.group_id, but=actor_id))
    return milestone


def reinstate(milestone_id: int, *, actor_id: int | None) -> Milestone:
    """Let what was dropped stand again; harmless when said twice."""
    with write() as session:
        milestone = _locked(milestone_id)
        if not milestone.is_dropped:
            return milestone
        milestone.state = State.PLANNED
        milestone.drop_reason = None
        milestone.sequence += 1
        news = rules.is_news(plan_of(milestone), None, dates.today())
        _touch(session, milestone, actor_id, told=news)
        audit.record("milestone.reinstated", milestone, actor_id)
        if news:
            mails.reinstated(milestone, audience(milestone.group_id, but=actor_id))
    return milestone


def remind() -> bool:
    """Some days before a consultation's deadline, remind the group: once for each day on which it falls."""
    config, today = settings(), dates.today()
    if is_paused(today, config.pause):
        return False
    soon = today + timedelta(days=config.consultation_reminder_days + 366)  # the longest pause in between
    found = db.session.execute(
        select(Milestone.id, Milestone.last_day)
        .join(Milestone.group)
        .where(
            Milestone.kind == Kind.CONSULTATION,
            Milestone.state == State.PLANNED,
            Milestone.last_day.between(today, soon),
            or_(Milestone.reminded_of.is_(None), Milestone.reminded_of != Milestone.last_day),
            WorkingGroup.status != GroupStatus.CLOSED,
        )
        .order_by(Milestone.last_day, Milestone.id)
    ).all()
    due = [milestone_id for milestone_id, last_day in found if _is_time(last_day)]
    for milestone_id in due:
        with write():
            milestone = _locked(milestone_id)
            fresh = milestone.kind == Kind.CONSULTATION and milestone.state == State.PLANNED
            if fresh and milestone.reminded_of != milestone.last_day and _is_time(milestone.last_day):
                milestone.reminded_of = milestone.last_day
                mails.reminder(milestone, audience(milestone.group_id))
    return bool(due)


def leap_sequences() -> None:
    """Let every milestone be a new revision, within a transaction: a backup was restored (see meetings)."""
    leap = {"sequence": Milestone.sequence + LEAP, "modified_at": clock.now(), "version": Milestone.version + 1}
    writing().execute(update(Milestone).values(leap).execution_options(synchronize_session=False))


def _is_time(last_day: date) -> bool:
    """Whether the group is to be reminded of a deadline on that day by now."""
    config, today = settings(), dates.today()
    return rules.reminds_on(last_day, config.consultation_reminder_days, config.pause) <= today <= last_day


def _locked(milestone_id: int) -> Milestone:
    milestone = lock(Milestone, milestone_id)
    if milestone is None:
        raise DomainError(_l("This is gone."))
    return milestone


def _same(made: Milestone, group_id: int, plan: MilestonePlan) -> Milestone:
    """What a form made before, if it says the same now."""
    if made.group_id != group_id or made.is_dropped or plan_of(made).differences(plan):
        raise DomainError(_l("This form was sent before and was saved. Change what it made, or start a new form."))
    return made


def _write_plan(session: Session, milestone: Milestone, plan: MilestonePlan) -> None:
    milestone.kind = plan.kind
    milestone.title = plan.title
    milestone.first_day, milestone.last_day = plan.first_day, plan.last_day
    milestone.goal = session.get(Community, plan.goal_id) if plan.goal_id else None
    milestone.file_reference = plan.file_reference or None
    milestone.link = plan.link or None
    milestone.description = plan.description or None
    milestone.visibility = plan.visibility


def _touch(session: Session, milestone: Milestone, actor_id: int | None, *, told: bool = False) -> None:
    """Make it a new revision and let the features above know.

    Who is `told` within the days in which they would be reminded needs no second mail.
    """
    if told and _is_time(milestone.last_day):
        milestone.reminded_of = milestone.last_day
    milestone.modified_at = clock.now()
    milestone.modified_by_id = actor_id
    session.flush()
    milestone_changed.send(milestone)
