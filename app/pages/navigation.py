"""Where one can go from every page: the one place that knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request, url_for
from flask_babel import gettext as _

from app.calls import queries as calls
from app.groups import policy as groups
from app.mail import mailbox
from app.membership import policy as membership
from app.membership import queries
from app.people import policy as people
from app.people.viewer import Viewer
from app.representation import policy as representation


@dataclass(frozen=True)
class Item:
    """One link of a menu. `current` is what `aria-current` says; `count` is how many things wait there."""

    label: str
    url: str
    current: str | None = None
    count: int = 0


def main(viewer: Viewer) -> list[Item]:
    """The main menu, as the viewer may use it."""
    items = [
        _item(_("Groups"), "pages.groups", "pages.home", "/groups/", "/communities/", "/memberships/", "/milestones/"),
        _item(_("Meetings"), "pages.meetings", "/meetings/", "/series/", "/planner/"),
        _item(_("Calendars"), "pages.calendars", "/calendars/"),
        _item(_("Associations"), "pages.associations", "/associations/"),
        _item(_("Calls"), "calls.open_calls", "/calls/", "/candidacies/"),
        _item(_("People"), "pages.people_directory", "/people/"),
        _item(_("Search"), "pages.search", "/search/"),
    ]
    if viewer.is_signed_in:
        items.append(_item(_("My page"), "pages.me"))
    if membership.use_desk(viewer):
        items.append(replace(_item(_("Desk"), "pages.desk", "/desk/"), count=_waiting(viewer)))
    if representation.see_matrix(viewer):
        items.append(_item(_("Representation"), "representation.matrix", "/representation/"))
    if viewer.is_administrator:
        items.append(_item(_("Administration"), "pages.administration", "/admin/", "/imports/", "imports.imports"))
    return items


def within(viewer: Viewer) -> list[Item]:
    """The second menu, of the part of the site one is in; only the administration has one."""
    if not viewer.is_administrator or not f"{request.path}/".startswith(("/admin/", "/imports/")):
        return []
    return [
        _item(_("Overview"), "pages.administration"),
        _item(_("People"), "pages.admin_people", "/admin/people/", "/admin/affiliations/"),
        _item(_("Associations"), "pages.admin_associations", "/admin/associations/"),
        _item(_("Groups"), "pages.admin_groups", "groups.new_group", "groups.rename_group", "groups.edit_community"),
        _item(
            _("Coordinators"), "pages.admin_coordinators", "groups.appoint_coordinator", "groups.dismiss_coordinator"
        ),
        _item(_("Rooms"), "meetings.admin_rooms", "/admin/rooms/"),
        _item(_("Terms"), "pages.admin_terms", "/admin/terms/"),
        _item(_("Marked days"), "availability.bands"),
        _item(_("Audit trail"), "pages.admin_audit"),
        _item(_("Yearly reviews"), "membership.reviews", "/admin/reviews/"),
        _item(_("Imports"), "imports.imports", "/imports/"),
        _item(_("Expertise"), "people.expertise_list", "/admin/expertise/"),
        _item(_("Outbox"), "mail.outbox", "/admin/outbox/"),
        _item(_("Erasures"), "privacy.erasures", "/admin/erasures/", "privacy.erase_by_letter"),
        _item(_("Register of processing"), "privacy.processing_register"),
    ]


def account(viewer: Viewer) -> list[Item]:
    """The menu of one's own account; for visitors, the way in."""
    if viewer.is_signed_in:
        return [
            _item(_("Profile"), "people.profile"),
            _item(_("My calendars"), "calendars.feeds"),
            _item(_("Sign-in and security"), "people.account"),
            _item(_("My data"), "privacy.own_data", "/me/data/"),
        ]
    return [_item(_("Sign in"), "people.sign_in"), _item(_("Sign up"), "people.sign_up", "/sign-up/")]


def footer(_viewer: Viewer) -> list[Item]:
    """What stands at the foot of every page."""
    items = [
        _item(_("Help"), "pages.help"),
        _item(_("Terms of participation"), "terms.terms", "/terms/"),
        _item(_("Privacy"), "privacy.notice"),
    ]
    if mailbox.folder():
        items.append(_item(_("Mails of this machine"), "mail.mailbox", "/dev/mail/"))
    return items


def waiting_by_group(viewer: Viewer) -> dict[int, int]:
    """{group id: how many requests wait} in the groups that the viewer coordinates."""
    ids = groups.coordinated(viewer)
    return viewer.remember("requests waiting", lambda: queries.waiting_counts(ids)) if ids else {}


def _waiting(viewer: Viewer) -> int:
    """How many wait for the viewer's word: in their groups, for their associations, there also for calls."""
    return sum(waiting_by_group(viewer).values()) + sum(_to_endorse(viewer).values()) + _applied(viewer)


def _to_endorse(viewer: Viewer) -> dict[int, int]:
    ids = people.focal_for(viewer)
    return viewer.remember("requests to endorse", lambda: queries.to_endorse_counts(ids)) if ids else {}


def _applied(viewer: Viewer) -> int:
    ids = people.focal_for(viewer)
    return viewer.remember("applications to endorse", lambda: calls.to_endorse_count(ids)) if ids else 0


def _item(label: str, endpoint: str, *beneath: str) -> Item:
    """A link that knows whether one is there ("page") or on a page that belongs under it ("true").

    `beneath`: beginnings of addresses, or endpoints.
    """
    url = url_for(endpoint)
    if request.endpoint == endpoint:
        return Item(label, url, "page")
    under = request.path.startswith(beneath) or request.endpoint in beneath
    return Item(label, url, "true" if under else None)
