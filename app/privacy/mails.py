"""What is written about erasures."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core import dates
from app.core.links import absolute
from app.core.outbox import Mail, queue, speaking
from app.core.settings import settings
from app.people import tokens
from app.privacy.models import Erasure, Origin


def asked(erasure: Erasure) -> None:
    """To the person: what will happen when, and the link that keeps everything."""
    to = erasure.person.recipient
    if to is None:
        return
    with speaking(to):
        when = dates.day(erasure.due_at)
        words = {"name": settings().instance_name, "day": when}
        first = {
            Origin.PERSON: _("You asked us to erase your data at %(name)s. That will be done on %(day)s.", **words),
            Origin.LETTER: _("By your wish your data at %(name)s will be erased on %(day)s.", **words),
            Origin.RETENTION: _(
                "You have not used %(name)s for a long time. Your data there will be erased on %(day)s.", **words
            ),
        }[erasure.origin]
        queue(to, Mail(
            subject=_("Your data will be erased on %(day)s", day=when),
            paragraphs=(
                first,
                _("Until then nothing changes, and you can think better of it: the link below keeps everything."),
                _("With the erasure your memberships end, your account and your data are deleted, and a number stands "
                  "in place of your name where something has to stay."),
            ),
            action=(_("Keep my data"), keep_page(erasure)),
            afterword=_("If it was not you who asked, keep your data by the link and tell the secretariat: "
                        "%(address)s.", address=settings().support_address),
        ))  # fmt: skip


def withdrawn(erasure: Erasure) -> None:
    """To the person: everything stays."""
    to = erasure.person.recipient
    if to is None:
        return
    with speaking(to):
        queue(to, Mail(
            subject=_("Your data will not be erased"),
            paragraphs=(
                _("The erasure of your data at %(name)s was withdrawn. Everything stays as it was.",
                  name=settings().instance_name),
            ),
            action=(_("See what is stored about you"), absolute("privacy.own_data")),
        ))  # fmt: skip


def keep_page(erasure: Erasure) -> str:
    """Where the person withdraws without a password."""
    token = tokens.make(tokens.KEEP, id=erasure.id, mark=tokens.mark(erasure.person.email or ""))
    return absolute("privacy.keep_by_link", token=token)
