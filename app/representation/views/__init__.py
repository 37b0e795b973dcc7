"""Pages of representation: importing this hangs them on the blueprint."""

from app.representation.views import balance, coverage, declaring, matrix
from app.representation.views.blueprint import bp

__all__ = ["balance", "bp", "coverage", "declaring", "matrix"]
