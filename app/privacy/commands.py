"""Commands of the `flask` program."""

from __future__ import annotations

import json

import click
from flask import Flask
from flask.cli import AppGroup

from app.people import queries as people
from app.privacy import exports
from app.privacy.service import erasing, retaining

privacy = AppGroup("privacy", help="Erase and forget personal data.")


@privacy.command("retention")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def retention(dry_run: bool) -> None:
    """Delete what has been kept for as long as the settings allow. The worker does it every hour."""
    lines = retaining.retain(dry_run=dry_run)
    for line in lines:
        setting = f" ({line.setting})" if line.setting else ""
        click.echo(f"{line.number:>8}  {line.what}{setting}")
    click.echo("Nothing was changed." if dry_run else "Done.")


@privacy.command("erase-due")
def erase_due() -> None:
    """Erase everyone whose pause is over. The worker does it every hour."""
    click.echo(f"{erasing.erase_due()} erased.")


@privacy.command("export")
@click.argument("person_id", type=int)
def export(person_id: int) -> None:
    """Write all that is stored about a person as JSON: for someone without an account, who has asked by letter.

    PERSON_ID is the number in the address of the person's page in the administration.
    """
    person = people.person(person_id)
    if person is None:
        raise click.ClickException(f"There is no person {person_id}.")
    click.echo(json.dumps(exports.as_json(person), ensure_ascii=False, indent=2))


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(privacy)
