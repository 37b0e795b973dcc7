"""An association answers many applications at once."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from app.calls.models import Candidacy
from app.calls.rules import CallState, Standing
from app.core.db import db
from app.groups.models import WorkingGroup
from app.people.models import Association, Person
from tests.browsing import Visit
from tests.factories.calls import make_call, make_candidacy
from tests.factories.groups import make_group
from tests.factories.people import make_account, make_association
from tests.membership.conftest import Mails, addressed
from tests.queries import counted_queries


@pytest.fixture
def group(app: Flask) -> WorkingGroup:
    return make_group("heat", names={"en": "Heat", "fr": "Chaleur"})


@pytest.fixture
def own(app: Flask) -> Association:
    return make_association("OWN")


@pytest.fixture
def focal(own: Association) -> Person:
    return make_account("Fay Focal", email="fay@example.org", association=own, function="focal_point")


def applied(group: WorkingGroup, own: Association, state: CallState = CallState.OPEN) -> Candidacy:
    call = make_call(group, state)
    return make_candidacy(call, make_account(), Standing.TO_ENDORSE, own, motivation="=I know heat.")


def where(ids: list[int]) -> list[str]:
    db.session.rollback()
    return [str(db.session.get_one(Candidacy, key).state) for key in ids]


def test_several_at_once_of_several_calls(
    group: WorkingGroup, own: Association, focal: Person, visit: Visit, mails: Mails
) -> None:
    ids = [applied(group, own, state).id for state in (CallState.OPEN, CallState.OPEN, CallState.CLOSED)]
    page = visit(focal).open("/desk/decide")
    fields = page.form("/candidacies/decide")["fields"]
    answer = page.client.post("/candidacies/decide", data={**fields, "move": "endorse", "chosen": ids[1:]})
    assert answer.status_code == 303
    assert where(ids) == ["to_endorse", "ready", "ready"]
    assert db.session.get_one(Candidacy, ids[1]).preference == 1
    assert len(mails()) == 2
    assert "2 applications are endorsed" in page.open("/desk").text


def test_a_no_needs_a_reason_which_goes_to_each(
    group: WorkingGroup, own: Association, focal: Person, visit: Visit, mails: Mails
) -> None:
    ids = [applied(group, own).id for _ in range(2)]
    page = visit(focal, "fr").open("/desk/decide")
    fields = page.form("/candidacies/decide")["fields"]
    page.send("/candidacies/decide", move="refuse", chosen=str(ids[0]), reason=" ")
    assert page.status == 422 and where(ids) == ["to_endorse"] * 2
    assert page.form("/candidacies/decide")["fields"]["chosen"] == str(ids[0]), "what was chosen is still there"
    page.client.post("/candidacies/decide", data={**fields, "move": "refuse", "chosen": ids, "reason": "Not now."})
    assert where(ids) == ["refused"] * 2
    assert sum("Not now." in (mail.text or "") for mail in mails()) == 2


def test_a_list_that_names_anothers_is_refused_whole_and_what_is_decided_stays(
    group: WorkingGroup, own: Association, focal: Person, visit: Visit, mails: Mails
) -> None:
    mine, others = applied(group, own).id, applied(group, make_association("OTHER")).id
    over = make_candidacy(make_call(group, CallState.DECIDED), make_account("Otto"), Standing.NOT_CHOSEN, own).id
    page = visit(focal).open("/desk/decide")
    fields = page.form("/candidacies/decide")["fields"]
    answer = page.client.post("/candidacies/decide", data={**fields, "move": "endorse", "chosen": [mine, others]})
    assert answer.status_code == 422 and where([mine, others]) == ["to_endorse"] * 2 and not addressed(mails())
    page.client.post("/candidacies/decide", data={**fields, "move": "endorse", "chosen": [mine, over]})
    assert where([mine, over]) == ["ready", "not_chosen"]
    assert "Something else had been decided before about: Otto." in page.open("/desk").text


def test_a_long_list_says_that_more_wait_costs_no_more_and_can_be_taken_away(
    group: WorkingGroup, own: Association, focal: Person, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit(focal)
    counts = []
    for _ in range(2):
        applied(group, own), applied(group, own)
        with counted_queries() as statements:
            page.open("/desk/decide")
        counts.append(len(statements))
    assert counts[0] == counts[1]
    monkeypatch.setattr("app.pages.deciding.LISTED", 3)
    assert "These are the 3 who have waited longest." in page.open("/desk/decide").text
    with page.client.get("/desk/decide?only=applied&format=csv", headers=page.headers) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Motivation"] for row in rows] == ["'=I know heat."] * 4
