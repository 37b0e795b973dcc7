"""Forms about the shared list of fields of expertise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FormField, SelectField

from app.core.conflicts import EditForm
from app.core.forms import BaseForm, texts, translations_form
from app.core.i18n import translated
from app.people import rules
from app.people.forms.fields import RulesForm
from app.people.models import Keyword
from app.people.service.expertise import KeywordFacts


class KeywordForm(RulesForm, EditForm):
    """Names and synonyms. Make it with `keyword_form()`: the fields follow the languages."""

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then how many synonyms there are."""
        good = super().validate(extra_validators)
        return bool(good and self._obeys(rules.check_synonyms, self.facts.synonyms))

    @property
    def facts(self) -> KeywordFacts:
        """What was typed."""
        typed = texts(self.synonyms)
        synonyms = {code: [word.strip() for word in text.splitlines() if word.strip()] for code, text in typed.items()}
        return KeywordFacts(texts(self.names), {code: list(dict.fromkeys(words)) for code, words in synonyms.items()})


def keyword_form(**kwargs: Any) -> KeywordForm:
    """The form, with fields for each language."""

    class Form(KeywordForm):
        names = FormField(translations_form(required=True), label=_l("Name"))
        synonyms = FormField(
            translations_form(area=True, longest=2000),
            label=_l("Other words for the same"),
            description=_l("One on each line. People are found by them too."),
        )

    return Form(**kwargs)


class MergeKeywordForm(BaseForm):
    """Which keyword takes another one's place."""

    into = SelectField(_l("Into"), coerce=int, validate_choice=True)

    def offer(self, keywords: Iterable[Keyword], but: Keyword) -> None:
        """Fill in the choices, by name."""
        named = [(item.id, translated(item.names)) for item in keywords if item.id != but.id]
        self.into.choices = [(0, _("Choose one")), *sorted(named, key=lambda choice: rules.fold(choice[1]))]
