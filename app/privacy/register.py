"""The record of processing activities (Article 30 GDPR), as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask_babel import gettext as _

from app.core.personal import Processing
from app.privacy.features import processing
from app.privacy.words import basis_word


def data_of(item: Processing) -> list[str]:
    """The kinds of data, in words, each once."""
    words = (str(word) for claim in item.claims for word in claim.personal.values())
    return list(dict.fromkeys(words))


def rows() -> Iterator[tuple[str, ...]]:
    """A line for each processing activity, after one of headings."""
    yield (
        _("Activity"), _("Purpose"), _("Legal basis"), _("People concerned"), _("Data"), _("Recipients"), _("Kept"),
        _("On erasure"),
    )  # fmt: skip
    for item in processing():
        yield (
            str(item.title), str(item.purpose), basis_word(item.basis), str(item.people), "; ".join(data_of(item)),
            str(item.recipients), str(item.kept()), str(item.erased),
        )  # fmt: skip


def as_csv() -> str:
    """The register for spreadsheets: UTF-8 with a mark by which they know it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows())
    return "\ufeff" + text.getvalue()
