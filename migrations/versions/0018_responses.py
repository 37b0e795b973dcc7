"""Who says that they come to a meeting.

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "responses",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("partstat", sa.String(20), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("partstat IN ('ACCEPTED', 'TENTATIVE', 'DECLINED')", name=op.f("ck_responses_partstat")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name=op.f("fk_responses_meeting_id_meetings")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_responses_person_id_persons")),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_responses")),
    )
    op.create_index(op.f("ix_responses_person_id"), "responses", ["person_id"])


def downgrade() -> None:
    op.drop_table("responses")
