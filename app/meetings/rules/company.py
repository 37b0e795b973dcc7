"""Who meets besides the host group."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Consent(StrEnum):
    """What another group's coordinators say to a joint meeting."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


@dataclass(frozen=True, order=True)
class GuestPlan:
    """Someone from outside; `email` in lower case."""

    email: str
    name: str
    speaks: bool = False


@dataclass(frozen=True)
class Company:
    """Who meets besides the host group: ids of other groups, ids of people (of a meeting of few), guests."""

    group_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()
    guests: frozenset[GuestPlan] = frozenset()

    def differences(self, other: Company) -> frozenset[str]:
        """The names of what is not the same in both."""
        return frozenset(name for name, value in vars(self).items() if value != getattr(other, name))

    def moved(self, old: Company, new: Company) -> Company:
        """This one with what the new one adds to the old one, and without what it leaves out."""
        names = vars(self)
        gone = {name: getattr(old, name) - getattr(new, name) for name in names}
        come = {name: getattr(new, name) - getattr(old, name) for name in names}
        return Company(**{name: (mine - gone[name]) | come[name] for name, mine in names.items()})
