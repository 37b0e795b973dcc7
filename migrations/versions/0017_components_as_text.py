"""Components as text, and bodies in PostgreSQL's quick compression.

Revision: 0017
Follows: 0016

A feed of thousands of events is read from its components: as text, without each being written in hexadecimal digits on
the way. What is stored can be made again, so it is emptied rather than carried over, both ways.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def _make_components(content: type[sa.types.TypeEngine[object]]) -> None:
    op.drop_table("calendar_components")
    op.create_table(
        "calendar_components",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("form", sa.String(20), nullable=False),
        sa.Column("content", content(), nullable=False),
        sa.Column("zones", sa.JSON().with_variant(sa.dialects.postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.Column("stale_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "target_id", "language", "form", name=op.f("pk_calendar_components")),
    )


def _compress_bodies(method: str) -> None:
    """Not every server has been built with lz4."""
    offered = "SELECT 'lz4' = ANY(enumvals) FROM pg_settings WHERE name = 'default_toast_compression'"
    connection = op.get_bind()
    if connection.dialect.name == "postgresql" and connection.exec_driver_sql(offered).scalar():
        op.execute(f"ALTER TABLE stored_feeds ALTER COLUMN body SET COMPRESSION {method}")


def upgrade() -> None:
    _make_components(sa.Text)
    _compress_bodies("lz4")


def downgrade() -> None:
    _make_components(sa.LargeBinary)
    _compress_bodies("default")
