"""Lists that one narrows down: what an address asks, as the form, the tags above the list and its links show it.

The directories of people, groups and associations ask in the same way. What a filter cannot mean is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.core.i18n import translated
from app.core.tables import download
from app.groups.models import Community, WorkingGroup
from app.people import queries as people
from app.people.models import Association

LONGEST_QUESTION = 200


@dataclass(frozen=True)
class Option:
    """One choice of a filter; `within`: the heading it stands under."""

    value: str
    label: str
    within: str = ""


@dataclass(frozen=True)
class Filter:
    """One question that narrows the list: the name of its part of the address, its label, its choices."""

    name: str
    label: str
    every: str
    options: Sequence[Option]
    chosen: Option | None = None
    """What it is set to."""

    @property
    def headings(self) -> list[tuple[str, list[Option]]]:
        """The choices under their headings."""
        return [(name, list(options)) for name, options in groupby(self.options, key=lambda option: option.within)]


@dataclass
class Question:
    """What the address asks of the list at an endpoint."""

    endpoint: str
    text: str = ""
    filters: list[Filter] = field(default_factory=list)

    def ask(self, name: str, label: str, every: str, options: Iterable[Option], asked: str | None = None) -> str | None:
        """Add a filter; returns what the address, or `asked` in its place, sets it to."""
        wanted = (request.args.get(name, "") if asked is None else asked).casefold()
        listed = list(options)
        chosen = next((option for option in listed if option.value.casefold() == wanted), None)
        self.filters.append(Filter(name, label, every, listed, chosen))
        return chosen.value if chosen else None

    @property
    def chosen(self) -> list[Filter]:
        """The filters that are set."""
        return [item for item in self.filters if item.chosen]

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.chosen)

    @property
    def address(self) -> dict[str, Any]:
        """The parts of the address that say the same."""
        chosen = {item.name: item.chosen.value for item in self.filters if item.chosen}
        return ({"q": self.text} if self.text else {}) | chosen

    @property
    def every(self) -> str:
        """Where the whole list is."""
        return url_for(self.endpoint)

    def page(self, number: int) -> str:
        """Where a page of the list is."""
        return url_for(self.endpoint, **self.address, page=number)

    def without(self, name: str) -> str:
        """Where the list is without one of its filters."""
        return url_for(self.endpoint, **{key: value for key, value in self.address.items() if key != name})

    @property
    def downloads(self) -> Sequence[download.Link]:
        """The list as files, narrowed as it is."""
        return download.links_to(self.every, self.address)


def typed() -> str:
    """What is searched for."""
    return request.args.get("q", "").strip()[:LONGEST_QUESTION]


def ask_community(question: Question, communities: Sequence[Community]) -> int | None:
    """The id of the community asked for."""
    ids = {item.slug: item.id for item in communities}
    options = [Option(item.slug, translated(item.names)) for item in communities]
    return ids.get(question.ask("community", _("Community"), _("All communities"), options) or "")


def ask_group(question: Question, groups: Sequence[WorkingGroup]) -> int | None:
    """The id of the group asked for, of those that the viewer finds."""
    ids = {group.slug: group.id for group in groups}
    options = [Option(group.slug, translated(group.names), translated(group.community.names)) for group in groups]
    return ids.get(question.ask("group", _("Group"), _("All groups"), options) or "")


def ask_country(question: Question, associations: Iterable[Association]) -> str | None:
    """The code of the country asked for."""
    names = {item.country: people.country_name(item.country) for item in associations}
    options = [Option(code, name) for code, name in names.items()]
    return question.ask("country", _("Country"), _("All countries"), options)


def ask_association(
    question: Question, associations: Sequence[Association], name: str, label: str, every: str
) -> Association | None:
    """The association asked for."""
    found = {item.code: item for item in associations}
    options = [
        Option(item.code, f"{item.code} · {people.association_name(item)}", people.country_name(item.country))
        for item in associations
    ]
    return found.get(question.ask(name, label, every, options) or "")


def ask_word(question: Question, name: str, label: str, every: str, words: Mapping[str, object]) -> str | None:
    """Which of a few words is asked for; `words`: {value: what stands there}."""
    return question.ask(name, label, every, [Option(str(value), str(word)) for value, word in words.items()])
