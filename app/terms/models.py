"""The texts that take effect when someone takes a seat, and who has accepted them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, Instant, Translations
from app.people.models import Person
from app.terms.rules import Kind

_KINDS = ", ".join(f"'{kind}'" for kind in Kind)


class TermsVersion(Base):
    """One version of one text. A draft until it is published; from then on the database refuses every change."""

    __tablename__ = "terms_versions"
    __table_args__ = (
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("(published_at IS NULL) = (valid_from IS NULL)", name="published"),
        UniqueConstraint("kind", "number"),
        Index(
            "uq_terms_versions_draft", "kind", unique=True,
            sqlite_where=text("published_at IS NULL"), postgresql_where=text("published_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(String(20))
    number: Mapped[int]
    """Counted within the kind; also what people call it: "version 2"."""
    texts: Mapped[Translations]
    """Markdown, in each language of the installation once published."""
    valid_from: Mapped[date | None]
    """The first day on which it is in force; None for a draft."""
    again: Mapped[bool] = mapped_column(default=True)
    """Whether those who accepted an earlier version have to accept this one."""
    created_at: Mapped[Instant]
    published_at: Mapped[Instant | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class TermsAcceptance(Base):
    """That a person accepted a version, and when; in which language they had it before them."""

    __tablename__ = "terms_acceptances"
    __table_args__ = (UniqueConstraint("person_id", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("terms_versions.id"), index=True)
    accepted_at: Mapped[Instant]
    language: Mapped[str] = mapped_column(String(10))

    version: Mapped[TermsVersion] = relationship()


class TermsAsking(Base):
    """When a person was last written to about terms to accept: nobody is reminded again within a week."""

    __tablename__ = "terms_askings"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    asked_at: Mapped[Instant]

    person: Mapped[Person] = relationship()
