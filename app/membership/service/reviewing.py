"""The yearly review: opened, confirmed, reminded of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock, dates, zones
from app.core.db import db, lock, lock_name, write, writing
from app.core.errors import DomainError
from app.core.settings import settings
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import mails, queries, review_rules, reviews
from app.membership.models import Membership, RosterConfirmation, RosterReview
from app.membership.patience import is_paused, waited
from app.people import queries as people
from app.people.models import Association, Person

LONGEST = timedelta(days=366)


def open_round(due_on: date, actor_id: int | None) -> RosterReview:
    """Begin this year's review; everyone who has a list to confirm is written to. Where it is on already, it is that.

    Raises DomainError.
    """
    today = dates.today()
    if not today <= due_on <= today + LONGEST:
        raise DomainError(_l("Choose a day from today to a year from now."), "due_on")
    with write() as session:
        lock_name("roster review")
        known = session.scalar(select(RosterReview).where(RosterReview.year == today.year))
        if known is not None:
            return known
        review = RosterReview(year=today.year, opened_at=clock.now(), opened_by_id=actor_id, due_on=due_on)
        session.add(review)
        audit.record("review.opened", review, actor_id)
        _ask(review, mails.review_opened)
    return review


def confirm_association(association_id: int, actor_id: int, seen: str) -> RosterConfirmation:
    """Confirm who sits where for an association. Once it is confirmed it stays so; see `_confirm`."""
    with write():
        present = queries.members_of_associations([association_id])
        return _confirm(present, actor_id, seen, association_id=association_id)


def confirm_group(group_id: int, actor_id: int, seen: str) -> RosterConfirmation:
    """Confirm who sits in a group. Once it is confirmed it stays so; see `_confirm`."""
    with write():
        return _confirm(queries.members(group_id), actor_id, seen, group_id=group_id)


def open_by_itself() -> bool:
    """Begin the review in the month of the settings, unless an administrator has done so this year."""
    config, today = settings(), dates.today()
    if config.roster_review_month != today.month:
        return False
    if db.session.scalar(select(RosterReview.id).where(RosterReview.year == today.year)) is not None:
        return False
    open_round(today + timedelta(days=config.roster_review_days), None)
    return True


def remind() -> bool:
    """Remind those who have not confirmed, every so many days; after the last day the administrators too.

    It ends as many days after the last one as there were before it: who does not answer then is not written to again.
    """
    config, today = settings(), dates.today()
    if is_paused(today, config.pause):
        return False
    with write() as session:
        known = reviews.latest()
        review = lock(RosterReview, known.id) if known else None
        if review is None or today > review.due_on + timedelta(days=config.roster_review_days):
            return False
        if waited(_day(review.reminded_at or review.opened_at), today, config.pause) < config.roster_reminder_days:
            return False
        review.reminded_at = clock.now()
        session.flush()
        left = _ask(review, mails.review_reminder)
        if left and today > review.due_on:
            mails.review_overdue(review, left, people.administrators())
    return True


def _confirm(
    present: Sequence[Membership], actor_id: int, seen: str, *, association_id: int | None = None,
    group_id: int | None = None,
) -> RosterConfirmation:  # fmt: skip
    """Keep that the list is right, with the list; `seen` is the fingerprint of the one that was looked at.

    Raises DomainError where it has changed since, or where no review is on.
    """
    known = reviews.latest()
    review = lock(RosterReview, known.id) if known else None
    if review is None:
        raise DomainError(_l("No review is on at present."))
    made = reviews.confirmation(review.id, association_id=association_id, group_id=group_id)
    if made is not None:
        return made
    entries = review_rules.snapshot(present)
    if review_rules.fingerprint(entries) != seen:
        raise DomainError(_l("The list has changed since you opened this page. Look at it again, then confirm."))
    confirmation = RosterConfirmation(
        review_id=review.id, association_id=association_id, group_id=group_id, person_id=actor_id, at=clock.now(),
        snapshot=entries,
    )  # fmt: skip
    writing().add(confirmation)
    audit.record("review.confirmed", confirmation, actor_id, association_id=association_id, group_id=group_id)
    return confirmation


def _ask(review: RosterReview, write_to: mails.Ask) -> int:
    """One mail to each who has lists to confirm, about all of them; how many lists nobody has confirmed."""
    writing().flush()
    associations = reviews.unconfirmed_associations(review.id)
    open_groups = reviews.unconfirmed_groups(review.id)
    speakers, coordinators = people.speakers_by_association(), groups.coordinators_by_group()
    concerned: dict[Person, tuple[list[Association], list[WorkingGroup]]] = defaultdict(lambda: ([], []))
    for one in associations:
        for speaker in speakers.get(one.id, ()):
            concerned[speaker.person][0].append(one)
    for group in open_groups:
        for coordinator in coordinators.get(group.id, ()):
            concerned[coordinator.person][1].append(group)
    for person, (bodies, mine) in concerned.items():
        write_to(review, person, list(dict.fromkeys(bodies)), mine)
    return len(associations) + len(open_groups)


def _day(instant: datetime) -> date:
    return zones.to_local(instant, settings().default_time_zone).date()
