"""imports.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = ("group_id", "importer_id", "state")


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def _big_id() -> sa.BigInteger:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("importer_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("filename", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("unread", _json(), nullable=False),
        sa.Column("counts", _json(), nullable=False),
        sa.Column("leave_out", sa.Boolean(), nullable=False),
        sa.Column("tell", sa.Boolean(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('people', 'memberships')", name=op.f("ck_imports_kind")),
        sa.CheckConstraint(
            "state IN ('queued', 'preview', 'refused', 'confirmed', 'done')", name=op.f("ck_imports_state")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["working_groups.id"], name=op.f("fk_imports_group_id")),
        sa.ForeignKeyConstraint(["importer_id"], ["persons.id"], name=op.f("fk_imports_importer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    for name in INDEXES:
        op.create_index(op.f(f"ix_imports_{name}"), "imports", [name])
    op.create_table(
        "import_rows",
        sa.Column("id", _big_id(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", _json(), nullable=False),
        sa.Column("surplus", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=True),
        sa.Column("changes", _json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("candidates", _json(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("choice", sa.String(20), nullable=True),
        sa.CheckConstraint(
            "kind IN ('new', 'changed', 'unchanged', 'double', 'skipped', 'faulty')", name=op.f("ck_import_rows_kind")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_rows")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_import_rows_import_id_number")),
    )


def downgrade() -> None:
    op.drop_table("import_rows")
    op.drop_table("imports")
