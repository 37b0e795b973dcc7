"""Commands of the `flask` program, each kept by its feature."""

from flask import Flask

from app.demo import commands as demo
from app.groups import commands as groups
from app.mail import commands as mail


def init_app(app: Flask) -> None:
    """Register them all."""
    for feature in (groups, mail, demo):
        feature.init_app(app)
