"""The feeds' door."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang it before the application."""
