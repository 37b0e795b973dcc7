"""Associations, as administrators correct them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from flask_babel import lazy_gettext as _l

from app.core import addresses, audit, conflicts, countries
from app.core.db import lock, write
from app.core.errors import DomainError
from app.core.i18n import with_others
from app.people.models import STATUSES, Association


@dataclass(frozen=True)
class AssociationFacts:
    """What is known of an association."""

    code: str
    country: str
    name: str
    names: Mapping[str, str]
    status: str
    region: str | None = None


def facts_of(association: Association) -> AssociationFacts:
    """What is known of it now."""
    return AssociationFacts(
        code=association.code,
        country=association.country,
        name=association.name,
        names=dict(association.names),
        status=association.status,
        region=association.region,
    )


def check_facts(facts: AssociationFacts) -> None:
    """Refuse what no association can have. Raises DomainError."""
    if len(facts.code) > addresses.LONGEST or not addresses.CODE.fullmatch(facts.code):
        raise DomainError(_l("Use capital letters A to Z, digits, and single hyphens between them."), "code")
    if facts.country not in countries.codes():
        raise DomainError(_l("Choose the country."), "country")
    if facts.region is not None and not _region_of(facts.country).fullmatch(facts.region):
        raise DomainError(
            _l("Give the region’s code, which begins with that of the country: %(country)s-…", country=facts.country),
            "region",
        )
    if facts.status not in STATUSES:
        raise DomainError(_l("Choose the status."), "status")


def _region_of(country: str) -> re.Pattern[str]:
    return re.compile(rf"{country}-[A-Z0-9]{{1,3}}", re.ASCII)


def edit_association(association_id: int, facts: AssociationFacts, version: int, actor_id: int | None) -> Association:
    """Correct an association; its former code keeps leading to it. Raises EditConflict, DomainError."""
    check_facts(facts)
    with write():
        association = lock(Association, association_id)
        if association is None:
            raise DomainError(_l("This association is no longer here."))
        before = facts_of(association)
        facts = replace(facts, names=with_others(facts.names, before.names))
        changed = conflicts.differences(before, facts)
        if not changed:
            return association
        conflicts.check_version(association.version, version, asdict(before))
        if "code" in changed:
            addresses.claim("association", facts.code, association.id, field="code")
        for name in changed:
            value = getattr(facts, name)
            setattr(association, name, dict(value) if name == "names" else value)
        audit.record("association.changed", association, actor_id, fields=changed,
                     **audit.changes(before, facts, changed))  # fmt: skip
    return association
