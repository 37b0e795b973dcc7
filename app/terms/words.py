"""What the texts are called."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.terms.rules import Kind

KINDS: dict[Kind, Text] = {
    Kind.MANDATE: _l("Mandate of an expert"),
    Kind.CONFIDENTIALITY: _l("Confidentiality"),
    Kind.COMPETITION: _l("Competition law"),
    Kind.CONDUCT: _l("Conduct"),
}


def title(kind: str, number: int) -> str:
    """A version by name: "Confidentiality, version 2"."""
    return str(_("%(title)s, version %(number)s", title=KINDS[Kind(kind)], number=number))
