"""The pages of history: of a group, of oneself, and of everything for administrators."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.policy import administrators, current_viewer, guard, signed_in
from app.core.tables import download
from app.groups import queries as groups
from app.groups.models import WorkingGroup
from app.membership import policy as membership_policy
from app.pages.blueprint import bp
from app.pages.history import exports
from app.pages.history.lines import lines
from app.pages.history.reading import Search, about_person, done_by, of_association, of_group, searched, stretch
from app.pages.history.words import AREAS, CALLED
from app.people import queries as people
from app.people.exporting import downloads, hand_out
from app.people.models import Association


@bp.get("/groups/<slug>/history")
@downloads
@guard(membership_policy.see_inside, of=groups.group_at, sees=membership_policy.find_or_visit)
def group_history(group: WorkingGroup) -> ResponseReturnValue:
    """What happened in a group: all of it for those who decide; for members its settings and seats, without reasons."""
    decides = membership_policy.decide(current_viewer(), group)
    entries = of_group(current_viewer(), group.id, all_of_it=decides)
    if decides and (wanted := download.asked()):
        return hand_out(exports.trail(entries), wanted, f"{group.slug}-history", noted="history", group_id=group.id)
    found = stretch(entries, request.args)
    return render_template(
        "pages/history/group.html",
        group=group,
        decides=decides,
        downloads=download.links(),
        lines=lines(found.entries, with_reasons=decides, links_to_memberships=decides),
        found=found,
        page_url=lambda **where: url_for("pages.group_history", slug=group.slug, **where),
    )


@bp.get("/associations/<code>/history")
@downloads
@guard(membership_policy.speaks_for_association, of=people.association_at)
def association_history(association: Association) -> ResponseReturnValue:
    """What happened to an association's seats and people, for those who speak for it."""
    entries = of_association(association.id)
    if wanted := download.asked():
        return hand_out(exports.trail(entries), wanted, f"{association.code}-history", noted="history",
                        association_id=association.id)  # fmt: skip
    found = stretch(entries, request.args)
    return render_template(
        "pages/history/association.html",
        association=association,
        lines=lines(found.entries, with_reasons=True, links_to_memberships=True),
        found=found,
        downloads=download.links(),
        page_url=lambda **where: url_for("pages.association_history", code=association.code, **where),
    )


@bp.get("/me/history")
@downloads
@guard(signed_in)
def own_history() -> ResponseReturnValue:
    """What concerns the viewer: who did what, when and why; or what the viewer did."""
    person_id = current_viewer().person_id
    mine = request.args.get("only") == "mine"
    wanted_entries = done_by(person_id) if mine else about_person(person_id)
    if wanted := download.asked():
        return hand_out(exports.trail(wanted_entries), wanted, "my-history")
    found = stretch(wanted_entries, request.args)
    return render_template(
        "pages/history/own.html",
        mine=mine,
        downloads=download.links(),
        lines=lines(found.entries, with_reasons=True, links_to_memberships=not mine),
        found=found,
        page_url=lambda **where: url_for("pages.own_history", only="mine" if mine else None, **where),
    )


@bp.get("/admin/audit")
@downloads
@guard(administrators)
def admin_audit() -> ResponseReturnValue:
    """The whole trail, searched."""
    asked, search = _asked()
    if wanted := download.asked():
        return hand_out(exports.trail(searched(search)), wanted, "audit", noted="audit")
    found = stretch(searched(search), request.args)
    kept: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return render_template(
        "pages/history/audit.html",
        asked=asked,
        searching=bool(kept),
        downloads=download.links(),
        areas=_areas(),
        groups=groups.groups(),
        associations=people.association_choices(),
        lines=lines(found.entries, with_reasons=True, links_to_people=True, links_to_memberships=True),
        found=found,
        page_url=lambda **where: url_for("pages.admin_audit", **kept, **where),
    )


def _areas() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(area, its name, its actions with what they are called) of what one can choose."""
    return [
        (area, str(name), [(action, str(word)) for action, word in CALLED.items() if action.startswith(f"{area}.")])
        for area, name in AREAS.items()
    ]


def _asked() -> tuple[dict[str, str], Search]:
    """What was asked for, as the form shows it again, and as it is searched; what makes no sense is left out."""
    asked = {name: request.args.get(name, "").strip()[:200] for name in
             ("action", "actor", "person", "group", "association", "first", "last", "text")}  # fmt: skip
    if asked["action"] not in CALLED and asked["action"] not in AREAS:
        asked["action"] = ""
    group = groups.group_at(asked["group"]) if asked["group"] else None
    number = asked["association"]
    association_id = int(number) if number.isdecimal() and len(number) < 10 else None
    search = Search(
        action=asked["action"] or None,
        actor=asked["actor"] or None,
        person=asked["person"] or None,
        group_id=group.id if group else None,
        association_id=association_id,
        first=_day(asked["first"]),
        last=_day(asked["last"]),
        text=asked["text"] or None,
    )
    known: dict[str, Any] = asdict(search)
    asked |= {"group": group.slug if group else "", "association": str(association_id or ""),
              "first": str(known["first"] or ""), "last": str(known["last"] or "")}  # fmt: skip
    return asked, search


def _day(text: str) -> date | None:
    """A day of the years that a trail can be about."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1950 < day.year < 2200 else None
