"""What can be done with meetings and their series. One transaction each; raise DomainError.

meetings   planning one, changing it, calling it off and back
series     the same of several dates that belong together; series_plan says what they are, and what a change would do
repairs    after a restored backup, after new rules of time zones
"""

from app.meetings.rules import MeetingPlan
from app.meetings.service.meetings import (
    add_meeting,
    cancel_meeting,
    change_meeting,
    create_meeting,
    plan_of,
    reinstate_meeting,
)
from app.meetings.service.repairs import leap_sequences, rederive_instants

__all__ = [
    "MeetingPlan",
    "add_meeting",
    "cancel_meeting",
    "change_meeting",
    "create_meeting",
    "leap_sequences",
    "plan_of",
    "rederive_instants",
    "reinstate_meeting",
]
