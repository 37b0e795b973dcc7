"""The next meetings for other people's pages: as a page to frame, and as a list to build in.

No cookie is set, nobody is recognised, any cache may keep it.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.calendars.choice import NotOffered
from app.core.i18n import force_locale
from app.core.policy import anyone, guard
from app.core.settings import settings
from app.pages.blueprint import bp
from app.pages.calendars.embedding import Unknown, Wanted, shown_for, wanted_of

KEPT = 300
"""Seconds that caches keep it."""
STYLE = Path("css", "embed.css")


@bp.get("/embed/meetings")
@guard(anyone)
def embedded_meetings() -> ResponseReturnValue:
    """A page by itself, which every site may frame."""
    return _answer("pages/calendars/embedded.html")


@bp.get("/embed/meetings.html")
@guard(anyone)
def embedded_list() -> ResponseReturnValue:
    """The list alone, without head or style, for a server or a script of any site."""
    return _answer("pages/calendars/_embedded.html")


def _answer(template: str) -> Response:
    config = settings()
    try:
        wanted = wanted_of(request.query_string.decode("latin-1"), config.languages, config.default_language)
        with force_locale(wanted.language):
            response = _page(template, wanted)
    except NotOffered as refused:
        response = _refusal(str(refused), 400)
    except Unknown:
        response = _refusal("There is no public group or community of that name.", 404)
    response.cache_control.public, response.cache_control.max_age = True, KEPT
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _page(template: str, wanted: Wanted) -> Response:
    """Rendered without what our own pages know: who looks, and where one can go."""
    body = current_app.jinja_env.get_template(template).render(
        meetings=shown_for(wanted), language=wanted.language, style=_style(), instance_name=settings().instance_name
    )
    response = Response(body, content_type="text/html; charset=utf-8")
    response.add_etag()
    response.make_conditional(request)
    return response


def _refusal(text: str, status: int) -> Response:
    return Response(text + "\n", status, content_type="text/plain; charset=utf-8")


@cache
def _style() -> Markup:
    """The page's own style sheet, which comes with it."""
    return Markup(Path(str(current_app.static_folder), STYLE).read_text())  # noqa: S704 - a file of ours


@cache
def _policy() -> str:
    """Nothing but the page itself and its style; every site may frame it."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors *"
