"""What features above meetings want to hear of, sent within the transaction.

`left`, sent along where it is not empty: ids of groups whose the meeting, or a date of the series, was until now.
"""

from typing import Any

from blinker import Signal

meeting_changed = Signal("A meeting was made, changed or cancelled; sent with the Meeting, after it was flushed.")
series_changed = Signal(
    "Dates of a series were made, changed or cancelled together; sent with the MeetingSeries, after it was flushed."
)
meeting_dropped = Signal("A date is about to be taken out of its series for good; sent with the Meeting.")
part_dropped = Signal("A part of a series is about to go, having no dates left; sent with the SeriesPart.")


def left_by(group_ids: frozenset[int]) -> dict[str, Any]:
    """What is sent along where a meeting is no longer these groups'."""
    return {"left": group_ids} if group_ids else {}
