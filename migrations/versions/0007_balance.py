"""self-declared gender and snapshots of figures.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gender_declarations",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(10), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answer IN ('woman', 'man', 'another', 'unsaid')", name=op.f("ck_gender_declarations_answer")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_gender_declarations_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_gender_declarations")),
    )
    op.create_table(
        "balance_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(10), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("replaced_on", sa.Date(), nullable=True),
        sa.Column("women", sa.Integer(), nullable=False),
        sa.Column("men", sa.Integer(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "part IN ('leading', 'member', 'alternate', 'observer')", name=op.f("ck_balance_figures_part")
        ),
        sa.CheckConstraint("women >= 5 AND men >= 5 AND others >= 5", name=op.f("ck_balance_figures_fewest")),
        sa.CheckConstraint("group_id IS NULL OR community_id IS NULL", name=op.f("ck_balance_figures_one_cell")),
        sa.CheckConstraint("replaced_on IS NULL OR replaced_on >= taken_on", name=op.f("ck_balance_figures_dates")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_balance_figures_community_id")),
        sa.ForeignKeyConstraint(["group_id"], ["working_groups.id"], name=op.f("fk_balance_figures_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_balance_figures")),
    )
    op.create_index(op.f("ix_balance_figures_group_id"), "balance_figures", ["group_id"])
    op.create_index(op.f("ix_balance_figures_community_id"), "balance_figures", ["community_id"])
    shown = sa.text("replaced_on IS NULL")
    op.create_index("ix_balance_figures_shown", "balance_figures", ["part"], sqlite_where=shown, postgresql_where=shown)
    op.create_table(
        "balance_counts",
        sa.Column("figure_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["figure_id"], ["balance_figures.id"], name=op.f("fk_balance_counts_figure_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_balance_counts_person_id")),
        sa.PrimaryKeyConstraint("figure_id", "person_id", name=op.f("pk_balance_counts")),
    )
    op.create_index(op.f("ix_balance_counts_person_id"), "balance_counts", ["person_id"])
    op.create_table(
        "coverage_snapshots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage_snapshots")),
        sa.UniqueConstraint("taken_on", name=op.f("uq_coverage_snapshots_taken_on")),
    )
    op.create_table(
        "coverage_counts",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("association_id", sa.Integer(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["association_id"], ["associations.id"], name=op.f("fk_coverage_counts_association_id")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["working_groups.id"], name=op.f("fk_coverage_counts_group_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["coverage_snapshots.id"], name=op.f("fk_coverage_counts_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "group_id", "association_id", name=op.f("pk_coverage_counts")),
    )
    op.create_index(op.f("ix_coverage_counts_group_id"), "coverage_counts", ["group_id"])
    op.create_index(op.f("ix_coverage_counts_association_id"), "coverage_counts", ["association_id"])
    op.create_index("ix_memberships_counted", "memberships", ["group_id", "association_id", "state", "role", "ends_on"])


def downgrade() -> None:
    op.drop_index("ix_memberships_counted", "memberships")
    for table in ("coverage_counts", "coverage_snapshots", "balance_counts", "balance_figures", "gender_declarations"):
        op.drop_table(table)
