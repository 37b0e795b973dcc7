"""When somebody was reminded of a call that nobody has decided.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = ("choice_reminded_at", "escalated_at")


def upgrade() -> None:
    with op.batch_alter_table("calls") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("calls") as batch_op:
        for name in COLUMNS:
            batch_op.drop_column(name)
