"""The calls that notices announce: the day that the customer was told, and the key of the call."""

from alembic import op
from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "follow_ups",
        Column("notice_id", Integer, nullable=False),
        Column("channel", Text, nullable=False),
        Column("day", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("step", Text, nullable=False),
        PrimaryKeyConstraint("notice_id", "channel", name="pk_follow_ups"),
        ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_follow_ups_notice_id"),
        sqlite_with_rowid=False,
    )
