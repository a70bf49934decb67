"""What people noted, and how promises went from export to export."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Text

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "notes",
        Column("id", Integer, nullable=False, autoincrement=False),
        Column("key", Text, nullable=False),
        Column("recorded_at", Text, nullable=False),
        Column("source", Text, nullable=False),
        Column("noted_on", Text, nullable=False),
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("noted_by", Text, nullable=False),
        Column("text", Text, nullable=False),
        Column("until", Text),
        Column("parts", Text, nullable=False),
        Column("currency", Text, nullable=False),
        Column("covers", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("undoes", Integer),
        PrimaryKeyConstraint("id", name="pk_notes"),
    )
    op.create_table(
        "promised_owed",
        Column("key", Text, nullable=False),
        Column("exported_on", Text, nullable=False),
        Column("owed", Text, nullable=False),
        PrimaryKeyConstraint("key", "exported_on", name="pk_promised_owed"),
        sqlite_with_rowid=False,
    )
