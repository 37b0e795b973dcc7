"""The communities' colours as a style sheet: they are data, so no file of ours holds them."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from app.core.policy import anyone, guard
from app.groups import queries
from app.pages.blueprint import bp


@bp.get("/theme.css")
@guard(anyone)
def theme() -> ResponseReturnValue:
    """`.community-<slug> { --accent: … }` for each community, in light and dark."""
    communities = queries.communities()
    light = "\n".join(f".community-{c.slug} {{ --accent: {c.colour_light}; }}" for c in communities)
    dark = "\n".join(f"  .community-{c.slug} {{ --accent: {c.colour_dark}; }}" for c in communities)
    sheet = f"{light}\n@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}\n"
    response = Response(sheet, mimetype="text/css")
    response.headers["Cache-Control"] = "public, max-age=300"
    response.add_etag()
    return response.make_conditional(request)
