"""Commands of the `flask` program."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.scheduling.service import daily

polls = AppGroup("polls", help="Look after date polls.")


@polls.command("rederive")
def rederive() -> None:
    """Work out the instants of open polls anew; run it once after an update of the tzdata package."""
    moved = daily.rederive_instants()
    click.echo(f"{moved} polls moved." if moved else "No poll moved.")


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(polls)
