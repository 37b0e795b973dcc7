"""All pages: importing this hangs them on the blueprint."""

from app.pages import theme
from app.pages.blueprint import bp

__all__ = ["bp", "theme"]
