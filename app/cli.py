"""Commands of the `flask` program, each kept by its feature."""

from flask import Flask

from app.calls import commands as calls
from app.demo import commands as demo
from app.groups import commands as groups
from app.meetings import commands as meetings
from app.privacy import commands as privacy
from app.running import commands as running
from app.scheduling import commands as scheduling


def init_app(app: Flask) -> None:
    """Register them all."""
    for feature in (groups, calls, meetings, scheduling, privacy, running, demo):
        feature.init_app(app)
