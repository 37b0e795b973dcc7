"""Series, joint meetings, meetings of few, guests, rooms, and all that is said of a meeting's place and time.

Going down, a date that its series' rule gave gets a UID of its own; meetings that only few may know of are deleted, as
the schema before knows no way to keep them from the others.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)
CHECKS = {
    "visibility": "visibility IN ('public', 'members', 'chairs', 'named')",
    "precision": "precision IN ('hours', 'days', 'month')",
    "shown_as": "shown_as IN ('span', 'all_days', 'daily_hours')",
    "mode": "mode IN ('on_site', 'online', 'hybrid')",
}
STATUS = "status IN ('TENTATIVE', 'CONFIRMED', 'CANCELLED')"


def _key(table: str, column: str, target: str, **options: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), **options)


def _said() -> list[sa.Column]:
    """What is new in what people say of a meeting."""
    return [
        sa.Column("precision", sa.String(10), nullable=False, server_default="hours"),
        sa.Column("shown_as", sa.String(12), nullable=False, server_default="span"),
        sa.Column("mode", sa.String(10), nullable=True),
        sa.Column("address", sa.String(300), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("remark", sa.String(500), nullable=True),
        sa.Column("dial_in", sa.String(300), nullable=True),
        sa.Column("passcode", sa.String(100), nullable=True),
        sa.Column("spoken", JSON, nullable=False, server_default="[]"),
        sa.Column("interpreted", JSON, nullable=False, server_default="[]"),
        sa.Column("book_interpreters", sa.Integer(), nullable=True),
        sa.Column("release_interpreters", sa.Integer(), nullable=True),
        sa.Column("interpreters_booked", sa.Boolean(), nullable=False, server_default=sa.false()),
    ]


DEFAULTS = ("precision", "shown_as", "spoken", "interpreted", "interpreters_booked")


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("address", sa.String(300), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("equipment", JSON, nullable=False),
        sa.Column("in_use", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_rooms_capacity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("name", name=op.f("uq_rooms_name")),
    )
    op.create_table(
        "meeting_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("creation_key", sa.String(40), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("modified_at", INSTANT, nullable=False),
        sa.Column("modified_by_id", sa.Integer(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("meeting_series", "group_id", "working_groups"),
        _key("meeting_series", "modified_by_id", "persons"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_series")),
        sa.UniqueConstraint("reference", name=op.f("uq_meeting_series_reference")),
        sa.UniqueConstraint("creation_key", name=op.f("uq_meeting_series_creation_key")),
    )
    op.create_index("ix_meeting_series_group_id", "meeting_series", ["group_id"])
    op.create_index("ix_meeting_series_modified_by_id", "meeting_series", ["modified_by_id"])
    op.create_table(
        "series_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(255), nullable=True),
        sa.Column("rule", sa.String(100), nullable=True),
        sa.Column("last_local", sa.DateTime(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("modified_at", INSTANT, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("venue", sa.String(300), nullable=True),
        sa.Column("join_link", sa.String(1000), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("visibility", sa.String(10), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        *_said(),
        sa.CheckConstraint(STATUS, name=op.f("ck_series_parts_status")),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_series_parts_{name}")) for name, rule in CHECKS.items()),
        sa.CheckConstraint("(rule IS NULL) = (uid IS NULL)", name=op.f("ck_series_parts_identity")),
        _key("series_parts", "series_id", "meeting_series"),
        _key("series_parts", "follows_id", "series_parts", ondelete="SET NULL"),
        _key("series_parts", "room_id", "rooms"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series_parts")),
        sa.UniqueConstraint("uid", name=op.f("uq_series_parts_uid")),
    )
    for column in ("series_id", "follows_id", "room_id"):
        op.create_index(f"ix_series_parts_{column}", "series_parts", [column])
    op.create_table(
        "dropped_dates",
        sa.Column("reference", sa.String(20), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("time_zone", sa.String(60), nullable=False),
        sa.Column("dropped_at", INSTANT, nullable=False),
        _key("dropped_dates", "series_id", "meeting_series"),
        sa.PrimaryKeyConstraint("reference", name=op.f("pk_dropped_dates")),
    )
    op.create_index("ix_dropped_dates_series_id", "dropped_dates", ["series_id"])
    with op.batch_alter_table("meetings") as batch_op:
        batch_op.alter_column("uid", existing_type=sa.String(255), nullable=True)
        for column in (
            sa.Column("series_id", sa.Integer(), nullable=True),
            sa.Column("part_id", sa.Integer(), nullable=True),
            sa.Column("recurrence_id", sa.DateTime(), nullable=True),
            *_said(),
        ):
            batch_op.add_column(column)
        batch_op.drop_constraint(op.f("ck_meetings_visibility"), type_="check")
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(f"ck_meetings_{name}"), rule)
        batch_op.create_check_constraint(op.f("ck_meetings_identity"), "uid IS NOT NULL OR part_id IS NOT NULL")
        for name, column in (("recurrence", "recurrence_id"), ("series", "series_id")):
            batch_op.create_check_constraint(op.f(f"ck_meetings_{name}"), f"(part_id IS NULL) = ({column} IS NULL)")
        batch_op.create_unique_constraint(op.f("uq_meetings_part_id_recurrence_id"), ["part_id", "recurrence_id"])
        for column, target in (("series_id", "meeting_series"), ("part_id", "series_parts"), ("room_id", "rooms")):
            batch_op.create_foreign_key(op.f(f"fk_meetings_{column}"), target, [column], ["id"])
    for table in ("meetings", "series_parts"):
        with op.batch_alter_table(table) as batch_op:
            for name in DEFAULTS:
                batch_op.alter_column(name, server_default=None)
    op.create_index("ix_meetings_room_id", "meetings", ["room_id"])
    op.create_index("ix_meetings_series_starts", "meetings", ["series_id", "starts_at"])
    _company()
    _bookings()


def _company() -> None:
    op.create_table(
        "joint_groups",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.String(10), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("consent IN ('asked', 'agreed', 'declined')", name=op.f("ck_joint_groups_consent")),
        _key("joint_groups", "meeting_id", "meetings"),
        _key("joint_groups", "group_id", "working_groups"),
        _key("joint_groups", "decided_by_id", "persons"),
        sa.PrimaryKeyConstraint("meeting_id", "group_id", name=op.f("pk_joint_groups")),
    )
    op.create_index("ix_joint_groups_group_consent", "joint_groups", ["group_id", "consent"])
    op.create_index("ix_joint_groups_decided_by_id", "joint_groups", ["decided_by_id"])
    op.create_table(
        "meeting_people",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        _key("meeting_people", "meeting_id", "meetings"),
        _key("meeting_people", "person_id", "persons"),
        sa.PrimaryKeyConstraint("meeting_id", "person_id", name=op.f("pk_meeting_people")),
    )
    op.create_index("ix_meeting_people_person_id", "meeting_people", ["person_id"])
    op.create_table(
        "meeting_guests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("speaks", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(10), nullable=True),
        _key("meeting_guests", "meeting_id", "meetings"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_guests")),
        sa.UniqueConstraint("meeting_id", "email", name=op.f("uq_meeting_guests_meeting_id_email")),
    )


def _bookings() -> None:
    """No room twice at a time: an exclusion constraint on PostgreSQL, triggers on SQLite."""
    op.create_table(
        "room_bookings",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_room_bookings_duration")),
        _key("room_bookings", "meeting_id", "meetings"),
        _key("room_bookings", "room_id", "rooms"),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_room_bookings")),
    )
    op.create_index("ix_room_bookings_room_starts", "room_bookings", ["room_id", "starts_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ALTER TABLE room_bookings ADD CONSTRAINT ex_room_bookings_room_id EXCLUDE USING gist "
            "(int4range(room_id, room_id, '[]') WITH &&, tstzrange(starts_at, ends_at) WITH &&) "
            "DEFERRABLE INITIALLY IMMEDIATE"
        )
        return
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER ex_room_bookings_{event.lower()} BEFORE {event} ON room_bookings "
            "WHEN EXISTS (SELECT 1 FROM room_bookings b WHERE b.room_id = NEW.room_id "
            "AND b.meeting_id <> NEW.meeting_id AND b.starts_at < NEW.ends_at AND b.ends_at > NEW.starts_at) "
            "BEGIN SELECT RAISE(ABORT, 'ex_room_bookings_room_id'); END"
        )


def downgrade() -> None:
    for table in ("room_bookings", "meeting_guests", "meeting_people", "joint_groups"):
        op.drop_table(table)
    op.execute("DELETE FROM meetings WHERE visibility IN ('chairs', 'named')")
    op.execute(
        "UPDATE meetings SET uid = (SELECT p.uid FROM series_parts p WHERE p.id = meetings.part_id) || '-' || id "
        "WHERE uid IS NULL"
    )
    op.drop_index("ix_meetings_series_starts", "meetings")
    op.drop_index("ix_meetings_room_id", "meetings")
    with op.batch_alter_table("meetings") as batch_op:
        for column in ("series_id", "part_id", "room_id"):
            batch_op.drop_constraint(op.f(f"fk_meetings_{column}"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_meetings_part_id_recurrence_id"), type_="unique")
        for name in ("identity", "recurrence", "series", *CHECKS):
            batch_op.drop_constraint(op.f(f"ck_meetings_{name}"), type_="check")
        for column in ("series_id", "part_id", "recurrence_id", *(column.name for column in _said())):
            batch_op.drop_column(column)
        batch_op.alter_column("uid", existing_type=sa.String(255), nullable=False)
        batch_op.create_check_constraint(op.f("ck_meetings_visibility"), "visibility IN ('public', 'members')")
    for table in ("dropped_dates", "series_parts", "meeting_series", "rooms"):
        op.drop_table(table)
