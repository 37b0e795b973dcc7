"""A milestone as a VEVENT of whole days, which informs and blocks nobody's day; the same data give the same bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask_babel import gettext as _

from app.calendars import content
from app.calendars.components import CANCELLED_STAYS, Component
from app.calendars.forms import GROUP, Form
from app.core.i18n import force_locale, translated
from app.core.links import absolute
from app.core.markdown import to_text
from app.core.settings import settings
from app.programme.models import Milestone
from app.programme.words import KINDS


def milestone_component(milestone: Milestone, language: str, form: Form = GROUP) -> Component:
    """The milestone for a calendar in that language; why it was dropped, and by whom, stays on its page."""
    config, page = settings(), absolute("programme.milestone", reference=milestone.reference)
    with force_locale(language):
        kind = str(KINDS[milestone.kind])
        about = _description(milestone, kind, page, language)
    group = content.one_line(translated(milestone.group.names, language))
    title = content.one_line(milestone.title)
    lines = [
        content.text("UID", milestone.uid),
        content.line("DTSTAMP", content.utc(milestone.modified_at)),
        content.line("CREATED", content.utc(milestone.created_at)),
        content.line("LAST-MODIFIED", content.utc(milestone.modified_at)),
        content.line("SEQUENCE", str(milestone.sequence)),
        content.line("DTSTART", content.day(milestone.first_day), {"VALUE": "DATE"}),
        content.line("DTEND", content.day(milestone.last_day + timedelta(days=1)), {"VALUE": "DATE"}),
        content.text("SUMMARY", f"{group}: {title}" if form.combined else title),
        content.text("DESCRIPTION", about),
        content.line("URL", content.address(page)),
        content.line("CATEGORIES", content.escape(group)),
        content.line("CLASS", "PUBLIC" if milestone.is_public else "PRIVATE"),
        content.line("STATUS", "CANCELLED" if milestone.is_dropped else "CONFIRMED"),
        content.line("TRANSP", "TRANSPARENT"),
        content.line("ORGANIZER", content.address(f"mailto:{config.support_address}"), {"CN": config.instance_name}),
    ]
    gone_at = max(day_over_at(milestone.last_day), milestone.modified_at + CANCELLED_STAYS)
    return Component(content.component("VEVENT", lines), (), gone_at if milestone.is_dropped else None)


def day_over_at(last_day: date) -> datetime:
    """When a day without a zone is over: when it is in UTC."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)


def _description(milestone: Milestone, kind: str, page: str, language: str) -> str:
    """What it is, what the matter is called and where it is found, the goal it serves, and the address of its page."""
    facts = [kind]
    if called := content.one_line(milestone.file_reference):
        facts.append(str(_("Reference: %(reference)s", reference=called)))
    if link := content.address(milestone.link or ""):
        facts.append(link)
    goal = content.one_line(translated(milestone.goal.goals, language)) if milestone.goal else ""
    if goal:
        facts.append(str(_("Impact Goal: %(goal)s", goal=goal)))
    about = content.paragraphs(to_text(milestone.description))
    return "\n\n".join(filter(None, ("\n".join(facts), about, page)))
