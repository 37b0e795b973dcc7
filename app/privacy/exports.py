"""What a person gets of what is stored about them, as a page and as JSON; erasures and the register as tables."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from app.core import clock
from app.core.personal import Fact, Processing, Section, plain
from app.core.settings import settings
from app.core.tables.model import Column, Kind, Table
from app.people.models import Person
from app.privacy.features import SHOWN
from app.privacy.models import Erasure, ErasureState, Origin
from app.privacy.register import data_of
from app.privacy.words import ORIGINS, STATES, basis_word


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


def erasures(found: Iterable[Erasure]) -> Table:
    """One row for each; who is erased bears a number."""
    columns = [
        Column(_("Person")), Column(_("State")), Column(_("Asked"), Kind.INSTANT), Column(_("Asked for by")),
        Column(_("Entered by")), Column(_("Due"), Kind.INSTANT), Column(_("Withdrawn or done"), Kind.INSTANT),
    ]  # fmt: skip
    return Table(
        _("Erasures"),
        columns,
        (
            [
                item.person.display_name,
                STATES[ErasureState(item.state)][0],
                item.asked_at,
                ORIGINS[Origin(item.origin)],
                item.asked_by.display_name if item.asked_by and item.asked_by_id != item.person_id else None,
                item.due_at,
                item.ended_at,
            ]
            for item in found
        ),
    )


def register(found: Iterable[Processing]) -> Table:
    """The record of processing activities (Article 30 GDPR): one row for each."""
    headings = (
        _("Activity"), _("Purpose"), _("Legal basis"), _("People concerned"), _("Data"), _("Recipients"), _("Kept"),
        _("In the export"), _("On erasure"), _("Tables"),
    )  # fmt: skip
    return Table(
        _("Register of processing"),
        [Column(heading) for heading in headings],
        (
            [item.title, item.purpose, basis_word(item.basis), item.people, "; ".join(data_of(item)), item.recipients,
             item.kept(), item.exported, item.erased, ", ".join(claim.table for claim in item.claims)]
            for item in found
        ),
    )  # fmt: skip


def _object(facts: list[Fact]) -> dict[str, Any]:
    """Where people are shown something else than the value, it stands beside it as `<key>_text`."""
    found: dict[str, Any] = {}
    for fact in facts:
        found[fact.key] = plain(fact.value)
        if fact.shown is not None:
            found[f"{fact.key}_text"] = str(fact.shown)
    return found
