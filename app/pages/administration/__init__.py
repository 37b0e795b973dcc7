"""Administration: what stands where, who is who, what needs attention.

`overview` counts, `people`, `associations`, `groups` and `coordinators` list; `trail` puts the audit trail in words;
`parts` is what the lists share. Everything that is changed here is changed by the features' own forms.
"""

from app.pages.administration import associations, coordinators, groups, overview, people

__all__ = ["associations", "coordinators", "groups", "overview", "people"]
