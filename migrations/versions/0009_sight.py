"""who finds a group, and who sees inside; indexes of what waits, ends and happened.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("working_groups") as batch_op:
        batch_op.add_column(sa.Column("visibility", sa.String(12), nullable=False, server_default="public"))
        batch_op.add_column(sa.Column("access", sa.String(12), nullable=False, server_default="members"))
        batch_op.create_check_constraint(
            op.f("ck_working_groups_visibility"), "visibility IN ('public', 'signed_in', 'members')"
        )
        batch_op.create_check_constraint(op.f("ck_working_groups_access"), "access IN ('network', 'members')")
    with op.batch_alter_table("working_groups") as batch_op:
        for name in ("visibility", "access"):
            batch_op.alter_column(name, server_default=None)
    op.create_index("ix_memberships_state_moved", "memberships", ["state", "moved_at"])
    op.create_index("ix_memberships_state_ends", "memberships", ["state", "ends_on"])
    op.create_index("ix_audit_entries_at", "audit_entries", ["at"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_at", "audit_entries")
    op.drop_index("ix_memberships_state_ends", "memberships")
    op.drop_index("ix_memberships_state_moved", "memberships")
    with op.batch_alter_table("working_groups") as batch_op:
        for name in ("visibility", "access"):
            batch_op.drop_constraint(op.f(f"ck_working_groups_{name}"), type_="check")
            batch_op.drop_column(name)
