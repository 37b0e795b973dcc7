"""One mail about all that waits for someone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from app.core import dates
from app.core.i18n import translated
from app.core.links import absolute
from app.core.outbox import Mail
from app.membership.mails.telling import desk_page, tell
from app.membership.models import Membership
from app.membership.words import who_is
from app.people.models import Person

LISTED = 20


def reminder(person: Person, waiting: Sequence[Membership]) -> None:
    """To someone who has to endorse or decide: what has waited for a while."""
    tell([person], lambda: Mail(
        subject=ngettext("%(num)d request waits for you", "%(num)d requests wait for you", len(waiting)),
        paragraphs=(_("These people have been waiting for your answer:"), *_lines(waiting)),
        action=(_("See what waits and decide"), desk_page()),
    ))  # fmt: skip


def escalation(administrators: Iterable[Person], waiting: Sequence[Membership]) -> None:
    """To the administrators: where nobody decides."""
    tell(administrators, lambda: Mail(
        subject=ngettext("%(num)d request has waited too long", "%(num)d requests have waited too long", len(waiting)),
        paragraphs=(_("Nobody has endorsed or decided these. You can do it in their place, or ask them:"),
                    *_lines(waiting)),
        action=(_("See what waits"), absolute("pages.desk", only="overdue")),
        afterword=_("You get this mail because you are an administrator."),
    ))  # fmt: skip


def _lines(waiting: Sequence[Membership]) -> list[str]:
    lines = [
        _("%(who)s: %(group)s, since %(day)s", who=who_is(one), group=translated(one.group.names),
          day=dates.day(one.moved_at))
        for one in waiting[:LISTED]
    ]  # fmt: skip
    if len(waiting) > LISTED:
        lines.append(_("and %(number)d more", number=len(waiting) - LISTED))
    return lines
