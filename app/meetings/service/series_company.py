"""Who meets at the dates of a series when it is changed from one date on, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from app.core import clock
from app.meetings import guest_mails, series_mails
from app.meetings.models import Meeting, MeetingSeries
from app.meetings.rules import Visibility
from app.meetings.rules.company import Company, GuestPlan
from app.meetings.rules.series import Change, Revision
from app.meetings.service import company as companies
from app.people.models import Person


class Before:
    """Who met at the dates that a change is about, and whom they were announced to, before any of it is written."""

    def __init__(self, series: MeetingSeries, revision: Revision, actor_id: int | None) -> None:
        self.consents = companies.consents_of(series.meetings)
        self.group_ids = frozenset(group_id for meeting in series.meetings for group_id in meeting.group_ids)
        keys = {change.before.key for change in revision.changes if change.before}
        concerned = [meeting for meeting in series.meetings if meeting.id in keys]
        self.company = {meeting.id: companies.company_of(meeting) for meeting in concerned}
        self.audience = {
            meeting.id: audience for dates, audience in by_audience(concerned, actor_id) for meeting in dates
        }
        self.known = frozenset(meeting.id for meeting in series.meetings)


def company_from(series: MeetingSeries, at: datetime) -> Company:
    """Who meets from the date on that the series has at `at`, as the form to change it shows it."""
    ahead = sorted((one for one in series.meetings if (one.recurrence_id or at) >= at), key=_recurrence)
    ruled = next((one for one in ahead if one.uid is None), None)
    first = ruled or (ahead[0] if ahead else None)
    return companies.company_of(first) if first is not None else Company()


def settle(
    series: MeetingSeries,
    revision: Revision,
    known: Company,
    company: Company | None,
    before: Before,
    actor_id: int | None,
) -> None:
    """Let each date that is changed follow, keeping what it had of its own; those that are new are like the others."""
    wanted = company or known
    asked_by = companies.consents_by(wanted.group_ids - known.group_ids, actor_id)
    here = asked_by if wanted.group_ids - known.group_ids else {}
    consents = {**{key: said for key, said in before.consents.items() if key in known.group_ids}, **here}
    for meeting in _concerned(series, revision, before):
        visibility = Visibility(meeting.visibility)
        own = before.company.get(meeting.id)
        mine = wanted if own is None else own.moved(known, wanted)
        if visibility.is_of_few:
            mine = replace(mine, group_ids=frozenset())
        if visibility == Visibility.NAMED and not (mine.person_ids or mine.task_force_ids):
            mine = replace(mine, person_ids=wanted.person_ids, task_force_ids=wanted.task_force_ids)
        if companies.settle(meeting, mine, consents):
            meeting.modified_at = clock.now()
    if company is not None:
        companies.ask(_concerned(series, revision, before), known.group_ids, actor_id)


def tell(series: MeetingSeries, revision: Revision, before: Before, actor_id: int | None) -> None:
    """One mail to each, about those dates alone that they may know of."""
    after = {
        meeting.id: audience
        for dates, audience in by_audience(_concerned(series, revision, before), actor_id)
        for meeting in dates
    }
    new = next((after[meeting_id] for meeting_id in after if meeting_id not in before.known), ())
    batches: dict[tuple[int, ...], tuple[list[Change], Sequence[Person]]] = {}
    for change in revision.changes:
        key = change.before.key if change.before else None
        audience = before.audience.get(key or 0, ()) if change.after is None else after.get(key or 0, new)
        batch = batches.setdefault(tuple(person.id for person in audience), ([], audience))
        batch[0].append(change)
    for changes, audience in batches.values():
        series_mails.changed(series, replace(revision, changes=tuple(changes)), audience)
    _tell_guests(series, revision, before)


def invite(dates: Sequence[Meeting]) -> None:
    """Write to the guests of new dates, once for all of them."""
    now = clock.now()
    ahead = [date for date in dates if date.ends_at > now]
    if ahead:
        guest_mails.invited(ahead, ahead[0].guests)


def by_audience(dates: Iterable[Meeting], actor_id: int | None) -> list[tuple[list[Meeting], Sequence[Person]]]:
    """The dates that are announced to the same people, together."""
    found: dict[object, tuple[list[Meeting], Sequence[Person]]] = {}
    for date in dates:
        key = (date.visibility, date.group_ids, tuple(one.person_id for one in date.people))
        if key not in found:
            found[key] = ([], companies.audience_of(date, actor_id))
        found[key][0].append(date)
    return list(found.values())


def _tell_guests(series: MeetingSeries, revision: Revision, before: Before) -> None:
    """Those who come to dates that are new or move; those who are newly invited, and those who are not any more."""
    now = clock.now()
    dates = [date for date in _concerned(series, revision, before) if date.ends_at > now and not date.is_cancelled]
    had = {email: guest for company in before.company.values() for email, guest in _by_address(company).items()}
    expected = {guest.email: guest for date in reversed(dates) for guest in date.guests}
    for email, guest in expected.items():
        theirs = [date for date in dates if any(one.email == email for one in date.guests)]
        lines = _lines(revision, before, email, theirs)
        if email not in had:
            guest_mails.invited(theirs, [guest])
        elif lines:
            guest_mails.dates_changed(guest.meeting, lines, [guest])
    for email, plan in sorted(had.items()):
        date = next((one for one in dates if email in _by_address(before.company.get(one.id, Company()))), None)
        if email not in expected and date is not None:
            guest_mails.uninvited(date, [plan])


def _by_address(company: Company) -> dict[str, GuestPlan]:
    return {guest.email: guest for guest in company.guests}


def _lines(revision: Revision, before: Before, email: str, theirs: Sequence[Meeting]) -> list[Callable[[], str]]:
    """What became different at the dates that a guest comes to, or came to."""
    originals = {date.recurrence_id for date in theirs}

    def concerns(change: Change) -> bool:
        if change.after is not None:
            return change.after.original in originals
        return change.before is not None and email in _by_address(before.company.get(change.before.key or 0, Company()))

    return [
        lambda change=change: series_mails.change_line(change, None)  # type: ignore[misc]
        for change in revision.changes
        if series_mails.is_news(change) and concerns(change)
    ]


def _concerned(series: MeetingSeries, revision: Revision, before: Before) -> list[Meeting]:
    """The dates that a revision is about, as they stand after it, in order."""
    keys = {change.before.key for change in revision.changes if change.before and change.after}
    return [meeting for meeting in series.meetings if meeting.id in keys or meeting.id not in before.known]


def _recurrence(meeting: Meeting) -> datetime:
    assert meeting.recurrence_id is not None
    return meeting.recurrence_id
