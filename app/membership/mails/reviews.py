"""What is written about the yearly review of lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import dates
from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail
from app.groups.models import WorkingGroup
from app.membership.mails.telling import desk_page, tell
from app.membership.models import RosterReview
from app.people.models import Association, Person
from app.people.queries import association_name

Ask = Callable[[RosterReview, Person, Sequence[Association], Sequence[WorkingGroup]], None]
"""Writes to one person about the lists that are theirs to confirm."""


def review_opened(
    review: RosterReview, person: Person, associations: Sequence[Association], groups: Sequence[WorkingGroup]
) -> None:
    """To who has lists to confirm: look at them."""
    tell([person], lambda: Mail(
        subject=_("Yearly review: who sits in the groups?"),
        paragraphs=(
            _("Once a year associations and coordinators look at their lists and confirm that they are right. Please "
              "do so by %(day)s, for:", day=dates.day(review.due_on)),
            *_lists(associations, groups),
        ),
        action=(_("Look and confirm"), _where(associations, groups)),
    ))  # fmt: skip


def review_reminder(
    review: RosterReview, person: Person, associations: Sequence[Association], groups: Sequence[WorkingGroup]
) -> None:
    """To the same, who have not done so yet."""
    number = len(associations) + len(groups)
    tell([person], lambda: Mail(
        subject=ngettext("Yearly review: %(num)d list is still to be confirmed",
                         "Yearly review: %(num)d lists are still to be confirmed", number),
        paragraphs=(
            _("Nobody has confirmed these yet. The last day for it: %(day)s.", day=dates.day(review.due_on)),
            *_lists(associations, groups),
        ),
        action=(_("Look and confirm"), _where(associations, groups)),
    ))  # fmt: skip


def review_overdue(review: RosterReview, left: int, administrators: Iterable[Person]) -> None:
    """To the administrators: what nobody has confirmed by the last day."""
    tell(administrators, lambda: Mail(
        subject=ngettext("Yearly review: %(num)d list was not confirmed in time",
                         "Yearly review: %(num)d lists were not confirmed in time", left),
        paragraphs=(_("The last day was %(day)s.", day=dates.day(review.due_on)),),
        action=(_("See which"), absolute("membership.reviews")),
        afterword=_("You get this mail because you are an administrator."),
    ))  # fmt: skip


def _lists(associations: Sequence[Association], groups: Sequence[WorkingGroup]) -> list[str]:
    return [*map(association_name, associations), *(translated(group.names) for group in groups)]


def _where(associations: Sequence[Association], groups: Sequence[WorkingGroup]) -> str:
    """The page of the one list; the desk where there are several."""
    if len(associations) + len(groups) > 1:
        return desk_page()
    if associations:
        return absolute("membership.review_association", code=associations[0].code)
    return absolute("membership.review_group", slug=groups[0].slug)
