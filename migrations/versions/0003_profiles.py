"""profiles and expertise, keys to search by, merged records.

Revision: 0003
Follows: 0002
"""

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.core import search

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PRIVATE = ("email", "phone", "photo", "biography")
AUDIENCES = "'public', 'members', 'coordinators'"
KEYED = {
    "persons": ("name_key", sa.String(800)),
    "associations": ("name_key", sa.Text()),
    "meetings": ("title_key", sa.String(800)),
}
"""Tables that get a key to search by, in which column."""


def upgrade() -> None:
    json_type = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("persons") as batch_op:
        batch_op.add_column(sa.Column("phone", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("biography", sa.Text(), nullable=True))
        for name in PRIVATE:
            batch_op.add_column(
                sa.Column(f"{name}_audience", sa.String(12), nullable=False, server_default="coordinators")
            )
            batch_op.create_check_constraint(op.f(f"ck_persons_{name}_audience"), f"{name}_audience IN ({AUDIENCES})")
    with op.batch_alter_table("persons") as batch_op:
        for name in PRIVATE:
            batch_op.alter_column(f"{name}_audience", server_default=None)
    for table, (column, kind) in KEYED.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, kind, nullable=False, server_default=""))
    _fill_keys()
    for table, (column, _kind) in KEYED.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table("addresses") as batch_op:
        batch_op.add_column(sa.Column("merged", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("addresses") as batch_op:
        batch_op.alter_column("merged", server_default=None)

    op.create_table(
        "photos",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_photos_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_photos")),
    )
    op.create_table(
        "merged_persons",
        sa.Column("former_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_merged_persons_person_id")),
        sa.PrimaryKeyConstraint("former_id", name=op.f("pk_merged_persons")),
    )
    op.create_index(op.f("ix_merged_persons_person_id"), "merged_persons", ["person_id"])
    op.create_table(
        "distinct_persons",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_distinct_persons_order")),
        sa.ForeignKeyConstraint(["first_id"], ["persons.id"], name=op.f("fk_distinct_persons_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["persons.id"], name=op.f("fk_distinct_persons_second_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_distinct_persons")),
    )
    op.create_index(op.f("ix_distinct_persons_second_id"), "distinct_persons", ["second_id"])
    op.create_table(
        "keywords",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("names", json_type, nullable=False),
        sa.Column("synonyms", json_type, nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("loaded", json_type, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["merged_into_id"], ["keywords.id"], name=op.f("fk_keywords_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keywords")),
        sa.UniqueConstraint("slug", name=op.f("uq_keywords_slug")),
    )
    op.create_index(op.f("ix_keywords_merged_into_id"), "keywords", ["merged_into_id"])
    op.create_table(
        "person_keywords",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("keyword_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["keyword_id"], ["keywords.id"], name=op.f("fk_person_keywords_keyword_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_person_keywords_person_id")),
        sa.PrimaryKeyConstraint("person_id", "keyword_id", name=op.f("pk_person_keywords")),
    )
    op.create_index(op.f("ix_person_keywords_keyword_id"), "person_keywords", ["keyword_id"])


def downgrade() -> None:
    for name in ("person_keywords", "keywords", "distinct_persons", "merged_persons", "photos"):
        op.drop_table(name)
    with op.batch_alter_table("addresses") as batch_op:
        batch_op.drop_column("merged")
    for table, (column, _kind) in KEYED.items():
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    with op.batch_alter_table("persons") as batch_op:
        for name in PRIVATE:
            batch_op.drop_constraint(op.f(f"ck_persons_{name}_audience"), type_="check")
            batch_op.drop_column(f"{name}_audience")
        batch_op.drop_column("biography")
        batch_op.drop_column("phone")


def _fill_keys() -> None:
    """What is there already is found from now on too."""
    connection = op.get_bind()
    persons = connection.execute(sa.text("SELECT id, full_name, latin_name FROM persons")).all()
    _put("persons", {row.id: search.key(row.full_name, row.latin_name) for row in persons})
    associations = connection.execute(sa.text("SELECT id, code, name, names FROM associations")).all()
    _put(
        "associations",
        {row.id: search.key(row.code, row.name, *_texts(row.names), longest=None) for row in associations},
    )
    meetings = connection.execute(sa.text("SELECT id, title FROM meetings")).all()
    _put("meetings", {row.id: search.key(row.title) for row in meetings})


def _texts(names: object) -> list[str]:
    """SQLite gives JSON as text, PostgreSQL as what it means."""
    return list((json.loads(names) if isinstance(names, str) else names or {}).values())


def _put(table: str, keys: dict[int, str]) -> None:
    if keys:
        statement = sa.text(f"UPDATE {table} SET {KEYED[table][0]} = :key WHERE id = :id")
        op.get_bind().execute(statement, [{"id": number, "key": key} for number, key in keys.items()])
