"""What keeps feeds true, and what keeps their secret addresses."""

from app.calendars.service.storing import compressed, store
from app.calendars.service.versions import (
    forget_components,
    keep_components,
    raise_all_versions,
    raise_versions,
)

__all__ = ["compressed", "forget_components", "keep_components", "raise_all_versions", "raise_versions", "store"]
