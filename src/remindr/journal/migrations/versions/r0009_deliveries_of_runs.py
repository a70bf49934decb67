"""Deliveries are found by their run, or by that nobody knows their end, and notices by their day: there are many."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the indexes."""
    op.create_index("deliveries_of_run", "deliveries", ["run_id"])
    op.create_index("notices_of_day", "notices", ["as_of"])
    uncertain = text("state = 'uncertain'")
    op.create_index(
        "uncertain_deliveries", "delivery_states", ["delivery_id"], sqlite_where=uncertain, postgresql_where=uncertain
    )
