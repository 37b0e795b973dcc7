"""What every page shows around its content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, has_request_context, request, url_for

from app.core import i18n
from app.core.policy import current_viewer
from app.core.settings import settings
from app.pages import navigation


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
            "navigation": navigation.main(viewer),
            "account_navigation": navigation.account(viewer),
            "footer_navigation": navigation.footer(viewer),
            "demo_notice": not config.production,
        }


def _languages() -> list[tuple[str, str, str, bool]]:
    """(code, own name, address of this page in it, whether it is in force) of each language."""
    current = i18n.language()
    return [(code, name, _here_in(code), code == current) for code, name in i18n.language_names()]


def _here_in(code: str) -> str:
    """This page in a language; where a form was refused, the page that the form stands on."""
    if request.endpoint is None:
        return url_for("pages.home", lang=code)
    values = {**request.args.to_dict(flat=False), **(request.view_args or {}), "lang": code}
    return url_for(request.endpoint, **values)


def _asset_version(folder: Path) -> str:
    """A digest of our own styles and scripts, so that browsers keep them until they change."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("css/*"), *folder.glob("js/*"), *folder.glob("images/*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
