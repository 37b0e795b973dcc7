"""What can go wrong for a user, and the pages that say so."""

from __future__ import annotations

from contextlib import suppress
from typing import TypeAlias

from flask import Flask, Response, make_response, render_template
from flask_babel import LazyString, force_locale
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.core.db import db
from app.core.settings import settings

Text: TypeAlias = str | LazyString  # type: ignore[valid-type,unused-ignore]


class DomainError(Exception):
    """A rule said no. `message` is for the user; `field` names the form field it concerns, if one."""

    def __init__(self, message: Text, field: str | None = None) -> None:
        super().__init__(field or "")
        self.message = message
        self.field = field


PAGES: dict[int, tuple[Text, Text]] = {
    400: (_l("That did not reach us whole"), _l("Go back, check what you entered and send it again.")),
    403: (_l("This is not yours to do"), _l("Your role does not include this. If it should, ask the secretariat.")),
    404: (_l("There is nothing at this address"), _l("The address may be mistyped, or the page may not be for you.")),
    405: (_l("This address cannot be used that way"), _l("Go back and use the buttons of the page.")),
    413: (_l("That was too large"), _l("Send a smaller file or a shorter text.")),
    429: (_l("Too many attempts"), _l("Wait some minutes, then try again.")),
    500: (_l("Something broke on our side"), _l("Nothing was changed. Please try again in a moment.")),
}


def init_app(app: Flask) -> None:
    """Answer every error with a page in the visitor's language."""

    def show(code: int, title: Text, text: Text) -> Response:
        try:
            return make_response(render_template("errors/error.html", code=code, title=title, text=text), code)
        except Exception:  # the database may be away, and a page asks it who looks
            app.logger.exception("the error page failed")
            return plain(code, title, text)

    def plain(code: int, title: Text, text: Text) -> Response:
        config = settings()
        with force_locale(config.default_language):
            page = app.jinja_env.get_template("errors/plain.html").render(
                title=title, text=text, language=config.default_language, instance_name=config.instance_name,
                support_address=config.support_address,
            )  # fmt: skip
        return make_response(page, code)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        code = error.code or 500
        if error.response is not None or code < 400:
            return make_response(error.get_response())
        title, text = PAGES.get(code, (error.name, PAGES[400][1]))
        response = show(code, title, text)
        for name, value in error.get_headers():
            if name not in ("Content-Type", "Content-Length"):
                response.headers[name] = value
        return response

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Response:
        return show(
            400,
            _l("This page was open for too long"),
            _l("Nothing was changed. Go back, reload the page and send the form again."),
        )

    @app.errorhandler(DomainError)
    def _domain(error: DomainError) -> Response:
        return show(409, _l("That was not possible"), error.message)

    @app.errorhandler(Exception)
    def _broken(_error: Exception) -> Response:
        app.logger.exception("unhandled")
        with suppress(Exception):
            db.session.rollback()  # PostgreSQL answers nothing more in a transaction in which a statement failed
        return show(500, *PAGES[500])
