"""Which journal this is: an id by which it is known outside."""

from uuid import uuid4

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table with its one row."""
    table = op.create_table(
        "journal_identity", Column("id", Text, nullable=False), PrimaryKeyConstraint("id", name="pk_journal_identity")
    )
    op.bulk_insert(table, [{"id": uuid4().hex}])
