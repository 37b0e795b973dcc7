"""The administration's list of people, and all that is kept about one of them."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.pagination import page_number
from app.core.policy import administrators, guard
from app.core.tables import download
from app.membership import queries as membership
from app.pages.administration.parts import Part, chosen
from app.pages.administration.queries import coordinations
from app.pages.blueprint import bp
from app.pages.history.lines import lines
from app.pages.history.reading import about_person, stretch
from app.people import exports
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.privacy import queries as privacy

TRAIL = 20
"""How many of the latest entries of the audit trail a person's page shows."""
PARTS = ("accounts", "administrators")


@bp.get("/admin/people")
@downloads
@guard(administrators)
def admin_people() -> ResponseReturnValue:
    """All people, those a name or address finds, those with an account, or the administrators."""
    text, only = request.args.get("q", "").strip()[:200], chosen(PARTS)
    code = request.args.get("association", "")
    association = people.association_at(code) if code else None

    def address(part: str | None, number: int | None = None) -> str:
        where = association.code if association else None
        return url_for("pages.admin_people", q=text or None, association=where, only=part, page=number)

    within = association.id if association else None
    if wanted := download.asked():
        table = exports.people(people.listed(text, only=only, association_id=within))
        return hand_out(table, wanted, "people", noted="people", only=only, association_id=within)
    page = people.search(text, page_number(request.args.get("page")), only=only, association_id=within)
    words = (_("Everyone"), _("With an account"), _("Administrators"))
    return render_template(
        "pages/administration/people.html",
        page=page,
        text=text,
        only=only,
        association=association,
        parts=[Part(word, address(part), only == part) for word, part in zip(words, (None, *PARTS), strict=True)],
        page_url=lambda number: address(only, number),
        current=people.current_affiliations,
        downloads=download.links(),
    )


@bp.get("/admin/people/<int(max=2147483647):person_id>")
@downloads
@guard(administrators)
def admin_person(person_id: int) -> ResponseReturnValue:
    """One person: data, affiliations, memberships, account, and what was done about them.

    Looked up after the question who asks, so that others do not learn which ids exist.
    """
    person = people.person_at(person_id) or abort(404)
    if person.id != person_id:
        return redirect(url_for("pages.admin_person", person_id=person.id), 301)
    memberships = membership.of_person(person.id)
    places = coordinations(person.id)
    trail = stretch(about_person(person.id), {}, TRAIL)
    return render_template(
        "pages/administration/person.html",
        person=person,
        memberships=memberships,
        coordinated=[item for item in places if item.ended_at is None],
        current=people.current_affiliations(person),
        erasure=privacy.pending_of(person.id),
        trail=lines(trail.entries, with_reasons=True, links_to_people=True, links_to_memberships=True),
        trail_goes_on=trail.older is not None,
    )
