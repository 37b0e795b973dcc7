"""The calendar programs that there are instructions for."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from app.core.errors import Text


@dataclass(frozen=True)
class Program:
    """One program, or one family of them."""

    slug: str
    """The end of the address of its page, and the name of its template."""
    name: Text
    kind: Text
    """On what it runs, or what else it is called."""


PROGRAMS = (
    Program("apple-mac", _l("Apple Calendar"), _l("On a Mac")),
    Program("iphone", _l("iPhone and iPad"), _l("In the Calendar app")),
    Program("android", _l("Android phone"), _l("Through Google Calendar on the web")),
    Program("google", _l("Google Calendar"), _l("On the web")),
    Program("outlook-web", _l("Outlook on the web"), _l("Outlook.com and Microsoft 365")),
    Program("outlook-desktop", _l("Outlook on the computer"), _l("New and classic")),
    Program("thunderbird", _l("Thunderbird"), _l("On Windows, Mac and Linux")),
)


def program_at(program: str) -> Program | None:
    """The program of that name."""
    return next((one for one in PROGRAMS if one.slug == program), None)
