"""The first texts of an installation, from a folder of files `<kind>.<language>.md`."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from app.core import audit, clock
from app.core.db import write, writing
from app.terms import queries
from app.terms.models import TermsVersion
from app.terms.rules import Kind

OWN_TEXTS = Path(__file__).resolve().parent.parent / "data" / "terms"
"""Examples to start from."""


def read(folder: Path) -> dict[Kind, dict[str, str]]:
    """{kind: {language: text}} of the files in a folder; others are left alone."""
    found: dict[Kind, dict[str, str]] = {}
    for kind in Kind:
        for path in sorted(folder.glob(f"{kind}.*.md")):
            found.setdefault(kind, {})[path.name.split(".")[1]] = path.read_text(encoding="utf-8").strip()
    return found


def load_drafts(folder: Path = OWN_TEXTS) -> int:
    """Put the texts of a folder in as drafts, where no text is there at all yet; how many.

    Drafts: what binds people is what the association has read and published.
    """
    with write() as session:
        if queries.is_any():
            return 0
        for kind, texts in (found := read(folder)).items():
            draft = TermsVersion(kind=kind, number=1, texts=texts, created_at=clock.now())
            session.add(draft)
            audit.record("terms.drafted", draft, None, kind=kind, number=1)
    return len(found)


def put_in_force(published_at: datetime, valid_from: date, folder: Path = OWN_TEXTS) -> list[TermsVersion]:
    """Within a transaction, for invented data: the texts of a folder as published versions."""
    made = [
        TermsVersion(kind=kind, number=1, texts=texts, created_at=published_at, published_at=published_at,
                     valid_from=valid_from)
        for kind, texts in read(folder).items()
    ]  # fmt: skip
    writing().add_all(made)
    writing().flush()
    return made
