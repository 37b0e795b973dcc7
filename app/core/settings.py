"""The settings of the running application."""

from typing import cast

from flask import current_app

from config import Settings


def settings() -> Settings:
    """The installation's settings, as `config.load` checked them."""
    return cast(Settings, current_app.config["ROUNDTABLE"])
