"""Commands of the `flask` program."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.meetings import service

meetings = AppGroup("meetings", help="Look after meetings.")


@meetings.command("rederive")
def rederive() -> None:
    """Work out all instants anew; run it once after an update of the tzdata package."""
    moved = service.rederive_instants()
    click.echo(f"{moved} meetings moved." if moved else "No meeting moved.")


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(meetings)
