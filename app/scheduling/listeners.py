"""What this feature says when somebody looks for a time: which dates people keep free for undecided polls."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from flask import Flask, url_for
from sqlalchemy import Select

from app.availability.signals import Kept, Purpose, times_kept
from app.people.viewer import Viewer
from app.scheduling import policy, queries, words


def init_app(_app: Flask) -> None:
    """Connect to the signal."""
    times_kept.connect(on_times_kept)


def on_times_kept(
    viewer: Viewer, *, people: Select[int], begins: datetime, ends: datetime, deciding: int | None
) -> list[Kept]:
    """Which dates these people keep free, and for which poll where the viewer may know of it."""
    held = [one for one in queries.holds(people, begins, ends) if one.poll_id != deciding]
    polls = queries.known(policy.visible(viewer), {one.poll_id for one in held})
    purposes = {
        poll.id: Purpose(poll.id, partial(words.kept_free, poll), url_for("scheduling.poll", reference=poll.reference))
        for poll in polls.values()
    }
    return [Kept(one.person_id, one.starts_at, one.ends_at, purposes.get(one.poll_id)) for one in held]
