"""`flask init`, `flask serve`, `flask worker`, `flask backup`, `flask restore`."""

from __future__ import annotations

import os
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.core import jobs
from app.core.settings import settings
from app.privacy.journal import JournalUnreadable
from app.running import first, serve, worker
from app.running.backup import restoring
from app.running.backup.file import Unusable
from app.running.backup.writing import write_backup

PASSWORD = "ROUNDTABLE_ADMIN_PASSWORD"  # noqa: S105


@click.command("init")
@click.option(
    "--catalogue",
    "files",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="A catalogue of your own, instead of the one that comes along; may be given several times.",
)
@click.option(
    "--terms", "folder", metavar="FOLDER", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Your own first terms of participation, files like conduct.en.md, instead of the examples that come along.",
)  # fmt: skip
@click.option("--name", help="The first administrator's name.")
@click.option("--latin-name", help="The name in Latin letters, where its script differs.")
@click.option("--email", help="The address that the administrator signs in with.")
@with_appcontext
def init_command(
    files: tuple[Path, ...], folder: Path | None, name: str | None, latin_name: str | None, email: str | None
) -> None:
    """Set up an installation: the schema, the catalogue, drafts of terms, a first administrator.

    Asks for what is not given. For scripts the password comes from the environment: ROUNDTABLE_ADMIN_PASSWORD. What is
    there already stays as it is, so it can be run again, and after every update.
    """
    first.schema()
    click.echo("The database has the schema of this version.")
    if first.has_catalogue() and not files:
        click.echo("There is a catalogue already. To load its changes: flask catalogue load")
    else:
        for said in first.catalogue(*files):
            click.echo(said)
    if number := first.terms(folder):
        click.echo(
            f"Terms of participation were loaded as drafts: {number} texts. An administrator reads, changes and "
            "publishes them under Administration, Terms; until then nobody is asked to accept any."
        )
    there = first.administrators()
    if there:
        click.echo("There are administrators already: " + ", ".join(there) + ".")
        return
    click.echo("There is no administrator yet.")
    name = name or click.prompt("Name")
    email = email or click.prompt("E-mail address")
    password = os.environ.get(PASSWORD) or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    click.echo(f"{first.administrator(name, latin_name, email, password)} is the first administrator.")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True, help="The port; also PORT.")
@click.option("--workers", type=click.IntRange(1, 64), envvar="WEB_WORKERS", default=2, show_default=True,
              help="Processes that answer; also WEB_WORKERS.")  # fmt: skip
@with_appcontext
def serve_command(host: str, port: int, workers: int) -> None:
    """Start the web server and the worker and keep both running; Ctrl-C stops everything."""
    raise SystemExit(start(host, port, workers))


def start(host: str = "127.0.0.1", port: int = 8000, workers: int = 2) -> int:
    """What `flask serve` does; the exit code."""

    def ready(address: str) -> None:
        click.echo(f"{settings().instance_name} answers at {address}. Ctrl-C stops it.")

    try:
        return serve.serve(settings(), host, port, workers, ready)
    except serve.PortTaken as error:
        raise click.ClickException(
            f"Cannot listen on port {port} of {host or 'this machine'}: {error}. "
            f"Stop what uses it, or choose another port, for example with PORT={port + 1}."
        ) from None


@click.command("worker")
@click.option("--pause", type=click.FloatRange(0.1), default=jobs.PAUSE, show_default=True,
              help="Seconds between two looks when nothing wakes it.")  # fmt: skip
@with_appcontext
def worker_command(pause: float) -> None:
    """Deliver mail and do what is due at intervals, until SIGTERM or Ctrl-C."""
    worker.run(current_app._get_current_object(), pause)  # type: ignore[attr-defined]


@click.command("backup")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@with_appcontext
def backup_command(path: Path) -> None:
    """Write everything in the database into FILE (gzipped), while Roundtable runs.

    The file can fill either kind of database. It holds personal data: keep it encrypted, and no longer than needed.
    """
    try:
        number = write_backup(path)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; choose another name.") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written: {error.strerror or error}.") from None
    click.echo(f"{number} rows are in {path}.")


@click.command("restore")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Delete what is in the database now.")
@with_appcontext
def restore_command(path: Path, replace: bool) -> None:
    """Fill the database from FILE. Stop Roundtable first.

    Whoever was erased since the backup is erased again; everybody signs in anew; mails that waited are held back.
    """
    try:
        done = restoring.restore(path, replace=replace)
    except restoring.NotEmpty:
        raise click.ClickException(
            "There is something in the database. With --replace it is deleted; make a backup of it first."
        ) from None
    except Unusable as error:
        raise click.ClickException(str(error)) from None
    except JournalUnreadable as error:
        raise click.ClickException(
            f"The journal of erasures cannot be read: {error}. Repair the line, or take it out if it was cut off; "
            "without the journal the erased would come back."
        ) from None
    click.echo(f"{done.rows} rows of {done.made_at} are restored.")
    click.echo(f"{done.erased_again} people were erased again, {done.mails_held} waiting mails were held back.")


def init_app(app: Flask) -> None:
    """Register them."""
    for command in (init_command, serve_command, worker_command, backup_command, restore_command):
        app.cli.add_command(command)
