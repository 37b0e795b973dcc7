"""What a person gets of what is stored about them: as a page, and as JSON."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.core.personal import Fact, Section, plain
from app.core.settings import settings
from app.people.models import Person
from app.privacy.features import SHOWN


def sections(person: Person) -> list[Section]:
    """Everything, in the order in which people read it; sections without entries too."""
    return [section for feature in SHOWN for section in feature.export(person)]


def as_json(person: Person) -> dict[str, Any]:
    """The same for programs: {section: [{key: value}]}; what has a name besides its number has both."""
    return {
        "installation": settings().instance_name,
        "address": settings().base_url,
        "person": person.id,
        "made_at": plain(clock.now()),
        "data": {section.key: [_object(facts) for facts in section.entries] for section in sections(person)},
    }


def _object(facts: list[Fact]) -> dict[str, Any]:
    """Where people are shown something else than the value, it stands beside it as `<key>_text`."""
    found: dict[str, Any] = {}
    for fact in facts:
        found[fact.key] = plain(fact.value)
        if fact.shown is not None:
            found[f"{fact.key}_text"] = str(fact.shown)
    return found
