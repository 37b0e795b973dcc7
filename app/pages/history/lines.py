"""Entries of the audit trail as lines that people read: a sentence, what changed from what to what, why, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.core.audit import AuditEntry
from app.core.i18n import translated
from app.core.settings import settings
from app.groups.rules import GroupStatus, JoinPolicy
from app.membership.models import Membership
from app.membership.rules import Role
from app.membership.words import GROUP_STATUSES, POLICIES, ROLES
from app.pages.history.names import Name, Names, names_in
from app.pages.history.words import BY_ONESELF, FIELDS, SENTENCES, WITHOUT_WORDS
from app.people.words import STATUSES


@dataclass(frozen=True)
class Change:
    """A field that became different; the values only where they are public."""

    field: str
    old: str | None = None
    new: str | None = None


@dataclass(frozen=True)
class Line:
    """One thing that was done."""

    id: int
    at: datetime
    what: Markup
    changes: Sequence[Change]
    reason: str | None
    url: str | None
    """The page of the membership it is about, where there is one."""


def lines(entries: Sequence[AuditEntry], *, with_reasons: bool, links_to_people: bool = False,
          links_to_memberships: bool = False) -> list[Line]:  # fmt: skip
    """The entries in the language in force, in their order. Reasons and links only for those whom they are for."""
    names = names_in(entries)
    return [
        Line(
            entry.id,
            entry.at,
            _sentence(entry, names, links_to_people),
            _changes(entry, names),
            entry.reason if with_reasons else None,
            url_for("membership.history", membership_id=entry.subject_id)
            if links_to_memberships and entry.subject_type == Membership.__tablename__
            else None,
        )
        for entry in entries
    ]


def _sentence(entry: AuditEntry, names: Names, links_to_people: bool) -> Markup:
    by_oneself = entry.actor_id is not None and entry.actor_id == entry.person_id
    sentence = (BY_ONESELF.get(entry.action) if by_oneself else None) or SENTENCES.get(entry.action, WITHOUT_WORDS)
    person_page = "pages.admin_person" if links_to_people else None
    parts = {
        "actor": _actor(entry, names, person_page),
        "person": _named(names.people, entry.person_id, person_page, _("someone who is no longer here")),
        "group": _named(names.groups, entry.group_id, "pages.group", _("a group")),
        "association": _named(names.associations, entry.association_id, "pages.association",
                              _("another organisation")),
        "what": _what(entry, names),
        "action": entry.action,
    }  # fmt: skip
    return Markup(str(sentence)) % parts  # noqa: S704 - the sentence is ours, what stands in it is escaped


def _actor(entry: AuditEntry, names: Names, page: str | None) -> Markup:
    if entry.actor_id is None:
        return escape(settings().instance_name)
    return _named(names.people, entry.actor_id, page, _("someone who is no longer here"))


def _named(known: Mapping[int, Name], key: int | None, page: str | None, otherwise: str) -> Markup:
    name = known.get(key) if key is not None else None
    if name is None:
        return escape(otherwise)
    if page is None or not name.where:
        return escape(name.text)
    return Markup('<a href="{}">{}</a>').format(url_for(page, **name.where), name.text)


def _what(entry: AuditEntry, names: Names) -> Markup:
    """What else the sentence is about: a meeting, a community, texts."""
    ids = entry.details.get("versions") or [entry.subject_id]
    kinds = {
        "meetings": (names.meetings, "pages.meeting"),
        "meeting_series": (names.series, "meetings.series"),
        "milestones": (names.milestones, "programme.milestone"),
        "rooms": (names.rooms, "meetings.room"),
        "polls": (names.polls, "scheduling.poll"),
        "communities": (names.communities, "pages.community"),
        "terms_versions": (names.terms, "terms.version"),
        "persons": (names.terms, "terms.version"),  # the versions that a person accepted
    }
    known, page = kinds.get(entry.subject_type, ({}, None))
    found = [_named(known, one, page, "–") for one in ids]
    if entry.subject_type == "terms_versions" and entry.subject_id not in names.terms:
        return escape(str(entry.details.get("kind", "")))  # a draft that was thrown away
    return Markup(", ").join(found)


def _changes(entry: AuditEntry, names: Names) -> list[Change]:
    details = entry.details
    if entry.action == "group.seats_granted":
        nothing = _("by its status")
        old, new = details.get("old"), details.get("new")
        return [
            Change(str(FIELDS["seats"]), nothing if old is None else str(old), nothing if new is None else str(new))
        ]
    if details.get("old_role"):
        return [Change(str(FIELDS["role"]), _role(details["old_role"]), _role(details.get("role")))]
    old_values, new_values = details.get("old") or {}, details.get("new") or {}
    return [
        Change(
            str(FIELDS.get(name, name)),
            _value(name, old_values[name], names) if name in old_values else None,
            _value(name, new_values[name], names) if name in new_values else None,
        )
        for name in details.get("fields") or ()
    ]


def _role(role: str | None) -> str:
    return str(ROLES[Role(role)]) if role else ""


def _value(name: str, value: Any, names: Names) -> str:
    """A value as people see it."""
    if value is None or value == "":
        return str(_("nothing"))
    if isinstance(value, dict):
        return translated(value) or str(_("nothing"))
    if name == "join_policy":
        return str(POLICIES[JoinPolicy(value)][0])
    if name == "status":
        return str(STATUSES[value] if value in STATUSES else GROUP_STATUSES[GroupStatus(value)][0])
    if name == "community_id":
        known = names.communities.get(value)
        return known.text if known else str(value)
    return str(value)
