"""Administration: what stands where, who is who, what needs attention.

`overview` counts, `people`, `associations`, `groups`, `coordinators` and `terms` list; `parts` is what the lists share.
The audit trail is in `pages/history`. Everything that is changed here is changed by the features' own forms.
"""

from app.pages.administration import associations, coordinators, groups, overview, people, terms

__all__ = ["associations", "coordinators", "groups", "overview", "people", "terms"]
