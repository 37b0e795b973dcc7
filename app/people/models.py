"""Associations, persons with their profiles, affiliations and accounts."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any, ClassVar

from flask_babel import gettext as _
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SQLColumnExpression,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import search
from app.core.audit import BigId
from app.core.db import Base, Instant, Json, Translations
from app.core.outbox import Recipient
from app.people.rules import Audience, search_text

STATUSES = ("member", "associate", "partner")
FUNCTIONS = ("expert", "focal_point", "deputy")
SPEAKING = ("focal_point", "deputy")
"""The functions of those who speak for an association."""


class Association(Base):
    """A national association; `code` is its short name in addresses, `country` ISO 3166-1 alpha-2 or XK."""

    __tablename__ = "associations"
    audited_as: ClassVar[str] = "association_id"
    __table_args__ = (
        CheckConstraint("status IN ('member', 'associate', 'partner')", name="status"),
        CheckConstraint("length(country) = 2", name="country"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    country: Mapped[str] = mapped_column(String(2), index=True)
    region: Mapped[str | None] = mapped_column(String(6))
    """ISO 3166-2, "DE-BY": where its people live, if that says more than the country. Their holidays follow it."""
    name: Mapped[str] = mapped_column(String(200))
    """In the association's own language."""
    names: Mapped[Translations] = mapped_column(default=dict)
    status: Mapped[str] = mapped_column(String(10))
    loaded: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What the catalogue last said; what differs from it was edited here and is left alone."""
    name_key: Mapped[str] = mapped_column(Text, default="")
    """Short name and names, kept by itself: see `core.search`."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


@event.listens_for(Association, "before_insert")
@event.listens_for(Association, "before_update")
def _keep_association_key(_mapper: Mapper[Association], _connection: Connection, association: Association) -> None:
    names = (association.names or {}).values()
    association.name_key = search.key(association.code, association.name, *names, longest=None)


def _search_text(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return search_text(values.get("full_name"), values.get("latin_name"), values.get("email"))


def _name_key(context: DefaultExecutionContext) -> str:
    values = context.get_current_parameters()  # type: ignore[no-untyped-call]
    return search.key(values.get("full_name"), values.get("latin_name"))


PRIVATE = ("email", "phone", "photo", "biography")
"""What a person shows to whom they choose; the choice stands in a column beside it, "email_audience"."""
_AUDIENCES = ", ".join(f"'{audience}'" for audience in Audience)


class Person(Base):
    """Someone the groups work with, with or without an account."""

    __tablename__ = "persons"
    audited_as: ClassVar[str] = "person_id"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        *(CheckConstraint(f"{name}_audience IN ({_AUDIENCES})", name=f"{name}_audience") for name in PRIVATE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stored_name: Mapped[str] = mapped_column("full_name", String(200))
    """What `full_name` is kept in."""
    latin_name: Mapped[str | None] = mapped_column(String(200))
    """In Latin letters, for badges and search, where the script differs."""
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    """In lower case; also what an account signs in with."""
    search_text: Mapped[str] = mapped_column(String(660), default=_search_text, index=True)
    """Names and address in plain letters, kept by itself: what lists are ordered by, and administrators search."""
    name_key: Mapped[str] = mapped_column(String(search.LONGEST_KEY), default=_name_key)
    """The names alone, kept by itself: what the directory searches, since an address may be hidden (`core.search`)."""
    job_title: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    biography: Mapped[str | None] = mapped_column(Text)
    """Markdown."""
    email_audience: Mapped[Audience] = mapped_column(String(12), default=Audience.COORDINATORS)
    """Who sees the address; the three that follow likewise."""
    phone_audience: Mapped[Audience] = mapped_column(String(12), default=Audience.COORDINATORS)
    photo_audience: Mapped[Audience] = mapped_column(String(12), default=Audience.COORDINATORS)
    biography_audience: Mapped[Audience] = mapped_column(String(12), default=Audience.COORDINATORS)
    language: Mapped[str | None] = mapped_column(String(10))
    time_zone: Mapped[str | None] = mapped_column(String(60))
    demo: Mapped[bool] = mapped_column(default=False)
    """Synthetic, for demonstration."""
    created_at: Mapped[Instant]
    erased_at: Mapped[Instant | None]
    """When all that names the person was erased; what had to stay bears a number in place of a name."""
    version: Mapped[int] = mapped_column()

    account: Mapped[Account | None] = relationship(back_populates="person")
    affiliations: Mapped[list[Affiliation]] = relationship(
        back_populates="person", order_by="Affiliation.starts_on.desc(), Affiliation.id.desc()"
    )

    photo: Mapped[Photo | None] = relationship(back_populates="person")
    keywords: Mapped[list[Keyword]] = relationship(secondary="person_keywords", order_by="Keyword.slug")

    __mapper_args__ = {"version_id_col": version}

    @hybrid_property
    def full_name(self) -> str:
        """As the person writes it, in any script; of one who was erased, a number in the language in force."""
        if self.erased_at is not None:
            return str(_("Erased person %(number)s", number=self.id))
        return self.stored_name

    @full_name.inplace.setter
    def _set_full_name(self, value: str) -> None:
        self.stored_name = value

    @full_name.inplace.expression
    @classmethod
    def _full_name_column(cls) -> SQLColumnExpression[str]:
        return cls.stored_name

    @property
    def display_name(self) -> str:
        """The name as written, with the Latin one beside it where there is one."""
        if self.latin_name and self.latin_name != self.full_name:
            return f"{self.full_name} ({self.latin_name})"
        return self.full_name

    @property
    def recipient(self) -> Recipient | None:
        """Where mails to this person go; None without an address."""
        return Recipient(self.email, self.full_name, self.language) if self.email else None


@event.listens_for(Person, "before_update")
def _keep_keys(_mapper: Mapper[Person], _connection: Connection, person: Person) -> None:
    person.search_text = search_text(person.stored_name, person.latin_name, person.email)
    person.name_key = "" if person.erased_at else search.key(person.stored_name, person.latin_name)


class Photo(Base):
    """A person's picture: a square JPEG that we made ourselves, without what cameras add (`people.photos`)."""

    __tablename__ = "photos"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    image: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the image, as hexadecimal digits."""
    taken_at: Mapped[Instant]
    """When it was given to us."""

    person: Mapped[Person] = relationship(back_populates="photo")


class MergedPerson(Base):
    """The number of a record that was found to be of the same person as another, and was merged into that one."""

    __tablename__ = "merged_persons"

    former_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    merged_at: Mapped[Instant]


class DistinctPersons(Base):
    """Two who look like one and are not: somebody has said so. The lower number stands first."""

    __tablename__ = "distinct_persons"
    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True, index=True)
    said_at: Mapped[Instant]


class Keyword(Base):
    """A field of expertise of the shared list. A retired one is no longer offered; a merged one leads to another."""

    __tablename__ = "keywords"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    """What it is called in addresses and in the catalogue, for good."""
    names: Mapped[Translations]
    synonyms: Mapped[dict[str, list[str]]] = mapped_column(Json, default=dict)
    """{"en": ["garbage", …], "fr": […]}: what it is found by too."""
    name_key: Mapped[str] = mapped_column(Text, default="")
    """Names and synonyms in all languages, kept by itself: see `core.search`."""
    retired_at: Mapped[Instant | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("keywords.id"), index=True)
    loaded: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What the catalogue last said; what differs from it was edited here and is left alone."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


@event.listens_for(Keyword, "before_insert")
@event.listens_for(Keyword, "before_update")
def _keep_keyword_key(_mapper: Mapper[Keyword], _connection: Connection, keyword: Keyword) -> None:
    synonyms = [word for words in (keyword.synonyms or {}).values() for word in words]
    keyword.name_key = search.key(*keyword.names.values(), *synonyms, longest=None)


class PersonKeyword(Base):
    """That a person knows about something."""

    __tablename__ = "person_keywords"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    keyword_id: Mapped[int] = mapped_column(ForeignKey("keywords.id"), primary_key=True, index=True)


class Account(Base):
    """The credentials of a person. The address to sign in with is the person's."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    pending_email: Mapped[str | None] = mapped_column(String(254))
    """The address that shall count once it is shown to be theirs."""
    session_epoch: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(2**30))
    """Part of every session: raising it ends all of them. It begins anywhere, so that a session of an account that is
    no more does not fit another that got its id."""
    created_at: Mapped[Instant]
    last_sign_in_at: Mapped[Instant | None]

    person: Mapped[Person] = relationship(back_populates="account")


class Affiliation(Base):
    """A person's function in an association, or in another organisation, from one day to another (inclusive)."""

    __tablename__ = "affiliations"
    __table_args__ = (
        CheckConstraint("function IN ('expert', 'focal_point', 'deputy')", name="function"),
        CheckConstraint("(association_id IS NULL) <> (organisation IS NULL)", name="one_body"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates"),
        Index(
            "uq_affiliations_open", "person_id", "association_id", "function", unique=True,
            sqlite_where=text("ends_on IS NULL"), postgresql_where=text("ends_on IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"), index=True)
    organisation: Mapped[str | None] = mapped_column(String(200))
    function: Mapped[str] = mapped_column(String(20), default="expert")
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="affiliations")
    association: Mapped[Association | None] = relationship()


class Delegate(Base):
    """Someone who acts for a person, an assistant: named by that person, until either of the two ends it.

    What they do is recorded as done by the one for the other, wherever it is.
    """

    __tablename__ = "delegates"
    __table_args__ = (
        CheckConstraint("person_id <> delegate_id", name="two_people"),
        UniqueConstraint("person_id", "delegate_id", name="uq_delegates_person_id_delegate_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    delegate_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    called: Mapped[str] = mapped_column(String(200))
    """The name as the person wrote it: an address does not tell whose it is."""
    named_at: Mapped[Instant]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    delegate: Mapped[Person] = relationship(foreign_keys=[delegate_id])


class SignUp(Base):
    """Someone who signed up and has not yet shown that the address is theirs."""

    __tablename__ = "sign_ups"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    full_name: Mapped[str] = mapped_column(String(200))
    latin_name: Mapped[str | None] = mapped_column(String(200))
    association_id: Mapped[int | None] = mapped_column(ForeignKey("associations.id"))
    organisation: Mapped[str | None] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[Instant]


class Attempt(Base):
    """Something that is limited in number: attempts to sign in, mails asked for. Known by keyed digests only."""

    __tablename__ = "attempts"
    __table_args__ = (
        CheckConstraint("kind IN ('sign_in', 'mail')", name="kind"),
        Index("ix_attempts_account", "kind", "account_key", "at"),
        Index("ix_attempts_address", "kind", "address_key", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    account_key: Mapped[str] = mapped_column(String(64))
    address_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[Instant] = mapped_column(index=True)
