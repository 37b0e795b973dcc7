"""Commands of the `flask` program, each kept by its feature."""

from flask import Flask

from app.demo import commands as demo
from app.groups import commands as groups
from app.meetings import commands as meetings
from app.running import commands as running


def init_app(app: Flask) -> None:
    """Register them all."""
    for feature in (groups, meetings, running, demo):
        feature.init_app(app)
