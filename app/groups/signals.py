"""What features above groups want to hear of, sent within the transaction."""

from blinker import Signal

group_changed = Signal(
    "A group's names, address, zone, visibility or state changed, or a community's names, goal or colour."
)
