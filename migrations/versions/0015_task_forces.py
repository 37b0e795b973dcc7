"""Task forces, and which meetings they are called to.

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "task_forces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("task_forces", "group_id", "working_groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_forces")),
        sa.UniqueConstraint("group_id", "name", name=op.f("uq_task_forces_group_id_name")),
    )
    op.create_table(
        "task_force_people",
        sa.Column("task_force_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _key("task_force_people", "task_force_id", "task_forces"),
        _key("task_force_people", "person_id", "persons"),
        sa.PrimaryKeyConstraint("task_force_id", "person_id", name=op.f("pk_task_force_people")),
    )
    op.create_index("ix_task_force_people_person_id", "task_force_people", ["person_id"])
    op.create_table(
        "meeting_task_forces",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("task_force_id", sa.Integer(), nullable=False),
        _key("meeting_task_forces", "meeting_id", "meetings"),
        _key("meeting_task_forces", "task_force_id", "task_forces"),
        sa.PrimaryKeyConstraint("meeting_id", "task_force_id", name=op.f("pk_meeting_task_forces")),
    )
    op.create_index("ix_meeting_task_forces_task_force_id", "meeting_task_forces", ["task_force_id"])


def downgrade() -> None:
    for table in ("meeting_task_forces", "task_force_people", "task_forces"):
        op.drop_table(table)
