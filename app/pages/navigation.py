"""Where one can go from every page: the one place that knows."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from app.membership import policy as membership
from app.people.viewer import Viewer


@dataclass(frozen=True)
class Item:
    """One link of a menu; `count` is how many things wait there."""

    label: str
    url: str
    active: bool = False
    count: int = 0


def main(viewer: Viewer) -> list[Item]:
    """The main menu, as the viewer may use it."""
    items = [
        _item(_("Groups"), "pages.home", "pages.group", "pages.community"),
        _item(_("Meetings"), "pages.meetings", "pages.meeting"),
        _item(_("Associations"), "pages.associations", "pages.association"),
    ]
    if viewer.is_signed_in:
        items.append(_item(_("My page"), "pages.me"))
    if membership.use_desk(viewer):
        items.append(_item(_("Desk"), "pages.desk"))
    if viewer.is_administrator:
        items.append(Item(_("Administration"), url_for("pages.administration"), request.path.startswith("/admin")))
    return items


def account(viewer: Viewer) -> list[Item]:
    """The menu of one's own account; for visitors, the way in."""
    if viewer.is_signed_in:
        return [_item(_("Profile"), "people.profile"), _item(_("Sign-in and security"), "people.account")]
    return [_item(_("Sign in"), "people.sign_in"), _item(_("Sign up"), "people.sign_up")]


def footer(_viewer: Viewer) -> list[Item]:
    """What stands at the foot of every page."""
    return [_item(_("Help"), "pages.help")]


def _item(label: str, endpoint: str, *also: str) -> Item:
    return Item(label, url_for(endpoint), request.endpoint in (endpoint, *also))
