"""Revisions of the schema: the program's, and the database's."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection


def current_revision(connection: Connection) -> str | None:
    """The revision of the database; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def program_revision() -> str:
    """The revision that this program was written for."""
    folder = current_app.extensions["migrate"].directory
    head = ScriptDirectory(folder).get_current_head()
    assert head
    return head
