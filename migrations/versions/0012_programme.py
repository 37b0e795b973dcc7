"""The work programme: milestones; components of feeds of any kind.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _key(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_milestones_{column}"))


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "milestones",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("uid", sa.String(255), nullable=False),
        sa.Column("creation_key", sa.String(40), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("search_key", sa.String(800), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=True),
        sa.Column("file_reference", sa.String(100), nullable=True),
        sa.Column("link", sa.String(1000), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("drop_reason", sa.Text(), nullable=True),
        sa.Column("reminded_of", sa.Date(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("modified_at", instant, nullable=False),
        sa.Column("modified_by_id", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('milestone', 'consultation', 'deadline')", name=op.f("ck_milestones_kind")),
        sa.CheckConstraint("state IN ('planned', 'done', 'dropped')", name=op.f("ck_milestones_state")),
        sa.CheckConstraint("visibility IN ('public', 'members')", name=op.f("ck_milestones_visibility")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_milestones_days")),
        _key("group_id", "working_groups"),
        _key("goal_id", "communities"),
        _key("modified_by_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
        sa.UniqueConstraint("reference", name=op.f("uq_milestones_reference")),
        sa.UniqueConstraint("uid", name=op.f("uq_milestones_uid")),
        sa.UniqueConstraint("creation_key", name=op.f("uq_milestones_creation_key")),
    )
    op.create_index("ix_milestones_group_last", "milestones", ["group_id", "last_day"])
    op.create_index("ix_milestones_last", "milestones", ["last_day"])
    op.create_index(op.f("ix_milestones_goal_id"), "milestones", ["goal_id"])
    op.create_index(op.f("ix_milestones_modified_by_id"), "milestones", ["modified_by_id"])

    # Components make themselves again: none are carried over, in either direction.
    op.drop_table("meeting_components")
    op.create_table(
        "calendar_components",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Integer(), autoincrement=False, nullable=False),
        *_component_columns(),
        sa.PrimaryKeyConstraint("kind", "target_id", "language", name=op.f("pk_calendar_components")),
    )


def downgrade() -> None:
    op.drop_table("calendar_components")
    op.create_table(
        "meeting_components",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        *_component_columns(),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_meeting_components_meeting_id")),
        sa.PrimaryKeyConstraint("meeting_id", "language", name=op.f("pk_meeting_components")),
    )
    op.drop_table("milestones")


def _component_columns() -> list[sa.Column]:
    return [
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("zones", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("stamp", sa.String(32), nullable=False),
    ]
