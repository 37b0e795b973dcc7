"""Date polls, and who acts for whom.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATES = "'open', 'closed', 'cancelled'"
ANSWERS = "'yes', 'if_need_be', 'no'"


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "delegates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("delegate_id", sa.Integer(), nullable=False),
        sa.Column("called", sa.String(200), nullable=False),
        sa.Column("named_at", instant, nullable=False),
        sa.CheckConstraint("person_id <> delegate_id", name=op.f("ck_delegates_two_people")),
        _key("delegates", "person_id", "persons"),
        _key("delegates", "delegate_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegates")),
        sa.UniqueConstraint("person_id", "delegate_id", name="uq_delegates_person_id_delegate_id"),
    )
    op.create_index(op.f("ix_delegates_delegate_id"), "delegates", ["delegate_id"])

    op.create_table(
        "polls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("creation_key", sa.String(40), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("closes_local", sa.DateTime(), nullable=False),
        sa.Column("closes_at", instant, nullable=False),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("meeting_id", sa.Integer(), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("moved_at", instant, nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", instant, nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_polls_state")),
        sa.CheckConstraint("minutes BETWEEN 15 AND 20160", name=op.f("ck_polls_minutes")),
        sa.CheckConstraint("(state = 'closed') = (meeting_id IS NOT NULL)", name=op.f("ck_polls_meeting")),
        sa.CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name=op.f("ck_polls_reason")),
        _key("polls", "group_id", "working_groups"),
        _key("polls", "meeting_id", "meetings"),
        _key("polls", "moved_by_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls")),
        sa.UniqueConstraint("reference", name=op.f("uq_polls_reference")),
        sa.UniqueConstraint("creation_key", name=op.f("uq_polls_creation_key")),
        sa.UniqueConstraint("meeting_id", name=op.f("uq_polls_meeting_id")),
    )
    op.create_index("ix_polls_group_state", "polls", ["group_id", "state"])
    op.create_index("ix_polls_state_closes", "polls", ["state", "closes_at"])
    op.create_index(op.f("ix_polls_moved_by_id"), "polls", ["moved_by_id"])

    op.create_table(
        "poll_groups",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        _key("poll_groups", "poll_id", "polls"),
        _key("poll_groups", "group_id", "working_groups"),
        sa.PrimaryKeyConstraint("poll_id", "group_id", name=op.f("pk_poll_groups")),
    )
    op.create_index(op.f("ix_poll_groups_group_id"), "poll_groups", ["group_id"])

    op.create_table(
        "poll_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Column("withdrawn_at", instant, nullable=True),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_poll_options_duration")),
        sa.CheckConstraint("NOT (chosen AND withdrawn_at IS NOT NULL)", name=op.f("ck_poll_options_chosen")),
        _key("poll_options", "poll_id", "polls"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_options")),
        sa.UniqueConstraint("poll_id", "starts_local", "ends_local", "time_zone", name="uq_poll_options_poll_id_time"),
    )
    op.create_index(
        "uq_poll_options_chosen", "poll_options", ["poll_id"], unique=True,
        sqlite_where=sa.text("chosen"), postgresql_where=sa.text("chosen"),
    )  # fmt: skip
    op.create_index("ix_poll_options_starts", "poll_options", ["starts_at", "ends_at"])

    op.create_table(
        "poll_people",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("needed", sa.Boolean(), nullable=False),
        _key("poll_people", "poll_id", "polls"),
        _key("poll_people", "person_id", "persons"),
        sa.PrimaryKeyConstraint("poll_id", "person_id", name=op.f("pk_poll_people")),
    )
    op.create_index(op.f("ix_poll_people_person_id"), "poll_people", ["person_id"])

    op.create_table(
        "poll_votes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(12), nullable=False),
        sa.Column("answered_at", instant, nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("by_link", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"answer IN ({ANSWERS})", name=op.f("ck_poll_votes_answer")),
        sa.CheckConstraint("(answered_by_id IS NULL) = by_link", name=op.f("ck_poll_votes_by_link")),
        _key("poll_votes", "option_id", "poll_options"),
        _key("poll_votes", "person_id", "persons"),
        _key("poll_votes", "answered_by_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_votes")),
        sa.UniqueConstraint("option_id", "person_id", name="uq_poll_votes_option_id_person_id"),
    )
    op.create_index(op.f("ix_poll_votes_person_id"), "poll_votes", ["person_id"])
    op.create_index(op.f("ix_poll_votes_answered_by_id"), "poll_votes", ["answered_by_id"])

    op.create_table(
        "poll_notices",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(30), nullable=False),
        sa.Column("at", instant, nullable=False),
        _key("poll_notices", "poll_id", "polls"),
        _key("poll_notices", "person_id", "persons"),
        sa.PrimaryKeyConstraint("poll_id", "person_id", "step", name=op.f("pk_poll_notices")),
    )
    op.create_index(op.f("ix_poll_notices_person_id"), "poll_notices", ["person_id"])


def downgrade() -> None:
    op.drop_table("poll_notices")
    op.drop_table("poll_votes")
    op.drop_table("poll_people")
    op.drop_table("poll_options")
    op.drop_table("poll_groups")
    op.drop_table("polls")
    op.drop_table("delegates")
