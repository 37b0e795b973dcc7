"""What features above groups want to hear of, sent within the transaction."""

from blinker import Signal

group_changed = Signal("A group's or community's names, address or zone changed; sent with the group or community.")
