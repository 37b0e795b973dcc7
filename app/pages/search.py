"""Searching everything: people, associations, groups, meetings, milestones; of each, what the viewer may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import search as keys
from app.core.i18n import translated
from app.core.policy import anyone, current_viewer, guard
from app.groups import queries as groups
from app.groups.rules import search_key
from app.meetings import queries as meetings
from app.meetings.presentation import MeetingItem, meeting_item
from app.membership import directory, policy
from app.membership.directory import Entry, Wanted
from app.pages.blueprint import bp
from app.pages.community import topics_in
from app.pages.filtering import typed
from app.people import queries as people
from app.programme import queries as programme
from app.programme.presentation import MilestoneItem, milestone_item

SHOWN = 8
"""Of each kind; the rest stands in its own list."""


@dataclass(frozen=True)
class Line:
    """An association or a group that is found."""

    name: str
    url: str
    more: str
    community: str | None = None


@dataclass(frozen=True)
class Found:
    """What a question finds. `total` counts all people; `people` are the first of them."""

    entries: Sequence[Entry] = ()
    total: int = 0
    associations: Sequence[Line] = ()
    groups: Sequence[Line] = ()
    meetings: Sequence[MeetingItem] = ()
    milestones: Sequence[MilestoneItem] = ()

    @property
    def number(self) -> int:
        """How much is found."""
        listed = (self.associations, self.groups, self.meetings, self.milestones)
        return self.total + sum(map(len, listed))


@bp.get("/search")
@guard(anyone)
def search() -> ResponseReturnValue:
    """All that is found."""
    return render_template("pages/search.html", **_results())


@bp.get("/search/results")
@guard(anyone)
def search_results() -> ResponseReturnValue:
    """The same without the page around it, fetched while one types."""
    return render_template("pages/_found.html", **_results())


def _results() -> dict[str, object]:
    text = typed()
    return {
        "text": text,
        "asked": bool(keys.words(text)),
        "found": find(text) if keys.words(text) else Found(),
        "all_people": url_for("pages.people_directory", q=text),
        "all_groups": url_for("pages.groups", q=text),
        "all_associations": url_for("pages.associations", q=text),
    }


def find(text: str) -> Found:
    """What a question finds for who looks."""
    viewer = current_viewer()
    page = directory.page_of(viewer, Wanted(text=text), 1, SHOWN)
    return Found(
        entries=directory.entries(viewer, page.items),
        total=page.total,
        associations=[
            Line(
                people.association_name(item),
                url_for("pages.association", code=item.code),
                f"{item.code} · {people.country_name(item.country)}",
            )
            for item in people.associations()
            if keys.found_in(item.name_key, text)
        ],
        groups=[
            Line(
                translated(group.names),
                url_for("pages.group", slug=group.slug),
                " · ".join(topics_in(group)) or _("no topics yet"),
                group.community.slug,
            )
            for group in groups.groups()
            if keys.found_in(search_key(group.names, group.topics), text) and policy.find(viewer, group)
        ],
        meetings=[
            meeting_item(meeting, viewer.time_zone, with_group=True) for meeting in meetings.titled(viewer, text, SHOWN)
        ],
        milestones=[milestone_item(one, with_group=True) for one in programme.found_by(viewer, text, SHOWN)],
    )
