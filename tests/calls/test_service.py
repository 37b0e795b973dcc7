"""Commands of calls against the database, with their mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app.calls import service
from app.calls.models import Call, Candidacy
from app.calls.rules import CallState, Standing
from app.calls.service import CallFacts, NotNow, daily
from app.core import clock, dates, zones
from app.core.conflicts import EditConflict
from app.core.db import db
from app.core.errors import DomainError
from app.groups.models import WorkingGroup
from app.groups.rules import GroupStatus
from app.membership import queries as membership_queries
from app.membership import service as membership_service
from app.membership.models import Membership
from app.membership.nominees import Nominee
from app.membership.rules import State
from app.people.models import Association, Person
from tests.factories.calls import in_days, make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.membership import make_membership
from tests.factories.people import make_account, make_affiliation, make_association, make_person
from tests.membership.conftest import Mails, addressed

NOW = datetime(2027, 2, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(app: Flask) -> object:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def coordinator(app: Flask) -> Person:
    return make_account("Cora Coordinator", email="cora@example.org")


@pytest.fixture
def group(coordinator: Person) -> WorkingGroup:
    return make_group("heat", coordinators=(coordinator,), names={"en": "Heat", "fr": "Chaleur"}, seats_member=1)


@pytest.fixture
def own(app: Flask) -> Association:
    return make_association("OWN")


@pytest.fixture
def focal(own: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=own, function="focal_point")


@pytest.fixture
def expert(own: Association) -> Person:
    return make_account("Eve Expert", email="eve@example.org", association=own)


def facts(**values: object) -> CallFacts:
    fields = {
        "titles": {"en": "Heat experts", "fr": "Experts"},
        "profiles": {},
        "texts": {"en": "Work.", "fr": "Travail."},
        "seats": 2,
        "deadline": datetime(2027, 3, 1, 17),
        "time_zone": "Europe/Brussels",
        **values,
    }
    return CallFacts(**fields)  # type: ignore[arg-type]


def fresh(one: object) -> object:
    db.session.rollback()
    return db.session.get_one(type(one), one.id)  # type: ignore[attr-defined]


def states() -> dict[str, str]:
    """{name: where they stand}"""
    db.session.rollback()
    found = db.session.scalars(select(Candidacy).order_by(Candidacy.id))
    return {one.person.full_name: str(one.state) for one in found}


class TestSteering:
    """Written, opened, extended, cancelled."""

    def test_a_form_sent_twice_makes_one_call(self, group: WorkingGroup, coordinator: Person) -> None:
        first = service.create(group.id, facts(), coordinator.id, "key")
        again = service.create(group.id, facts(), coordinator.id, "key")
        assert first.id == again.id
        assert fresh(first).deadline_at == datetime(2027, 3, 1, 16, tzinfo=UTC)  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"seats": 0}, "seats"),
            ({"time_zone": "Europe/Nowhere"}, "time_zone"),
            ({"deadline": datetime(2027, 3, 28, 2, 30)}, "deadline_time"),  # skipped
            ({"deadline": datetime(2027, 10, 31, 2, 30)}, "deadline_time"),  # twice
            ({"deadline": datetime(2072, 3, 1, 17)}, "deadline_on"),
            ({"reserve_until": datetime(2027, 2, 28).date()}, "reserve_until"),
            ({"limited_to": (999,)}, "limited_to"),
        ],
    )
    def test_what_cannot_be(self, group: WorkingGroup, values: dict[str, object], field: str) -> None:
        with pytest.raises(DomainError) as error:
            service.create(group.id, facts(**values), None)
        assert error.value.field == field
        assert db.session.scalars(select(Call)).all() == []

    def test_opening_tells_focal_points_at_once_and_experts_by_and_by(
        self, group: WorkingGroup, coordinator: Person, focal: Person, expert: Person, mails: Mails
    ) -> None:
        inside = make_account("In Side", email="in@example.org", association=expert.affiliations[0].association)
        make_membership(group, inside, association=inside.affiliations[0].association)
        make_account("Out Side", email="out@example.org")
        make_person("No Account", email="no@example.org", association=expert.affiliations[0].association)
        call = service.create(group.id, facts(), coordinator.id)
        assert not mails()
        service.open_call(call.id, coordinator.id)
        service.open_call(call.id, coordinator.id)
        assert [mail.recipient for mail in mails()] == ["Fay Focal <fay@example.org>"]
        assert daily.announce()
        assert addressed(mails()) == {"eve@example.org"}
        assert not daily.announce()
        assert not mails()

    def test_experts_are_written_to_in_parts_each_once(
        self, group: WorkingGroup, own: Association, mails: Mails, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(daily, "BATCH", 2)
        for number in range(5):
            make_account(email=f"e{number}@example.org", association=own)
        make_call(group, announced_to=0)
        daily.announce()
        assert sorted(addressed(mails())) == [f"e{number}@example.org" for number in range(5)]
        assert fresh(db.session.scalars(select(Call)).one()).announced_to is None  # type: ignore[attr-defined]

    def test_only_those_it_is_for_are_told(self, group: WorkingGroup, focal: Person, mails: Mails) -> None:
        other = make_association("OTHER")
        make_account(email="other@example.org", association=other, function="deputy")
        call = make_call(group, CallState.DRAFT, limited_to=(other,))
        service.open_call(call.id, None)
        assert addressed(mails()) == {"other@example.org"}

    def test_is_opened_whole_and_in_time(self, group: WorkingGroup) -> None:
        half = make_call(group, CallState.DRAFT, texts={"en": "Only English."})
        with pytest.raises(DomainError, match="texts"):
            service.open_call(half.id, None)
        late = make_call(group, CallState.DRAFT, deadline=datetime(2027, 2, 1, 9))
        with pytest.raises(DomainError, match="deadline_on"):
            service.open_call(late.id, None)

    def test_what_people_rely_on_stays(self, group: WorkingGroup) -> None:
        call = make_call(group, deadline=datetime(2027, 3, 1, 17))
        service.edit(call.id, facts(seats=3), call.version, None)
        assert fresh(call).seats == 3  # type: ignore[attr-defined]
        with pytest.raises(DomainError):
            service.edit(call.id, facts(deadline=datetime(2027, 2, 20, 17)), fresh(call).version, None)  # type: ignore[attr-defined]
        with pytest.raises(EditConflict):
            service.edit(call.id, facts(seats=4), 1, None)

    def test_extending_tells_those_concerned_and_opens_again(
        self, group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.CLOSED, reminded_at=NOW)
        make_candidacy(call, expert, association=own)
        for early in (datetime(2027, 1, 20, 17), datetime(2027, 2, 1, 9, 30)):
            with pytest.raises(DomainError, match="deadline_on"):
                service.extend(call.id, early, "Europe/Brussels", None)
        service.extend(call.id, datetime(2027, 3, 1, 17), "Europe/Brussels", None)
        service.extend(call.id, datetime(2027, 3, 1, 17), "Europe/Brussels", None)
        found = fresh(call)
        assert (found.state, found.extended_at, found.reminded_at) == (CallState.OPEN, NOW, None)  # type: ignore[attr-defined]
        assert sorted(mail.recipient for mail in mails()) == [
            "Eve Expert <eve@example.org>", "Fay Focal <fay@example.org>",
        ]  # fmt: skip

    def test_cancelling_tells_everyone_why_once(
        self, group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group)
        make_candidacy(call, expert, association=own)
        with pytest.raises(DomainError, match="reason"):
            service.cancel(call.id, " ", None)
        service.cancel(call.id, "No money.", None)
        service.cancel(call.id, "No money.", None)
        written = mails()
        assert addressed(written) == {"eve@example.org", "fay@example.org"}
        assert len(written) == 2 and all("No money." in (mail.text or "") for mail in written)
        assert states() == {"Eve Expert": "dropped"}
        with pytest.raises(NotNow):
            service.cancel(call.id, "Another reason.", None)


class TestStanding:
    """Applying, endorsing, nominating, withdrawing."""

    def test_from_applying_to_endorsed(self, group: WorkingGroup, focal: Person, expert: Person, mails: Mails) -> None:
        call = make_call(group)
        made = service.apply(expert.id, call.id, "I know heat.")
        service.apply(expert.id, call.id, "I know heat.")
        assert (made.state, made.endorsed) == (Standing.TO_ENDORSE, False)
        assert addressed(mails()) == {"fay@example.org", "eve@example.org"}
        service.endorse(made.id, focal.id)
        service.endorse(made.id, focal.id)
        assert [mail.recipient for mail in mails()] == ["Eve Expert <eve@example.org>"]
        found = fresh(made)
        assert (found.state, found.endorsed, found.preference) == (Standing.READY, True, 1)  # type: ignore[attr-defined]

    def test_what_one_wrote_can_be_changed_until_the_deadline(
        self, group: WorkingGroup, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, deadline=datetime(2027, 2, 1, 11))
        made = service.apply(expert.id, call.id, "First.")
        mails()
        service.apply(expert.id, call.id, "Second.")
        assert fresh(made).motivation == "Second."  # type: ignore[attr-defined]
        assert not mails()
        with time_machine.travel(NOW + timedelta(hours=1), tick=False), pytest.raises(NotNow):
            service.apply(expert.id, call.id, "Third.")

    def test_without_a_focal_point_it_stands_unendorsed(self, group: WorkingGroup, expert: Person) -> None:
        made = service.apply(expert.id, make_call(group).id, "I know heat.")
        assert (made.state, made.endorsed, made.preference) == (Standing.READY, False, None)

    def test_a_focal_point_endorses_by_applying(self, group: WorkingGroup, focal: Person) -> None:
        made = service.apply(focal.id, make_call(group).id, "I know heat.")
        assert (made.state, made.endorsed, made.preference) == (Standing.READY, True, 1)

    def test_refused_with_a_reason_and_endorsed_after_all(
        self, group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        made = make_candidacy(make_call(group, CallState.CLOSED), expert, Standing.TO_ENDORSE, own)
        with pytest.raises(DomainError, match="reason"):
            service.refuse(made.id, focal.id, "")
        service.refuse(made.id, focal.id, "We have nobody to spare.")
        (mail,) = mails()
        assert "We have nobody to spare." in (mail.text or "")
        service.endorse(made.id, focal.id)
        assert (fresh(made).state, fresh(made).reason) == (Standing.READY, None)  # type: ignore[attr-defined]

    def test_who_cannot_stand(self, group: WorkingGroup, own: Association, expert: Person) -> None:
        with pytest.raises(DomainError, match="association"):
            service.apply(expert.id, make_call(group, limited_to=(make_association(),)).id, "I know heat.")
        make_membership(group, expert, association=own)
        with pytest.raises(DomainError):
            service.apply(expert.id, make_call(group).id, "I know heat.")

    def test_nominating_all_or_none_in_order(
        self, group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group)
        applied = service.apply(expert.id, call.id, "I know heat.")
        mails()
        new = Nominee("new@example.org", "New Nominee")
        with pytest.raises(DomainError):
            service.nominate(call.id, own.id, [new, Nominee("nameless@example.org")], None, focal.id)
        assert states() == {"Eve Expert": "to_endorse"}
        made = service.nominate(call.id, own.id, [new, Nominee("eve@example.org")], "The best.", focal.id)
        assert service.nominate(call.id, own.id, [new], "The best.", focal.id) == []
        assert [(one.person.full_name, one.preference, one.endorsed) for one in made] == [
            ("New Nominee", 1, True), ("Eve Expert", 2, True),
        ]  # fmt: skip
        assert fresh(applied).motivation == "I know heat."  # type: ignore[attr-defined]
        assert addressed(mails()) == {"new@example.org", "eve@example.org"}

    def test_the_order_can_be_changed_and_closes_up(self, group: WorkingGroup, own: Association, focal: Person) -> None:
        call = make_call(group)
        names = ("Ann", "Ben", "Cem")
        made = service.nominate(call.id, own.id, [Nominee(f"{name}@example.org", name) for name in names], None, None)
        service.rank(call.id, own.id, {made[2].id: 1, made[0].id: 2, 999: 1}, focal.id)

        def order() -> list[str]:
            db.session.rollback()
            found = select(Candidacy).where(Candidacy.preference.is_not(None)).order_by(Candidacy.preference)
            return [f"{one.preference} {one.person.full_name}" for one in db.session.scalars(found)]

        assert order() == ["1 Cem", "2 Ann", "3 Ben"]
        service.take_back(made[0].id, focal.id)
        service.take_back(made[0].id, focal.id)
        assert order() == ["1 Cem", "2 Ben"]
        service.nominate(call.id, own.id, [Nominee("ann@example.org")], None, focal.id)
        assert order() == ["1 Cem", "2 Ben", "3 Ann"]

    def test_withdrawing_tells_the_association(
        self, group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        made = make_candidacy(make_call(group), expert, association=own, preference=1)
        service.withdraw(made.id, expert.id)
        assert addressed(mails()) == {"fay@example.org"}
        assert service.apply(expert.id, made.call_id, "Once more.").state == Standing.TO_ENDORSE


class TestChoosing:
    """The decision, the reserve list, and what comes after."""

    def test_everyone_gets_an_answer_in_their_language(
        self, group: WorkingGroup, coordinator: Person, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.CLOSED, reserve_until=in_days(60))
        other = make_association("OTHER")
        french = make_account("Fanny", email="fanny@example.org", association=other, language="fr")
        guest = make_person("Guest", email="guest@example.org", association=other)
        eve = make_candidacy(call, expert, association=own, endorsed=True, preference=1)
        make_candidacy(call, french, association=other)
        invited = make_candidacy(call, guest, association=other, endorsed=True, motivation=None)
        service.decide(call.id, [eve.id, invited.id], coordinator.id)
        assert states() == {"Eve Expert": "chosen", "Fanny": "reserve", "Guest": "chosen"}
        written = {mail.recipient.partition(" <")[0]: mail for mail in mails()}
        assert set(written) == {"Eve Expert", "Fanny", "Guest", "Fay Focal"}
        assert "member of the group Heat" in (written["Eve Expert"].text or "")
        assert "/invitations/" in (written["Guest"].text or "")
        assert written["Fanny"].language == "fr"
        assert "Eve Expert: Chosen" in (written["Fay Focal"].text or "")
        found = {one.person.full_name: one for one in db.session.scalars(select(Membership))}
        assert (found["Eve Expert"].state, found["Eve Expert"].seat_number) == (State.ACTIVE, 1)
        assert found["Eve Expert"].endorsed
        assert found["Guest"].state == State.NOMINATED
        assert fresh(eve).membership_id == found["Eve Expert"].id  # type: ignore[attr-defined]

    def test_deciding_twice_does_nothing_twice(
        self, group: WorkingGroup, coordinator: Person, own: Association, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        eve = make_candidacy(call, expert, association=own)
        rival = make_candidacy(call, make_account(), association=make_association())
        service.decide(call.id, [eve.id], coordinator.id)
        mails()
        service.decide(call.id, [eve.id], coordinator.id)
        with pytest.raises(NotNow):
            service.decide(call.id, [rival.id], coordinator.id)
        with pytest.raises(NotNow):
            service.decide(call.id, [eve.id], make_account().id)
        assert not mails()
        assert len(db.session.scalars(select(Membership)).all()) == 1

    def test_who_was_invited_takes_the_seat_without_another_decision(
        self, group: WorkingGroup, coordinator: Person, own: Association
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        guest = make_person("Guest", email="guest@example.org", association=own)
        service.decide(call.id, [make_candidacy(call, guest, association=own).id], coordinator.id)
        membership = db.session.scalars(select(Membership)).one()
        taken = membership_service.take_up(membership.id, guest.id)
        assert taken.state == State.ACTIVE

    def test_who_asked_to_join_meanwhile_is_accepted(
        self, group: WorkingGroup, coordinator: Person, own: Association, expert: Person
    ) -> None:
        asked = make_membership(group, expert, State.REQUESTED, own)
        call = make_call(group, CallState.CLOSED)
        service.decide(call.id, [make_candidacy(call, expert, association=own).id], coordinator.id)
        assert fresh(asked).state == State.ACTIVE  # type: ignore[attr-defined]

    def test_limits_of_seats_hold_and_nothing_is_half_done(
        self, group: WorkingGroup, coordinator: Person, own: Association, mails: Mails
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        both = [make_candidacy(call, make_account(f"E{number}", association=own), association=own).id
                for number in (1, 2)]  # fmt: skip
        with pytest.raises(DomainError, match="chosen"):
            service.decide(call.id, both, coordinator.id)
        assert states() == {"E1": "ready", "E2": "ready"}
        assert db.session.scalars(select(Membership)).all() == []
        assert not mails()
        assert fresh(call).state == CallState.CLOSED  # type: ignore[attr-defined]

    def test_an_invitation_needs_a_seat_too(self, group: WorkingGroup, coordinator: Person, own: Association) -> None:
        make_membership(group, make_person(), association=own)
        call = make_call(group, CallState.CLOSED)
        guest = make_candidacy(call, make_person(email="g@example.org", association=own), association=own)
        with pytest.raises(DomainError, match="chosen"):
            service.decide(call.id, [guest.id], coordinator.id)

    def test_what_cannot_be_chosen(self, group: WorkingGroup, coordinator: Person, own: Association) -> None:
        group.seats_member = 5
        db.session.commit()
        call = make_call(group, CallState.CLOSED, seats=2, one_per_association=True)
        stands = [make_candidacy(call, make_account(association=own), association=own) for _ in range(3)]
        gone = make_candidacy(call, make_account(), Standing.WITHDRAWN)
        for wrong in ([], [stands[0].id, stands[1].id], [one.id for one in stands], [gone.id]):
            with pytest.raises(DomainError, match="chosen"):
                service.decide(call.id, wrong, coordinator.id)
        with pytest.raises(NotNow):
            service.decide(make_call(group).id, [stands[0].id], coordinator.id)

    def test_without_a_reserve_list_the_others_are_not_chosen(
        self, group: WorkingGroup, own: Association, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.CLOSED)
        chosen = make_candidacy(call, make_account("Winner", association=own), association=own)
        make_candidacy(call, expert, Standing.TO_ENDORSE, own)
        service.decide(call.id, [chosen.id], None)
        assert states() == {"Winner": "chosen", "Eve Expert": "not_chosen"}

    def test_taken_from_the_reserve_list_in_one_step(
        self, group: WorkingGroup, coordinator: Person, own: Association, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.DECIDED, reserve_until=in_days(0))
        waits = make_candidacy(call, expert, Standing.RESERVE, own)
        service.take(waits.id, coordinator.id)
        service.take(waits.id, coordinator.id)
        assert addressed(mails()) == {"eve@example.org"}
        found = membership_queries.open_membership(expert.id, group.id)
        assert found and found.state == State.ACTIVE and fresh(waits).membership_id == found.id  # type: ignore[attr-defined]

    def test_one_of_an_association_also_from_the_reserve_list(
        self, group: WorkingGroup, own: Association, expert: Person
    ) -> None:
        group.seats_member = 5
        db.session.commit()
        call = make_call(group, CallState.DECIDED, reserve_until=in_days(9), one_per_association=True)
        sits = make_membership(group, make_account(), association=own)
        make_candidacy(call, sits.person, Standing.CHOSEN, own, membership_id=sits.id)
        waits = make_candidacy(call, expert, Standing.RESERVE, own)
        with pytest.raises(DomainError):
            service.take(waits.id, None)
        membership_service.leave(sits.id, sits.person_id)
        assert service.take(waits.id, None).state == Standing.CHOSEN

    def test_who_has_left_the_association_gets_no_seat_of_it(self, group: WorkingGroup, own: Association) -> None:
        gone = make_person("Gone", email="gone@example.org")
        make_affiliation(gone, own, ends_on=dates.today())
        call = make_call(group, CallState.CLOSED)
        made = make_candidacy(call, gone, association=own)
        with time_machine.travel(NOW + timedelta(days=1), tick=False), pytest.raises(DomainError, match="chosen"):
            service.decide(call.id, [made.id], None)


class TestByItself:
    """What the worker does."""

    def test_deadlines_are_worked_out_anew_after_new_zone_rules(self, app: Flask, group: WorkingGroup) -> None:
        call, lost = make_call(group, deadline=datetime(2027, 3, 1, 17)), make_call(group)
        right = call.deadline_at
        call.deadline_at, lost.time_zone = right - timedelta(hours=1), "Europe/Atlantis"
        db.session.commit()
        run = app.test_cli_runner().invoke
        assert run(args=["calls", "rederive"]).output == "1 deadlines moved.\n"
        assert run(args=["calls", "rederive"]).output == "No deadline moved.\n"
        assert fresh(call).deadline_at == right  # type: ignore[attr-defined]

    def test_a_group_that_has_ended_looks_for_nobody(
        self, group: WorkingGroup, own: Association, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group)
        make_candidacy(call, expert, association=own)
        assert not daily.cancel_with_group()
        group.status = GroupStatus.CLOSED
        db.session.commit()
        assert daily.cancel_with_group()
        assert not daily.cancel_with_group()
        assert fresh(call).state == CallState.CANCELLED  # type: ignore[attr-defined]
        (mail,) = mails()
        assert "This group has ended its work." in (mail.text or "")

    def test_closes_and_tells_those_who_choose_once(
        self, group: WorkingGroup, coordinator: Person, mails: Mails
    ) -> None:
        call = make_call(group, deadline=zones.to_local(NOW, "Europe/Brussels"))
        assert daily.close_due()
        assert not daily.close_due()
        assert [mail.recipient for mail in mails()] == ["Cora Coordinator <cora@example.org>"]
        assert fresh(call).state == CallState.CLOSED  # type: ignore[attr-defined]

    def test_reminds_associations_that_nominate_nobody_or_let_someone_wait(
        self, group: WorkingGroup, own: Association, focal: Person, expert: Person, mails: Mails
    ) -> None:
        idle, done = make_association(), make_association()
        make_account(email="idle@example.org", association=idle, function="focal_point")
        make_account(email="done@example.org", association=done, function="focal_point")
        call = make_call(group, deadline=datetime(2027, 2, 6, 9))
        make_candidacy(call, expert, Standing.TO_ENDORSE, own)
        make_candidacy(call, make_account(), association=done)
        assert daily.remind()
        assert not daily.remind()
        assert addressed(mails()) == {"fay@example.org", "idle@example.org"}

    @pytest.mark.parametrize(("now", "reminds"), [("2027-02-20", False), ("2027-02-26", True)])
    def test_some_days_before(self, group: WorkingGroup, focal: Person, now: str, reminds: bool) -> None:
        make_call(group, deadline=datetime(2027, 3, 1, 17))
        with time_machine.travel(f"{now}T09:00:00+00:00", tick=False):
            assert daily.remind() is reminds

    def test_not_while_everybody_is_away(self, group: WorkingGroup, focal: Person) -> None:
        make_call(group, deadline=datetime(2027, 8, 12, 17))
        with time_machine.travel("2027-08-10T09:00:00+00:00", tick=False):
            assert not daily.remind()

    def test_the_reserve_list_ends_with_its_last_day(
        self, group: WorkingGroup, own: Association, expert: Person, mails: Mails
    ) -> None:
        call = make_call(group, CallState.DECIDED, reserve_until=dates.today())
        waits = make_candidacy(call, expert, Standing.RESERVE, own)
        assert not daily.lapse_reserves()
        with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
            with pytest.raises(NotNow):
                service.take(waits.id, None)
            assert daily.lapse_reserves()
            assert not daily.lapse_reserves()
        assert states() == {"Eve Expert": "lapsed"}
        assert addressed(mails()) == {"eve@example.org"}
