"""Commands of the `flask` program."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app.groups.catalogue import Malformed, load_files

REFUSED = 2

catalogue = AppGroup("catalogue", help="Communities, groups, associations and fields of expertise from files.")


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(catalogue)


@catalogue.command("load")
@click.argument("files", metavar="[FILE]…", nargs=-1, type=click.Path(path_type=Path))
def load(files: tuple[Path, ...]) -> None:
    """Load catalogue files: communities and groups, fields of expertise (.yaml), associations (.csv).

    Without a FILE, the project's own are loaded. Loading again changes only what the files changed; what was edited
    on the site stays, and what the files no longer name is kept. A malformed file is refused as a whole.
    """
    try:
        report = load_files(*files)
    except Malformed as malformed:
        for problem in malformed.problems:
            click.echo(problem, err=True)
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(REFUSED) from None
    click.echo(report)
