"""What features above membership want to hear of, sent within the transaction."""

from blinker import Signal

leaving = Signal(
    "Someone may leave an association; sent with the person's id and `association_id` before anything is locked. "
    "Receivers answer with the ids of the groups that they would need: all are locked in their one order."
)
left = Signal(
    "Someone has left an association, and what they held for it has ended; sent with the person's id, "
    "`association_id` and `actor_id`."
)
