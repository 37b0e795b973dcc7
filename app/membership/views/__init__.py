"""Views of the feature's own actions."""

from app.membership.views import deciding, mandates, nominating, requesting, reviews, roster, seats
from app.membership.views.blueprint import bp

__all__ = ["bp", "deciding", "mandates", "nominating", "requesting", "reviews", "roster", "seats"]
