"""The shared list of fields of expertise, as administrators keep it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from app.core import addresses, audit, clock, conflicts
from app.core.db import lock_name, write, writing
from app.core.errors import DomainError
from app.core.i18n import with_others
from app.core.settings import settings
from app.people import rules
from app.people.models import Keyword, PersonKeyword


@dataclass(frozen=True)
class KeywordFacts:
    """What a field of expertise is called, and what else is said for it, in each language."""

    names: Mapping[str, str]
    synonyms: Mapping[str, Sequence[str]]


def facts_of(keyword: Keyword) -> KeywordFacts:
    """What is known of it now."""
    return KeywordFacts(dict(keyword.names), {code: list(words) for code, words in keyword.synonyms.items()})


def add_keyword(facts: KeywordFacts, actor_id: int | None) -> Keyword:
    """Put a field of expertise on the list. Raises DomainError."""
    rules.check_synonyms(facts.synonyms)
    slug = addresses.slugify(facts.names.get(settings().default_language, ""))
    if not slug:
        raise DomainError(_l("A name has letters."), "names")
    with write() as session:
        lock_name("keywords")
        if session.scalar(select(Keyword.id).where(Keyword.slug == slug)) is not None:
            raise DomainError(_l("The list has or had a keyword of this name already."), "names")
        keyword = Keyword(slug=slug, names=dict(facts.names), synonyms=_listed(facts.synonyms))
        session.add(keyword)
        audit.record("keyword.added", keyword, actor_id)
    return keyword


def edit_keyword(keyword_id: int, facts: KeywordFacts, version: int, actor_id: int | None) -> Keyword:
    """Correct names and synonyms; its address stays. Raises EditConflict, DomainError."""
    rules.check_synonyms(facts.synonyms)
    with write():
        keyword = _locked(keyword_id)
        before = facts_of(keyword)
        facts = replace(
            facts, names=with_others(facts.names, before.names),
            synonyms=with_others(_listed(facts.synonyms), before.synonyms),
        )  # fmt: skip
        changed = conflicts.differences(before, facts)
        if changed:
            conflicts.check_version(keyword.version, version, in_form(before))
            keyword.names, keyword.synonyms = dict(facts.names), _listed(facts.synonyms)
            audit.record("keyword.changed", keyword, actor_id, fields=changed)
    return keyword


def in_form(facts: KeywordFacts) -> dict[str, object]:
    """The same as the form shows it: synonyms of a language on a line each."""
    return {**asdict(facts), "synonyms": {code: "\n".join(words) for code, words in facts.synonyms.items()}}


def offer_keyword(keyword_id: int, actor_id: int | None, *, offered: bool) -> None:
    """Retire a keyword, which those who chose it keep, or offer it again. Raises DomainError."""
    with write():
        keyword = _locked(keyword_id)
        if (keyword.retired_at is None) != offered:
            keyword.retired_at = None if offered else clock.now()
            audit.record("keyword.offered" if offered else "keyword.retired", keyword, actor_id)


def merge_keyword(keyword_id: int, into_id: int, actor_id: int | None) -> Keyword:
    """Make one keyword of two: who chose the first has the second, which is found by the words of both.

    The first one's address leads to the second from then on. Raises DomainError.
    """
    with write() as session:
        lock_name("keywords")
        keyword, into = _locked(keyword_id), _locked(into_id)
        if keyword.id == into.id:
            raise DomainError(_l("Choose another keyword than this one."), "into")
        chose = select(PersonKeyword.person_id).where(PersonKeyword.keyword_id == keyword.id)
        have = set(session.scalars(select(PersonKeyword.person_id).where(PersonKeyword.keyword_id == into.id)))
        new = [person_id for person_id in session.scalars(chose) if person_id not in have]
        session.execute(delete(PersonKeyword).where(PersonKeyword.keyword_id == keyword.id))
        if new:
            session.execute(insert(PersonKeyword), [{"person_id": one, "keyword_id": into.id} for one in new])
        into.synonyms = _together(into, keyword)
        keyword.merged_into_id, keyword.retired_at = into.id, keyword.retired_at or clock.now()
        for former in session.scalars(select(Keyword).where(Keyword.merged_into_id == keyword.id)):
            former.merged_into_id = into.id
        audit.record("keyword.merged", keyword, actor_id, into=into.id)
    return into


def _together(into: Keyword, other: Keyword) -> dict[str, list[str]]:
    """The synonyms of both, with the other one's name among them; no more than the list can hold."""
    found = {}
    for code in {**into.names, **into.synonyms, **other.names, **other.synonyms}:
        words = [*into.synonyms.get(code, []), other.names.get(code, ""), *other.synonyms.get(code, [])]
        fresh = [word for word in dict.fromkeys(words) if word and word != into.names.get(code)]
        found[code] = fresh[: rules.MOST_SYNONYMS]
    return _listed(found)


def _listed(synonyms: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    return {code: list(words) for code, words in synonyms.items() if words}


def _locked(keyword_id: int) -> Keyword:
    found = select(Keyword).where(Keyword.id == keyword_id, Keyword.merged_into_id.is_(None)).with_for_update()
    keyword = writing().scalar(found.execution_options(populate_existing=True))
    if keyword is None:
        raise DomainError(_l("This keyword is no longer here."))
    return keyword
