"""How long someone has been waiting, as people count it: not the weeks in which everybody is away. Pure."""

from __future__ import annotations

from datetime import date, timedelta

Pause = tuple[str, str] | None
"""First and last day of the year ("MM-DD"), both counted; over the turn of the year where the first is later."""


def is_paused(day: date, pause: Pause) -> bool:
    """Whether nobody is reminded of anything on a day."""
    if pause is None:
        return False
    first, last = pause
    here = day.strftime("%m-%d")
    return first <= here <= last if first <= last else here >= first or here <= last


def waited(since: date, today: date, pause: Pause) -> int:
    """Whole days from one day to another, without those of the pause."""
    days = (today - since).days
    if days <= 0 or pause is None:
        return max(0, days)
    return sum(not is_paused(since + timedelta(days=number), pause) for number in range(1, days + 1))


def first_day(days: int, today: date, pause: Pause) -> date:
    """The latest day since which one has waited so many days."""
    day = today
    while days > 0:
        if not is_paused(day, pause):
            days -= 1
        day -= timedelta(days=1)
    return day
