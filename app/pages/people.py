"""The directory of people, and a page for each: as much of them as the viewer may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

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
from app.pages import filtering
from app.pages.blueprint import bp
from app.pages.filtering import Option, Question, typed
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.rules import Closeness, fold


@dataclass(frozen=True)
class Place:
    """Where someone sits or what they coordinate."""

    name: str
    url: str
    community: str
    role: str
    since: date
    association: str | None = None


@bp.get("/people")
@downloads
@guard(anyone)
def people_directory() -> ResponseReturnValue:
    """Everybody whom the viewer finds, narrowed down as they like."""
    question, people_wanted = asked()
    if wanted := download.asked():
        return hand_out(export(current_viewer(), people_wanted), wanted, "people", noted="directory")
    return render_template("pages/people.html", **_results(question, people_wanted))


@bp.get("/people/results")
@guard(anyone)
def people_results() -> ResponseReturnValue:
    """The list alone, fetched while one types."""
    return render_template("pages/_people.html", **_results(*asked()))


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


def asked() -> tuple[Question, Wanted]:
    """What the address asks for, as the filters show it and for the database; only what the viewer may ask."""
    question = Question("pages.people_directory", typed())
    wanted = Wanted(text=question.text or None)
    if not takes_part(current_viewer()):
        return question, wanted
    return question, _ask_who(question, _ask_where(question, wanted))


def _ask_where(question: Question, wanted: Wanted) -> Wanted:
    """Community, group, role."""
    communities = groups.communities()
    listed = [group for item in communities for group in item.groups if policy.find(current_viewer(), group)]
    roles = {str(value): str(label) for value, label in ROLES.items()}
    roles |= {COORDINATOR: str(_("Coordinator")), FOCAL_POINT: str(_("Focal point"))}
    return replace(
        wanted,
        community_id=filtering.ask_community(question, communities),
        group_id=filtering.ask_group(question, listed),
        role=filtering.ask_word(question, "role", _("Role"), _("All roles"), roles),
    )


def _ask_who(question: Question, wanted: Wanted) -> Wanted:
    """Country, association, expertise."""
    associations = people.associations()
    country = filtering.ask_country(question, associations)
    association = filtering.ask_association(
        question, associations, "association", _("Association"), _("All associations")
    )
    slug = request.args.get("expertise")
    keyword = people.keyword_at(slug) if slug else None
    topics = [
        Option(item.slug, translated(item.names))
        for item in people.keywords(retired=True)
        if item.retired_at is None or (keyword is not None and item.id == keyword.id)
    ]
    question.ask(
        "expertise",
        _("Expertise"),
        _("All fields"),
        sorted(topics, key=lambda item: fold(item.label)),
        keyword.slug if keyword else "",
    )
    return replace(
        wanted,
        country=country,
        association_id=association.id if association else None,
        keyword_id=keyword.id if keyword else None,
    )


def _results(question: Question, wanted: Wanted) -> dict[str, object]:
    viewer = current_viewer()
    page = directory.page_of(viewer, wanted, page_number(request.args.get("page")))
    return {
        "question": question,
        "page": page,
        "entries": directory.entries(viewer, page.items),
        "inside": takes_part(viewer),
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
