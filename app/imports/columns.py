"""The columns of each kind of import, and how a file's headings are recognised.

A heading counts in any language of the installation, whatever the capitals and accents, as do the heading of our own
exports and the column's key. Columns that are not listed here are not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.core.settings import settings
from app.core.tables.incoming import Sheet, TableError
from app.imports.rules import ImportKind
from app.people.rules import fold


@dataclass(frozen=True)
class Field:
    """A column: its key in rows, its heading, what it holds, and an example for the template."""

    key: str
    heading: Text
    help: Text
    example: str
    needed: bool = False
    """Whether a file without it is refused."""
    also: tuple[str, ...] = ()
    """What else it may be called."""


_DAY = _l("2026-03-01, or day first: 01/03/2026.")
_ASSOCIATION = Field(
    "association", _l("Association"), _l("The association’s short name, as in its address."), "ABC",
    also=("Association code", "Code"),
)  # fmt: skip
_EMAIL = Field(
    "email", _l("E-mail address"), _l("A person is recognised by it."), "anna.example@example.org",
    also=("E-mail", "Email", "Mail", "Courriel", "Adresse e-mail"),
)  # fmt: skip
_LATIN_NAME = Field(
    "latin_name", _l("Name in Latin letters"), _l("Only where the name is written in another script."), "",
    also=("Latin name", "Nom latin"),
)  # fmt: skip

FIELDS: dict[ImportKind, tuple[Field, ...]] = {
    ImportKind.PEOPLE: (
        Field("full_name", _l("Full name"), _l("As the person writes it. Needed."), "Anna Example", needed=True,
              also=("Name", "Nom")),
        _LATIN_NAME,
        _EMAIL,
        Field("job_title", _l("Job title"), _l("What the person is at work."), "Head of climate policy"),
        Field("language", _l("Language"), _l("Of mails and pages: its code or its name."), "en", also=("Langue",)),
        _ASSOCIATION,
        Field("organisation", _l("Other organisation"), _l("Instead of an association."), "",
              also=("Organisation",)),
        Field("function", _l("Function"),
              _l("Expert, focal point or deputy focal point of the association; expert if it is empty."), "expert"),
        Field("starts_on", _l("First day"),
              _l("Since when the person belongs there, if that is new here; today if it is empty. %(day)s", day=_DAY),
              "2026-03-01", also=("Since", "Depuis")),
    ),
    ImportKind.MEMBERSHIPS: (
        Field("group", _l("Group"),
              _l("The group’s name, or the last part of its address. Not needed when you import into one group."),
              "night-trains"),
        _EMAIL,
        Field("full_name", _l("Full name"),
              _l("Needed for people who are not known by their address."), "Anna Example", also=("Name", "Nom")),
        _LATIN_NAME,
        _ASSOCIATION,
        Field("role", _l("Role"), _l("Chair, vice-chair, member, alternate or observer; member if it is empty."),
              "member"),
        Field("stands_in_for", _l("Stands in for"),
              _l("For alternates: the name or address of who holds the seat."), "", also=("Alternate of",)),
        Field("starts_on", _l("First day"), _l("Of the mandate; today if it is empty. %(day)s", day=_DAY),
              "2026-03-01", also=("Start",)),
        Field("ends_on", _l("Last day"),
              _l("Of the mandate; if it is empty, as long as the group’s mandates last. %(day)s", day=_DAY), "",
              also=("End",)),
    ),
}  # fmt: skip
NAMING = {"email", "full_name"}
"""One of these has to be there."""


def field(kind: ImportKind, key: str) -> Field:
    """The column of that key."""
    return next(item for item in FIELDS[kind] if item.key == key)


@dataclass(frozen=True)
class Matched:
    """Which column stands where."""

    places: dict[int, str]
    """{place: key}"""
    unread: list[str]
    """Headings that mean nothing here."""


def match(headings: Sequence[str], kind: ImportKind, *, needs_group: bool) -> Matched:
    """Recognise the headings. Raises TableError for what is missing or there twice."""
    known = _known(FIELDS[kind])
    places: dict[int, str] = {}
    unread = []
    for place, heading in enumerate(headings):
        key = known.get(fold(heading))
        if key is None:
            if heading:
                unread.append(heading)
        elif key in places.values():
            raise TableError(_("There are two columns for “%(name)s”.", name=field(kind, key).heading))
        else:
            places[place] = key
    missing = [str(item.heading) for item in FIELDS[kind] if item.needed and item.key not in places.values()]
    if not NAMING & set(places.values()) and not missing:
        missing = [str(item.heading) for item in FIELDS[kind] if item.key in NAMING]
    if needs_group and "group" not in places.values():
        missing.append(str(field(kind, "group").heading))
    if missing:
        raise TableError(
            _("The first row has to hold the headings. Missing: %(names)s. The template has them all.",
              names=", ".join(missing))
        )  # fmt: skip
    return Matched(places, unread)


def cells_of(sheet: Sheet, matched: Matched) -> list[tuple[int, dict[str, str], bool]]:
    """(number, {key: text}, whether the row has cells beyond the headings) of each row; days as ISO 8601."""
    wide = len(sheet.headings)
    return [
        (
            line.number,
            {
                matched.places[place]: value.isoformat() if isinstance(value, date) else value
                for place, value in line.cells.items()
                if place in matched.places
            },
            any(place >= wide for place in line.cells),
        )
        for line in sheet.lines
    ]


def in_every_language(text: Text) -> set[str]:
    """A text as people may write it, folded."""
    found = set()
    for language in settings().languages:
        with force_locale(language):
            found.add(fold(str(text)))
    return found


def _known(fields: Sequence[Field]) -> dict[str, str]:
    """{what a heading may be: key}; the headings themselves come before what a column may also be called."""
    known: dict[str, str] = {}
    for item in fields:
        for name in in_every_language(item.heading) | {fold(item.key)}:
            known.setdefault(name, item.key)
    for item in fields:
        for other in item.also:
            known.setdefault(fold(other), item.key)
    return known
