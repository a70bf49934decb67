"""Deliveries are found by their run, and those that nobody knows the end of by that: there are many, one an e-mail."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the two indexes."""
    op.create_index("deliveries_of_run", "deliveries", ["run_id"])
    uncertain = text("state = 'uncertain'")
    op.create_index(
        "uncertain_deliveries", "delivery_states", ["delivery_id"], sqlite_where=uncertain, postgresql_where=uncertain
    )
