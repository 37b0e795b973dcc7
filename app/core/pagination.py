"""Long lists in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from app.core.db import db

T = TypeVar("T")
SIZE = 50


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a longer list; `number` counts from 1."""

    items: Sequence[T]
    number: int
    total: int
    size: int = SIZE
    more: bool = False
    """Whether the list goes on beyond `total`, where counting all of it would take too long."""

    @property
    def last(self) -> int:
        """The number of the last page; 1 for an empty list."""
        return last_page(self.total, self.size)

    @property
    def has_previous(self) -> bool:
        """Whether a page comes before this one."""
        return self.number > 1

    @property
    def has_next(self) -> bool:
        """Whether a page comes after this one."""
        return self.number < self.last


def page_of(items: Sequence[T], number: int, size: int = SIZE) -> Page[T]:
    """One page of a list at hand."""
    number = min(number, last_page(len(items), size))
    return Page(items[(number - 1) * size : number * size], number, len(items), size)


def last_page(total: int, size: int = SIZE) -> int:
    """The number of the last page; 1 for an empty list."""
    return max(1, -(-total // size))


def page_number(text: str | None) -> int:
    """The page asked for in a query string; 1 for what is no page."""
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 7 else 1


def paginate(statement: Select[Any], number: int, size: int = SIZE) -> Page[Any]:
    """One page of a statement's entities, in two statements whatever its length."""
    counted = statement.order_by(None).options().subquery()
    total = db.session.scalar(select(func.count()).select_from(counted)) or 0
    number = min(number, last_page(total, size))
    items = db.session.scalars(statement.limit(size).offset((number - 1) * size)).all()
    return Page(items=items, number=number, total=total, size=size)
