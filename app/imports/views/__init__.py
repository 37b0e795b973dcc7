"""Views of imports: bringing a file, and what comes of it."""

from app.imports.views import bringing, showing
from app.imports.views.blueprint import bp

__all__ = ["bp", "bringing", "showing"]
