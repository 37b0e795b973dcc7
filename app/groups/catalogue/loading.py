"""The catalogue into the database: one transaction, repeatable, and never over what was edited on the site."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

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
    KeywordEntry,
    Malformed,
    Place,
    Problem,
)
from app.groups.catalogue.merging import Flat, flat, merge
from app.groups.catalogue.reading import read_files
from app.groups.catalogue.report import Item, Report
from app.groups.models import Community, WorkingGroup
from app.people.models import Association, Keyword

DATA = Path(__file__).resolve().parents[2] / "data"
OWN_FILES = (DATA / "catalogue.yaml", DATA / "associations.csv", DATA / "expertise.yaml")

Entry = CommunityEntry | GroupEntry | AssociationEntry | KeywordEntry
T = TypeVar("T", Community, WorkingGroup, Association, Keyword)


@dataclass(frozen=True)
class Kind:
    """One of the kinds of things: its parts in the catalogue and the columns that hold them."""

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
    frozenset({"slug", "name", "goal", "light colour"}),
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
KEYWORD = Kind("keyword", "slug", {"slug": "slug", "name": "names", "synonyms": "synonyms"})


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
        headings = _Loading(COMMUNITY, Community, communities, report)
        ids = {entry.slug: headings.load(entry).id for entry in catalogue.communities}
        headings.note_unnamed()
        within = _Loading(GROUP, WorkingGroup, groups, report)
        for entry in catalogue.groups:
            within.load(entry, community_id=ids[entry.community])
        within.note_unnamed()
    if catalogue.associations is not None:
        members = _Loading(ASSOCIATION, Association, associations, report)
        for member in catalogue.associations:
            members.load(member)
        members.note_unnamed()
    if catalogue.keywords is not None:
        expertise = _Loading(KEYWORD, Keyword, _locked(Keyword), report)
        for keyword in catalogue.keywords:
            expertise.load(keyword)
        expertise.note_unnamed()


def _locked(model: type[T]) -> Sequence[T]:
    """All there are, freshly read, and nobody else's to change until we are done."""
    found = select(model).order_by(model.id).with_for_update()
    return writing().scalars(found.execution_options(populate_existing=True)).all()


class _Loading(Generic[T]):
    """The loading of all entries of one kind."""

    def __init__(self, kind: Kind, model: type[T], things: Sequence[T], report: Report) -> None:
        self.kind: Kind = kind
        self.model: type[T] = model
        self.report: Report = report
        self.things: dict[int, T] = {thing.id: thing for thing in things}
        self.met: dict[int, Place] = {}
        self.merged: set[str] = set()
        """Names of what was merged into something else here: the catalogue does not bring it back."""
        self.leads: dict[str, int] = self._leads()

    def _leads(self) -> dict[str, int]:
        """{name: id of what it leads to}: of keywords, the only names they ever had; of others, former ones too."""
        if self.kind is KEYWORD:
            return {getattr(thing, self.kind.naming): thing.id for thing in self.things.values()}
        found = writing().scalars(select(Address).where(Address.kind == self.kind.name)).all()
        self.merged = {address.slug for address in found if address.merged}
        return {address.slug: address.target_id for address in found}

    def load(self, entry: Entry, **more: object) -> T:
        """Add what the entry describes, or bring it up to date. `more`: columns that the entry itself cannot know."""
        name: str = getattr(entry, self.kind.naming)
        columns = {column: getattr(entry, column, None) for column in self.kind.columns.values()} | more
        thing: T | None = self.things.get(self.leads.get(name, 0))
        if thing is not None and name in self.merged:
            self.report.merged.append(f"{self.kind.name} {name} into {getattr(thing, self.kind.naming)}")
            return thing
        if thing is None:
            thing = self._add(name, columns)
        elif thing.id in self.met:
            first = self.met[thing.id].seen_from(entry.place.path)
            reason = f"“{name}” is an old address of the {self.kind.name} {first}"
            raise Malformed([Problem(entry.place, reason)])
        else:
            self._update(thing, self._flat(columns))
        self.met[thing.id] = entry.place
        return thing

    def note_unnamed(self) -> None:
        """Report what a catalogue once brought and does not name any more."""
        for thing in self.things.values():
            if thing.loaded and thing.id not in self.met:
                self.report.unnamed.append(self._item(thing))

    def _add(self, name: str, columns: Mapping[str, Any]) -> T:
        thing: T = self.model(**columns, loaded=self._flat(columns))
        writing().add(thing)
        writing().flush()
        if self.kind is not KEYWORD:
            addresses.claim(self.kind.name, name, thing.id)
        self._tell(thing, self.kind.heard)
        audit.record(f"{self.kind.name}.loaded", thing, None)
        self.report.added.append(self._item(thing))
        return thing

    def _update(self, thing: T, said: Flat) -> None:
        # Texts in a language that this installation does not have at present are no concern of this catalogue.
        others = {part: value for part, value in thing.loaded.items() if not _spoken(part)}
        before = {part: value for part, value in thing.loaded.items() if part not in others}
        now = {column: getattr(thing, column) for column in self.kind.columns.values()}
        changes, edited = merge(said, before, {part: v for part, v in self._flat(now).items() if part not in others})
        if thing.loaded != {**others, **said}:
            thing.loaded = {**others, **said}
        self._put(thing, changes)
        if changes:
            writing().flush()
            self._tell(thing, {part.partition(".")[0] for part in changes})
            audit.record(f"{self.kind.name}.loaded", thing, None, fields=list(changes))
        (self.report.changed if changes else self.report.left).append(self._item(thing, changes))
        if edited:
            self.report.edited.append(self._item(thing, edited))

    def _put(self, thing: T, changes: Flat) -> None:
        for part, value in changes.items():
            name, _, code = part.partition(".")
            column = self.kind.columns[name]
            if code:  # a new dictionary: changes within one would go unnoticed
                texts = {**getattr(thing, column), code: value}
                value = {key: text for key, text in texts.items() if text is not None}
            elif column == self.kind.naming:
                addresses.claim(self.kind.name, value, thing.id)
            setattr(thing, column, value)

    def _flat(self, columns: Mapping[str, Any]) -> Flat:
        return flat({part: columns[column] for part, column in self.kind.columns.items()})

    def _tell(self, thing: T, parts: Collection[str]) -> None:
        if self.kind.heard.intersection(parts):
            signals.group_changed.send(thing)

    def _item(self, thing: T, parts: Iterable[str] = ()) -> Item:
        return Item(self.kind.name, getattr(thing, self.kind.naming), list(parts))


def _spoken(part: str) -> bool:
    """Whether a part is in one of the installation's languages, or in none."""
    code = part.partition(".")[2]
    return not code or code in settings().languages
