"""erasure and retention.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.add_column("persons", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'withdrawn', 'done')", name=op.f("ck_erasures_state")),
        sa.CheckConstraint("origin IN ('person', 'letter', 'retention')", name=op.f("ck_erasures_origin")),
        sa.CheckConstraint("(state = 'pending') = (ended_at IS NULL)", name=op.f("ck_erasures_ended")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_erasures_person_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["persons.id"], name=op.f("fk_erasures_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_person_id"), "erasures", ["person_id"])
    op.create_index(op.f("ix_erasures_asked_by_id"), "erasures", ["asked_by_id"])
    op.create_index("ix_erasures_state_due", "erasures", ["state", "due_at"])
    op.create_index(
        "uq_erasures_pending", "erasures", ["person_id"], unique=True, sqlite_where=PENDING, postgresql_where=PENDING
    )


def downgrade() -> None:
    """Who was erased stays erased, under the name that is stored in place of theirs."""
    op.drop_table("erasures")
    with op.batch_alter_table("persons") as batch_op:
        batch_op.drop_column("erased_at")
