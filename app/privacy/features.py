"""Whose declarations count: every feature with a database table, by name. A new one adds a line here.

The order is that of erasure: who ends seats and writes mails about it comes before who forgets mails and names.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.availability import personal_data as availability
from app.calendars import personal_data as calendars
from app.calls import personal_data as calls
from app.core import personal_data as core
from app.core.personal import Claim, PersonalData, Processing
from app.groups import personal_data as groups
from app.imports import personal_data as imports
from app.mail import personal_data as mail
from app.meetings import personal_data as meetings
from app.membership import personal_data as membership
from app.people import personal_data as people
from app.people.models import Person
from app.privacy import personal_data as privacy
from app.proceedings import personal_data as proceedings
from app.programme import personal_data as programme
from app.representation import personal_data as representation
from app.scheduling import personal_data as scheduling
from app.terms import personal_data as terms

FEATURES: tuple[PersonalData[Person], ...] = (
    membership, calls, groups, meetings, availability, programme, scheduling, proceedings,
    calendars, imports, terms, representation, core, privacy, mail, people,
)  # fmt: skip
SHOWN: tuple[PersonalData[Person], ...] = (
    people, membership, calls, terms, groups, meetings, availability, programme, scheduling, proceedings,
    calendars, representation, mail, imports, core, privacy,
)  # fmt: skip
"""The same in the order in which people read about them."""


def processing() -> tuple[Processing, ...]:
    """All that is done with personal data, in the order of the register."""
    return tuple(item for feature in SHOWN for item in feature.PROCESSING)


def claims() -> Iterator[Claim]:
    """Every table of which a feature claims the personal columns."""
    for item in processing():
        yield from item.claims


def impersonal() -> frozenset[str]:
    """The tables without personal data."""
    return frozenset(name for feature in FEATURES for name in feature.IMPERSONAL)
