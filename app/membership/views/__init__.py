"""Views of the feature's own actions."""

from app.membership.views import deciding, departing, mandates, nominating, requesting, roster, seats
from app.membership.views.blueprint import bp

__all__ = ["bp", "deciding", "departing", "mandates", "nominating", "requesting", "roster", "seats"]
