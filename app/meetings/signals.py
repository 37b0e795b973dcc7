"""What features above meetings want to hear of: changes, within the transaction; and times before they are chosen."""

from blinker import Signal

meeting_changed = Signal("A meeting was made, changed or cancelled; sent with the Meeting, after it was flushed.")

time_considered = Signal("A time is about to be chosen; sent with the group, `plan` and `but`, the meeting that moves.")
"""Who listens answers with warnings: lines with a `text` and perhaps a `url`. They are shown before one saves."""
