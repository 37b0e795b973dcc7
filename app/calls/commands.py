"""Commands of the `flask` program."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.calls.service import daily

calls = AppGroup("calls", help="Look after calls for experts.")


@calls.command("rederive")
def rederive() -> None:
    """Work out the deadlines of open calls anew; run it once after an update of the tzdata package."""
    moved = daily.rederive_deadlines()
    click.echo(f"{moved} deadlines moved." if moved else "No deadline moved.")


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(calls)
