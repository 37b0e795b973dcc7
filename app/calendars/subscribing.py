"""The addresses by which calendar programs subscribe to a feed. Links only: nothing is asked of anyone's server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from app.calendars.choice import Choice
from app.calendars.headers import address
from app.core.i18n import language, translated
from app.groups.models import WorkingGroup


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


def subscription_of(name: str, address: str) -> Subscription:
    """Any feed, by what it is called and where it is."""
    return Subscription(name, address)


def subscription(group: WorkingGroup) -> Subscription:
    """The group's public feed, in the language of the page that offers it."""
    return Subscription(
        name=translated(group.names), address=address("calendars.group_calendar", Choice(language()), slug=group.slug)
    )
