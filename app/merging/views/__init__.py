"""Views of merging, all for administrators. Importing this hangs them on the blueprint."""

from app.merging.views import associations, persons
from app.merging.views.blueprint import bp

__all__ = ["associations", "bp", "persons"]
