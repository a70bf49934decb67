"""Opening a journal: where it is, whether it can be trusted, and which schema it has."""

import os
import re
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, Column, Connection, MetaData, String, Table, insert, select

from remindr import registry
from remindr.errors import Refused
from remindr.journal import schema, server, sqlite
from remindr.journal.engine import Damaged, explained, explained_places
from remindr.journal.journal import Journal
from remindr.journal.location import journal_url, shown
from remindr.journal.places import make_private, refuse_network, sync_folder, write_private
from remindr.journal.seals import Seals

_SMALL = 8 << 20  # bytes; a smaller journal is checked page by page each time it is opened
_SMALL_TABLES = ("runs", "run_results", "deliveries", "delivery_states")

_alembic_version = Table(
    "alembic_version",
    MetaData(naming_convention={"pk": "alembic_version_pkc"}),
    Column("version_num", String(32), primary_key=True),
)


def open_journal(location: str, root: Path, *, create: bool) -> Journal:
    """The journal at `location`, a path below `root` or a URL.

    With `create` a missing one is made and an older one upgraded. Without it nothing is written: a missing journal
    is an empty one in memory, and an older one is upgraded in a copy.
    """
    url = journal_url(location)
    in_file = url.get_backend_name() == "sqlite"
    name = (url.database or location) if in_file else shown(url)
    try:
        with explained_places(name), explained(name):
            connection = _in_file(root / name, name, create=create) if in_file else _on_server(url, name, create=create)
    except Damaged as error:
        copies = sqlite.copies_of(root / name)
        raise error.with_copy(str(Path(name).with_name(copies[-1].name))) if copies else error from None
    file = root / name if in_file else None
    return Journal(connection, name, Seals(root, file, location), file)


def _on_server(url: URL, name: str, *, create: bool) -> Connection:
    """A connection with a schema that is current; an empty journal in memory when there is none to read yet."""
    connection = server.server_engine(url).connect()
    try:
        return _made_current_there(connection, name, create=create)
    except BaseException:
        _close(connection)
        raise


def _made_current_there(connection: Connection, name: str, *, create: bool) -> Connection:
    with connection.begin():
        if create:
            server.upgrade_alone(connection)
        version = _version(connection)
        if not _is_older(version, name):
            return connection
        if create:
            _upgrade(connection)
            return connection
    if version is not None:
        raise Refused(f"{name}: the journal needs an upgrade first", hint="remindr run upgrades it")
    _close(connection)
    return _empty()


def _in_file(path: Path, name: str, *, create: bool) -> Connection:
    if not path.exists():
        sqlite.refuse_leftovers(path, name)
        if not create:
            return _empty()
        _create(path, name)
    if create:
        _remove_beginnings(path)
    refuse_network(path, name)
    sqlite.check_header(path, name)
    connection = sqlite.file_engine(path, read_only=not create and sqlite.only_readable(path)).connect()
    try:
        return _made_current(connection, path, name, in_place=create)
    except BaseException:
        _close(connection)
        raise


def _made_current(connection: Connection, path: Path, name: str, *, in_place: bool) -> Connection:
    with connection.begin():
        sqlite.check_pages(connection, name, () if path.stat().st_size <= _SMALL else _SMALL_TABLES)
        version = _version(connection)
    if not _is_older(version, name):
        return connection
    if in_place:
        sqlite.back_up(connection, path.with_name(f"{path.name}.{version or '0000'}.backup"))
    else:
        original, connection = connection, sqlite.memory_engine().connect()
        sqlite.copy(original, connection)
        _close(original)
    with sqlite.without_foreign_keys(connection), connection.begin():
        _upgrade(connection)
    return connection


def _version(connection: Connection) -> str | None:
    """The schema version that is written there; None before the first migration."""
    if not connection.dialect.has_table(connection, _alembic_version.name):
        return None
    return connection.scalar(select(_alembic_version.c.version_num))


def _is_older(version: str | None, name: str) -> bool:
    """Whether an upgrade is due; Refused when a newer remindr has been at work here."""
    if version is None or (version.isdigit() and version < schema.REVISION):
        return True
    if version == schema.REVISION:
        return False
    raise Refused(
        f"{name}: the journal was written by a newer remindr (its schema is {version}, this one knows "
        f"{schema.REVISION})",
        hint="nothing was sent; install that version of remindr or a later one",
    )


def _upgrade(connection: Connection) -> None:
    registry.load("remindr.journal.upgrade:upgrade")(connection)


def _empty() -> Connection:
    """An empty journal in memory."""
    connection = sqlite.memory_engine().connect()
    with connection.begin():
        schema.metadata.create_all(connection, checkfirst=False)
        _alembic_version.create(connection, checkfirst=False)
        connection.execute(insert(_alembic_version).values(version_num=schema.REVISION))
        connection.execute(insert(schema.journal_identity).values(id=uuid4().hex))
        sqlite.mark_as_journal(connection)
    return connection


def _create(path: Path, name: str) -> None:
    """Makes an empty journal that appears whole or not at all, and never in the place of another."""
    make_private(path.parent)
    refuse_network(path.parent, name)
    connection = _empty()
    image = sqlite.image(connection)
    _close(connection)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    write_private(fresh, image)
    _put_in_place(fresh, path)
    sync_folder(path.parent)


def _put_in_place(fresh: Path, path: Path) -> None:
    """Gives a new journal its name unless another process was faster."""
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not path.exists():
            fresh.rename(path)
            return
    fresh.unlink(missing_ok=True)


def _remove_beginnings(path: Path) -> None:
    """Removes new journals that never came to their name, now that there is one of that name."""
    for fresh in path.parent.glob("*.new"):
        if re.fullmatch(rf"{re.escape(path.name)}\.\d+\.new", fresh.name):
            fresh.unlink(missing_ok=True)


def _close(connection: Connection) -> None:
    connection.close()
    connection.engine.dispose()
