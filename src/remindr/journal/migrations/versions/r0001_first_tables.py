"""The first tables: runs, deliveries with their states, notices with their lines and messages."""

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table and both unique walls."""
    _runs()
    _deliveries()
    _notices()
    _parts_of_notices()
    _wall("wall_notice_key", ["key"])
    _wall("wall_customer_day", ["customer_id", "as_of", "purpose"])


def _runs() -> None:
    op.create_table(
        "runs",
        Column("id", Integer, autoincrement=False, nullable=False),
        Column("run_id", Text, nullable=False),
        Column("as_of", Text, nullable=False),
        Column("started_at", Text, nullable=False),
        Column("exported_on", Text),
        Column("invoice_rows", Integer, nullable=False),
        Column("open_invoices", Integer, nullable=False),
        Column("quarantine", Text, nullable=False),
        Column("fingerprint", Text, nullable=False),
        Column("tool_version", Text, nullable=False),
        PrimaryKeyConstraint("id", name="pk_runs"),
        UniqueConstraint("run_id", name="uq_runs_run_id"),
    )
    op.create_table(
        "run_results",
        Column("run_id", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("sent", Text, nullable=False),
        Column("failed", Integer, nullable=False),
        Column("uncertain", Integer, nullable=False),
        Column("held", Integer, nullable=False),
        Column("skipped", Integer, nullable=False),
        PrimaryKeyConstraint("run_id", name="pk_run_results"),
        ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_run_results_run_id"),
    )
    op.create_table(
        "run_flags",
        Column("run_id", Text, nullable=False),
        Column("code", Text, nullable=False),
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        PrimaryKeyConstraint("run_id", "code", "customer_id", "invoice_id", name="pk_run_flags"),
        ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_run_flags_run_id"),
        sqlite_with_rowid=False,
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        Column("id", Integer, autoincrement=False, nullable=False),
        Column("run_id", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("target", Text, nullable=False),
        PrimaryKeyConstraint("id", name="pk_deliveries"),
        ForeignKeyConstraint(["run_id"], ["runs.run_id"], name="fk_deliveries_run_id"),
    )
    op.create_table(
        "delivery_states",
        Column("delivery_id", Integer, nullable=False),
        Column("ordinal", Integer, nullable=False),
        Column("state", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("detail", Text, nullable=False),
        PrimaryKeyConstraint("delivery_id", "ordinal", name="pk_delivery_states"),
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_delivery_states_delivery_id"),
        sqlite_with_rowid=False,
    )


def _notices() -> None:
    op.create_table(
        "notices",
        Column("id", Integer, autoincrement=False, nullable=False),
        Column("key", Text, nullable=False),
        Column("delivery_id", Integer, nullable=False),
        Column("customer_id", Text, nullable=False),
        Column("as_of", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("segment", Text, nullable=False),
        Column("sequence", Text, nullable=False),
        Column("step", Text, nullable=False),
        Column("level", Integer, nullable=False),
        Column("overdue", Boolean, nullable=False),
        Column("channels", Text, nullable=False),
        Column("recipient", Text, nullable=False),
        Column("respond_by", Text),
        Column("fingerprint", Text, nullable=False),
        Column("totals", Text, nullable=False),
        Column("voided", Boolean, nullable=False),
        PrimaryKeyConstraint("id", name="pk_notices"),
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_notices_delivery_id"),
    )


def _parts_of_notices() -> None:
    op.create_table(
        "lines",
        Column("customer_id", Text, nullable=False),
        Column("invoice_id", Text, nullable=False),
        Column("notice_id", Integer, nullable=False),
        Column("role", Text, nullable=False),
        Column("issue_date", Text),
        Column("sequence", Text),
        Column("step", Text),
        Column("repeat", Integer, nullable=False),
        Column("level", Integer),
        Column("balance", Text, nullable=False),
        Column("currency", Text, nullable=False),
        PrimaryKeyConstraint("customer_id", "invoice_id", "notice_id", name="pk_lines"),
        ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_lines_notice_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "messages",
        Column("notice_id", Integer, nullable=False),
        Column("channel", Text, nullable=False),
        Column("delivery_id", Integer, nullable=False),
        PrimaryKeyConstraint("notice_id", "channel", name="pk_messages"),
        ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_messages_notice_id"),
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_messages_delivery_id"),
        sqlite_with_rowid=False,
    )


def _wall(name: str, columns: list[str]) -> None:
    op.create_index(
        name,
        "notices",
        columns,
        unique=True,
        sqlite_where=text("voided = 0"),
        postgresql_where=text("NOT voided"),
    )
