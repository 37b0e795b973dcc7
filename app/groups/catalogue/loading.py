"""The catalogue into the database: one transaction, repeatable, and never over what was edited on the site."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from app.core import addresses, audit
from app.core.addresses import Address
from app.core.db import lock_name, write, writing
from app.core.settings import settings
from app.groups import signals
from app.groups.catalogue.entries import (
    AssociationEntry,
    Catalogue,
    CommunityEntry,
    GroupEntry,
    Malformed,
    Place,
    Problem,
)
from app.groups.catalogue.merging import Flat, flat, merge
from app.groups.catalogue.reading import read_files
from app.groups.catalogue.report import Item, Report
from app.groups.models import Community, WorkingGroup
from app.people.models import Association

DATA = Path(__file__).resolve().parents[2] / "data"
OWN_FILES = (DATA / "catalogue.yaml", DATA / "associations.csv")

Thing = Community | WorkingGroup | Association
Entry = CommunityEntry | GroupEntry | AssociationEntry
T = TypeVar("T", Community, WorkingGroup, Association)


@dataclass(frozen=True)
class Kind:
    """One of the three kinds of things: its parts in the catalogue and the columns that hold them."""

    name: str
    naming: str
    """The column with its present name in addresses."""
    columns: Mapping[str, str]
    heard: frozenset[str] = frozenset()
    """Parts whose change is told to features above."""


COMMUNITY = Kind(
    "community",
    "slug",
    {"slug": "slug", "position": "position", "name": "names", "goal": "goals",
     "light colour": "colour_light", "dark colour": "colour_dark"},
    frozenset({"slug", "name"}),
)  # fmt: skip
GROUP = Kind(
    "group",
    "slug",
    {"slug": "slug", "community": "community_id", "position": "position", "name": "names", "topics": "topics",
     "mandate": "mandate", "time_zone": "time_zone"},
    frozenset({"slug", "community", "name", "time_zone"}),
)  # fmt: skip
ASSOCIATION = Kind(
    "association", "code", {"code": "code", "country": "country", "name": "name", "names": "names", "status": "status"}
)


def load_files(*paths: Path) -> Report:
    """Load catalogue files, or the project's own. Raises Malformed, having changed nothing."""
    files = paths or OWN_FILES
    config = settings()
    catalogue = read_files(files, config.languages, config.default_language)
    report = Report(files=files, other_languages=sorted(catalogue.other_languages))
    with write():
        lock_name("catalogue")
        _load(catalogue, report)
    return report


def _load(catalogue: Catalogue, report: Report) -> None:
    # Rows are locked in the order that commands of the site follow too: communities, groups, associations, addresses.
    communities = _locked(Community) if catalogue.communities is not None else []
    groups = _locked(WorkingGroup) if catalogue.groups is not None else []
    associations = _locked(Association) if catalogue.associations is not None else []
    if catalogue.communities is not None and catalogue.groups is not None:
        loaded = _load_kind(COMMUNITY, catalogue.communities, communities, report, lambda entry: {})
        _load_kind(
            GROUP, catalogue.groups, groups, report, lambda entry: {"community_id": loaded[entry.community].id}
        )
    if catalogue.associations is not None:
        _load_kind(ASSOCIATION, catalogue.associations, associations, report, lambda entry: {})


def _locked(model: type[T]) -> Sequence[T]:
    """All there are, freshly read, and nobody else's to change until we are done."""
    found = select(model).order_by(model.id).with_for_update()
    return writing().scalars(found.execution_options(populate_existing=True)).all()
