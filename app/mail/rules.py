"""When a mail is tried again, and when no more. Pure: no database, no request."""

from __future__ import annotations

import random
from datetime import timedelta

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MOST_ATTEMPTS = 20
"""With the pauses between them some three days."""
JITTER = 0.1


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts that failed for the time being; None: give up.

    Doubling from a minute to six hours, shorter by up to a tenth so that what failed together is not tried together.
    """
    if attempts >= MOST_ATTEMPTS:
        return None
    full: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 16), LONGEST_PAUSE)
    return full * (1 - JITTER * random.random())  # noqa: S311
