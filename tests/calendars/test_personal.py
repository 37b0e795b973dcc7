"""Personal feeds: what their owners may know of, and no more; from the next poll on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.calendars.feeds import FeedKind
from app.calendars.models import CalendarComponent, StoredFeed
from app.calendars.service import secrets
from app.core.db import db, write
from app.groups.models import WorkingGroup
from app.meetings import service
from app.meetings.rules.company import Company
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.people.models import Association, Person
from app.proceedings import personal_data
from app.proceedings import service as proceedings
from app.proceedings.rules import Partstat
from tests.browsing import Visit
from tests.calendars.reading import logical_lines, unescape, values
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting, make_series
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association
from tests.factories.programme import make_milestone
from tests.queries import counted_queries

LINK = "https://meet.example.org/room?pwd=topsecret"
ONE_MORE = iter(range(10_000))


def feed_of(owner: Person, kind: FeedKind = FeedKind.MINE, association: Association | None = None) -> str:
    """A new address."""
    _made, secret = secrets.make(owner.id, kind, association and association.id, "phone", "", f"key {next(ONE_MORE)}")
    return f"/feeds/{secret}/calendar.ics"


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("heat", names={"en": "Heat", "fr": "Chaleur"})


@pytest.fixture
def member(group: WorkingGroup) -> Person:
    person = make_account("Mia Member")
    make_membership(group, person)
    return person


def titles(client: FlaskClient, address: str) -> list[str]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return sorted(values(answer.data, "SUMMARY"))


def unfolded(client: FlaskClient, address: str) -> list[str]:
    return logical_lines(client.get(address).data)


class TestContent:
    """What stands in them."""

    def test_how_to_join_is_in_the_members_feed_alone(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        make_meeting(group, join_link=LINK, dial_in="+32 2 000 00 00", passcode="4711", description="Agenda follows.")
        lines = unfolded(client, feed_of(member))
        assert f"CONFERENCE;VALUE=URI;FEATURE=VIDEO;LABEL=Join online:{LINK}" in lines
        assert f"LOCATION:{LINK}" in lines
        about = next(line for line in lines if line.startswith("DESCRIPTION:Join online"))
        assert about.startswith(
            f"DESCRIPTION:Join online: {LINK}\\nDial-in: +32 2 000 00 00\\nPasscode: 4711\\n\\nAgenda"
        )
        for public in ("/groups/heat/calendar.ics", "/calendar.ics"):
            text = "\n".join(unfolded(client, public))
            assert "LOCATION:Online" in text
            for private in ("topsecret", "000 00", "4711", "CONFERENCE"):
                assert private not in text
        stored = db.session.scalars(select(CalendarComponent).where(CalendarComponent.form == "group")).all()
        assert stored and all("topsecret" not in one.content for one in stored)

    def test_where_there_is_a_room_the_link_is_beside_it(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        make_meeting(group, join_link=LINK, venue="Town hall")
        lines = unfolded(client, feed_of(member))
        assert "LOCATION:Town hall" in lines
        assert any(line.startswith("CONFERENCE") for line in lines)

    def test_a_cancelled_meeting_is_joined_by_nobody(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        service.cancel_meeting(make_meeting(group, join_link=LINK).id, None, actor_id=None)
        assert not any(line.startswith("CONFERENCE") for line in unfolded(client, feed_of(member)))

    def test_in_french_with_the_groups_name(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        make_meeting(group, join_link=LINK)
        lines = unfolded(client, feed_of(member) + "?lang=fr")
        assert "SUMMARY:Chaleur: Spring meeting" in lines
        assert any(line.startswith("NAME:Mes groupes") for line in lines)

    def test_no_attendee_no_name_of_the_owner_no_secret(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        make_meeting(group)
        address = feed_of(member)
        text = client.get(address).text.replace("\r\n ", "")
        assert "ATTENDEE" not in text
        assert "Mia" not in text
        assert address.split("/")[2] not in text

    def test_alarms_when_wanted(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        make_meeting(group, title="END:VEVENT")
        service.cancel_meeting(make_meeting(group, datetime(2027, 4, 1, 9)).id, None, actor_id=None)
        make_milestone(group, title="Reply; now")
        address = feed_of(member)
        assert values(client.get(address).data, "TRIGGER") == []
        answer = client.get(address + "?alarm=30m")
        assert values(answer.data, "TRIGGER") == ["-PT30M", "-PT15H"]
        assert "DESCRIPTION:Heat: Reply\\; now" in logical_lines(answer.data)
        for each in ("BEGIN:VALARM", "END:VALARM", "ACTION:DISPLAY"):
            assert logical_lines(answer.data).count(each) == 2
        assert client.get("/groups/heat/calendar.ics?alarm=30m").status_code == 400


class TestKinds:
    """What each kind shows."""

    def test_my_groups(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        other = make_group("other")
        make_meeting(other, title="Not mine")
        make_meeting(group, title="Public")
        make_meeting(group, title="Members", visibility="members")
        make_meeting(group, title="Chairs", visibility="chairs")
        make_meeting(group, title="Me", visibility="named", company=Company(person_ids=frozenset({member.id})))
        someone = make_account()
        make_membership(group, someone)
        make_meeting(group, title="Them", visibility="named", company=Company(person_ids=frozenset({someone.id})))
        make_milestone(group, title="Reply", visibility="members")
        assert titles(client, feed_of(member)) == ["Heat: Me", "Heat: Members", "Heat: Public", "Heat: Reply"]
        assert titles(client, feed_of(member) + "?kind=deadline") == ["Heat: Reply"]
        assert titles(client, feed_of(member) + "?groups=other") == []

    def test_what_i_am_expected_at(self, group: WorkingGroup, client: FlaskClient) -> None:
        people = {}
        for role in (Role.CHAIR, Role.MEMBER, Role.OBSERVER, Role.ALTERNATE):
            people[role] = make_account()
            make_membership(group, people[role], role=role)
        make_meeting(group, title="All")
        make_meeting(group, title="Chairs", visibility="chairs")
        make_milestone(group)
        named = frozenset({people[Role.OBSERVER].id})
        make_meeting(group, title="Some", visibility="named", company=Company(person_ids=named))
        expected = {role: titles(client, feed_of(person, FeedKind.EXPECTED)) for role, person in people.items()}
        assert expected == {
            Role.CHAIR: ["Heat: All", "Heat: Chairs"],
            Role.MEMBER: ["Heat: All"],
            Role.OBSERVER: ["Heat: Some"],
            Role.ALTERNATE: [],
        }

    def test_my_deadlines(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        make_meeting(group)
        make_milestone(group, title="Reply", visibility="members")
        make_milestone(make_group("other"))
        assert titles(client, feed_of(member, FeedKind.DEADLINES)) == ["Heat: Reply"]

    def test_who_coordinates_has_the_groups_feed(self, app: Flask, client: FlaskClient) -> None:
        person = make_account()
        group = make_group("led", names={"en": "Led"}, coordinators=(person,))
        make_meeting(group, title="Members", visibility="members", join_link=LINK)
        assert titles(client, feed_of(person)) == titles(client, feed_of(person, FeedKind.EXPECTED)) == ["Led: Members"]

    def test_administrators_programs_may_no_more_than_members_do(
        self, group: WorkingGroup, client: FlaskClient
    ) -> None:
        administrator = make_account(administrator=True)
        make_membership(group, administrator)
        make_meeting(group, title="Chairs", visibility="chairs")
        make_meeting(make_group("other"), visibility="members")
        assert titles(client, feed_of(administrator)) == []

    def test_the_meetings_of_an_association(self, group: WorkingGroup, client: FlaskClient) -> None:
        association, focal = make_association("ABC"), make_account()
        affiliation = make_affiliation(focal, association, function="focal_point")
        expert = make_account()
        make_membership(group, expert, association=association)
        make_meeting(group, title="Public", join_link=LINK)
        make_meeting(group, title="Members", visibility="members")
        make_meeting(make_group("other"))
        address = feed_of(focal, FeedKind.ASSOCIATION, association)
        assert titles(client, address) == ["Heat: Public"]
        assert "topsecret" not in client.get(address).text.replace("\r\n ", "")
        with write() as session:
            left = session.merge(affiliation)
            left.starts_on, left.ends_on = date(2025, 1, 1), date(2025, 6, 30)
        assert client.get(address).status_code == 404

    def test_a_date_of_a_series_for_few(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        chair = make_account()
        make_membership(group, chair, role=Role.CHAIR)
        series = make_series(group)
        make_series(group, datetime(2027, 6, 2, 9), date(2027, 7, 1), title="Board", visibility="chairs")
        assert [title for title in titles(client, feed_of(member)) if "Board" in title] == []
        address = feed_of(chair)
        boards = [title for title in titles(client, address) if "Board" in title]
        assert len(boards) == 3, "each as a meeting of its own"
        uids = values(client.get(address).data, "UID")
        assert len(set(uids)) == len(uids)
        assert series.parts[0].uid in uids


class TestChanges:
    """Each is seen by the next poll."""

    def test_of_a_meeting(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        address = feed_of(member)
        etag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304
        meeting = make_meeting(group, visibility="members")
        assert titles(client, address) == ["Heat: Spring meeting"]
        service.cancel_meeting(meeting.id, None, actor_id=None)
        assert values(client.get(address).data, "STATUS") == ["CANCELLED"]

    def test_who_leaves_loses_all_at_once(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        make_meeting(group, visibility="members", join_link=LINK)
        address = feed_of(member)
        before = client.get(address)
        assert "topsecret" in before.text.replace("\r\n ", "")
        with write() as session:
            session.scalars(select(Membership).where(Membership.person_id == member.id)).one().state = State.ENDED
        after = client.get(address, headers={"If-None-Match": before.headers["ETag"]})
        assert after.status_code == 200
        assert "BEGIN:VEVENT" not in after.text

    def test_a_role_that_changes(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        make_meeting(group, visibility="chairs")
        address = feed_of(member)
        assert titles(client, address) == []
        with write() as session:
            session.scalars(select(Membership).where(Membership.person_id == member.id)).one().role = Role.CHAIR
        assert titles(client, address) == ["Heat: Spring meeting"]

    def test_nothing_is_written_for_those_who_follow(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        client.get(feed_of(member))
        stored = select(StoredFeed.version, StoredFeed.basis)
        before = db.session.execute(stored).all()
        with counted_queries() as statements:
            make_meeting(group)
        assert not [one for one in statements if "stored_feeds" in str(one)]
        assert db.session.execute(stored).all() == before


class TestAnswers:
    """What its owner said to meetings stands in their own feed, and in nobody else's."""

    YES, PERHAPS, NO = Partstat

    def test_in_words_and_as_time_that_is_free(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        other = make_account()
        make_membership(group, other)
        meeting = make_meeting(group, join_link=LINK)
        theirs, public = client.get(feed_of(other)).data, client.get("/groups/heat/calendar.ics").data
        address = feed_of(member)
        assert values(client.get(address).data, "TRANSP") == ["OPAQUE"]
        for partstat, words, transp in (
            (self.YES, "yes\\, you are coming.", "OPAQUE"),
            (self.PERHAPS, "perhaps.", "OPAQUE"),
            (self.NO, "no\\, you are not coming.", "TRANSPARENT"),
        ):
            proceedings.answer(meeting.id, member.id, partstat, sequence=0)
            body = client.get(address).data
            (about,) = [one for one in values(body, "DESCRIPTION") if one.startswith("Your answer")]
            assert about.startswith(f"Your answer: {words}\\n\\nJoin online: {LINK}")
            assert values(body, "TRANSP") == [transp]
            assert values(body, "SEQUENCE") == ["0"], "nothing was planned anew"
        assert client.get(address).data == body
        assert client.get(feed_of(other)).data == theirs
        assert client.get("/groups/heat/calendar.ics").data == public

    def test_in_french(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        proceedings.answer(make_meeting(group).id, member.id, self.NO, sequence=0)
        body = client.get(feed_of(member) + "?lang=fr").data
        assert any("Votre réponse\xa0: non\\, vous ne venez pas." in one for one in values(body, "DESCRIPTION"))

    def test_a_poll_that_knew_it_before_sees_it(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        meeting = make_meeting(group)
        for kind in (FeedKind.MINE, FeedKind.EXPECTED):
            address = feed_of(member, kind)
            before = client.get(address)
            known = {"If-None-Match": before.headers["ETag"]}
            assert client.get(address, headers=known).status_code == 304
            proceedings.answer(meeting.id, member.id, self.YES if kind == FeedKind.MINE else self.NO, sequence=0)
            assert client.get(address, headers=known).status_code == 200

    def test_revised_when_it_was_said(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False) as now:
            meeting = make_meeting(group)
            now.shift(3600)
            proceedings.answer(meeting.id, member.id, self.YES, sequence=0)
            body = client.get(feed_of(member)).data
            assert values(body, "DTSTAMP") == values(body, "LAST-MODIFIED") == ["20261125T100000Z"]
            assert values(body, "CREATED") == ["20261125T090000Z"]
            now.shift(3600)
            plan = replace(meeting.said, title="Other")
            service.change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)
            assert values(client.get(feed_of(member)).data, "DTSTAMP") == ["20261125T110000Z"]

    def test_what_was_said_to_another_time_is_not_said(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        meeting = make_meeting(group)
        proceedings.answer(meeting.id, member.id, self.NO, sequence=0)
        address = feed_of(member)
        for change, transp in (
            ({"venue": "Town hall"}, "TRANSPARENT"),
            ({"ends": datetime(2027, 3, 12, 18)}, "OPAQUE"),
        ):
            plan = replace(meeting.said, **change)  # type: ignore[arg-type]
            service.change_meeting(meeting.id, plan, version=meeting.version, actor_id=None)
            assert values(client.get(address).data, "TRANSP") == [transp]
        assert "Your answer" not in client.get(address).text

    def test_what_looks_like_the_end_of_something(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        odd = (
            "How to write BEGIN:VALARM",
            "END:VEVENT",
            "x" * 60 + "BEGIN:VALARM",
            "x" * 62 + "END:VEVENT",
            "DESCRIPTION:é" * 9,
        )
        for number, title in enumerate(odd):
            meeting = make_meeting(
                group, datetime(2027, 3, 1 + number, 9), title=title, description=f"{title}\n{title}"
            )
            proceedings.answer(meeting.id, member.id, self.NO if number % 2 else self.PERHAPS, sequence=0)
        body = client.get(feed_of(member) + "?alarm=1h").data
        assert [unescape(one) for one in values(body, "SUMMARY")] == [f"Heat: {title}" for title in odd]
        lines = logical_lines(body)
        assert [lines.count(f"{end}:VEVENT") for end in ("BEGIN", "END")] == [5, 5]
        assert [lines.count(f"{end}:VALARM") for end in ("BEGIN", "END")] == [3, 3]
        assert sum(one.startswith("Your answer") for one in values(body, "DESCRIPTION")) == 5

    def test_what_was_declined_reminds_nobody_or_goes(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        one, other = make_meeting(group), make_meeting(group, datetime(2027, 4, 1, 9), title="Other")
        proceedings.answer(one.id, member.id, self.NO, sequence=0)
        proceedings.answer(other.id, member.id, self.PERHAPS, sequence=0)
        body = client.get(feed_of(member) + "?alarm=1h").data
        assert (len(values(body, "TRIGGER")), len(values(body, "UID"))) == (1, 2)
        told = [each for each in values(body, "DESCRIPTION") if each == "Heat: Other"]
        assert len(told) == 1, "an alarm says what it reminds of"
        assert titles(client, feed_of(member) + "?declined=0") == ["Heat: Other"]
        assert client.get(feed_of(member) + "?declined=2").status_code == 400
        assert client.get("/groups/heat/calendar.ics?declined=0").status_code == 400

    def test_a_date_of_a_series(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        series = make_series(group)
        first, second, third, *_rest = series.meetings
        plan = replace(third.said, title="Other words")
        service.change_meeting(third.id, plan, version=third.version, actor_id=None)
        plain = client.get(feed_of(member)).data
        assert values(plain, "RECURRENCE-ID") == ["20270331T100000"]
        for one, partstat in ((first, self.YES), (second, self.NO), (third, self.NO)):
            proceedings.answer(one.id, member.id, partstat, sequence=0)
        body = client.get(feed_of(member)).data
        assert values(body, "RECURRENCE-ID") == ["20270303T100000", "20270317T100000", "20270331T100000"]
        assert values(body, "TRANSP") == ["OPAQUE", "OPAQUE", "TRANSPARENT", "TRANSPARENT"]
        assert len(set(values(body, "UID"))) == 1
        body = client.get(feed_of(member) + "?declined=0").data
        assert values(body, "RECURRENCE-ID") == ["20270303T100000"]
        assert values(body, "EXDATE") == ["20270317T100000,20270331T100000"]
        service.cancel_meeting(second.id, None, actor_id=None)
        body = client.get(feed_of(member) + "?declined=0").data
        assert values(body, "EXDATE") == ["20270331T100000"]
        assert values(body, "STATUS") == ["CONFIRMED", "CANCELLED", "CONFIRMED"]

    def test_a_rule_none_of_whose_dates_is_left(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        series = make_series(group)
        address = feed_of(member) + "?declined=0"
        for one in series.meetings:
            proceedings.answer(one.id, member.id, self.NO, sequence=0)
        assert "BEGIN:VEVENT" not in client.get(address).text
        service.cancel_meeting(series.meetings[0].id, None, actor_id=None)
        assert "BEGIN:VEVENT" not in client.get(address + "&cancelled=0").text

    def test_a_date_that_is_over_stays_left_out(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        series = make_series(group)
        address = feed_of(member) + "?declined=0&past=0d"
        proceedings.answer(series.meetings[1].id, member.id, self.NO, sequence=0)
        with time_machine.travel(series.meetings[2].starts_at, tick=False):
            assert values(client.get(address).data, "EXDATE") == ["20270317T100000"]

    def test_a_rule_is_never_older_than_it_was(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False) as now:
            meetings = make_series(group).meetings
            address = feed_of(member) + "?declined=0"
            for partstat, hour in ((self.NO, "10"), (self.YES, "11")):
                now.shift(3600)
                proceedings.answer(meetings[1].id, member.id, partstat, sequence=0)
                body = client.get(address).data
                assert set(values(body, "LAST-MODIFIED")) == {f"20261125T{hour}0000Z"}
            plan = replace(meetings[1].said, ends=datetime(2027, 3, 17, 18))
            service.change_meeting(meetings[1].id, plan, version=meetings[1].version, actor_id=None)
            assert values(client.get(address).data, "LAST-MODIFIED")[0] == "20261125T110000Z"

    def test_a_date_of_a_series_that_is_for_few(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        chair = make_account()
        make_membership(group, chair, role=Role.CHAIR)
        series = make_series(group, visibility="chairs")
        proceedings.answer(series.meetings[0].id, chair.id, self.NO, sequence=0)
        body = client.get(feed_of(chair)).data
        assert values(body, "TRANSP").count("TRANSPARENT") == 1
        assert values(body, "RECURRENCE-ID") == []

    def test_a_form_that_leaves_out_what_was_declined(self, group: WorkingGroup, member: Person, visit: Visit) -> None:
        meeting = make_meeting(group)
        proceedings.answer(meeting.id, member.id, self.NO, sequence=0)
        page = visit(member).open("/me/feeds")
        page.send(feed="mine", name="Phone", declined=None)
        assert "declined=0" in page.text
        page.open("/me/feeds").send(having="feed", feed="deadlines", name="Phone", declined=None)
        assert "declined=0" not in page.text

    def test_what_is_erased_is_not_in_a_feed(self, group: WorkingGroup, member: Person, client: FlaskClient) -> None:
        proceedings.answer(make_meeting(group).id, member.id, self.NO, sequence=0)
        address = feed_of(member)
        assert "Your answer" in client.get(address).text
        with write():
            personal_data.erase(member)
        assert "Your answer" not in client.get(address).text

    def test_as_many_queries_for_many_answers_as_for_one(
        self, group: WorkingGroup, member: Person, client: FlaskClient
    ) -> None:
        series = make_series(group)
        dates = series.meetings
        address = feed_of(member)
        proceedings.answer(dates[0].id, member.id, self.NO, sequence=0)
        client.get(address)
        proceedings.answer(dates[1].id, member.id, self.NO, sequence=0)
        with counted_queries() as few:
            client.get(address)
        for one in dates[2:5]:
            proceedings.answer(one.id, member.id, self.NO, sequence=0)
        with counted_queries() as many:
            client.get(address)
        assert len(many) == len(few)
