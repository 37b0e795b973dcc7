"""What catalogue files say, each entry with the place where it stands, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.localedata import exists

from app.core.forms import clean_line, clean_text


@dataclass(frozen=True)
class Place:
    """A line of a file, counted from 1 as editors do."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"

    def seen_from(self, path: Path) -> str:
        """How to name this place to someone who reads `path`."""
        return f"on line {self.line}" if path == self.path else f"in {self}"


@dataclass(frozen=True)
class Problem:
    """Why a file cannot be loaded, and where."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Malformed(Exception):
    """The catalogue cannot be loaded; nothing was changed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class CommunityEntry:
    """A community as the catalogue has it. Attributes are called as those of the model."""

    place: Place
    slug: str
    position: int
    names: dict[str, str]
    goals: dict[str, str]
    colour_light: str
    colour_dark: str


@dataclass(frozen=True)
class GroupEntry:
    """A working group as the catalogue has it."""

    place: Place
    slug: str
    community: str
    """The slug of the community it stands under."""
    position: int
    names: dict[str, str]
    topics: dict[str, list[str]]
    mandate: dict[str, str]
    time_zone: str | None


@dataclass(frozen=True)
class AssociationEntry:
    """An association as the catalogue has it."""

    place: Place
    code: str
    country: str
    name: str
    names: dict[str, str]
    status: str


@dataclass(frozen=True)
class KeywordEntry:
    """A field of expertise as the catalogue has it."""

    place: Place
    slug: str
    names: dict[str, str]
    synonyms: dict[str, list[str]]


@dataclass
class Catalogue:
    """All that the files say. None where no file of that kind was given: then nothing can be missing from it."""

    communities: list[CommunityEntry] | None = None
    groups: list[GroupEntry] | None = None
    associations: list[AssociationEntry] | None = None
    keywords: list[KeywordEntry] | None = None
    other_languages: set[str] = field(default_factory=set)
    """Languages that are not this installation's; texts in them are left out."""


@dataclass
class Reader:
    """One file while it is read: gathers all that is wrong with it, so that it can be mended in one go."""

    path: Path
    languages: Sequence[str]
    default_language: str
    catalogue: Catalogue
    taken: dict[tuple[str, str], Place]
    """Where each (kind, slug) of all files stands."""
    problems: list[Problem] = field(default_factory=list)

    def place(self, line: int) -> Place:
        """A line of this file."""
        return Place(self.path, line)

    def fault(self, line: int, reason: str) -> None:
        """Note that something is wrong."""
        self.problems.append(Problem(self.place(line), reason))

    def take(self, kind: str, slug: str, line: int, called: str = "slug") -> None:
        """Note that a slug is used, and refuse it if it is used already."""
        first = self.taken.setdefault((kind, slug), self.place(line))
        if first != self.place(line):
            self.fault(line, f"{called} “{slug}” is taken by the {kind} {first.seen_from(self.path)}")

    def wants(self, language: str, line: int) -> bool:
        """Whether texts in this language are to be loaded. A code that is no language is a fault."""
        if language in self.languages:
            return True
        if len(language) not in (2, 3) or not language.islower() or not exists(language):
            self.fault(line, f"unknown language “{language}”; this installation has {', '.join(self.languages)}")
        else:
            self.catalogue.other_languages.add(language)
        return False

    def cleaned(self, text: str, line: int, called: str, longest: int, *, lines: bool = False) -> str:
        """The text as people mean it. Empty and over-long ones are faults."""
        clean: Callable[[str], str | None] = clean_text if lines else clean_line
        found = clean(text) or ""
        if not found:
            self.fault(line, f"{called} is empty")
        elif len(found) > longest:
            self.fault(line, f"{called} has {len(found)} characters; at most {longest} fit")
        return found
