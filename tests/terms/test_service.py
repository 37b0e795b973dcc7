"""Writing, publishing and accepting terms."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from app.core.audit import AuditEntry
from app.core.conflicts import EditConflict
from app.core.db import db, write
from app.core.errors import DomainError
from app.terms import loading, queries, service
from app.terms.models import TermsAcceptance, TermsVersion
from app.terms.rules import Kind
from tests.factories.people import make_person
from tests.factories.terms import make_acceptance, make_terms
from tests.queries import counted_queries

TEXTS = {"en": "Be kind.", "fr": "Soyez aimables."}
NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def actions() -> list[str]:
    return list(db.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)))


def draft(texts: dict[str, str] = TEXTS, version: int = 0, *, again: bool = True) -> TermsVersion:
    return service.save_draft(Kind.CONDUCT, texts, again=again, version=version, actor_id=7)


def test_from_a_draft_to_what_is_in_force(app: Flask) -> None:
    made = draft()
    assert (made.number, made.published_at, queries.in_force()) == (1, None, [])
    draft({**TEXTS, "en": "Be kind to all."}, made.version)
    service.publish(Kind.CONDUCT, TODAY, version=made.version, actor_id=7)
    [present] = queries.in_force()
    assert (present.id, present.texts["en"], present.published_at) == (made.id, "Be kind to all.", NOW)
    following = draft(again=False)
    assert (following.number, following.again) == (2, False)
    assert actions() == ["terms.drafted", "terms.edited", "terms.published", "terms.drafted"]


def test_nobody_overwrites_what_they_have_not_seen(app: Flask) -> None:
    made = draft()
    with pytest.raises(EditConflict):
        draft({"en": "Other"}, made.version - 1 if made.version > 1 else 99)
    with pytest.raises(DomainError):
        service.publish(Kind.CONDUCT, TODAY, version=99, actor_id=7)
    assert queries.in_force() == []


def test_every_language_is_needed(app: Flask) -> None:
    made = draft({"en": "Only English"})
    with pytest.raises(DomainError) as refused:
        service.publish(Kind.CONDUCT, TODAY, version=made.version, actor_id=7)
    assert "every language" in str(refused.value.message)
    with pytest.raises(DomainError):
        service.save_draft(Kind.MANDATE, {"en": ""}, again=True, version=0, actor_id=7)


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 29)])
def test_a_version_begins_neither_in_the_past_nor_before_another(app: Flask, day: date) -> None:
    make_terms(valid_from=date(2026, 12, 1))
    made = draft()
    with pytest.raises(DomainError) as refused:
        service.publish(Kind.CONDUCT, day, version=made.version, actor_id=7)
    assert refused.value.field == "valid_from"


def test_a_draft_can_be_thrown_away(app: Flask) -> None:
    draft()
    service.discard_draft(Kind.CONDUCT, 7)
    service.discard_draft(Kind.CONDUCT, 7)
    assert queries.draft(Kind.CONDUCT) is None
    assert actions() == ["terms.drafted", "terms.discarded"]
    with pytest.raises(DomainError):
        service.publish(Kind.CONDUCT, TODAY, version=1, actor_id=7)


@pytest.mark.parametrize(
    "change", [{"texts": {"en": "x"}}, {"again": False}, {"published_at": None, "valid_from": None}]
)
def test_the_database_keeps_published_texts_as_they_are(app: Flask, change: dict[str, object]) -> None:
    made = make_terms()
    with pytest.raises(sa.exc.IntegrityError, match="never changed"), write() as session:
        session.execute(sa.update(TermsVersion).where(TermsVersion.id == made.id).values(**change))
    with pytest.raises(sa.exc.IntegrityError, match="never changed"), write() as session:
        session.execute(sa.delete(TermsVersion))
    assert queries.in_force() == [made]


def test_accepting(app: Flask) -> None:
    person = make_person()
    conduct, mandate = make_terms(), make_terms(Kind.MANDATE)
    assert queries.due_ids(person.id) == [mandate.id, conduct.id]
    with pytest.raises(service.NotAccepted):
        service.accept(person.id, [conduct.id])
    assert queries.acceptances(person.id) == []
    service.accept(person.id, [conduct.id, mandate.id, 999])
    service.accept(person.id, [conduct.id, mandate.id])
    assert queries.due_ids(person.id) == []
    kept = db.session.scalars(sa.select(TermsAcceptance)).all()
    assert {(one.version_id, one.accepted_at, one.language) for one in kept} == {
        (conduct.id, NOW, "en"), (mandate.id, NOW, "en")
    }  # fmt: skip
    [entry] = db.session.scalars(sa.select(AuditEntry))
    assert (entry.action, entry.person_id, sorted(entry.details["versions"])) == (
        "terms.accepted", person.id, sorted([conduct.id, mandate.id])
    )  # fmt: skip


def test_who_has_to_accept_anew(app: Flask) -> None:
    early, late, never = make_person(), make_person(), make_person()
    first = make_terms()
    make_acceptance(early, first)
    second = make_terms(number=2, valid_from=date(2026, 11, 1))
    make_acceptance(late, second)
    make_terms(number=3, again=False, valid_from=TODAY)
    make_terms(number=4, valid_from=date(2026, 12, 1))
    everybody = [early.id, late.id, never.id]
    assert queries.not_accepted_by(everybody) == {early.id, never.id}
    assert [one.number for one in queries.due(early.id)] == [3]
    assert queries.due(late.id) == []
    with time_machine.travel(datetime(2026, 12, 1, 10, tzinfo=UTC)):
        assert queries.not_accepted_by(everybody) == set(everybody)
        assert [one.number for one in queries.due(late.id)] == [4]


@pytest.mark.parametrize("number", [1, 30])
def test_what_is_due_is_one_statement(app: Flask, number: int) -> None:
    person_id = make_person().id
    for one in range(1, number + 1):
        make_terms(number=one)
    with counted_queries() as statements:
        queries.due_ids(person_id)
    assert len(statements) == 1
    with counted_queries() as statements:
        queries.not_accepted_by([person_id])
    assert len(statements) == 2


def test_texts_that_come_along_are_there_in_every_language(app: Flask) -> None:
    texts = loading.read(loading.OWN_TEXTS)
    assert set(texts) == set(Kind)
    assert all(set(found) == {"en", "fr"} and all(found.values()) for found in texts.values())


def test_first_texts_are_drafts_and_come_once(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "conduct.en.md").write_text("Be kind.\n")
    (tmp_path / "readme.md").write_text("no text")
    assert loading.load_drafts(tmp_path) == 1
    made = queries.draft(Kind.CONDUCT)
    assert made and made.texts == {"en": "Be kind."}
    assert queries.in_force() == []
    assert loading.load_drafts() == 0
