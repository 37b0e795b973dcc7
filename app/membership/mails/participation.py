"""What is written about the terms of participation."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.core import dates
from app.core.links import absolute
from app.core.outbox import Mail
from app.membership.mails.telling import tell
from app.people import tokens
from app.people.models import Person
from app.terms.models import TermsVersion
from app.terms.words import title


def terms_to_accept(person: Person, due: Sequence[TermsVersion]) -> None:
    """To someone who sits in a group: what there is to read and accept, by this link, without a password."""
    token = tokens.make(tokens.TERMS, id=person.id, mark=tokens.mark(person.email or ""))
    tell([person], lambda: Mail(
        subject=_("Please accept the terms of participation"),
        paragraphs=(
            _("You sit in a working group. Its members accept the terms of participation; these are new for you:"),
            *(_("%(title)s, in force from %(day)s", title=title(one.kind, one.number), day=dates.day(one.valid_from))
              for one in due if one.valid_from),
            _("Your seat is yours meanwhile. Coordinators and your association see who has not accepted yet."),
        ),
        action=(_("Read and accept"), absolute("terms.accept_by_link", token=token)),
        afterword=_("You need no password for this link."),
    ))  # fmt: skip
