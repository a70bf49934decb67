"""One notice per customer and day, or per invoice where it has one to itself."""

from alembic import op
from sqlalchemy import Column, Text, text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds what a notice is about, and makes the wall of a customer's day anew with it."""
    op.add_column("notices", Column("about", Text, nullable=False, server_default=text("''")))
    op.drop_index("wall_customer_day", "notices")
    op.create_index(
        "wall_customer_day",
        "notices",
        ["customer_id", "as_of", "purpose", "about"],
        unique=True,
        sqlite_where=text("voided = 0"),
        postgresql_where=text("NOT voided"),
    )
