"""What features above meetings want to hear of: changes, within the transaction; and times before they are chosen.

`left`, sent along with a change where it is not empty: ids of groups whose the meeting, or a date of the series, was
until now.
"""

from typing import Any

from blinker import Signal

meeting_changed = Signal("A meeting was made, changed or cancelled; sent with the Meeting, after it was flushed.")
series_changed = Signal(
    "Dates of a series were made, changed or cancelled together; sent with the MeetingSeries, after it was flushed."
)
meeting_dropped = Signal("A date is about to be taken out of its series for good; sent with the Meeting.")
part_dropped = Signal("A part of a series is about to go, having no dates left; sent with the SeriesPart.")

times_considered = Signal(
    "Times are about to be chosen; sent with the group, `times` (plans) and `but`, the ids of the meetings that move."
)
"""Who listens answers with warnings of each: lines with a `text` and perhaps a `url`, shown before one saves."""


def left_by(group_ids: frozenset[int]) -> dict[str, Any]:
    """What is sent along where a meeting is no longer these groups'."""
    return {"left": group_ids} if group_ids else {}
