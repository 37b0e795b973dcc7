"""What features above meetings want to hear of, sent within the transaction."""

from blinker import Signal

meeting_changed = Signal("A meeting was made, changed or cancelled; sent with the Meeting, after it was flushed.")
