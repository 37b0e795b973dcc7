"""What a new installation needs before it can serve: schema, catalogue, an administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from flask_migrate import upgrade

from app.core.errors import DomainError
from app.groups import queries as groups
from app.groups.catalogue import Malformed, load_files
from app.people import queries
from app.people.service.administrators import first_administrator
from app.people.service.persons import NewPerson
from app.terms.loading import OWN_TEXTS, load_drafts


def schema() -> None:
    """Bring the database to this version's schema; nothing where it has it."""
    upgrade()


def catalogue(*files: Path) -> Iterator[str]:
    """Load catalogue files, or those that come with the project; yields what there is to say about it.

    Raises ClickException where a file is malformed.
    """
    try:
        yield str(load_files(*files))
    except Malformed as malformed:
        problems = "\n".join(str(problem) for problem in malformed.problems)
        raise click.ClickException(f"the catalogue was not loaded:\n{problems}") from None


def has_catalogue() -> bool:
    """Whether there are groups already, from whatever catalogue."""
    return bool(groups.groups())


def terms(folder: Path | None = None) -> int:
    """Put the terms of participation of a folder, or the examples, in as drafts where there are none; how many."""
    return load_drafts(folder or OWN_TEXTS)


def administrators() -> list[str]:
    """Who runs the installation, as text."""
    return [f"{person.full_name} <{person.email}>" for person in queries.administrators()]


def administrator(name: str, latin_name: str | None, email: str, password: str) -> str:
    """Make the first one; returns the name. Raises ClickException where a rule refuses something."""
    new = NewPerson(
        full_name=name.strip(),
        latin_name=latin_name,
        email=email,
        job_title=None,
        association_id=None,
        organisation=None,
    )
    try:
        return first_administrator(new, password).full_name
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
