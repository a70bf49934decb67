"""What exports showed: their days, the whiles in which an invoice was open, and ids that changed."""

from alembic import op
from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the three tables."""
    op.create_table(
        "exports",
        Column("exported_on", Text, nullable=False),
        Column("recorded_at", Text, nullable=False),
        Column("open_invoices", Integer, nullable=False),
        PrimaryKeyConstraint("exported_on", name="pk_exports"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sightings",
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        Column("opened_on", Text, nullable=False),
        Column("closed_on", Text),
        Column("how", Text),
        Column("issue_date", Text, nullable=False),
        Column("due_date", Text, nullable=False),
        Column("amount", Text, nullable=False),
        Column("currency", Text, nullable=False),
        Column("balance", Text, nullable=False),
        PrimaryKeyConstraint("customer_id", "invoice_id", "opened_on", name="pk_sightings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "identities",
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        Column("first_customer_id", Text, nullable=False),
        Column("first_invoice_id", Text, nullable=False),
        Column("since", Text, nullable=False),
        PrimaryKeyConstraint("customer_id", "invoice_id", name="pk_identities"),
        sqlite_with_rowid=False,
    )
