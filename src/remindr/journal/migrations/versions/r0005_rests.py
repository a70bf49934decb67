"""Disputes and holds that exports showed: since when, and until when."""

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "rests",
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        Column("cause", Text, nullable=False),
        Column("since", Text, nullable=False),
        Column("until", Text),
        PrimaryKeyConstraint("customer_id", "invoice_id", "cause", "since", name="pk_rests"),
        sqlite_with_rowid=False,
    )
