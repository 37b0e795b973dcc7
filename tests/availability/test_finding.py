"""Whom a time loses, said as far as the viewer may know; what is private looks all the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask

from app.availability import finding, queries
from app.availability.finding import Found, Search
from app.availability.gathering import Need
from app.availability.near import How
from app.availability.slots import Wish
from app.core.db import db
from app.groups.models import WorkingGroup
from app.groups.rules import Access
from app.meetings.rules import Visibility
from app.meetings.rules.company import Company, Consent
from app.meetings.rules.series import on
from app.meetings.service import cancel_meeting
from app.meetings.service import company as company_service
from app.people.models import Account, Person
from app.people.viewer import SignedIn
from tests.availability.conftest import Scene
from tests.factories.availability import make_absence, make_band, make_calendar
from tests.factories.groups import make_group
from tests.factories.meetings import make_meeting
from tests.factories.membership import make_membership
from tests.factories.people import make_account

MONDAY = date(2027, 3, 15)


def viewer(person: Person) -> SignedIn:
    account = db.session.query(Account).filter_by(person_id=person.id).one()
    return SignedIn(account)


def search(scene: Scene, *groups: WorkingGroup, **values: object) -> Search:
    fields: dict[str, object] = {
        "group_ids": frozenset({scene.heat.id, *(group.id for group in groups)}), "first": MONDAY, "last": MONDAY,
        "minutes": 120, "zone": "Europe/Brussels", "opens": time(10), "closes": time(12), "need": Need(), **values,
    }  # fmt: skip
    return Search(**fields)  # type: ignore[arg-type]


def find(app: Flask, scene: Scene, *groups: WorkingGroup, by: Person | None = None, **values: object) -> Found:
    with app.test_request_context("/?lang=en"):
        return finding.find(viewer(by or scene.coordinator), search(scene, *groups, **values))


def reasons(found: Found) -> list[str]:
    (proposal,) = found.proposals
    return [str(reason.text) for reason in proposal.reasons]


def test_everybody_is_free(app: Flask, scene: Scene) -> None:
    found = find(app, scene)
    assert (found.people, found.proposals[0].summary, reasons(found)) == (3, "Everybody is free", [])
    assert found.proposals[0].start.parts == {
        "starts_on": "2027-03-15", "starts_time": "10:00", "ends_time": "12:00", "time_zone": "Europe/Brussels",
    }  # fmt: skip


def test_an_absence_a_calendar_and_a_hidden_meeting_look_all_the_same(app: Flask, scene: Scene) -> None:
    """The coordinator of heat is not in water: its meeting for members only, and that Bert is there, stay unknown."""
    seen = []
    for case in ("absence", "calendar", "hidden meeting", "public meeting of a group that one does not see into"):
        scene_of(case, scene)
        found = find(app, scene)
        seen.append((reasons(found), found.proposals[0].summary))
        undo(scene)
    assert seen == [(["1 member is taken elsewhere"], "2 of 3 people are free")] * 4


def scene_of(case: str, scene: Scene) -> None:
    if case == "absence":
        make_absence(scene.bert)
    elif case == "calendar":
        make_calendar(scene.bert, [(datetime(2027, 3, 15, 10, tzinfo=UTC), datetime(2027, 3, 15, 15, tzinfo=UTC))])
    else:
        hidden = Visibility.MEMBERS if case == "hidden meeting" else Visibility.PUBLIC
        make_meeting(scene.water, datetime(2027, 3, 15, 11), visibility=hidden, title="Secret")


def undo(scene: Scene) -> None:
    for name in ("busy_periods", "busy_calendars", "absences", "calendar_components", "meetings"):
        db.session.execute(db.metadatas[None].tables[name].delete())
    db.session.commit()


def test_who_sees_into_the_other_group_reads_who_is_at_which_meeting(app: Flask, scene: Scene) -> None:
    made = make_meeting(scene.water, datetime(2027, 3, 15, 11), visibility=Visibility.MEMBERS, title="Wells")
    found = find(app, scene, by=scene.bert)
    assert reasons(found) == ["At “Wells” (Water): Bert"]
    assert found.proposals[0].reasons[0].url == f"/meetings/{made.reference}"


def test_what_the_whole_network_sees_is_named_to_the_network(app: Flask, scene: Scene) -> None:
    scene.water.access = Access.NETWORK
    db.session.commit()
    make_meeting(scene.water, datetime(2027, 3, 15, 11), title="Wells")
    assert reasons(find(app, scene)) == ["At “Wells” (Water): Bert"]


def test_people_of_a_group_that_one_does_not_see_into_have_no_names(app: Flask, scene: Scene) -> None:
    """Cleo is in water alone; the coordinator of heat asks for both groups, and sees into another one of Cleo's."""
    third = make_group("third", coordinators=(scene.coordinator,), names={"en": "Third"})
    make_membership(third, scene.cleo)
    make_meeting(third, datetime(2027, 3, 15, 11), title="Thirds")
    assert reasons(find(app, scene, scene.water)) == [
        "At “Thirds” (Third): Coordinator",
        "1 member is taken elsewhere",
    ]


def test_a_meeting_of_few_takes_its_own_people_alone_and_is_never_named(app: Flask, scene: Scene) -> None:
    """Not even to the coordinator, who may know of it: that these are the people it takes is theirs."""
    at = datetime(2027, 3, 15, 10)
    for sight, company in (
        (Visibility.NAMED, Company(person_ids=frozenset({scene.bert.id}))),
        (Visibility.CHAIRS, Company()),
    ):
        meeting = make_meeting(scene.heat, at, visibility=sight, company=company, title="Of few")
        assert reasons(find(app, scene)) == ["1 member is taken elsewhere"], sight
        if sight == Visibility.CHAIRS:
            assert reasons(find(app, scene, need=Need(leading=True))) == ["1 member is taken elsewhere – must be there"]
        with app.test_request_context("/?lang=en"):
            own = finding.clashes(
                viewer(scene.coordinator), frozenset({scene.heat.id}), [meeting.said], but=[meeting.id]
            )
        assert own == [[]], "it does not clash with itself"
        cancel_meeting(meeting.id, None, actor_id=None)


def test_a_joint_meeting_takes_those_of_every_group_that_has_agreed(app: Flask, scene: Scene) -> None:
    joint = Company(group_ids=frozenset({scene.heat.id}))
    meeting = make_meeting(scene.water, datetime(2027, 3, 15, 10), company=joint, title="Both")
    assert reasons(find(app, scene)) == ["1 member is taken elsewhere"], "Bert, who is in water; heat is only asked"
    company_service.answer(meeting.id, scene.heat.id, Consent.AGREED, actor_id=scene.coordinator.id)
    assert reasons(find(app, scene)) == ["At “Both” (Water): Anna, Bert, Coordinator"]


def test_cancelled_meetings_and_those_right_before_take_nobody(app: Flask, scene: Scene) -> None:
    cancelled = make_meeting(scene.heat, datetime(2027, 3, 15, 10))
    cancel_meeting(cancelled.id, None, actor_id=None)
    make_meeting(scene.heat, datetime(2027, 3, 15, 8))
    make_meeting(scene.heat, datetime(2027, 3, 15, 12))
    assert reasons(find(app, scene)) == []


def test_who_must_be_there(app: Flask, scene: Scene) -> None:
    make_absence(scene.anna)
    make_absence(scene.bert)
    leading = find(app, scene, need=Need(leading=True))
    assert (leading.required, reasons(leading)) == (1, ["2 members are taken elsewhere – 1 of them must be there"])
    both = find(app, scene, need=Need(people=frozenset({scene.anna.id, scene.bert.id})))
    assert reasons(both) == ["2 members are taken elsewhere – all must be there"]


def test_nobody_can_be_asked_for_who_cannot_be_seen(app: Flask, scene: Scene) -> None:
    """Else the number of those who must be there would tell who is in a group that one does not see into."""
    found = find(app, scene, scene.water, need=Need(people=frozenset({scene.bert.id, scene.cleo.id})))
    assert (found.people, found.required) == (4, 1)


def test_holidays_of_country_and_region_and_unsociable_hours(app: Flask, scene: Scene) -> None:
    scene.bert.time_zone = "America/New_York"
    db.session.commit()
    easter_monday = find(app, scene, first=date(2027, 3, 29), last=date(2027, 3, 29))
    assert reasons(easter_monday) == ["Public holiday for 2 members: Easter Monday (Belgium and Germany)"]
    corpus_christi = find(app, scene, first=date(2027, 5, 27), last=date(2027, 5, 27))
    assert reasons(corpus_christi) == ["Public holiday for 1 member: Corpus Christi (Germany)"]
    assert reasons(find(app, scene)) == ["05:00–07:00 in New York: an unsociable hour for 1 member"]


def test_marked_days_of_all_of_the_community_and_of_the_group(app: Flask, scene: Scene) -> None:
    make_band(MONDAY, MONDAY)
    make_band(MONDAY, MONDAY, Wish.NEUTRAL, names={"en": "Fair"}, community_id=scene.heat.community_id)
    make_band(MONDAY, MONDAY, Wish.WANTED, names={"en": "Our day"}, group_id=scene.heat.id)
    make_band(MONDAY, MONDAY, names={"en": "Theirs"}, group_id=scene.water.id)
    assert reasons(find(app, scene)) == ["Plenary (to be avoided)", "Fair", "Our day (wanted)"]
    days = find(app, scene, last=MONDAY + timedelta(days=1))
    assert [proposal.start.parts["starts_on"] for proposal in days.proposals] == ["2027-03-15", "2027-03-16"]


@pytest.mark.parametrize(
    ("how", "best"),
    [
        (How.AFTER, "2027-03-18 09:00"), (How.BEFORE, "2027-03-16 09:00"), (How.SAME, "2027-03-17 09:00"),
        (How.ADJACENT, "2027-03-17 10:00"),
    ],
)  # fmt: skip
def test_near_a_meeting_of_another_group(app: Flask, scene: Scene, how: How, best: str) -> None:
    make_meeting(scene.water, datetime(2027, 3, 17, 13), venue="Town hall, Ghent", title="Wells")
    found = find(
        app, scene, first=MONDAY, last=date(2027, 3, 19), opens=time(9), closes=time(18), near="g-water", how=how
    )
    parts = found.proposals[0].start.parts
    assert f"{parts['starts_on']} {parts['starts_time']}" == best
    assert "Wells" in reasons_of(found)[0] and not found.without_wish


def test_the_days_around_what_takes_place_in_a_city(app: Flask, scene: Scene) -> None:
    make_band(date(2027, 3, 20), date(2027, 3, 21), Wish.NEUTRAL, city="Ghent")
    found = find(app, scene, last=date(2027, 3, 26), city="ghent")
    assert [one.start.parts["starts_on"] for one in found.proposals[:2]] == ["2027-03-19", "2027-03-22"]
    assert reasons_of(found) == ["“Plenary” takes place in ghent"]


def test_nothing_hidden_can_be_near(app: Flask, scene: Scene) -> None:
    hidden = make_meeting(
        scene.water, datetime(2027, 3, 17, 13), venue="Ghent", visibility=Visibility.MEMBERS, title="Secret"
    )
    band = make_band(group_id=scene.water.id)
    for values in ({"near": f"m-{hidden.reference}"}, {"near": "g-water"}, {"near": f"b-{band.id}"}, {"city": "Ghent"}):
        found = find(app, scene, last=date(2027, 3, 26), **values)
        assert found.without_wish, values
    assert find(app, scene, near="b-99999999999999").without_wish
    assert find(app, scene, near="nonsense\x00").without_wish


def reasons_of(found: Found) -> list[str]:
    return [str(reason.text) for reason in found.proposals[0].reasons]


def test_clashes_of_a_time_chosen_by_hand(app: Flask, scene: Scene) -> None:
    own = make_meeting(scene.heat, datetime(2027, 3, 29, 10), title="Spring")
    make_meeting(scene.water, datetime(2027, 3, 29, 11), visibility=Visibility.MEMBERS, title="Secret")
    make_band(date(2027, 3, 29), date(2027, 3, 30))
    make_band(date(2027, 3, 29), date(2027, 3, 30), Wish.NEUTRAL, names={"en": "Fair"})
    with app.test_request_context("/?lang=en"):
        ids = frozenset({scene.heat.id})
        [said] = finding.clashes(viewer(scene.coordinator), ids, [own.said], but=[own.id])
        assert [reason.text for reason in said] == [
            "1 member is taken elsewhere",
            "Public holiday for 1 member: Easter Monday (Belgium)",
            "Plenary (to be avoided)",
        ]
        assert "At “Spring” (Heat): Anna, Bert, Coordinator" in [
            reason.text for reason in finding.clashes(viewer(scene.coordinator), ids, [own.said])[0]
        ]
        later = on(own.said, date(2027, 6, 7))
        both = finding.clashes(viewer(scene.coordinator), ids, [own.said, later])
        assert both == [finding.clashes(viewer(scene.coordinator), ids, [one])[0] for one in (own.said, later)]
        assert finding.clashes(viewer(scene.coordinator), ids, []) == []


def test_marks_of_days(app: Flask, scene: Scene) -> None:
    make_band(date(2027, 3, 30), date(2027, 4, 2))
    make_band(group_id=scene.water.id)
    with app.test_request_context("/?lang=fr"):
        found = queries.marks(date(2027, 3, 29), date(2027, 3, 31), viewer(scene.coordinator), [scene.heat.id])
    assert list(found) == [date(2027, 3, 29), date(2027, 3, 30), date(2027, 3, 31)]
    assert [(mark.country, mark.name, mark.people) for mark in found[date(2027, 3, 29)].holidays] == [
        ("Allemagne", "Easter Monday", 1), ("Belgique", "Lundi de Pâques", 1),
    ]  # fmt: skip
    assert [mark.name for mark in found[date(2027, 3, 31)].bands] == ["Plénière"]


def test_an_outsider_sees_no_marks_of_a_group(app: Flask, scene: Scene) -> None:
    make_band(group_id=scene.heat.id)
    outsider = make_account("Outsider")
    with app.test_request_context("/"):
        assert queries.marks(date(2027, 3, 8), date(2027, 3, 8), viewer(outsider), [scene.heat.id]) == {}
