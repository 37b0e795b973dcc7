"""Commands on communities and groups, one transaction each. Loading the catalogue: see `groups.catalogue`.

    facts         what pages show and change of communities and groups
    groups        adding, renaming, moving and describing groups; describing communities
    coordinators  appointing and dismissing those who coordinate a group

Rows are locked in this order by all that lock several: communities, groups, addresses.
"""

from app.groups.service.coordinators import appoint_coordinator, dismiss_coordinator
from app.groups.service.facts import CommunityFacts, GroupIdentity, GroupPage
from app.groups.service.groups import create_group, edit_community, edit_group, rename_group

__all__ = [
    "CommunityFacts",
    "GroupIdentity",
    "GroupPage",
    "appoint_coordinator",
    "create_group",
    "dismiss_coordinator",
    "edit_community",
    "edit_group",
    "rename_group",
]
