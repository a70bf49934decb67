"""The lock of all machines that share a journal: it lives as long as a connection, so it dies with its holder."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from remindr.errors import DataError
from remindr.journal.engine import explained
from remindr.journal.location import journal_url, shown
from remindr.journal.lock import Holder, told
from remindr.journal.server import own_key, server_engine

_WORKING = 0x524D4452
_KEY = own_key(_WORKING)
_TRY = f"SELECT pg_try_advisory_lock({_KEY})"
_WAIT = f"SELECT pg_advisory_lock({_KEY})"
_HOLDER = f"""
SELECT application_name, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI')
FROM pg_catalog.pg_locks JOIN pg_catalog.pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = {_WORKING}
  AND objid = quote_ident(current_schema())::regnamespace::oid
  AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
"""
_NAME_LENGTH = 63  # more of a connection's name is cut off by the server
_LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def server_lock(location: str, work: str) -> Iterator["ServerLock"]:
    """The lock of the journal at this URL, for a command to take; it is let go at the end."""
    url = journal_url(location)
    signed = f"remindr {work} {os.getpid()} {socket.gethostname()}"
    engine = server_engine(url, signed.encode()[:_NAME_LENGTH].decode(errors="ignore"))
    with explained(shown(url)):
        connection = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    try:
        yield ServerLock(connection, shown(url))
    finally:
        connection.invalidate()  # closes it, whatever has become of it; the server lets go of the lock
        connection.close()


class ServerLock:
    """A lock that a server keeps for one connection."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._name = name

    def take(self, seconds: float) -> bool:
        """Whether it is ours now, or has become so within these seconds."""
        with explained(self._name):
            if seconds > 0:
                return self._wait(seconds)
            got = self._connection.exec_driver_sql(_TRY).scalar()
        if got is None:
            hint = "create the schema that search_path names, or mend the URL under `journal:`"
            raise DataError(f"{self._name}: there is no schema to keep the journal in", hint=hint)
        return bool(got)

    def _wait(self, seconds: float) -> bool:
        self._connection.exec_driver_sql(f"SET lock_timeout = {max(1, int(seconds * 1000))}")
        try:
            self._connection.exec_driver_sql(_WAIT)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                return False
            raise
        return True

    def holder(self) -> Holder | None:
        """Who has it, as far as the server tells; None if nobody has."""
        with explained(self._name):
            row = self._connection.exec_driver_sql(_HOLDER).first()
        if row is None:
            return None
        signed = str(row[0] or "").split(" ")
        if len(signed) != 4:
            return Holder("", "another machine is at work with this journal")
        _, work, process, host = signed
        return Holder(work, told(work, "journal", process, host, row[1]))
