"""What people approved or refused, and what they took back of what runs wrote."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "approvals",
        Column("id", Integer, nullable=False, autoincrement=False),
        Column("recorded_at", Text, nullable=False),
        Column("given_on", Text, nullable=False),
        Column("given_by", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("until", Text),
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        Column("sequence", Text, nullable=False),
        Column("step", Text, nullable=False),
        Column("repeat", Integer, nullable=False),
        Column("recipient", Text, nullable=False),
        Column("balance", Text, nullable=False),
        Column("template", Text, nullable=False),
        Column("promise", Text, nullable=False),
        PrimaryKeyConstraint("id", name="pk_approvals"),
    )
    op.create_table(
        "discards",
        Column("id", Integer, nullable=False, autoincrement=False),
        Column("begun_at", Text, nullable=False),
        Column("discarded_on", Text, nullable=False),
        Column("discarded_by", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("run_id", Text, nullable=False),
        Column("notice_id", Integer),
        PrimaryKeyConstraint("id", name="pk_discards"),
        ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_discards_run_id"),
        ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_discards_notice_id"),
    )
    op.create_table(
        "discard_results",
        Column("discard_id", Integer, nullable=False),
        Column("at", Text, nullable=False),
        PrimaryKeyConstraint("discard_id", name="pk_discard_results"),
        ForeignKeyConstraint(["discard_id"], ["discards.id"], name="fk_discard_results_discard_id"),
    )
