"""The audit trail in words. It keeps ids and names of fields; what they mean is said here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.audit import AuditEntry
from app.core.errors import Text
from app.core.i18n import translated
from app.core.settings import settings
from app.groups.models import Coordinator
from app.membership.models import Membership
from app.people.models import Affiliation, Person
from app.people.queries import association_name

ACTIONS: dict[str, Text] = {
    "account.address_changed": _l("Changed the e-mail address"),
    "account.created": _l("Made the account"),
    "account.password_changed": _l("Changed the password"),
    "account.sessions_ended": _l("Signed out everywhere"),
    "administrator.appointed": _l("Made administrator"),
    "administrator.dismissed": _l("Dismissed as administrator"),
    "affiliation.added": _l("Affiliation added"),
    "affiliation.ended": _l("Affiliation ended"),
    "coordinator.appointed": _l("Made coordinator"),
    "coordinator.dismissed": _l("Dismissed as coordinator"),
    "membership.accept": _l("Accepted into the group"),
    "membership.decline": _l("Declined"),
    "membership.end": _l("Membership ended"),
    "membership.enter": _l("Entered as a member"),
    "membership.leave": _l("Left the group"),
    "membership.request": _l("Asked to join"),
    "membership.set_role": _l("Role changed"),
    "membership.withdraw": _l("Withdrew the request"),
    "membership.admit": _l("Given a seat"),
    "membership.close": _l("Ended with the group"),
    "membership.depart": _l("Ended on leaving the association"),
    "membership.endorse": _l("Endorsed for the association"),
    "membership.expire": _l("Nomination not answered"),
    "membership.lapse": _l("Mandate ran out"),
    "membership.nominate": _l("Nominated"),
    "membership.pass_on": _l("Passed on without endorsement"),
    "membership.recall": _l("Seat taken back"),
    "membership.refuse": _l("Not endorsed"),
    "membership.renew": _l("Mandate renewed"),
    "membership.replace": _l("Replaced by a successor"),
    "membership.revoke": _l("Nomination taken back"),
    "membership.take_up": _l("Accepted the nomination"),
    "membership.turn_down": _l("Turned the nomination down"),
    "person.changed": _l("Data corrected"),
    "membership.transferred": _l("Seat handed to another association"),
    "person.entered": _l("Entered as a person"),
    "person.kept_apart": _l("Told apart from a namesake"),
    "person.merged": _l("Two records merged"),
}
"""What was done, for every action about people that the features record."""

FIELDS: dict[str, Text] = {
    "email": _l("e-mail address"),
    "full_name": _l("name"),
    "job_title": _l("job title"),
    "language": _l("language"),
    "latin_name": _l("name in Latin letters"),
    "time_zone": _l("time zone"),
    "phone": _l("telephone"),
    "biography": _l("text about oneself"),
    "photo": _l("photo"),
    "keywords": _l("expertise"),
    "email_audience": _l("who sees the e-mail address"),
    "phone_audience": _l("who sees the telephone number"),
    "photo_audience": _l("who sees the photo"),
    "biography_audience": _l("who sees the text about oneself"),
}


@dataclass(frozen=True)
class Line:
    """One thing that was done: when, what, about what, by whom and why."""

    at: datetime
    what: str
    about: str
    by: str
    reason: str | None


def lines(
    entries: Iterable[tuple[AuditEntry, Person | None]], person: Person, places: Sequence[Membership | Coordinator]
) -> list[Line]:
    """The trail about a person and their places in groups, in the language in force."""
    names = {(Person.__tablename__, person.id): ""}
    names |= {(Affiliation.__tablename__, item.id): _body(item) for item in person.affiliations}
    names |= {(item.__tablename__, item.id): translated(item.group.names) for item in places}
    return [
        Line(
            entry.at,
            str(ACTIONS.get(entry.action, _("Changed"))),
            _fields(entry) or names.get((entry.subject_type, entry.subject_id), ""),
            _actor(entry, actor, person),
            entry.reason,
        )
        for entry, actor in entries
    ]


def _body(affiliation: Affiliation) -> str:
    if affiliation.association:
        return association_name(affiliation.association)
    return affiliation.organisation or ""


def _fields(entry: AuditEntry) -> str:
    changed = entry.details.get("fields") or []
    return ", ".join(str(FIELDS.get(name, name)) for name in changed)


def _actor(entry: AuditEntry, actor: Person | None, person: Person) -> str:
    if entry.actor_id == person.id:
        return person.full_name
    if actor is not None:
        return actor.full_name
    return settings().instance_name if entry.actor_id is None else _("someone who is no longer here")
