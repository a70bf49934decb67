"""A journal of every version there has been becomes one of today, in a file and on a server, with all that is in it."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from journals import Desk, notice
from postgres import Server, database_of
from sqlalchemy import Column, Connection, MetaData, insert, inspect, select

from remindr.journal import schema, server, sqlite, upgrade
from remindr.journal.database import open_journal
from remindr.journal.location import journal_url

REVISIONS = [f"{number:04}" for number in range(1, int(schema.REVISION) + 1)]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A database without anything in it."""
    if request.param == "sqlite":
        engine = sqlite.memory_engine()
    else:
        engine = server.server_engine(journal_url(request.getfixturevalue("postgres").new_url()))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def value_of(column: Column[Any]) -> Any:
    """Something that may stand in a column."""
    kind = column.type.python_type
    if kind is str:
        return "sent" if column.name == "state" else "2026-11-20"
    return kind(1)


def fill(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Puts a row into every table that is empty; what stands in them then."""
    found = MetaData()
    found.reflect(connection)
    for table in found.sorted_tables:
        if table.name != "alembic_version" and connection.execute(select(table)).first() is None:
            connection.execute(insert(table), {column.name: value_of(column) for column in table.columns})
    return rows(connection)


def rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    found = MetaData()
    found.reflect(connection)
    return {
        table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for table in found.sorted_tables
        if table.name != "alembic_version"
    }


def at_revision(connection: Connection, revision: str) -> None:
    command.upgrade(upgrade.configuration(connection), revision)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_journal_of_any_version_becomes_one_of_today(empty: Connection, revision: str) -> None:
    with empty.begin():
        at_revision(empty, revision)
        before = fill(empty)
    with empty.begin():
        upgrade.upgrade(empty)
    with empty.begin():
        after = rows(empty)
        assert set(after) == set(schema.metadata.tables)
        for table, kept in before.items():
            assert len(after[table]) == len(kept), table
            assert all(now.items() >= was.items() for was, now in zip(kept, after[table], strict=True)), table
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(empty, opts=options), schema.metadata) == []
        indexes = {index["name"]: index["column_names"] for index in inspect(empty).get_indexes("notices")}
    assert indexes == {
        "wall_notice_key": ["key"],
        "wall_customer_day": ["customer_id", "as_of", "purpose", "about"],
        "notices_of_day": ["as_of"],
    }


def test_there_is_a_way_from_every_version(empty: Connection) -> None:
    scripts = ScriptDirectory.from_config(upgrade.configuration(empty))
    assert [step.revision for step in scripts.walk_revisions()] == REVISIONS[::-1]


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_run_upgrades_a_journal_on_a_server(postgres: Server, tmp_path: Any, revision: str) -> None:
    url = postgres.new_url()
    engine = server.server_engine(journal_url(url))
    with engine.begin() as connection:
        at_revision(connection, revision)
        fill(connection)
    engine.dispose()
    with open_journal(url, tmp_path, create=True) as journal:
        assert journal.highest_as_of() == date(2026, 11, 20)
        assert journal.next_run_id(date(2026, 11, 20)) == "2026-11-20-2"
        Desk(tmp_path, journal, url).send(notice())


def test_a_failed_upgrade_leaves_a_journal_on_a_server_as_it_was(postgres: Server, tmp_path: Any) -> None:
    url = postgres.new_url()
    postgres.ask(database_of(url), "CREATE TABLE messages (in_the_way text)")
    with pytest.raises(Exception, match='relation "messages" already exists'):
        open_journal(url, tmp_path, create=True)
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.ask(database_of(url), tables) == [("messages",)]
