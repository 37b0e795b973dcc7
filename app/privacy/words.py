"""Erasures, legal bases and stored values in words."""

from __future__ import annotations

import json
from datetime import date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core import dates
from app.core.errors import Text
from app.core.personal import Basis, Fact, Section
from app.privacy.models import ErasureState, Origin

STATES: dict[ErasureState, tuple[Text, str]] = {
    ErasureState.PENDING: (_l("In its pause"), "waiting"),
    ErasureState.WITHDRAWN: (_l("Withdrawn"), "draft"),
    ErasureState.DONE: (_l("Erased"), "ok"),
}
"""The word for a state and the shape beside it (components/icons.html)."""
ORIGINS: dict[Origin, Text] = {
    Origin.PERSON: _l("The person"),
    Origin.LETTER: _l("The person, by letter"),
    Origin.RETENTION: _l("The settings, as nothing was heard of the person for long"),
}
BASES: dict[Basis, Text] = {
    Basis.CONSENT: _l("Consent"),
    Basis.CONTRACT: _l("Needed for what the person asks for"),
    Basis.OBLIGATION: _l("Legal obligation"),
    Basis.INTEREST: _l("Legitimate interest of the association and its members"),
}


def basis_word(basis: Basis) -> str:
    """A legal basis with its article."""
    return str(_("%(basis)s (Article 6(1)(%(letter)s) GDPR)", basis=BASES[basis], letter=basis.value))


def as_table(section: Section) -> tuple[list[Text], list[list[str]]]:
    """(heads, rows) of a section, without the columns in which no entry says anything.

    The entries of a section have the same facts in the same order.
    """
    columns = [[fact_text(fact) for fact in facts] for facts in zip(*section.entries, strict=True)]
    used = [number for number, texts in enumerate(columns) if any(texts)]
    heads = [section.entries[0][number].label for number in used]
    return heads, [[columns[number][row] for number in used] for row in range(len(section.entries))]


def fact_text(fact: Fact) -> str:
    """A stored value as people read it; "" for nothing."""
    value = fact.value
    if fact.shown is not None:
        return str(fact.shown)
    if value is None or value == {} or value == []:
        return ""
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return dates.instant(value)
    if isinstance(value, date):
        return dates.day(value)
    if isinstance(value, bytes):
        return f"{-(-len(value) // 1024)} kB"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
