"""Absences, marked periods, busy calendars; regions of associations, for their public holidays.

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KINDS = "'session', 'committee', 'recess', 'event'"
PROBLEMS = (
    "'address', 'private', 'unreachable', 'certificate', 'missing', 'forbidden', 'answer', 'redirects', 'too_large', "
    "'too_slow', 'no_calendar', 'too_many', 'too_often', 'too_hard'"
)


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("associations") as batch_op:
        batch_op.add_column(sa.Column("region", sa.String(6), nullable=True))
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("whole_days", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(200), nullable=True),
        sa.CheckConstraint("ends_local > starts_local", name=op.f("ck_absences_duration")),
        _key("absences", "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_person_ends", "absences", ["person_id", "ends_local"])
    op.create_table(
        "bands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("wish", sa.String(10), nullable=False),
        sa.Column("names", json, nullable=False),
        sa.Column("city", sa.String(100), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_bands_kind")),
        sa.CheckConstraint("wish IN ('avoid', 'neutral', 'wanted')", name=op.f("ck_bands_wish")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_bands_dates")),
        sa.CheckConstraint("community_id IS NULL OR group_id IS NULL", name=op.f("ck_bands_one_scope")),
        _key("bands", "community_id", "communities"),
        _key("bands", "group_id", "working_groups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bands")),
    )
    op.create_index("ix_bands_ends", "bands", ["ends_on", "starts_on"])
    op.create_index(op.f("ix_bands_community_id"), "bands", ["community_id"])
    op.create_index(op.f("ix_bands_group_id"), "bands", ["group_id"])
    op.create_table(
        "busy_calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(100), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("from_file", sa.Boolean(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("read_at", instant, nullable=True),
        sa.Column("problem", sa.String(20), nullable=True),
        sa.Column("next_read_at", instant, nullable=True),
        sa.Column("lease_until", instant, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"problem IN ({PROBLEMS})", name=op.f("ck_busy_calendars_problem")),
        _key("busy_calendars", "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_calendars")),
    )
    op.create_index(op.f("ix_busy_calendars_person_id"), "busy_calendars", ["person_id"])
    op.create_index("ix_busy_calendars_next_read", "busy_calendars", ["next_read_at"])
    op.create_table(
        "busy_periods",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_busy_periods_duration")),
        _key("busy_periods", "calendar_id", "busy_calendars"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_busy_periods")),
    )
    op.create_index("ix_busy_periods_calendar_ends", "busy_periods", ["calendar_id", "ends_at"])


def downgrade() -> None:
    op.drop_table("busy_periods")
    op.drop_table("busy_calendars")
    op.drop_table("bands")
    op.drop_table("absences")
    with op.batch_alter_table("associations") as batch_op:
        batch_op.drop_column("region")
