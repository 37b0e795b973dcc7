"""What people say about themselves and whom they show it to: profile, photo, expertise."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import asdict, dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import audit, clock
from app.core.db import lock, write, writing
from app.core.errors import DomainError
from app.people import rules
from app.people.models import Keyword, Person, Photo
from app.people.rules import Audience
from app.people.service.persons import Profile, correct, profile_of

MOST_KEYWORDS = 12
"""That one person may choose: who knows everything is found by nothing."""


@dataclass(frozen=True)
class OwnProfile(Profile):
    """What only the person writes and decides."""

    phone: str | None
    biography: str | None
    email_audience: Audience
    phone_audience: Audience
    photo_audience: Audience
    biography_audience: Audience


def own_profile_of(person: Person) -> OwnProfile:
    """What is known now, as the person's own page shows it."""
    return OwnProfile(
        **asdict(profile_of(person)),
        phone=person.phone,
        biography=person.biography,
        email_audience=Audience(person.email_audience),
        phone_audience=Audience(person.phone_audience),
        photo_audience=Audience(person.photo_audience),
        biography_audience=Audience(person.biography_audience),
    )


def update_profile(person_id: int, profile: OwnProfile, version: int) -> list[str]:
    """Correct one's own data; say what became different. Raises EditConflict, DomainError."""
    rules.check_names(profile.full_name, profile.latin_name)
    if profile.phone:
        rules.check_phone(profile.phone)
    with write():
        person = _locked(person_id)
        return correct(person, own_profile_of(person), profile, version, person_id)


def set_photo(person_id: int, image: bytes) -> None:
    """Show this picture from now on; `image` is a JPEG of `photos.square_jpeg`. Raises DomainError."""
    digest = hashlib.sha256(image).hexdigest()
    with write() as session:
        person = _locked(person_id)
        photo = session.get(Photo, person_id)
        if photo is not None and photo.digest == digest:
            return
        if photo is None:
            photo = Photo(person_id=person_id)
            session.add(photo)
        photo.image, photo.digest, photo.taken_at = image, digest, clock.now()
        audit.record("person.changed", person, person_id, fields=["photo"])


def remove_photo(person_id: int) -> None:
    """Show no picture any more; nothing where there is none. Raises DomainError."""
    with write() as session:
        person = _locked(person_id)
        photo = session.get(Photo, person_id)
        if photo is not None:
            session.delete(photo)
            audit.record("person.changed", person, person_id, fields=["photo"])


def choose_keywords(person_id: int, keyword_ids: Collection[int]) -> None:
    """Say what one knows about: these keywords and no others. Raises DomainError.

    A retired keyword may stay with those who have it.
    """
    if len(set(keyword_ids)) > MOST_KEYWORDS:
        raise DomainError(_l("Choose at most %(number)s, those that you know best.", number=MOST_KEYWORDS), "keywords")
    with write() as session:
        person = _locked(person_id)
        before = {keyword.id for keyword in person.keywords}
        chosen = session.scalars(select(Keyword).where(Keyword.id.in_(keyword_ids))).all()
        kept = [item for item in chosen if item.id in before or item.retired_at is None]
        if len(kept) < len(set(keyword_ids)):
            raise DomainError(_l("One of these keywords is no longer offered. Look at the list again."), "keywords")
        if {item.id for item in kept} != before:
            person.keywords = kept
            audit.record("person.changed", person, person_id, fields=["keywords"])


def _locked(person_id: int) -> Person:
    person = lock(Person, person_id)
    if person is None:
        raise DomainError(_l("This person is no longer here."))
    writing().refresh(person, ["keywords"])
    return person
