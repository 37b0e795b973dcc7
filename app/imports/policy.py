"""Who may import what, and who sees whose imports."""

from __future__ import annotations

from app.core.policy import administrators
from app.groups import policy as groups
from app.imports.models import Import
from app.people.viewer import Viewer

import_everything = administrators
"""People, and memberships of all groups."""
import_into = groups.coordinate
"""Memberships of one group: whoever decides on its members."""


def use_imports(viewer: Viewer) -> bool:
    """Whoever may import anything."""
    return viewer.is_administrator or bool(groups.coordinated(viewer))


def see(viewer: Viewer, item: Import) -> bool:
    """The importer, as long as they may import such a thing, and administrators."""
    if viewer.is_administrator:
        return True
    return viewer.person_id == item.importer_id and item.group_id in groups.coordinated(viewer)


def knows_of(viewer: Viewer, item: Import) -> bool:
    """Whether to admit that it exists. Visitors may be the importer: they are asked to sign in."""
    return not viewer.is_signed_in or see(viewer, item)
