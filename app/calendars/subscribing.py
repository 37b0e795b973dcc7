"""The addresses by which calendar programs subscribe to a feed. Links only: nothing is asked of anyone's server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import segno
from markupsafe import Markup

from app.calendars.choice import Choice
from app.calendars.headers import address
from app.core.i18n import language, translated
from app.groups.models import WorkingGroup
from app.groups.rules import Visibility
from app.meetings.models import MeetingSeries


@dataclass(frozen=True)
class Subscription:
    """One feed, as each kind of program wants to be told of it."""

    name: str
    address: str
    """https://…, to copy."""

    @property
    def webcal(self) -> str:
        """Opens the calendar program of the device: Apple, Thunderbird, Outlook."""
        return "webcal://" + self.address.partition("://")[2]

    @property
    def google(self) -> str:
        """Google Calendar's page for adding by address; it wants the webcal form."""
        return f"https://calendar.google.com/calendar/render?cid={quote(self.webcal, safe='')}"

    @property
    def outlook_com(self) -> str:
        """The same for personal Microsoft accounts."""
        return f"https://outlook.live.com/calendar/0/addfromweb?{self._from_web}"

    @property
    def microsoft_365(self) -> str:
        """The same for accounts at work."""
        return f"https://outlook.office.com/calendar/0/addfromweb?{self._from_web}"

    @property
    def _from_web(self) -> str:
        return urlencode({"url": self.address, "name": self.name}, quote_via=quote)

    @property
    def qr_code(self) -> Markup:
        """The form that opens a calendar program, as an SVG for phones to scan: black on white in the dark too."""
        code = segno.make_qr(self.webcal, error="m")
        return Markup(  # noqa: S704 - paths that were computed, no text of anybody's
            code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
        )


def subscription_of(name: str, address: str) -> Subscription:
    """A feed by the name it shall have in the reader's calendar and its whole address, be it a secret one."""
    return Subscription(name=name, address=address)


def subscription(group: WorkingGroup) -> Subscription:
    """The group's public feed, in the language of the page that offers it."""
    where = address("calendars.group_calendar", Choice(language()), slug=group.slug)
    return subscription_of(translated(group.names), where)


def series_subscription(series: MeetingSeries, name: str) -> Subscription | None:
    """A series' public feed, under the name its page has; none where visitors may know of no date of it."""
    if series.group.visibility != Visibility.PUBLIC or not any(meeting.is_public for meeting in series.meetings):
        return None
    return subscription_of(name, address("calendars.series_calendar", Choice(language()), reference=series.reference))
