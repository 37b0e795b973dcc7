"""A person about whom every table holds something."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from app.calendars.feeds import FeedKind
from app.calendars.service import secrets
from app.calls.rules import Standing
from app.core import audit
from app.core.db import db, write
from app.core.outbox import Mail, Recipient, queue
from app.groups.models import WorkingGroup
from app.imports.models import Import
from app.imports.rules import ImportKind
from app.meetings.models import JointGroup, MeetingPerson, TaskForce, TaskForcePerson
from app.meetings.rules.company import Company, Consent, GuestPlan
from app.membership.models import RosterConfirmation, RosterReview
from app.people import limits
from app.people.models import Association, DistinctPersons, Keyword, MergedPerson, Person, Photo, SignUp
from app.proceedings.models import Response
from app.proceedings.rules import Partstat
from app.representation.models import BalanceCount, BalanceFigure, GenderDeclaration
from app.representation.rules import Answer, Part
from app.terms.models import TermsAcceptance, TermsAsking, TermsVersion
from tests.factories.availability import make_absence, make_calendar
from tests.factories.calls import in_days, make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.people import LONG_AGO, make_delegate, make_person
from tests.factories.programme import make_milestone
from tests.factories.scheduling import make_poll, say

SAID = "Only Anna wrote this."


def know_everything_about(anna: Person, group: WorkingGroup, association: Association) -> None:
    """Put a row about Anna into every table that can hold one."""
    make_series(group, actor_id=anna.id)
    make_milestone(group, actor_id=anna.id)
    make_absence(anna, note=SAID)
    make_calendar(anna, [(LONG_AGO, LONG_AGO + timedelta(hours=1))])
    secrets.make(anna.id, FeedKind.MINE, None, "Phone", "", "key of the form")
    guest = Company(guests=frozenset({GuestPlan(anna.email or "", "Anna")}))
    meeting = make_meeting(group, actor_id=anna.id, title="One", company=guest)
    db.session.add_all([
        MeetingPerson(meeting_id=meeting.id, person_id=anna.id),
        Response(meeting_id=meeting.id, person_id=anna.id, partstat=Partstat.DECLINED, answered_at=LONG_AGO,
                 starts_local=meeting.starts_local, ends_local=meeting.ends_local, time_zone=meeting.time_zone),
        JointGroup(meeting_id=meeting.id, group_id=make_group().id, consent=Consent.AGREED, asked_at=LONG_AGO,
                   decided_at=LONG_AGO, decided_by_id=anna.id),
        TaskForce(group_id=group.id, name="Drafting", people=[TaskForcePerson(person_id=anna.id)]),
    ])  # fmt: skip
    db.session.commit()
    other = make_person("Anna Example")
    keyword = Keyword(slug="heat", names={"en": "Heat"}, loaded={})
    version = TermsVersion(kind="conduct", number=1, texts={"en": "Be kind.", "fr": "Soyez aimables."},
                           valid_from=date(2026, 1, 1), created_at=LONG_AGO, published_at=LONG_AGO)  # fmt: skip
    figure = BalanceFigure(part=Part.MEMBER, taken_on=date(2026, 1, 1), women=5, men=5, others=5)
    review = RosterReview(year=2026, opened_at=LONG_AGO, opened_by_id=anna.id, due_on=date(2026, 10, 1))
    db.session.add_all([keyword, version, figure, review])
    db.session.flush()
    anna.phone, anna.biography, anna.keywords = "+32 2 123", SAID, [keyword]
    first, second = sorted((anna.id, other.id))
    db.session.add_all([
        Photo(person_id=anna.id, image=b"\xff\xd8", digest="x", taken_at=LONG_AGO),
        MergedPerson(former_id=900_001, person_id=anna.id, merged_at=LONG_AGO),
        DistinctPersons(first_id=first, second_id=second, said_at=LONG_AGO),
        TermsAcceptance(person_id=anna.id, version_id=version.id, accepted_at=LONG_AGO, language="en"),
        TermsAsking(person_id=anna.id, asked_at=LONG_AGO),
        GenderDeclaration(person_id=anna.id, answer=Answer.WOMAN, answered_at=LONG_AGO),
        BalanceCount(figure_id=figure.id, person_id=anna.id, alone=False),
        RosterConfirmation(review_id=review.id, group_id=group.id, person_id=anna.id, at=LONG_AGO, snapshot=[]),
        Import(kind=ImportKind.PEOPLE, importer_id=anna.id, language="en", filename="a.csv", content=b"x",
               created_at=LONG_AGO, moved_at=LONG_AGO),
        SignUp(full_name="A", email=anna.email, association_id=association.id, password_hash="x", language="en",
               created_at=LONG_AGO),
    ])  # fmt: skip
    db.session.commit()
    call = make_call(group, moved_by_id=anna.id)
    make_candidacy(call, anna, Standing.READY, association, motivation=SAID, recommendation=SAID)
    make_delegate(anna, other)
    day = datetime.combine(in_days(90), time(12))
    poll = make_poll(group, [day], closes=day - timedelta(days=30), actor_id=anna.id, named=True, people=(anna.id,))
    say(poll, anna.id, "yes")
    limits.begin_sign_in(anna.email or "", "127.0.0.1")
    with write():
        queue(Recipient(anna.email or "", "", "en"), Mail(subject="s", paragraphs=()))
        audit.record("person.changed", db.session.get_one(Person, anna.id), anna.id, reason=SAID)
