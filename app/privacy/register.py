"""What the record of processing activities (Article 30 GDPR) says beyond what the features declare."""

from __future__ import annotations

from app.core.personal import Processing


def data_of(item: Processing) -> list[str]:
    """The kinds of data, in words, each once."""
    words = (str(word) for claim in item.claims for word in claim.personal.values())
    return list(dict.fromkeys(words))
