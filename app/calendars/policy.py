"""Who has secret addresses, and who may replace them and take them back."""

from __future__ import annotations

from app.calendars.models import FeedSecret
from app.people.viewer import Viewer


def keep(viewer: Viewer, secret: FeedSecret) -> bool:
    """The owner; administrators, since people paste addresses where everybody reads them."""
    return viewer.is_administrator or (viewer.person_id is not None and viewer.person_id == secret.owner_id)
