"""All that is SQLite's own: engines, settings, the look of the file, copies of it."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from glob import escape
from pathlib import Path
from sqlite3 import connect
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from remindr.errors import Locked, Refused
from remindr.journal.engine import BUSY_SECONDS, damaged
from remindr.journal.places import sync_folder

_APPLICATION_ID = 0x524D4452  # "RMDR", so that somebody else's SQLite file is not taken for a journal
_MAGIC = b"SQLite format 3\0"

_WEEK = timedelta(7)
_WEEKLY_KEPT = 2

_DURABLE = ("journal_mode = WAL", "synchronous = FULL")
_SETTINGS = (
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "automatic_index = OFF",  # a join walks the short table and looks the long one up, never the other way round
    "cache_size = -65536",  # KiB: a claim of a big book stays in memory until its commit
)


def file_engine(path: Path, *, read_only: bool) -> Engine:
    """An engine on an existing file. `read_only` suits a folder that cannot be written to: nothing appears there."""
    query = {"uri": "true", "mode": "ro", "immutable": "1"} if read_only else {"uri": "true", "mode": "rw"}
    url = URL.create("sqlite+pysqlite", database="file:" + quote(str(path.absolute())), query=query)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, poolclass=StaticPool)
    return _set_up(engine, _SETTINGS if read_only else _DURABLE + _SETTINGS)


def memory_engine() -> Engine:
    """An engine on an empty database that lives as long as its one connection."""
    return _set_up(create_engine("sqlite+pysqlite://", poolclass=StaticPool), _SETTINGS)


def _set_up(engine: Engine, settings: Iterable[str]) -> Engine:
    """The engine, its connections with these settings and with transactions that begin when we say so."""

    @event.listens_for(engine, "connect")
    def apply(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for setting in settings:
            connection.execute(f"PRAGMA {setting}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Asking for the write lock at once waits for a busy database; upgrading a read later would just fail.
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def check_header(path: Path, name: str) -> None:
    """Refuses a file that is no journal, or only the beginning of one; reads 100 bytes of it."""
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100 or not header.startswith(_MAGIC):
        raise damaged(name, "the file is empty" if not header else "it is not a database")
    if int.from_bytes(header[68:72]) != _APPLICATION_ID:
        raise Refused(
            f"{name}: is a database, but not a journal of remindr",
            hint="nothing was sent; mend `journal:` in remindr.yaml, or leave the line out for the usual place",
        )
    page = int.from_bytes(header[16:18])
    expected, size = int.from_bytes(header[28:32]) * (65536 if page == 1 else page), path.stat().st_size
    if size < expected and not _size_of(_beside(path, "-wal")):
        raise damaged(name, f"the file has {size} of its {expected} bytes")


def refuse_leftovers(path: Path, name: str) -> None:
    """Refuses when a journal is gone but what it had yet to write into itself is still there."""
    if _size_of(_beside(path, "-wal")):
        raise damaged(name, f"it is gone, but its other half {path.name}-wal is there")


def only_readable(path: Path) -> bool:
    """Whether the file must be opened as it stands: nothing may be written, and nothing waits to be."""
    effective = os.access in os.supports_effective_ids
    writable = (os.access(place, os.W_OK, effective_ids=effective) for place in (path, path.parent))
    return not all(writable) and not _size_of(_beside(path, "-wal"))


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def check_pages(connection: Connection, name: str, tables: Iterable[str]) -> None:
    """Refuses a journal with broken pages in these tables, or anywhere when none are named."""
    for table in tables or ("",):
        found = connection.exec_driver_sql(f"PRAGMA quick_check{table and f'({table})'}").scalars().first()
        if found != "ok":
            raise damaged(name, " ".join(str(found).split()))


def mark_as_journal(connection: Connection) -> None:
    """Writes into the file's header what it is."""
    connection.exec_driver_sql(f"PRAGMA application_id = {_APPLICATION_ID}")


def image(connection: Connection) -> bytes:
    """The database as the bytes of a file."""
    serialized: bytes = _driver(connection).serialize()
    return serialized


def copy(source: Connection, target: Connection) -> None:
    """Replaces all that is in `target` by all that is in `source`."""
    _driver(source).backup(_driver(target))


def back_up(source: Connection, path: Path) -> None:
    """Copies a journal into a file for this user alone, which appears whole; one of that name is replaced."""
    fresh = path.with_name(".backup.new")
    for left in (fresh, fresh.with_name(f"{fresh.name}-journal")):  # by one that broke off
        left.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with closing(connect(fresh)) as target:
        _driver(source).backup(target)
    fresh.replace(path)
    sync_folder(path.parent)


def back_up_weekly(source: Connection, path: Path, today: date, first: date) -> None:
    """Leaves a copy beside the journal, named after today, a week after the last one or its `first` run; keeps two."""
    known = sorted(_weekly(path))
    last = max((day for day, _ in known if day <= today), default=first)
    if today - last < _WEEK:
        return
    back_up(source, path.with_name(f"{path.name}.{today}.backup"))
    for _, copy in known[: 1 - _WEEKLY_KEPT]:
        copy.unlink()


def _weekly(path: Path) -> Iterator[tuple[date, Path]]:
    for copy in copies_of(path):
        with suppress(ValueError):
            yield date.fromisoformat(copy.name.removeprefix(f"{path.name}.").removesuffix(".backup")), copy


def copies_of(path: Path) -> list[Path]:
    """The copies of a journal beside it, the newest at the end."""
    return sorted(path.parent.glob(f"{escape(path.name)}.*.backup"), key=lambda copy: copy.stat().st_mtime_ns)


def rewrite(connection: Connection, path: Path, name: str) -> None:
    """Writes the whole file anew, so that nothing that was removed is left in it, in its log, or in copies beside it.

    Locked while another program reads it.
    """
    driver = _driver(connection)
    driver.execute("PRAGMA secure_delete = ON")
    driver.execute("VACUUM")
    busy, _, _ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise Locked(
            f"{name}: another program reads the journal, and what was to be forgotten is still in its log",
            hint="close that program (a database viewer, a backup) and repeat the command",
        )
    for copy in copies_of(path):
        copy.unlink()
    sync_folder(path.parent)


@contextmanager
def without_foreign_keys(connection: Connection) -> Iterator[None]:
    """A while in which tables can be rebuilt under those that refer to them."""
    driver = _driver(connection)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
