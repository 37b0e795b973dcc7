"""Calls for experts and the yearly review of lists.

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATES = "'draft', 'open', 'closed', 'decided', 'cancelled'"
STANDINGS = "'to_endorse', 'ready', 'refused', 'withdrawn', 'chosen', 'reserve', 'not_chosen', 'lapsed', 'dropped'"


def _key(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"))


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("creation_key", sa.String(40), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("titles", json, nullable=False),
        sa.Column("profiles", json, nullable=False),
        sa.Column("texts", json, nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("deadline_local", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("deadline_at", instant, nullable=False),
        sa.Column("one_per_association", sa.Boolean(), nullable=False),
        sa.Column("reserve_until", sa.Date(), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("opened_at", instant, nullable=True),
        sa.Column("extended_at", instant, nullable=True),
        sa.Column("decided_at", instant, nullable=True),
        sa.Column("moved_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("announced_to", sa.Integer(), nullable=True),
        sa.Column("reminded_at", instant, nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_calls_state")),
        sa.CheckConstraint("seats BETWEEN 1 AND 50", name=op.f("ck_calls_seats")),
        sa.CheckConstraint(
            "state = 'draft' OR state = 'cancelled' OR opened_at IS NOT NULL", name=op.f("ck_calls_opened")
        ),
        sa.CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", name=op.f("ck_calls_reason")),
        _key("calls", "group_id", "working_groups"),
        _key("calls", "moved_by_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("creation_key", name=op.f("uq_calls_creation_key")),
    )
    op.create_index("ix_calls_group_state", "calls", ["group_id", "state"])
    op.create_index("ix_calls_state_deadline", "calls", ["state", "deadline_at"])
    op.create_index(op.f("ix_calls_moved_by_id"), "calls", ["moved_by_id"])

    op.create_table(
        "call_associations",
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        _key("call_associations", "call_id", "calls"),
        _key("call_associations", "association_id", "associations"),
        sa.PrimaryKeyConstraint("call_id", "association_id", name=op.f("pk_call_associations")),
    )
    op.create_index(op.f("ix_call_associations_association_id"), "call_associations", ["association_id"])

    op.create_table(
        "candidacies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("motivation", sa.Text(), nullable=True),
        sa.Column("recommendation", sa.Text(), nullable=True),
        sa.Column("endorsed", sa.Boolean(), nullable=False),
        sa.Column("nominated_by_id", sa.Integer(), nullable=True),
        sa.Column("preference", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("began_at", instant, nullable=False),
        sa.Column("moved_at", instant, nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"state IN ({STANDINGS})", name=op.f("ck_candidacies_state")),
        sa.CheckConstraint("preference > 0", name=op.f("ck_candidacies_preference")),
        _key("candidacies", "call_id", "calls"),
        _key("candidacies", "person_id", "persons"),
        _key("candidacies", "association_id", "associations"),
        _key("candidacies", "nominated_by_id", "persons"),
        _key("candidacies", "membership_id", "memberships"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidacies")),
        sa.UniqueConstraint("call_id", "person_id", name="uq_candidacies_call_id_person_id"),
        sa.UniqueConstraint("call_id", "association_id", "preference", name="uq_candidacies_preference"),
        sa.UniqueConstraint("membership_id", name=op.f("uq_candidacies_membership_id")),
    )
    op.create_index("ix_candidacies_association_state", "candidacies", ["association_id", "state"])
    op.create_index(op.f("ix_candidacies_person_id"), "candidacies", ["person_id"])
    op.create_index(op.f("ix_candidacies_nominated_by_id"), "candidacies", ["nominated_by_id"])

    op.create_table(
        "roster_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", instant, nullable=True),
        _key("roster_reviews", "opened_by_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_reviews")),
        sa.UniqueConstraint("year", name=op.f("uq_roster_reviews_year")),
    )
    op.create_index(op.f("ix_roster_reviews_opened_by_id"), "roster_reviews", ["opened_by_id"])

    op.create_table(
        "roster_confirmations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("snapshot", json, nullable=False),
        sa.CheckConstraint(
            "(association_id IS NULL) <> (group_id IS NULL)", name=op.f("ck_roster_confirmations_one_list")
        ),
        _key("roster_confirmations", "review_id", "roster_reviews"),
        _key("roster_confirmations", "association_id", "associations"),
        _key("roster_confirmations", "group_id", "working_groups"),
        _key("roster_confirmations", "person_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_confirmations")),
        sa.UniqueConstraint("review_id", "association_id", name="uq_roster_confirmations_association"),
        sa.UniqueConstraint("review_id", "group_id", name="uq_roster_confirmations_group"),
    )
    for column in ("association_id", "group_id", "person_id"):
        op.create_index(op.f(f"ix_roster_confirmations_{column}"), "roster_confirmations", [column])


def downgrade() -> None:
    op.drop_table("roster_confirmations")
    op.drop_table("roster_reviews")
    op.drop_table("candidacies")
    op.drop_table("call_associations")
    op.drop_table("calls")
