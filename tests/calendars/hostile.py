"""Whole calendars, as the feeds' own builders make them, of meetings and milestones whose texts mean harm.

Nothing of it is in a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from app.calendars import content
from app.calendars.assembly import calendar, header_of
from app.calendars.components import component_of, description_of, part_component
from app.calendars.milestones import milestone_component
from app.core.i18n import force_locale
from app.core.links import absolute
from app.core.markdown import to_text
from app.groups.models import Community, WorkingGroup
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.models import JointGroup, Meeting, MeetingSeries, SeriesPart
from app.meetings.rules import MeetingPlan, ShownAs, Visibility
from app.meetings.rules.company import Consent
from app.programme.models import Milestone
from app.programme.rules import Kind, State
from tests.calendars.test_content import ANYTHING, PIECES

LANGUAGE = "en"
MADE = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "https://meet.example.org/room?pwd=topsecret"
INJECTED = (
    "\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:injected", "\nATTENDEE:mailto:someone@example.org", "\r\n METHOD:REQUEST",
    "\rBEGIN:VALARM\rEND:VALARM", "\u2028END:VCALENDAR\u2029", "\x85DTSTART:20270101\x85", "\\\r\n", "\\nEND:VEVENT\\n",
    "\x1b]0;title\x07", "\x9b31m", "\u202e\u2066", "\u05d0\u05d1", "\U000e0001", "\ufffe", "[a](https://example.org/a;b)",
    "# ", "> - ", "```\n", "| a |\n|---|\n", "&#13;&#10;END:VEVENT", "&#x85;", "&#8232;", "<b>", "CN=\"a\";X=b:",
)  # fmt: skip
LENGTHS = st.builds(str.__mul__, st.sampled_from("aé€𝄞\\;,👧"), st.integers(15, 80))
"""As long as it takes for a line to be cut at every place within them."""
PARTS = st.sampled_from((*PIECES, *INJECTED))
HOSTILE = st.lists(PARTS | LENGTHS, max_size=6).map("".join) | ANYTHING
TEXTS = st.lists(HOSTILE, min_size=9, max_size=9)


@dataclass(frozen=True)
class Expected:
    """What a reader must find in one event, but for what it is about, which must hold and end with these."""

    uid: str
    summary: str
    location: str
    categories: list[str]
    about: tuple[str, ...]
    page: str


class Programme:
    """A series with an exception, a meeting of two groups and a milestone; each text stands in several fields."""

    def __init__(self, texts: list[str]) -> None:
        self.host, partner = (_group(f"group-{number}", texts[number:]) for number in (0, 1))
        self.part = _part(self.host, texts)
        self.meeting = _meeting(self.host, texts[2:], partner)
        self.milestone = _milestone(self.host, texts[4:])

    def body(self) -> bytes:
        """Its calendar."""
        made = [
            part_component(self.part, LANGUAGE),
            component_of(self.meeting, LANGUAGE),
            milestone_component(self.milestone, LANGUAGE),
        ]
        zones = {zone for component in made for zone in component.zones}
        return calendar(header_of(self.host, LANGUAGE), [component.content for component in made], zones)

    def expected(self) -> list[Expected]:
        """What its events say."""
        meetings = (self.part, self.part.meetings[1], self.meeting)
        return [*(_of_meeting(each) for each in meetings), _of_milestone(self.milestone)]


def _group(slug: str, texts: list[str]) -> WorkingGroup:
    community = Community(slug="green", names={LANGUAGE: "Green"}, goals={LANGUAGE: texts[3]}, colour_light="#1b6e45")
    name = texts[0] if content.one_line(texts[0]) else "x"  # every group has one
    return WorkingGroup(slug=slug, names={LANGUAGE: name}, community=community, visibility=GroupVisibility.PUBLIC)


def _plan(texts: list[str], starts: datetime, shown_as: ShownAs = ShownAs.SPAN) -> MeetingPlan:
    return MeetingPlan(
        title=texts[0],
        starts=starts,
        ends=starts + timedelta(hours=2) + (0 if shown_as == ShownAs.SPAN else 2) * DAY,
        time_zone="Europe/Brussels",
        shown_as=shown_as,
        venue=texts[1],
        address=texts[2],
        remark=texts[3],
        description=texts[4],
        spoken=("en", texts[5]),
        interpreted=(texts[6],),
        join_link=SECRET,
        dial_in=SECRET,
        passcode=SECRET,
    )


def _meeting(group: WorkingGroup, texts: list[str], partner: WorkingGroup) -> Meeting:
    meeting = Meeting(
        uid="meeting@example.org", reference="meeting", group=group, sequence=1, created_at=MADE, modified_at=MADE,
        cancellation_reason=SECRET, joint_groups=[JointGroup(group=partner, consent=Consent.AGREED)],
    )  # fmt: skip
    meeting.say(_plan(texts, datetime(2027, 3, 27, 10), ShownAs.DAILY_HOURS))
    return meeting


def _part(group: WorkingGroup, texts: list[str]) -> SeriesPart:
    """Three Wednesdays: the second on another day and under another title, the third left out."""
    series = MeetingSeries(reference="series", group=group)
    first = datetime(2027, 3, 24, 10)
    part = SeriesPart(
        uid="part@example.org", rule="FREQ=WEEKLY;BYDAY=WE", series=series, sequence=0, created_at=MADE,
        modified_at=MADE, last_local=first + 14 * DAY,
    )  # fmt: skip
    part.say(_plan(texts, first))
    for number, plan in enumerate((_plan(texts, first), _plan(texts[1:], first + 8 * DAY))):
        meeting = Meeting(
            reference=f"date-{number}", group=group, series=series, part=part, sequence=0, created_at=MADE,
            modified_at=MADE, recurrence_id=first + 7 * number * DAY,
        )  # fmt: skip
        meeting.say(plan)
    return part


def _milestone(group: WorkingGroup, texts: list[str]) -> Milestone:
    return Milestone(
        uid="milestone@example.org", reference="milestone", group=group, kind=Kind.DEADLINE, title=texts[0],
        first_day=date(2027, 3, 1), last_day=date(2027, 3, 3), file_reference=texts[1], link=texts[2],
        description=texts[3], goal=group.community, visibility=Visibility.PUBLIC, state=State.DROPPED,
        drop_reason=SECRET, sequence=0, created_at=MADE, modified_at=MADE,
    )  # fmt: skip


def _of_meeting(item: Meeting | SeriesPart) -> Expected:
    said = item.said
    page = (
        absolute("pages.meeting", reference=item.reference)
        if isinstance(item, Meeting)
        else absolute("meetings.series", reference=item.series.reference)
    )
    with force_locale(LANGUAGE):
        about = content.paragraphs(description_of(said, page))
    return Expected(
        uid=item.uid or "part@example.org",
        summary=content.one_line(said.title),
        location=", ".join(filter(None, (content.one_line(text) for text in (said.venue, said.address)))),
        categories=[content.one_line(group.names[LANGUAGE]) for group in item.groups],
        about=(about,),
        page=page,
    )


def _of_milestone(milestone: Milestone) -> Expected:
    goals = milestone.goal.goals if milestone.goal else {}
    return Expected(
        uid=milestone.uid,
        summary=content.one_line(milestone.title),
        location="",
        categories=[content.one_line(milestone.group.names[LANGUAGE]), "Deadline"],
        about=(
            content.one_line(milestone.file_reference),
            content.one_line(goals.get(LANGUAGE)),
            content.paragraphs(to_text(milestone.description)),
        ),
        page=absolute("programme.milestone", reference=milestone.reference),
    )
