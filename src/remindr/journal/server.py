"""All that is PostgreSQL's own: engines, settings, how transactions begin, one upgrade at a time."""

from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from remindr.errors import ProjectError
from remindr.journal.engine import BUSY_SECONDS

# What is asked of the server unless the URL says otherwise. Either side notices within a minute that the other is gone.
_ASKED = {"connect_timeout": 10, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

# A claim stays open while messages are written, and a lock while people think: no timeout may end them. A commit is
# on disk when it returns, whatever the database is set to. Settings that an older server does not have are left out.
_SETTINGS = """
SELECT set_config(name, wanted, false) FROM pg_catalog.pg_settings
JOIN (VALUES ('idle_session_timeout', '0'), ('idle_in_transaction_session_timeout', '0'), ('transaction_timeout', '0'),
  ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3'),
  ('synchronous_commit', 'on')) AS ours (its_name, wanted) ON name = its_name
WHERE name <> 'synchronous_commit' OR setting = 'off'
"""
_READS = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"  # one state of the journal from first to last
_WRITES = f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'; LOCK TABLE runs IN SHARE ROW EXCLUSIVE MODE"
_UPGRADING = 0x524D4453


def own_key(of: int) -> str:
    """The SQL of a key for locks of `of`'s kind that is this journal's own: two schemas of a database are two."""
    return f"({of}::bigint << 32) | quote_ident(current_schema())::regnamespace::oid::bigint"


def server_engine(url: URL, name: str = "remindr") -> Engine:
    """An engine on a database server, which knows its connections by `name`; ProjectError if it cannot be spoken to.

    Parameters go by position, as `bulk_insert` passes them.
    """
    asked = {key: value for key, value in _ASKED.items() if key not in url.query}
    try:
        engine = create_engine(
            url, paramstyle="format", isolation_level="READ COMMITTED", poolclass=NullPool,
            connect_args={**asked, "application_name": name},
        )  # fmt: skip
    except ImportError as error:
        what = "journal: a journal on a PostgreSQL server needs a library that is not installed"
        raise ProjectError(what, hint="pip install 'remindr[postgres]'") from error
    return _set_up(engine)


def _set_up(engine: Engine) -> Engine:
    """The engine, its connections with our settings and with transactions that begin as SQLite's do."""

    @event.listens_for(engine, "connect")
    def apply(connection: Any, _record: object) -> None:
        connection.execute(_SETTINGS)
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # One writes at a time, so that numbers can be given out and walls be looked at; others go on reading.
        writes = connection.get_execution_options().get("writes")
        if writes is not None:
            connection.exec_driver_sql(_WRITES if writes else _READS)

    return engine


def upgrade_alone(connection: Connection) -> None:
    """Waits until no other process makes or upgrades this journal, and lets none until the transaction ends."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({own_key(_UPGRADING)})")
