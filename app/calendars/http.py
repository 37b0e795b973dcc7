"""What HTTP asks of a feed (RFC 9110): which encoding, and whether the client has it already. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

_ETAG = re.compile(r'(?:W/)?("[^"]*")')
LONGEST_HEADER = 2_000
"""Characters of a header that are worth remembering what they mean."""


def wants_gzip(accept_encoding: str) -> bool:
    """Whether to send gzip, by the weights the client gives."""
    if accept_encoding in ("", "identity"):
        return False
    return _wants_gzip(accept_encoding) if len(accept_encoding) <= LONGEST_HEADER else False


@lru_cache(maxsize=256)
def _wants_gzip(accept_encoding: str) -> bool:
    weights: dict[str, float] = {}
    for part in accept_encoding.lower().split(","):
        coding, *parameters = (piece.strip() for piece in part.split(";"))
        weights[coding] = _weight(parameters)
    anything = weights.get("*", 0.0)
    packed = max(weights.get("gzip", anything), weights.get("x-gzip", 0.0))
    plain = weights.get("identity", anything)
    return packed > 0 and packed >= plain


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def matches(if_none_match: str, etag: str) -> bool:
    """Whether If-None-Match names this ETag, or any; weak and strong compare alike here."""
    return if_none_match == etag or if_none_match.strip() == "*" or etag in _ETAG.findall(if_none_match)


def unchanged_since(if_modified_since: str, changed_at: datetime) -> bool:
    """Whether nothing changed after the date the client gives; what is no date does not count."""
    try:
        date = parsedate_to_datetime(if_modified_since)
    except (ValueError, TypeError, IndexError, OverflowError):
        return False
    since = date.replace(tzinfo=UTC) if date.tzinfo is None else date
    return changed_at.replace(microsecond=0) <= since


@lru_cache(maxsize=1_024)
def date(moment: datetime) -> str:
    """An instant as HTTP writes it: Wed, 25 Nov 2026 09:00:00 GMT."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
