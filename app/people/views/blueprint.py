"""The blueprint that the views hang on, and what several of them do."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from app.core.errors import DomainError
from app.core.forms import BaseForm, form_page
from app.core.security import private_page
from app.extensions import limiter
from app.people import queries, words
from app.people.limits import TooManyAttempts

T = TypeVar("T")

unhurried = limiter.shared_limit("300 per hour", scope="account forms", methods=["POST"])
"""For the forms that visitors send: far above what people do, even many behind one address, and below what programs
do. Each of these forms costs a hash or a mail; failed passwords and mails asked for have narrower limits (`limits`).
"""

bp = Blueprint("people", __name__)
bp.add_app_template_filter(queries.association_name, "association_name")
bp.add_app_template_filter(queries.country_name, "country_name")
bp.add_app_template_filter(words.function_word, "function_word")
bp.add_app_template_filter(words.status_word, "status_word")
bp.add_app_template_filter(words.audience_word, "audience_word")


def found(thing: T | None) -> T:
    """What an address names; 404 where there is nothing. For pages whose rule does not depend on the thing itself."""
    return thing if thing is not None else abort(404)


def page_with(
    form: BaseForm, template: str, *, refusal: DomainError | None = None, **context: object
) -> ResponseReturnValue:
    """The page of a form: 200 when it is opened, 422 when it was refused, 429 when it came too often."""
    if refusal is not None:
        form.blame(refusal)
    if isinstance(refusal, TooManyAttempts):
        return render_template(template, form=form, **context), 429
    return form_page(form, template, **context)


def dead_link(error: DomainError, next_step: str, next_url: str) -> ResponseReturnValue:
    """The page of a link from a mail that no longer holds: why, and what to do instead."""
    private_page()
    return render_template("people/dead_link.html", reason=error.message, next_step=next_step, next_url=next_url), 410
