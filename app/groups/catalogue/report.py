"""What loading the catalogue did, in words for whoever ran it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PLURALS = {"community": "communities", "group": "groups", "association": "associations", "keyword": "keywords"}


@dataclass(frozen=True)
class Item:
    """One thing of the catalogue, and the parts of it in question: "name.fr", "topics.en"."""

    kind: str
    name: str
    parts: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}" + (f": {', '.join(self.parts)}" if self.parts else "")


@dataclass
class Report:
    """What was added, changed and left. Every entry of the catalogue is in one of these three, or merged."""

    files: Sequence[Path] = ()
    added: list[Item] = field(default_factory=list)
    changed: list[Item] = field(default_factory=list)
    left: list[Item] = field(default_factory=list)
    edited: list[Item] = field(default_factory=list)
    """Left or changed, but for these parts: they were edited on the site, which wins over the catalogue."""
    unnamed: list[Item] = field(default_factory=list)
    """Loaded once and no longer in the catalogue; kept."""
    merged: list[str] = field(default_factory=list)
    """Left out, since they were merged into others here."""
    other_languages: Sequence[str] = ()

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The report, line by line."""
        yield "Catalogue: " + ", ".join(str(path) for path in self.files)
        for kind, plural in PLURALS.items():
            numbers = [sum(item.kind == kind for item in items) for items in (self.added, self.changed, self.left)]
            if any(numbers):
                yield "{:<13} {:>3} added, {:>3} changed, {:>3} left".format(plural + ":", *numbers)
        for kind, plural in PLURALS.items():
            names = [item.name for item in self.added if item.kind == kind]
            if names:
                yield f"added {plural}: {', '.join(names)}"
        yield from (f"changed {item}" for item in self.changed)
        yield from (f"left because edited here: {item}" for item in self.edited)
        yield from (f"no longer in the catalogue, kept: {item}" for item in self.unnamed)
        yield from (f"left out because merged here: {item}" for item in self.merged)
        if self.other_languages:
            yield f"left out, not among LANGUAGES: texts in {', '.join(sorted(self.other_languages))}"
