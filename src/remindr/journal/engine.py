"""What every database needs: its errors in words for people, and a fast way in for many rows."""

import gc
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError

from remindr.errors import DataError, Locked, Refused, RemindrError
from remindr.journal.server_errors import told_by_server

_Value = TypeVar("_Value")

BUSY_SECONDS = 30
_IN_ONE = 500
_PARAMETERS = 8000  # per statement; SQLite takes 32,766 and PostgreSQL 65,535


@contextmanager
def explained(name: str) -> Iterator[None]:
    """Turns what the database says into an error for people; `name` is the journal's location."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:  # copies of a file are made without SQLAlchemy
        if (told := _told(error, name)) is None:
            raise
        raise told from error
    except UnicodeDecodeError as error:  # SQLite quotes what it finds in a broken file
        raise damaged(name, "it holds bytes that are no text") from error


@contextmanager
def explained_places(name: str) -> Iterator[None]:
    """Turns what the operating system refuses into an error for people."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{name}: the journal cannot be used: {error.strerror or error}",
            hint="nothing was sent; see that this user may write to the folder it is in",
        ) from error


def _told(error: DBAPIError | sqlite3.Error, name: str) -> RemindrError | None:
    """The error for people, None when it is a mistake of our own."""
    said = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and type(said).__module__.startswith("psycopg"):
        return told_by_server(error, name)
    code = getattr(said, "sqlite_errorname", "")
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Locked(
            f"{name}: another program has held the journal for more than {BUSY_SECONDS} seconds",
            hint="close the program that has it open (a database viewer, a backup) and try again",
        )
    unknown = str(said).startswith(("no such column", "no such table"))  # of a schema whose version is ours
    if unknown or code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "Could not decode" in str(said):
        return damaged(name, str(said))
    if code.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return DataError(
            f"{name}: the journal cannot be written: {said}",
            hint="see that the disk has room and that this user may write to the journal's folder",
        )
    return None


class Damaged(Refused):
    """The refusal of a journal that cannot be trusted."""

    def with_copy(self, copy: str) -> Refused:
        """The same for people who have a copy to put back."""
        hint = f"put back a copy, the newest here is {copy}; {_NOT_ANEW}"
        return Refused(replace(problem, hint=hint) for problem in self.problems)


def damaged(name: str, fact: str) -> Damaged:
    """The refusal of a journal in which something is wrong."""
    hint = f"put back the newest backup of this file; {_NOT_ANEW}"
    return Damaged(f"{name}: the journal is damaged: {fact}", hint=hint)


_NOT_ANEW = "do not delete it, for without its journal remindr would write to everybody again"


@contextmanager
def many_values() -> Iterator[None]:
    """Holds the search for reference cycles while very many values are made; it takes longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def bulk_insert(connection: Connection, table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Inserts rows given in the order of the table's columns.

    Many rows go into one statement of plain text: half the time of passing them one by one, and far less than
    the dictionaries that an ordinary `insert()` takes.
    """
    one = str(insert(table).compile(dialect=connection.dialect))
    head, _, values = one.partition(" VALUES ")
    together = _PARAMETERS // len(table.columns)
    many = f"{head} VALUES {', '.join([values] * together)}"
    source = iter(rows)
    while batch := list(islice(source, together)):
        if len(batch) == together:
            connection.exec_driver_sql(many, tuple(chain.from_iterable(batch)))
        else:
            connection.exec_driver_sql(one, batch)


def in_parts(every: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    """The values a few hundred at a time: as many as any database takes in one `IN`."""
    return (every[start : start + _IN_ONE] for start in range(0, len(every), _IN_ONE))
