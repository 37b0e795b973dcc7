"""Every table and column is claimed: what is kept about people is known, exported and erased."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.db import Base
from app.core.personal import Claim
from app.privacy import features, words
from tests.factories.people import make_account

CLAIMS = {claim.table: claim for claim in features.claims()}


def columns_that_name_a_person() -> set[tuple[str, str]]:
    return {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if any(key.column.table.name == "persons" for key in column.foreign_keys)
    }


def test_every_foreign_key_to_a_person_is_claimed() -> None:
    unclaimed = {
        f"{table}.{column}"
        for table, column in columns_that_name_a_person()
        if table not in CLAIMS or column not in CLAIMS[table].columns
    }
    assert unclaimed == set(), "claim them in the feature's personal_data.py (see docs/personal-data.md)"


def test_every_table_is_claimed_or_said_to_be_impersonal() -> None:
    known = set(CLAIMS) | features.impersonal()
    assert set(Base.metadata.tables) - known == set(), "tables that no personal_data.py names"
    assert known - set(Base.metadata.tables) == set(), "tables that are no more"
    assert set(CLAIMS) & features.impersonal() == set()


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.table)
def test_every_column_of_a_claimed_table_is_claimed(claim: Claim) -> None:
    there = {column.name for column in Base.metadata.tables[claim.table].columns}
    assert there - claim.columns == set(), f"columns of {claim.table} that no personal_data.py names"
    assert claim.columns - there == set(), f"columns that {claim.table} no longer has"
    assert set(claim.personal) & set(claim.other) == set()
    assert set(claim.withheld) <= set(claim.personal)


def test_no_impersonal_table_refers_to_a_person() -> None:
    assert {table for table, _column in columns_that_name_a_person()} & features.impersonal() == set()


def test_the_two_orders_hold_the_same_features() -> None:
    assert {feature.__name__ for feature in features.SHOWN} <= {feature.__name__ for feature in features.FEATURES}
    silent = set(features.FEATURES) - set(features.SHOWN)
    assert all(feature.PROCESSING == () for feature in silent)


def test_each_table_is_claimed_once_and_each_processing_has_its_own_key() -> None:
    assert len(list(features.claims())) == len(CLAIMS)
    keys = [item.key for item in features.processing()]
    assert len(set(keys)) == len(keys)


def test_everything_declared_can_be_said_in_both_languages(app: Flask) -> None:
    for language in ("en", "fr"):
        with app.test_request_context(f"/?lang={language}"):
            for item in features.processing():
                texts = [
                    item.title,
                    item.people,
                    item.purpose,
                    item.recipients,
                    item.kept(),
                    item.exported,
                    item.erased,
                ]
                assert all(str(text).strip() for text in texts)
                assert "%(" not in "".join(str(text) for text in texts)
                assert words.basis_word(item.basis)


def test_a_section_of_the_export_has_its_own_key(app: Flask) -> None:
    person = make_account()
    keys = [section.key for feature in features.SHOWN for section in feature.export(person)]
    assert len(set(keys)) == len(keys)
