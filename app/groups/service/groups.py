"""Adding, renaming, moving and describing groups; describing communities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from app.core import addresses, audit, conflicts, zones
from app.core.db import lock, write
from app.core.errors import DomainError
from app.core.i18n import with_others
from app.core.settings import settings
from app.groups import rules, signals
from app.groups.models import Community, WorkingGroup
from app.groups.service.facts import CommunityFacts, GroupIdentity, GroupPage


def create_group(
    names: Mapping[str, str], slug: str | None, community_id: int, position: int | None = None, *, actor_id: int | None
) -> WorkingGroup:
    """Add a group. Without an address, one is made from the name; without a position it comes last. DomainError."""
    _check_names(names)
    slug = slug or addresses.slugify(names[settings().default_language])
    addresses.check_slug(slug)
    with write() as session:
        _lock_community(community_id)
        if position is None:
            last = session.scalar(
                select(func.max(WorkingGroup.position)).where(WorkingGroup.community_id == community_id)
            )
            position = (last or 0) + rules.STEP
        addresses.require_free("group", slug)
        group = WorkingGroup(names=with_others(names, {}), slug=slug, community_id=community_id, position=position)
        session.add(group)
        session.flush()
        addresses.claim("group", slug, group.id)
        signals.group_changed.send(group)
        audit.record("group.created", group, actor_id)
    return group


def rename_group(group_id: int, wanted: GroupIdentity, *, version: int, actor_id: int | None) -> WorkingGroup:
    """Change what a group is called, its address or its place; old addresses keep leading to it.

    Raises EditConflict, DomainError.
    """
    _check_names(wanted.names)
    addresses.check_slug(wanted.slug)
    with write() as session:
        _lock_community(wanted.community_id)
        group = _lock_group(group_id)
        before = GroupIdentity.of(group)
        wanted = replace(wanted, names=with_others(wanted.names, before.names))
        changed = conflicts.differences(before, wanted)
        if not changed:
            return group
        conflicts.check_version(group.version, version, before.as_fields())
        if "slug" in changed:
            addresses.claim("group", wanted.slug, group.id)
        for name in changed:
            setattr(group, name, getattr(wanted, name))
        session.flush()
        if {"names", "slug", "community_id"}.intersection(changed):
            signals.group_changed.send(group)
        audit.record("group.renamed", group, actor_id, fields=changed, **audit.changes(before, wanted, changed))
    return group


def edit_group(group_id: int, wanted: GroupPage, *, version: int, actor_id: int | None) -> WorkingGroup:
    """Change what a group says of itself. Raises EditConflict, DomainError."""
    rules.check_topics(wanted.topics)
    if wanted.time_zone is not None:
        try:
            zones.zone(wanted.time_zone)
        except zones.UnknownZone:
            raise DomainError(_l("Choose a time zone of the list."), "time_zone") from None
    with write() as session:
        group = _lock_group(group_id)
        before = GroupPage.of(group)
        wanted = replace(
            wanted,
            topics=with_others(wanted.topics, before.topics),
            mandate=with_others(wanted.mandate, before.mandate),
        )
        changed = conflicts.differences(before, wanted)
        if not changed:
            return group
        conflicts.check_version(group.version, version, before.as_fields())
        for name in changed:
            setattr(group, name, getattr(wanted, name))
        session.flush()
        if "time_zone" in changed:
            signals.group_changed.send(group)
        audit.record("group.edited", group, actor_id, fields=changed,
                     **audit.changes(before, wanted, [name for name in changed if name == "time_zone"]))  # fmt: skip
    return group


def edit_community(community_id: int, wanted: CommunityFacts, *, version: int, actor_id: int | None) -> Community:
    """Change a community; old addresses keep leading to it. Raises EditConflict, DomainError."""
    _check_names(wanted.names)
    addresses.check_slug(wanted.slug)
    wanted = replace(wanted, colour_light=wanted.colour_light.lower(), colour_dark=wanted.colour_dark.lower())
    rules.check_colour(wanted.colour_light, "colour_light", dark=False)
    rules.check_colour(wanted.colour_dark, "colour_dark", dark=True)
    with write() as session:
        community = _lock_community(community_id)
        before = CommunityFacts.of(community)
        wanted = replace(
            wanted, names=with_others(wanted.names, before.names), goals=with_others(wanted.goals, before.goals)
        )
        changed = conflicts.differences(before, wanted)
        if not changed:
            return community
        conflicts.check_version(community.version, version, before.as_fields())
        if "slug" in changed:
            addresses.claim("community", wanted.slug, community.id)
        for name in changed:
            setattr(community, name, getattr(wanted, name))
        session.flush()
        if {"names", "slug", "goals", "colour_light"}.intersection(changed):
            signals.group_changed.send(community)
        audit.record("community.edited", community, actor_id, fields=changed,
                     **audit.changes(before, wanted, [name for name in changed if name != "goals"]))  # fmt: skip
    return community


def _check_names(names: Mapping[str, str]) -> None:
    if not names.get(settings().default_language):
        raise DomainError(_l("A name is needed in the language of this installation."), "names")


def _lock_group(group_id: int) -> WorkingGroup:
    group = lock(WorkingGroup, group_id)
    if group is None:
        raise DomainError(_l("This group is no longer here."))
    return group


def _lock_community(community_id: int) -> Community:
    community = lock(Community, community_id)
    if community is None:
        raise DomainError(_l("This community is no longer here. Choose another."), "community")
    return community
