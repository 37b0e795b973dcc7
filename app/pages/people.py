"""The directory of people, and a page for each: as much of them as the viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core import dates, markdown, zones
from app.core.i18n import translated
from app.core.pagination import page_number
from app.core.policy import anyone, current_viewer, guard
from app.core.tables import download
from app.groups import queries as groups
from app.membership import directory, policy
from app.membership.closeness import takes_part
from app.membership.directory import COORDINATOR, FOCAL_POINT, Entry, Wanted
from app.membership.directory_export import directory as export
from app.membership.rules import Role
from app.membership.words import ROLES
from app.pages.blueprint import bp
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.rules import Closeness, fold

LONGEST_QUESTION = 200


@dataclass(frozen=True)
class Option:
    """One choice of a filter; `within`: the heading it stands under."""

    value: str
    label: str
    chosen: bool
    within: str = ""


@dataclass(frozen=True)
class Filter:
    """One question that narrows the list: the name of its part of the address, its label, its choices."""

    name: str
    label: str
    every: str
    options: Sequence[Option]

    @property
    def chosen(self) -> Option | None:
        """What it is set to."""
        return next((option for option in self.options if option.chosen), None)

    @property
    def headings(self) -> list[tuple[str, list[Option]]]:
        """The choices under their headings."""
        return [(name, list(options)) for name, options in groupby(self.options, key=lambda option: option.within)]


@dataclass(frozen=True)
class Place:
    """Where someone sits or what they coordinate."""

    name: str
    url: str
    community: str
    role: str
    since: date
    association: str | None = None


@dataclass
class Question:
    """What the address asks for: for the database, and as the filters show it."""

    wanted: Wanted
    filters: list[Filter] = field(default_factory=list)

    @property
    def address(self) -> dict[str, Any]:
        """The parts of the address that say the same."""
        chosen = {item.name: item.chosen.value for item in self.filters if item.chosen}
        return ({"q": self.wanted.text} if self.wanted.text else {}) | chosen


@bp.get("/people")
@downloads
@guard(anyone)
def people_directory() -> ResponseReturnValue:
    """Everybody whom the viewer finds, narrowed down as they like."""
    question = asked()
    if wanted := download.asked():
        return hand_out(export(current_viewer(), question.wanted), wanted, "people", noted="directory")
    return render_template("pages/people.html", filters=question.filters, **_results(question))


@bp.get("/people/results")
@guard(anyone)
def people_results() -> ResponseReturnValue:
    """The list alone, fetched while one types."""
    return render_template("pages/_people.html", **_results(asked()))


def _entry(person_id: int) -> Entry | None:
    return directory.entry_at(current_viewer(), person_id)


def _entry_with_photo(person_id: int) -> Entry | None:
    entry = _entry(person_id)
    return entry if entry is not None and entry.photo is not None else None


@bp.get("/people/<int(max=2147483647):person_id>")
@guard(anyone, of=_entry)
def person(entry: Entry) -> ResponseReturnValue:
    """One person: what they do where, and what of the rest this viewer may see."""
    viewer = current_viewer()
    return render_template(
        "pages/person.html",
        entry=entry,
        person=entry.person,
        places=places(entry),
        knows_places=takes_part(viewer) or entry.closeness == Closeness.SELF,
        is_self=entry.closeness == Closeness.SELF,
        biography=markdown.to_html(entry.biography) if entry.biography else None,
    )


@bp.get("/people/<int(max=2147483647):person_id>/photo")
@guard(anyone, of=_entry_with_photo)
def person_photo(entry: Entry) -> ResponseReturnValue:
    """A photo, for who may see it; browsers keep it and ask each time whether they still may show it."""
    photo = people.photo_of(entry.person.id)
    assert photo is not None
    answer: Response = make_response(photo.image)
    answer.content_type = "image/jpeg"
    answer.headers["Content-Disposition"] = "inline; filename=photo.jpg"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(photo.digest)
    answer.last_modified = photo.taken_at
    return answer.make_conditional(request)


def asked() -> Question:
    """What the address asks for. What it cannot mean, or the viewer may not ask, is left out."""
    viewer = current_viewer()
    text = request.args.get("q", "").strip()[:LONGEST_QUESTION]
    question = Question(Wanted(text=text or None))
    if takes_part(viewer):
        _ask_where(question)
        _ask_who(question)
    return question


def _ask_where(question: Question) -> None:
    """Community, group, role."""
    communities = groups.communities()
    ids = {item.slug: item.id for item in communities}
    community = request.args.get("community")
    found = {item.id: [group for group in item.groups if policy.find(current_viewer(), group)] for item in communities}
    groups_by_slug = {group.slug: group.id for listed in found.values() for group in listed}
    group = request.args.get("group")
    role = request.args.get("role")
    roles = {str(value): str(label) for value, label in ROLES.items()}
    roles |= {COORDINATOR: str(_("Coordinator")), FOCAL_POINT: str(_("Focal point"))}
    question.wanted = replace(
        question.wanted,
        community_id=ids.get(community or ""),
        group_id=groups_by_slug.get(group or ""),
        role=role if role in roles else None,
    )
    question.filters += [
        Filter("community", _("Community"), _("All communities"),
               [Option(item.slug, translated(item.names), item.slug == community) for item in communities]),
        Filter("group", _("Group"), _("All groups"),
               [Option(one.slug, translated(one.names), one.slug == group, translated(item.names))
                for item in communities for one in found[item.id]]),
        Filter("role", _("Role"), _("All roles"),
               [Option(value, label, value == role) for value, label in roles.items()]),
    ]  # fmt: skip


def _ask_who(question: Question) -> None:
    """Country, association, expertise."""
    associations = people.associations()
    country, code, slug = (request.args.get(name) for name in ("country", "association", "expertise"))
    countries = {item.country: people.country_name(item.country) for item in associations}
    keywords = people.keywords(retired=True)
    keyword = people.keyword_at(slug) if slug else None
    found = next((item for item in associations if code and item.code == code.upper()), None)
    question.wanted = replace(
        question.wanted,
        country=country if country in countries else None,
        association_id=found.id if found else None,
        keyword_id=keyword.id if keyword else None,
    )
    topics = [
        Option(item.slug, translated(item.names), keyword is not None and item.id == keyword.id)
        for item in keywords
        if item.retired_at is None or (keyword is not None and item.id == keyword.id)
    ]
    question.filters += [
        Filter("country", _("Country"), _("All countries"),
               [Option(key, name, key == country) for key, name in countries.items()]),
        Filter("association", _("Association"), _("All associations"),
               [Option(item.code, f"{item.code} · {people.association_name(item)}", item is found,
                       countries[item.country]) for item in associations]),
        Filter("expertise", _("Expertise"), _("All fields"), sorted(topics, key=lambda item: fold(item.label))),
    ]  # fmt: skip


def _results(question: Question) -> dict[str, object]:
    viewer = current_viewer()
    page = directory.page_of(viewer, question.wanted, page_number(request.args.get("page")))
    return {
        "page": page,
        "entries": directory.entries(viewer, page.items),
        "text": question.wanted.text or "",
        "chosen": [item for item in question.filters if item.chosen],
        "address": question.address,
        "page_address": lambda number: url_for("pages.people_directory", **question.address, page=number),
        "without": lambda name: url_for(
            "pages.people_directory", **{key: value for key, value in question.address.items() if key != name}
        ),
        "inside": takes_part(viewer),
        "downloads": download.links_to(url_for("pages.people_directory"), question.address),
    }


def places(entry: Entry) -> list[Place]:
    """What the person coordinates, then where they sit."""
    coordinated = [
        Place(
            translated(item.group.names),
            url_for("pages.group", slug=item.group.slug),
            item.group.community.slug,
            str(_("Coordinator")),
            _day_of(item.appointed_at),
        )
        for item in entry.coordinated
    ]
    seats = [
        Place(
            translated(item.group.names),
            url_for("pages.group", slug=item.group.slug),
            item.group.community.slug,
            str(ROLES[Role(item.role)]),
            item.starts_on or _day_of(item.moved_at),
            people.association_name(item.association) if item.association else None,
        )
        for item in entry.seats
    ]
    return coordinated + seats


def _day_of(instant: datetime) -> date:
    return zones.to_local(instant, dates.viewer_zone()).date()
