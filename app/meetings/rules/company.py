"""Who meets besides the host group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.core.errors import DomainError
from app.meetings.rules.plan import Visibility


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
    language: str | None = None
    """Of the mails; None: the installation's."""


@dataclass(frozen=True)
class Company:
    """Who meets besides the host group: ids of other groups, ids of people and task forces (of few), guests."""

    group_ids: frozenset[int] = frozenset()
    person_ids: frozenset[int] = frozenset()
    """Without those who are in one of the task forces."""
    task_force_ids: frozenset[int] = frozenset()
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

    def for_sight(self, visibility: Visibility) -> Company:
        """What of it counts where those may know of the meeting: only a meeting of those named names people."""
        if visibility == Visibility.NAMED:
            return self
        return replace(self, person_ids=frozenset(), task_force_ids=frozenset())


def check(company: Company, visibility: Visibility) -> None:
    """Refuse company that cannot be. Raises DomainError."""
    if visibility.is_of_few and company.group_ids:
        raise DomainError(
            _l("A meeting of few is not held jointly. Take the other groups out, or let all members see it."),
            "joint_groups",
        )
    if visibility == Visibility.NAMED and not (company.person_ids or company.task_force_ids):
        raise DomainError(_l("Name at least one person, or a task force."), "people")


def follow(people: frozenset[int], before: frozenset[int], after: frozenset[int]) -> frozenset[int]:
    """Those whom a meeting is for, once a task force among them is made of others."""
    return (people - before) | after
