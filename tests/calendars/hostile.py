"""Whole calendars, as the feeds' own builders make them, of meetings and milestones whose texts mean harm.

Nothing of it is in a database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from app.calendars import content, headers
from app.calendars.alarms import with_alarm
from app.calendars.assembly import calendar
from app.calendars.choice import Alarm, Choice
from app.calendars.components import component_of, description_of, part_component
from app.calendars.forms import GROUP, Form
from app.calendars.milestones import milestone_component
from app.core.i18n import force_locale
from app.core.links import absolute
from app.core.markdown import to_text
from app.groups.models import Community, WorkingGroup
from app.groups.rules import Visibility as GroupVisibility
from app.meetings.models import JointGroup, Meeting, MeetingSeries, SeriesPart
from app.meetings.rules import MeetingPlan, Mode, ShownAs, Visibility
from app.meetings.rules.company import Consent
from app.programme.models import Milestone
from app.programme.rules import Kind, State
from tests.calendars.test_content import ANYTHING, PIECES

LANGUAGE = "en"
MADE = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "https://meet.example.org/room?pwd=topsecret"
REASON = "which is nobody's business"
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

    def __init__(self, texts: list[str], form: Form = GROUP) -> None:
        self.form = form
        self.host, partner = (_group(f"group-{number}", texts[number:]) for number in (0, 1))
        self.part = _part(self.host, texts)
        self.meeting = _meeting(self.host, texts[2:], partner)
        self.milestone = _milestone(self.host, texts[4:])

    def body(self) -> bytes:
        """Its calendar; for those inside with alarms."""
        made = [
            part_component(self.part, LANGUAGE, self.form, MADE),
            component_of(self.meeting, LANGUAGE, self.form),
            milestone_component(self.milestone, LANGUAGE, self.form),
        ]
        zones = {zone for component in made for zone in component.zones}
        events = [component.content for component in made]
        if self.form.inside:
            events = [with_alarm(event, Alarm.HOUR) for event in events]
        return calendar(headers.of_group(self.host, Choice(LANGUAGE)), events, zones)

    def expected(self) -> list[Expected]:
        """What its events say."""
        meetings = (self.part, self.part.meetings[1], self.meeting)
        return [*(_of_meeting(each, self.form) for each in meetings), _of_milestone(self.milestone, self.form)]


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
        mode=Mode.HYBRID,
        venue=texts[1],
        address=texts[2],
        remark=texts[3],
        description=texts[4],
        spoken=("en", texts[5]),
        interpreted=(texts[6],),
        join_link=SECRET,
        dial_in=texts[1],
        passcode=texts[4],
    )


def _meeting(group: WorkingGroup, texts: list[str], partner: WorkingGroup) -> Meeting:
    meeting = Meeting(
        uid="meeting@example.org", reference="meeting", group=group, sequence=1, created_at=MADE, modified_at=MADE,
        cancellation_reason=REASON, joint_groups=[JointGroup(group=partner, consent=Consent.AGREED)],
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
        drop_reason=REASON, sequence=0, created_at=MADE, modified_at=MADE,
    )  # fmt: skip


def _of_meeting(item: Meeting | SeriesPart, form: Form) -> Expected:
    said = item.said
    page = (
        absolute("pages.meeting", reference=item.reference)
        if isinstance(item, Meeting)
        else absolute("meetings.series", reference=item.series.reference)
    )
    with force_locale(LANGUAGE):
        about = content.paragraphs(description_of(said, page, inside=form.inside))
    return Expected(
        uid=item.uid or "part@example.org",
        summary=_summary(said.title, item.groups, form),
        location=", ".join(filter(None, (content.one_line(text) for text in (said.venue, said.address)))),
        categories=[content.one_line(group.names[LANGUAGE]) for group in item.groups],
        about=(about,),
        page=page,
    )


def _of_milestone(milestone: Milestone, form: Form) -> Expected:
    goals = milestone.goal.goals if milestone.goal else {}
    return Expected(
        uid=milestone.uid,
        summary=_summary(milestone.title, [milestone.group], form),
        location="",
        categories=[content.one_line(milestone.group.names[LANGUAGE])],
        about=(
            content.one_line(milestone.file_reference),
            content.one_line(goals.get(LANGUAGE)),
            content.paragraphs(to_text(milestone.description)),
        ),
        page=absolute("programme.milestone", reference=milestone.reference),
    )


def _summary(title: str, groups: list[WorkingGroup], form: Form) -> str:
    title = content.one_line(title)
    if not form.combined:
        return title
    # as is all text, without blanks at its end
    return f"{', '.join(content.one_line(group.names[LANGUAGE]) for group in groups)}: {title}".rstrip()
