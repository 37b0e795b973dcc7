"""Views of calls: what is public, what coordinators do, what experts and associations do, choosing."""

from app.calls.views import candidates, choosing, reading, steering
from app.calls.views.blueprint import bp

__all__ = ["bp", "candidates", "choosing", "reading", "steering"]
