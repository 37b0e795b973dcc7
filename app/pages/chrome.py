"""What every page shows around its content."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import quote, urlencode

from flask import Flask, has_request_context, request, url_for

from app.core import i18n
from app.core.policy import current_viewer
from app.core.settings import settings
from app.membership import policy as membership
from app.pages import navigation
from app.people.viewer import Viewer
from app.terms import queries as terms

FOR_EVERYBODY = {
    "pages.home": (),
    "pages.groups": ("page",),
    "pages.group": (),
    "pages.community": (),
    "pages.associations": ("page",),
    "pages.association": (),
    "pages.meetings": ("group", "past", "page"),
    "pages.meeting": (),
    "pages.help": (),
    "pages.calendars": (),
    "pages.calendar_how": (),
    "programme.programme": ("kind", "state", "page"),
    "programme.milestone": (),
    "terms.terms": (),
    "privacy.notice": (),
    "calls.open_calls": ("page",),
    "calls.group_calls": ("page",),
    "calls.call": (),
}
"""Pages that search engines may list, with the parts of their query that make another page of them."""


def init_app(app: Flask) -> None:
    """Offer it to templates."""
    version = _asset_version(Path(str(app.static_folder)))

    @app.context_processor
    def _chrome() -> dict[str, object]:
        config = settings()
        shared: dict[str, object] = {
            "instance_name": config.instance_name,
            "support_address": config.support_address,
            "current_language": i18n.language(),
            "asset_version": version,
        }
        if not has_request_context():
            return shared
        viewer = current_viewer()
        return shared | {
            "viewer": viewer,
            "languages": _languages(),
            "alternates": _alternates(),
            "navigation": navigation.main(viewer),
            "navigation_within": navigation.within(viewer),
            "account_navigation": navigation.account(viewer),
            "footer_navigation": navigation.footer(viewer),
            "demo_notice": not config.production,
            "terms_due": _terms_due(viewer),
        }


def _terms_due(viewer: Viewer) -> bool:
    """Whether to tell the viewer that there are terms to accept: whoever has a seat and is not reading them already."""
    if not membership.roles(viewer) or request.endpoint == "terms.own_terms":
        return False
    return bool(viewer.remember("terms due", lambda: terms.due_ids(viewer.person_id or 0)))


def _languages() -> list[tuple[str, str, str, bool]]:
    """(code, own name, address of this page in it, whether it is in force) of each language."""
    current = i18n.language()
    return [(code, name, _here_in(code), code == current) for code, name in i18n.language_names()]


def _here_in(code: str) -> str:
    """This page in a language; after a form was sent to where no page stands, the first page.

    Put together by hand: `url_for` would take `?_scheme=` or `?endpoint=` of an address for its own arguments.
    """
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return url_for("pages.home", lang=code)
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    path = quote(request.root_path + request.path, safe="/:@!$&'()*+,;=~")
    return f"{path}?{urlencode([*asked, ('lang', code)])}"


def _alternates() -> list[tuple[str, str]]:
    """(language, whole address) of the versions of a page for everybody; "x-default" lets the browser choose."""
    parts = FOR_EVERYBODY.get(request.endpoint or "")
    if parts is None or len(settings().languages) < 2:
        return []
    base = settings().base_url + quote(request.path, safe="/:@!$&'()*+,;=~")
    kept = [(name, request.args[name]) for name in parts if name in request.args]
    found = [(code, [*kept, ("lang", code)]) for code in settings().languages]
    return [(code, f"{base}?{urlencode(query)}" if query else base) for code, query in [*found, ("x-default", kept)]]


def _asset_version(folder: Path) -> str:
    """A digest of our own styles and scripts, so that browsers keep them until they change."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("css/*"), *folder.glob("js/*"), *folder.glob("images/*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
