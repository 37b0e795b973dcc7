"""Commands of the `flask` program."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app.terms.loading import OWN_TEXTS, load_drafts

terms = AppGroup("terms", help="Terms of participation.")


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(terms)


@terms.command("load")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def load(folder: Path | None) -> None:
    """Load texts as drafts from files named like mandate.en.md, where there are no texts yet.

    Without a FOLDER, the project's own examples. An administrator reads, changes and publishes them.
    """
    number = load_drafts(folder or OWN_TEXTS)
    click.echo(
        f"{number} drafts were loaded." if number else "Nothing was loaded: there are texts already, or no files."
    )
