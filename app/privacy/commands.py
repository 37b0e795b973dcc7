"""Commands of the `flask` program."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

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


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(privacy)
