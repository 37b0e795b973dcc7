"""What calendars do when meetings and groups change, within the same transaction."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Connect to the signals."""
