"""What features above want to hear of, within the transaction."""

from blinker import Signal

responses_changed = Signal("What a person has said to meetings is another; sent with the person's id.")
