"""Meetings, their series, who meets, and the rooms of the house."""

from app.meetings.models.company import Guest, JointGroup, MeetingPerson
from app.meetings.models.meeting import ALPHABET, Meeting, new_reference
from app.meetings.models.planned import Planned
from app.meetings.models.rooms import Room, RoomBooking
from app.meetings.models.series import DroppedDate, MeetingSeries, SeriesPart
from app.meetings.models.task_forces import MeetingTaskForce, TaskForce, TaskForcePerson
from app.meetings.rules import Status, Visibility

__all__ = [
    "ALPHABET",
    "DroppedDate",
    "Guest",
    "JointGroup",
    "Meeting",
    "MeetingPerson",
    "MeetingSeries",
    "MeetingTaskForce",
    "Planned",
    "Room",
    "RoomBooking",
    "SeriesPart",
    "Status",
    "TaskForce",
    "TaskForcePerson",
    "Visibility",
    "new_reference",
]
