"""Languages: which one a request speaks, and texts that exist in several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from babel import Locale
from flask import Flask, g, has_request_context, request, session
from flask_babel import Babel, LazyString, force_locale, get_locale
from markupsafe import escape

from app.core.policy import current_viewer
from app.core.settings import settings

babel = Babel()

__all__ = [
    "babel",
    "force_locale",
    "in_our_languages",
    "init_app",
    "language",
    "language_names",
    "locale",
    "translated",
    "with_others",
]

T = TypeVar("T")


def _escaped(self: LazyString) -> str:
    """The text of a lazy translation for HTML. The library calls it safe, yet what was typed may stand in it."""
    return str(escape(str(self)))


LazyString.__html__ = _escaped


def init_app(app: Flask) -> None:
    """Choose the language of every page: `?lang=`, then the profile, then what was chosen before, then the browser."""
    babel.init_app(app, locale_selector=select_language)
    app.before_request(remember_choice)
    app.add_template_filter(translated, "translated")


def remember_choice() -> None:
    """Keep a visitor's `?lang=` for the pages that follow."""
    asked = request.args.get("lang")
    if asked in settings().languages and session.get("lang") != asked and request.endpoint != "static":
        session["lang"] = asked


def select_language() -> str:
    """The language of this request, always one of the installation's."""
    config = settings()
    if not has_request_context():
        return config.default_language
    asked = request.args.get("lang") or session.get("lang")
    if asked in config.languages:
        return str(asked)
    preferred = getattr(current_viewer(), "language", None)
    if preferred in config.languages:
        return str(preferred)
    return request.accept_languages.best_match(config.languages) or config.default_language


def locale() -> Locale:
    """The locale in force, also outside a request."""
    return get_locale() or Locale(settings().default_language)


def language() -> str:
    """The language in force, as its code."""
    return str(locale().language)


def language_names() -> list[tuple[str, str]]:
    """(code, the language's own name) for each language of the installation."""
    if "language_names" not in g:
        g.language_names = [
            (code, (Locale(code).get_language_name(code) or code).capitalize()) for code in settings().languages
        ]
    names: list[tuple[str, str]] = g.language_names
    return names


def translated(texts: Mapping[str, str] | None, lang: str | None = None) -> str:
    """The text in the language in force, else in the default one, else in any that there is."""
    if not texts:
        return ""
    for code in (lang or language(), settings().default_language):
        if texts.get(code):
            return texts[code]
    return next((text for text in texts.values() if text), "")


def in_our_languages(texts: Mapping[str, T], nothing: T) -> dict[str, T]:
    """The text in each of the installation's languages."""
    return {code: texts.get(code, nothing) for code in settings().languages}


def with_others(texts: Mapping[str, T], before: Mapping[str, T]) -> dict[str, T]:
    """New texts, and those there were in languages that the installation does not have and so no form shows."""
    others = {code: text for code, text in before.items() if code not in settings().languages}
    return {**others, **{code: text for code, text in texts.items() if text}}
