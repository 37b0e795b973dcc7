"""Combined and personal feeds, and their secret addresses.

Revision: 0016
Follows: 0015

What is stored of feeds can be made again, so it is emptied rather than carried over, both ways.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KINDS = ("all", "community", "group", "meeting", "series", "mine", "expected", "deadlines", "association")
PERSONAL = ("mine", "expected", "deadlines", "association")


def _one_of(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"


def _instant(name: str, *, nullable: bool) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _make_stored(*, personal: bool) -> None:
    op.create_table(
        "stored_feeds",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(2_500 if personal else 100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *([sa.Column("basis", sa.Text(), nullable=True)] if personal else []),
        sa.Column("build", sa.String(32), nullable=False),
        _instant("stale_at", nullable=True),
        _instant("changed_at", nullable=False),
        sa.Column("etag", sa.String(64), nullable=False),
        *([sa.Column("filename", sa.String(100), nullable=False)] if personal else []),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("gzip_body", sa.LargeBinary(), nullable=True),
        *([_instant("used_at", nullable=False)] if personal else []),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_stored_feeds_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "variant", name=op.f("pk_stored_feeds")),
    )


def _make_components(*, forms: bool) -> None:
    op.create_table(
        "calendar_components",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        *([sa.Column("form", sa.String(20), nullable=False)] if forms else []),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("zones", sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        *([_instant("stale_at", nullable=True)] if forms else []),
        sa.PrimaryKeyConstraint(
            "kind", "target_id", "language", *(["form"] if forms else []), name=op.f("pk_calendar_components")
        ),
    )


def upgrade() -> None:
    op.drop_table("stored_feeds")
    op.drop_table("calendar_components")
    with op.batch_alter_table("feeds") as batch:
        batch.drop_constraint(op.f("ck_feeds_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_feeds_kind"), _one_of(KINDS))
    _make_components(forms=True)
    _make_stored(personal=True)
    op.create_table(
        "feed_secrets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("creation_key", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("choice", sa.String(2_500), nullable=False),
        _instant("created_at", nullable=False),
        _instant("used_at", nullable=True),
        sa.Column("client", sa.String(40), nullable=True),
        _instant("ended_at", nullable=True),
        sa.CheckConstraint(_one_of(PERSONAL), name=op.f("ck_feed_secrets_kind")),
        sa.CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)", name=op.f("ck_feed_secrets_association")
        ),
        sa.ForeignKeyConstraint(["association_id"], ["associations.id"], name=op.f("fk_feed_secrets_association_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["persons.id"], name=op.f("fk_feed_secrets_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_secrets")),
        sa.UniqueConstraint("creation_key", name=op.f("uq_feed_secrets_creation_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_feed_secrets_digest")),
    )
    op.create_index(op.f("ix_feed_secrets_association_id"), "feed_secrets", ["association_id"])
    op.create_index(op.f("ix_feed_secrets_owner_id"), "feed_secrets", ["owner_id"])


def downgrade() -> None:
    op.drop_table("feed_secrets")
    op.drop_table("stored_feeds")
    op.drop_table("calendar_components")
    op.execute("DELETE FROM feeds WHERE kind <> 'group'")
    with op.batch_alter_table("feeds") as batch:
        batch.drop_constraint(op.f("ck_feeds_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_feeds_kind"), _one_of(("group",)))
    _make_components(forms=False)
    _make_stored(personal=False)
