"""Terms of participation; an audit trail that is searchable and append-only in the database itself.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
CONCERNS = ("person_id", "group_id", "association_id")

FIND = {
    "person_id": {
        "persons": "subject_id",
        "memberships": "person_id",
        "coordinators": "person_id",
        "affiliations": "person_id",
    },
    "group_id": {
        "working_groups": "subject_id",
        "memberships": "group_id",
        "coordinators": "group_id",
        "meetings": "group_id",
    },
    "association_id": {"associations": "subject_id", "memberships": "association_id", "affiliations": "association_id"},
}
"""Where what an old entry concerns is found: in the entry itself, or in the row that it is about."""

APPEND_ONLY = {
    "audit_entries": (
        "id", "at", "actor_id", "action", "subject_type", "subject_id", "person_id", "group_id", "association_id", "details",
    ),
    "membership_events": (
        "id", "membership_id", "move", "from_state", "to_state", "at", "role", "capacity",
    ),
}  # fmt: skip
"""{table: its columns but for `reason`, the free text, which may be emptied; and but for who moved a membership, which
is a key that follows when two records of one person become one}."""

POSTGRESQL = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND (NEW.reason IS NULL OR NEW.reason = OLD.reason) THEN
    IF to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason' THEN
      RETURN NEW;
    END IF;
    IF TG_TABLE_NAME = 'membership_events'
       AND to_jsonb(NEW) - 'reason' - 'actor_id' = to_jsonb(OLD) - 'reason' - 'actor_id' THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION refuse_change_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.published_at IS NOT NULL THEN
    RAISE EXCEPTION 'published terms are never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  RETURN NEW;
END $$;
"""


def upgrade() -> None:
    _tables()
    for name in CONCERNS:
        op.add_column("audit_entries", sa.Column(name, sa.Integer(), nullable=True))
        cases = " ".join(
            f"WHEN '{table}' THEN "
            + (
                "subject_id"
                if column == "subject_id"
                else f"(SELECT t.{column} FROM {table} t WHERE t.id = subject_id)"
            )
            for table, column in FIND[name].items()
        )
        op.execute(f"UPDATE audit_entries SET {name} = CASE subject_type {cases} END")
    for name in ("person", "group", "association"):
        op.create_index(f"ix_audit_entries_{name}", "audit_entries", [f"{name}_id", "id"])
    op.create_index("ix_audit_entries_action", "audit_entries", ["action", "id"])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
        op.execute("DROP TRIGGER terms_versions_published ON terms_versions")
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION refuse_change_of_published()")
    else:
        for table in APPEND_ONLY:
            for what in ("update", "text", "delete"):
                op.execute(f"DROP TRIGGER {table}_no_{what}")
        for what in ("update", "delete"):
            op.execute(f"DROP TRIGGER terms_versions_no_{what}")
    for name in ("person", "group", "association", "action"):
        op.drop_index(f"ix_audit_entries_{name}", "audit_entries")
    for name in CONCERNS:
        op.drop_column("audit_entries", name)
    op.drop_table("terms_askings")
    op.drop_index("ix_terms_acceptances_version_id", "terms_acceptances")
    op.drop_table("terms_acceptances")
    op.drop_index("uq_terms_versions_draft", "terms_versions")
    op.drop_table("terms_versions")


def _tables() -> None:
    op.create_table(
        "terms_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("texts", JSON, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('mandate', 'confidentiality', 'competition', 'conduct')", name=op.f("ck_terms_versions_kind")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_terms_versions_number")),
        sa.CheckConstraint("(published_at IS NULL) = (valid_from IS NULL)", name=op.f("ck_terms_versions_published")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_versions")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_terms_versions_kind_number")),
    )
    draft = sa.text("published_at IS NULL")
    op.create_index(
        "uq_terms_versions_draft", "terms_versions", ["kind"], unique=True, sqlite_where=draft, postgresql_where=draft
    )
    op.create_table(
        "terms_acceptances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_terms_acceptances_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["terms_versions.id"], name=op.f("fk_terms_acceptances_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_terms_acceptances")),
        sa.UniqueConstraint("person_id", "version_id", name=op.f("uq_terms_acceptances_person_id_version_id")),
    )
    op.create_index("ix_terms_acceptances_version_id", "terms_acceptances", ["version_id"])
    op.create_table(
        "terms_askings",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_terms_askings_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_terms_askings")),
    )


def _guard_postgresql() -> None:
    for statement in POSTGRESQL.split("CREATE FUNCTION")[1:]:
        op.execute(f"CREATE FUNCTION{statement}")
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    op.execute(
        "CREATE TRIGGER terms_versions_published BEFORE UPDATE OR DELETE ON terms_versions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published()"
    )


def _guard_sqlite() -> None:
    for table, columns in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {', '.join(columns)} ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_text BEFORE UPDATE OF reason ON {table} WHEN NEW.reason IS NOT NULL {refuse}"
        )
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
    for what in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER terms_versions_no_{what} BEFORE {what.upper()} ON terms_versions "
            "WHEN OLD.published_at IS NOT NULL "
            "BEGIN SELECT RAISE(ABORT, 'published terms are never changed'); END"
        )
