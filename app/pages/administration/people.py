"""The administration's list of people, and all that is kept about one of them."""

from __future__ import annotations

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.pagination import page_number
from app.core.policy import administrators, guard
from app.groups.models import Coordinator
from app.membership import queries as membership
from app.membership.models import Membership
from app.pages.administration.parts import Part, chosen
from app.pages.administration.queries import coordinations, trail_of
from app.pages.administration.trail import lines
from app.pages.blueprint import bp
from app.people import queries as people
from app.people.models import Affiliation, Person

PARTS = ("accounts", "administrators")


@bp.get("/admin/people")
@guard(administrators)
def admin_people() -> ResponseReturnValue:
    """All people, those a name or address finds, those with an account, or the administrators."""
    text, only = request.args.get("q", "").strip()[:200], chosen(PARTS)
    code = request.args.get("association", "")
    association = people.association_at(code) if code else None

    def address(part: str | None, number: int | None = None) -> str:
        where = association.code if association else None
        return url_for("pages.admin_people", q=text or None, association=where, only=part, page=number)

    page = people.search(
        text,
        page_number(request.args.get("page")),
        only=only,
        association_id=association.id if association else None,
    )
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
    )


@bp.get("/admin/people/<int(max=2147483647):person_id>")
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
    about = trail_of(
        {
            Person: [person.id, *people.former_ids(person.id)],
            Affiliation: [item.id for item in person.affiliations],
            Membership: [item.id for item in memberships],
            Coordinator: [item.id for item in places],
        }
    )
    return render_template(
        "pages/administration/person.html",
        person=person,
        memberships=memberships,
        coordinated=[item for item in places if item.ended_at is None],
        current=people.current_affiliations(person),
        trail=lines(about, person, [*memberships, *places]),
    )
