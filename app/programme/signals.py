"""What features above the programme want to hear of, sent within the transaction."""

from blinker import Signal

milestone_changed = Signal("A milestone was made, changed, done or dropped; sent with the Milestone, after a flush.")
