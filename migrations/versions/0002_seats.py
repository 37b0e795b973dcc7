"""seats, endorsement and terms of memberships.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = "'requested', 'active', 'declined', 'withdrawn', 'left', 'ended'"
NEW_STATES = (
    "'to_endorse', 'requested', 'nominated', 'waiting', 'active', 'declined', 'withdrawn', 'left', 'ended', 'lapsed'"
)
ROLES = "'chair', 'vice_chair', 'member'"
NEW_ROLES = "'chair', 'vice_chair', 'member', 'alternate', 'observer'"
MOVES = "'request', 'enter', 'accept', 'decline', 'withdraw', 'leave', 'end', 'set_role'"
NEW_MOVES = (
    "'request', 'endorse', 'refuse', 'pass_on', 'accept', 'decline', 'admit', 'withdraw', 'nominate', 'take_up', "
    "'turn_down', 'revoke', 'expire', 'enter', 'leave', 'end', 'recall', 'replace', 'depart', 'close', 'lapse', "
    "'set_role', 'renew'"
)
OPEN = "state IN ('requested', 'active')"
NEW_OPEN = "state IN ('to_endorse', 'requested', 'nominated', 'waiting', 'active')"
HOLDS = "state = 'active' AND role IN ('chair', 'vice_chair', 'member')"
STANDS_IN = "state = 'active' AND role = 'alternate'"
SEAT = "state <> 'active' OR association_id IS NULL OR role = 'observer' OR seat_number IS NOT NULL"
SEATS = {"seats_member": "2", "seats_associate": "1", "seats_partner": "0"}


def upgrade() -> None:
    with op.batch_alter_table("working_groups") as batch_op:
        batch_op.add_column(sa.Column("join_policy", sa.String(12), nullable=False, server_default="request"))
        batch_op.add_column(sa.Column("status", sa.String(12), nullable=False, server_default="active"))
        for name, number in SEATS.items():
            batch_op.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=number))
        batch_op.add_column(sa.Column("term_months", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_working_groups_join_policy"), "join_policy IN ('open', 'request', 'nomination', 'closed')"
        )
        batch_op.create_check_constraint(op.f("ck_working_groups_status"), "status IN ('active', 'dormant', 'closed')")
        for name in SEATS:
            batch_op.create_check_constraint(op.f(f"ck_working_groups_{name}"), f"{name} BETWEEN 0 AND 50")
        batch_op.create_check_constraint(op.f("ck_working_groups_term_months"), "term_months BETWEEN 1 AND 120")
    with op.batch_alter_table("working_groups") as batch_op:
        for name in ("join_policy", "status", *SEATS):
            batch_op.alter_column(name, server_default=None)

    op.create_table(
        "seat_grants",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("number BETWEEN 0 AND 50", name=op.f("ck_seat_grants_number")),
        sa.ForeignKeyConstraint(["association_id"], ["associations.id"], name=op.f("fk_seat_grants_association_id")),
        sa.ForeignKeyConstraint(["group_id"], ["working_groups.id"], name=op.f("fk_seat_grants_group_id")),
        sa.PrimaryKeyConstraint("group_id", "association_id", name=op.f("pk_seat_grants")),
    )
    op.create_index(op.f("ix_seat_grants_association_id"), "seat_grants", ["association_id"])

    op.drop_index("uq_memberships_open", "memberships")
    with op.batch_alter_table("memberships") as batch_op:
        batch_op.add_column(sa.Column("seat_number", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("endorsed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("predecessor_id", sa.Integer(), nullable=True))
        for name in ("invited_at", "reminded_at", "escalated_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        for name in ("expert_renews", "association_renews"):
            batch_op.add_column(sa.Column(name, sa.Boolean(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_memberships_predecessor_id"), "memberships", ["predecessor_id"], ["id"])
        _check(batch_op, "memberships", "state", f"state IN ({NEW_STATES})")
        _check(batch_op, "memberships", "role", f"role IN ({NEW_ROLES})")
    _number_seats()
    with op.batch_alter_table("memberships") as batch_op:
        batch_op.alter_column("endorsed", server_default=None)
        batch_op.create_check_constraint(op.f("ck_memberships_seat"), SEAT)
        batch_op.create_check_constraint(op.f("ck_memberships_seat_number"), "seat_number > 0")
        batch_op.create_check_constraint(op.f("ck_memberships_dates"), "ends_on IS NULL OR ends_on >= starts_on")
    op.create_index(op.f("ix_memberships_predecessor_id"), "memberships", ["predecessor_id"])
    _partial("uq_memberships_open", ["person_id", "group_id"], NEW_OPEN)
    _partial("uq_memberships_seat", ["group_id", "association_id", "seat_number"], HOLDS)
    _partial("uq_memberships_alternate", ["group_id", "association_id", "seat_number"], STANDS_IN)

    with op.batch_alter_table("membership_events") as batch_op:
        batch_op.add_column(sa.Column("capacity", sa.String(12), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_membership_events_capacity"), "capacity IN ('expert', 'focal_point', 'coordinator', 'system')"
        )
        _check_events(batch_op, NEW_MOVES, NEW_STATES, NEW_ROLES)


def downgrade() -> None:
    """What the earlier version does not know becomes what comes nearest; the history loses those moves."""
    _run(f"DELETE FROM membership_events WHERE move NOT IN ({MOVES}) OR role NOT IN ({ROLES})")
    for column in ("from_state", "to_state"):
        _run(
            f"UPDATE membership_events SET {column} = 'requested' WHERE {column} IN ('to_endorse', 'nominated', 'waiting')"
        )
        _run(f"UPDATE membership_events SET {column} = 'ended' WHERE {column} = 'lapsed'")
    with op.batch_alter_table("membership_events") as batch_op:
        batch_op.drop_constraint(op.f("ck_membership_events_capacity"), type_="check")
        batch_op.drop_column("capacity")
        _check_events(batch_op, MOVES, STATES, ROLES)

    for name in ("uq_memberships_open", "uq_memberships_seat", "uq_memberships_alternate"):
        op.drop_index(name, "memberships")
    op.drop_index(op.f("ix_memberships_predecessor_id"), "memberships")
    _run("UPDATE memberships SET state = 'requested' WHERE state IN ('to_endorse', 'nominated', 'waiting')")
    _run("UPDATE memberships SET state = 'ended' WHERE state = 'lapsed'")
    _run(f"UPDATE memberships SET role = 'member' WHERE role NOT IN ({ROLES})")
    with op.batch_alter_table("memberships") as batch_op:
        for name in ("seat", "seat_number", "dates"):
            batch_op.drop_constraint(op.f(f"ck_memberships_{name}"), type_="check")
        batch_op.drop_constraint(op.f("fk_memberships_predecessor_id"), type_="foreignkey")
        for name in (
            "seat_number", "endorsed", "starts_on", "ends_on", "predecessor_id", "invited_at", "reminded_at",
            "escalated_at", "expert_renews", "association_renews",
        ):  # fmt: skip
            batch_op.drop_column(name)
        _check(batch_op, "memberships", "state", f"state IN ({STATES})")
        _check(batch_op, "memberships", "role", f"role IN ({ROLES})")
    _partial("uq_memberships_open", ["person_id", "group_id"], OPEN)

    op.drop_table("seat_grants")
    with op.batch_alter_table("working_groups") as batch_op:
        for name in ("join_policy", "status", *SEATS, "term_months"):
            batch_op.drop_constraint(op.f(f"ck_working_groups_{name}"), type_="check")
            batch_op.drop_column(name)


def _number_seats() -> None:
    """Members so far hold the seats 1, 2, 3 … of their association in each group, in the order of their ids."""
    _run(
        "UPDATE memberships SET seat_number = (SELECT count(*) FROM memberships AS other WHERE other.state = 'active' "
        "AND other.group_id = memberships.group_id AND other.association_id = memberships.association_id "
        "AND other.id <= memberships.id) WHERE state = 'active' AND association_id IS NOT NULL"
    )
    _run("UPDATE memberships SET starts_on = date(moved_at) WHERE state = 'active'")


def _check(batch_op: object, table: str, name: str, condition: str) -> None:
    batch_op.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    batch_op.create_check_constraint(op.f(f"ck_{table}_{name}"), condition)


def _check_events(batch_op: object, moves: str, states: str, roles: str) -> None:
    for column, allowed in (("move", moves), ("from_state", states), ("to_state", states), ("role", roles)):
        _check(batch_op, "membership_events", column, f"{column} IN ({allowed})")


def _partial(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "memberships", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _run(statement: str) -> None:
    op.execute(sa.text(statement))
