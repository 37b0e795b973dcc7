"""What this feature keeps about people: the secret addresses by which their programs follow meetings, and their use."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select

from app.calendars.feeds import PERSONAL_KINDS, FeedKind
from app.calendars.models import Feed, FeedSecret, StoredFeed
from app.calendars.secret_words import EXPIRY
from app.calendars.words import feed_name
from app.core.db import db, writing
from app.core.personal import Basis, Claim, Processing, Section, Swept, entry, sweep
from app.people.models import Person

KEPT_AFTERWARDS = timedelta(days=30)
"""How long it is known of an address that it has ended."""
STORED_UNUSED = timedelta(days=30)
"""How long a calendar of one's own stays ready for programs that no longer ask for it."""

SECRET = Claim(
    "feed_secrets",
    personal={
        "name": _l("device"),
        "kind": _l("calendar"),
        "choice": _l("choices"),
        "created_at": _l("made"),
        "used_at": _l("last used, to an hour"),
        "client": _l("by"),
        "ended_at": _l("taken back"),
        "digest": _l("digest of the secret"),
    },
    other=("id", "owner_id", "association_id", "creation_key"),
    withheld=("digest",),
)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="feeds",
        title=_l("Calendars by secret addresses"),
        people=_l("Those who follow their meetings in a calendar program"),
        purpose=_l("To show them their own meetings and deadlines, and which of their devices do so."),
        basis=Basis.CONTRACT,
        recipients=_l("The provider of the calendar program that the person has given the address to."),
        kept=lambda: _l(
            "Until it is taken back or has not been used for a year, and %(days)d days more; when it was last used, "
            "and by what kind of program, is overwritten by the next use.", days=KEPT_AFTERWARDS.days,
        ),
        exported=_l("Your addresses without their secrets, which nobody knows, and when each was last used."),
        erased=_l("All addresses are deleted and stop at once."),
        claims=(SECRET,),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("calendar_components", "feeds", "stored_feeds")


def export(person: Person) -> list[Section]:
    """The addresses, without their secrets."""
    found = db.session.scalars(select(FeedSecret).where(FeedSecret.owner_id == person.id).order_by(FeedSecret.id))
    return [Section("feed_secrets", _l("Calendars"), [entry(SECRET, one, kind=feed_name(one)) for one in found])]


def erase(person: Person) -> None:
    """Delete the addresses, and what was kept ready for them."""
    session = writing()
    session.execute(delete(FeedSecret).where(FeedSecret.owner_id == person.id))
    own = (Feed.kind.in_(PERSONAL_KINDS - {FeedKind.ASSOCIATION}), Feed.target_id == person.id)
    session.execute(delete(StoredFeed).where(StoredFeed.feed_id.in_(select(Feed.id).where(*own))))
    session.execute(delete(Feed).where(*own))


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Delete what has ended, and calendars of one person that nobody asks for any more."""
    unused = now - EXPIRY - KEPT_AFTERWARDS
    ended = or_(
        FeedSecret.ended_at < now - KEPT_AFTERWARDS,
        (FeedSecret.created_at < unused) & or_(FeedSecret.used_at.is_(None), FeedSecret.used_at < unused),
    )
    personal = StoredFeed.feed_id.in_(select(Feed.id).where(Feed.kind.in_(PERSONAL_KINDS)))
    return [
        sweep(_("Secret addresses of calendars that have ended"), "", FeedSecret, ended, delete(FeedSecret),
              dry_run=dry_run),
        sweep(_("Calendars of one person that no program asks for"), "", StoredFeed,
              personal & (StoredFeed.used_at < now - STORED_UNUSED), delete(StoredFeed), dry_run=dry_run),
    ]  # fmt: skip
