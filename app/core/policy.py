"""Permissions: deny by default.

Every view is wrapped by `guard`, which names the rule that lets a viewer in. A view without one answers nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.addresses import moved

V = TypeVar("V", bound=Callable[..., ResponseReturnValue])


class Viewer(Protocol):
    """Who looks: signed in or not, and whether an administrator."""

    @property
    def is_signed_in(self) -> bool:
        """Whether an account stands behind this viewer."""

    @property
    def is_administrator(self) -> bool:
        """Whether the viewer runs this installation."""


def anyone(_viewer: Viewer, *_what: object) -> bool:
    """Visitors too."""
    return True


def signed_in(viewer: Viewer, *_what: object) -> bool:
    """Everyone with an account."""
    return viewer.is_signed_in


def administrators(viewer: Viewer, *_what: object) -> bool:
    """The secretariat's administrators."""
    return viewer.is_administrator


def current_viewer() -> Any:
    """The viewer of this request."""
    return current_user._get_current_object()


def guard(
    may: Callable[..., bool],
    *,
    of: Callable[..., object | None] | None = None,
    sees: Callable[..., bool] = anyone,
) -> Callable[[V], V]:
    """Let a viewer into a view if `may(viewer[, object])` says so.

    `of` finds the object from the address (None is a 404) and hands it to the view in place of the address' parts.
    Who may not know of the object (`sees`) gets 404; a visitor who would have to sign in is sent there; others 403.
    A page asked for by an old name of its object is redirected to its present address (`addresses.moved`).
    """

    def wrap(view: V) -> V:
        @wraps(view)
        def guarded(**parts: object) -> ResponseReturnValue:
            viewer = current_viewer()
            what: tuple[object, ...] = ()
            if of is not None:
                found = of(**parts)
                if found is None or not (sees(viewer, found) or may(viewer, found)):
                    return abort(404)
                present = moved(found, parts)
                if present is not None:
                    return redirect(present, 301)
                what = (found,)
            if not may(viewer, *what):
                if viewer.is_signed_in:
                    return abort(403)
                return redirect(url_for("people.sign_in", next=safe_here()))
            return view(*what) if of is not None else view(**parts)

        guarded.permission = may  # type: ignore[attr-defined]
        return cast(V, guarded)

    return wrap


def safe_here() -> str:
    """Where to come back to after signing in: this page, or for a form that was sent, the page it stood on."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    return url_for("pages.home")


def init_app(app: Flask) -> None:
    """Refuse every view that declares no permission."""
    app.before_request(refuse_undeclared)


def refuse_undeclared() -> ResponseReturnValue | None:
    """Deny by default, also where a test did not look."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    if getattr(view, "permission", None) is None:
        current_app.logger.error("view without permission", extra={"endpoint": request.endpoint})
        abort(403)
    return None
