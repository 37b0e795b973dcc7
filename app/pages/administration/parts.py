"""Parts of a list that one can choose by the address: `?only=…`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import request


@dataclass(frozen=True)
class Part:
    """A link to the whole list or a part of it; `number` is how many stand there, where that is known."""

    label: str
    url: str
    chosen: bool
    number: int | None = None


def chosen(allowed: Collection[str]) -> str | None:
    """The part asked for, if it is one of these."""
    asked = request.args.get("only")
    return asked if asked in allowed else None
