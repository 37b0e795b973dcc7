"""What pages show and change of communities and groups: as plain values, comparable, and as fields of forms.

Texts in languages that the installation does not have at present are in the values, so that they stay; not in fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core.i18n import in_our_languages
from app.groups.models import Community, WorkingGroup


@dataclass(frozen=True)
class GroupIdentity:
    """What a group is called and where it stands, for administrators to change."""

    names: Mapping[str, str]
    slug: str
    community_id: int
    position: int

    @classmethod
    def of(cls, group: WorkingGroup) -> GroupIdentity:
        """As it is now."""
        return cls(dict(group.names), group.slug, group.community_id, group.position)

    def as_fields(self) -> dict[str, Any]:
        """As the form shows it."""
        return {
            "names": in_our_languages(self.names, ""),
            "slug": self.slug,
            "community": str(self.community_id),
            "position": self.position,
        }


@dataclass(frozen=True)
class GroupPage:
    """What a group says of itself, for its coordinators to change."""

    topics: Mapping[str, list[str]]
    mandate: Mapping[str, str]
    time_zone: str | None

    @classmethod
    def of(cls, group: WorkingGroup) -> GroupPage:
        """As it is now."""
        return cls(dict(group.topics), dict(group.mandate), group.time_zone)

    def as_fields(self) -> dict[str, Any]:
        """As the form shows it: one topic a line."""
        topics = {code: "\n".join(listed) for code, listed in self.topics.items()}
        return {
            "topics": in_our_languages(topics, ""),
            "mandate": in_our_languages(self.mandate, ""),
            "time_zone": self.time_zone or "",
        }


@dataclass(frozen=True)
class CommunityFacts:
    """What a community is called, aims at and looks like."""

    names: Mapping[str, str]
    slug: str
    goals: Mapping[str, str]
    colour_light: str
    colour_dark: str

    @classmethod
    def of(cls, community: Community) -> CommunityFacts:
        """As it is now."""
        return cls(
            dict(community.names), community.slug, dict(community.goals), community.colour_light, community.colour_dark
        )

    def as_fields(self) -> dict[str, Any]:
        """As the form shows it."""
        ours = {"names": in_our_languages(self.names, ""), "goals": in_our_languages(self.goals, "")}
        return {**vars(self), **ours}
