"""History: what the audit trail says, in sentences, for those concerned and for administrators.

`words` says what happened in either language, `names` looks up whom and what the ids mean, `reading` finds the entries,
`lines` puts them together; `views` are the pages: of a group, of oneself, of everything.
"""

from app.pages.history import views

__all__ = ["views"]
