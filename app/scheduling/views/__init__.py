"""Views of date polls, by topic. Importing this hangs them all on the blueprint."""

from app.scheduling.views import answering, reading, steering
from app.scheduling.views.blueprint import bp

__all__ = ["answering", "bp", "reading", "steering"]
