"""`flask demo`: invented data. `flask develop`: what `make run` does."""

from __future__ import annotations

import secrets
from datetime import date, datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from app.core import clock
from app.core.errors import DomainError
from app.core.settings import settings
from app.demo.generate import SIGN_INS, invent, set_password
from app.demo.plan import Plan
from app.running import commands as running
from app.running import first

PARTS = {
    "admin": "administrator",
    "coordinator": "coordinator of a group",
    "focal": "focal point of the expert’s association",
    "expert": "expert, member of a group",
}


@click.command("demo")
@click.option("--people", type=click.IntRange(20), default=Plan.people, show_default=True, help="How many people.")
@click.option("--groups", type=click.IntRange(0), default=0, help="How many groups beyond the catalogue's.")
@click.option("--meetings", type=click.IntRange(0), default=Plan.meetings, show_default=True, help="How many meetings.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same data.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="The day that the data are drawn up for.")
@with_appcontext
def demo_command(people: int, groups: int, meetings: int, seed: int, today: datetime | None) -> None:
    """Add marked, invented people and meetings to an empty database."""
    _not_in_production()
    plan = Plan(
        today=today.date() if today else _this_day(), people=people, groups=groups, meetings=meetings, seed=seed
    )
    password = _password()
    try:
        added = invent(plan, password)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from None
    if not added:
        raise click.ClickException("There are people in this database already; nothing was added.")
    click.echo(f"Added {people} invented people and {meetings} meetings.")
    _say_sign_ins(password)


@click.command("develop")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True)
@with_appcontext
def develop_command(host: str, port: int) -> None:
    """Prepare an installation for trying out and start it: schema, catalogue, invented data, server and worker."""
    _not_in_production()
    first.schema()
    for said in first.catalogue():
        click.echo(said)
    password = _password()
    if invent(Plan(today=_this_day()), password):
        click.echo("Added invented people and meetings.")
    set_password(password)
    _say_sign_ins(password)
    raise SystemExit(running.start(host, port))


def _not_in_production() -> None:
    if settings().production:
        raise click.ClickException("Invented data do not belong into production: ROUNDTABLE_ENV is production.")


def _this_day() -> date:
    return clock.now().date()


def _password() -> str:
    """The one that is set, else the one that was made up when this installation was first started."""
    config = settings()
    if config.demo_password:
        return config.demo_password
    kept = config.instance_path / "demo-password"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("-".join(secrets.token_hex(2) for _ in range(4)))
        kept.chmod(0o600)
    return kept.read_text()


def _say_sign_ins(password: str) -> None:
    click.echo(f"\nDemo sign-ins (password: {password})")
    for address, part in zip(SIGN_INS, PARTS.values(), strict=True):
        click.echo(f"  {address:28} {part}")
    click.echo("")


def init_app(app: Flask) -> None:
    """Register them."""
    app.cli.add_command(demo_command)
    app.cli.add_command(develop_command)
