"""The journal's tables: append-only history, the same on SQLite and PostgreSQL.

    runs ──< deliveries ──< delivery_states      the newest state of a delivery is where it stands
     │            └──< notices ──< lines         one line per invoice that a notice names
     │                    ├──< messages          one message per channel
     │                    └──< follow_ups        the call that it announces, with the day that the customer was told
     └── run_results                             absent: the run never came to its end

    exports        the days of which exports were seen
    sightings      whiles in which they showed an invoice open, see core/sightings.py
    identities     other ids of an invoice: those under which it was not seen first
    rests          whiles in which they showed an invoice disputed, or it or its customer on hold, see core/rests.py

    notes          what people noted of customers and invoices; taking one back is a note, too
    promised_owed  what exports showed to be still owed of what a promise is about, until it is decided
    approvals      what people approved or refused, and what that holds for, see core/approvals.py

    journal_identity  one row: the id by which seals know the journal, see seals.py

    discards ──< discard_results                 absent: it was begun, and the next command that writes ends it

`notices.about` is the invoice that has a notice to itself, and empty for the one notice that a customer has on a day.
`notices.voided` changes when a delivery was abandoned or a notice discarded, and takes it out of both unique walls; a
sighting or a rest changes when its while ends or an older export is learned. Nothing else ever does. Dates and times
are ISO text and amounts are decimal text, so nothing is rounded or shifted by a driver; there are no names, addresses
or bodies. A change here needs a migration beside it and a new REVISION.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, Table, Text, text

REVISION = "0009"

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

journal_identity = Table("journal_identity", metadata, Column("id", Text, primary_key=True))

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Text, nullable=False, unique=True),
    Column("as_of", Text, nullable=False),
    Column("started_at", Text, nullable=False),
    Column("exported_on", Text),
    Column("invoice_rows", Integer, nullable=False),
    Column("open_invoices", Integer, nullable=False),
    Column("quarantine", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("tool_version", Text, nullable=False),
)

run_results = Table(
    "run_results",
    metadata,
    Column("run_id", Text, ForeignKey(runs.c.run_id), primary_key=True),
    Column("at", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("uncertain", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
)

run_flags = Table(
    "run_flags",
    metadata,
    Column("run_id", Text, ForeignKey(runs.c.run_id), primary_key=True),
    Column("code", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("run_id", Text, ForeignKey(runs.c.run_id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
)

delivery_states = Table(
    "delivery_states",
    metadata,
    Column("delivery_id", Integer, ForeignKey(deliveries.c.id), primary_key=True),
    Column("ordinal", Integer, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("detail", Text, nullable=False),
    sqlite_with_rowid=False,
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("delivery_id", Integer, ForeignKey(deliveries.c.id), nullable=False),
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
    Column("about", Text, nullable=False, server_default=text("''")),
)

lines = Table(
    "lines",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Column("notice_id", Integer, ForeignKey(notices.c.id), primary_key=True),
    Column("role", Text, nullable=False),
    Column("issue_date", Text),
    Column("sequence", Text),
    Column("step", Text),
    Column("repeat", Integer, nullable=False),
    Column("level", Integer),
    Column("balance", Text, nullable=False),
    Column("currency", Text, nullable=False),
    sqlite_with_rowid=False,
)

messages = Table(
    "messages",
    metadata,
    Column("notice_id", Integer, ForeignKey(notices.c.id), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("delivery_id", Integer, ForeignKey(deliveries.c.id), nullable=False),
    sqlite_with_rowid=False,
)

follow_ups = Table(
    "follow_ups",
    metadata,
    Column("notice_id", Integer, ForeignKey(notices.c.id), primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("step", Text, nullable=False),
    sqlite_with_rowid=False,
)

# A server's tables are made by the migrations, which say the same for PostgreSQL. Naming that dialect here
# would load all of it in every run.
_IN_FORCE = ~notices.c.voided

Index("deliveries_of_run", deliveries.c.run_id)
Index("notices_of_day", notices.c.as_of)
Index("uncertain_deliveries", delivery_states.c.delivery_id, sqlite_where=text("state = 'uncertain'"))
Index("wall_notice_key", notices.c.key, unique=True, sqlite_where=_IN_FORCE)
Index(
    "wall_customer_day",
    notices.c.customer_id,
    notices.c.as_of,
    notices.c.purpose,
    notices.c.about,
    unique=True,
    sqlite_where=_IN_FORCE,
)

exports = Table(
    "exports",
    metadata,
    Column("exported_on", Text, primary_key=True),
    Column("recorded_at", Text, nullable=False),
    Column("open_invoices", Integer, nullable=False),
    sqlite_with_rowid=False,
)

sightings = Table(
    "sightings",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Column("opened_on", Text, primary_key=True),
    Column("closed_on", Text),
    Column("how", Text),
    Column("issue_date", Text, nullable=False),
    Column("due_date", Text, nullable=False),
    Column("amount", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("balance", Text, nullable=False),
    sqlite_with_rowid=False,
)

identities = Table(
    "identities",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Column("first_customer_id", Text, nullable=False),
    Column("first_invoice_id", Text, nullable=False),
    Column("since", Text, nullable=False),
    sqlite_with_rowid=False,
)

rests = Table(
    "rests",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("invoice_id", Text, primary_key=True),
    Column("cause", Text, primary_key=True),
    Column("since", Text, primary_key=True),
    Column("until", Text),
    sqlite_with_rowid=False,
)

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
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
)

promised_owed = Table(
    "promised_owed",
    metadata,
    Column("key", Text, primary_key=True),
    Column("exported_on", Text, primary_key=True),
    Column("owed", Text, nullable=False),
    sqlite_with_rowid=False,
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
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
)

discards = Table(
    "discards",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("begun_at", Text, nullable=False),
    Column("discarded_on", Text, nullable=False),
    Column("discarded_by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("run_id", Text, ForeignKey(runs.c.run_id), nullable=False),
    Column("notice_id", Integer, ForeignKey(notices.c.id)),
)

discard_results = Table(
    "discard_results",
    metadata,
    Column("discard_id", Integer, ForeignKey(discards.c.id), primary_key=True),
    Column("at", Text, nullable=False),
)
