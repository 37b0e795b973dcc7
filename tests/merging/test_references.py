"""Nothing that refers to a person or an association is forgotten when two become one."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.db import Base
from app.merging.references import ASSOCIATION_JOINED, ASSOCIATION_MOVED, PERSON_JOINED, PERSON_MOVED


def referring_to(target: str) -> list[str]:
    """Every column with a foreign key to a table's id."""
    return sorted(
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.target_fullname == f"{target}.id"
    )


@pytest.mark.parametrize(
    ("target", "handled"),
    [
        ("persons", [*PERSON_JOINED, *PERSON_MOVED]),
        ("associations", [*ASSOCIATION_JOINED, *ASSOCIATION_MOVED]),
    ],
)
def test_every_foreign_key_is_handled_once(app: Flask, target: str, handled: list[str]) -> None:
    assert sorted(handled) == referring_to(target), "see app/merging/references.py"


def test_the_numbers_of_people_are_kept_without_a_key_in_the_trail_alone(app: Flask) -> None:
    """Whatever else holds a person's number without a foreign key would be missed by the test above."""
    loose = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("person_id", "actor_id", "_by_id", "account_id")) and not column.foreign_keys
    ]
    assert loose == ["audit_entries.actor_id", "audit_entries.person_id"]
