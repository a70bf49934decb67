"""The schema is one, however a journal came by it; upgrades keep what is recorded."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module, resources
from io import StringIO
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from journals import LOCATION, Desk, notice
from sqlalchemy import Connection

from remindr.errors import Exit, Refused
from remindr.journal import schema, sqlite, upgrade
from remindr.journal.database import open_journal


@pytest.fixture
def location() -> str:
    """Tests of what is on disk."""
    return LOCATION


def schema_of(file: Path) -> dict[str, str]:
    """Every table and index with its SQL, spaces apart."""
    with closing(sqlite3.connect(file)) as connection:
        told = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"\s+", "", sql) for name, sql in told}


@pytest.fixture
def migrated() -> Iterator[Connection]:
    """A database that Alembic made from nothing."""
    connection = sqlite.memory_engine().connect()
    with connection.begin():
        upgrade.upgrade(connection)
    with connection.begin():
        yield connection
    connection.close()
    connection.engine.dispose()


def older(desk: Desk) -> Path:
    """The journal's file as a remindr from before the first migration would have left it: ours, and empty."""
    desk.journal.close()
    desk.file.unlink()
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.execute(f"PRAGMA application_id = {0x524D4452}")
        connection.execute("CREATE TABLE kept (note)")
        connection.execute("INSERT INTO kept VALUES ('from before')")
        connection.commit()
    desk.file.chmod(0o600)
    return desk.file


def kept_in(file: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT note FROM kept").fetchall()


def test_models_and_migrations_agree(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_type": True, "compare_server_default": True})
    assert compare_metadata(context, schema.metadata) == []


def test_a_new_journal_and_an_upgraded_one_have_the_same_schema(desk: Desk) -> None:
    new = schema_of(desk.file)
    desk.journal.close()
    upgraded = older(desk)
    desk.reopen()
    assert {name: sql for name, sql in schema_of(upgraded).items() if name != "kept"} == new
    assert set(new) == {
        *schema.metadata.tables,
        *(
            "alembic_version",
            "wall_notice_key",
            "wall_customer_day",
            "deliveries_of_run",
            "notices_of_day",
            "uncertain_deliveries",
        ),
    }


def test_the_newest_migration_is_the_one_a_new_journal_is_marked_with(migrated: Connection) -> None:
    scripts = ScriptDirectory.from_config(upgrade.configuration(migrated))
    assert scripts.get_heads() == [schema.REVISION]
    assert [step.revision for step in scripts.walk_revisions()] == [f"{number:04}" for number in range(9, 0, -1)]


def test_migrations_ship_with_the_package() -> None:
    steps = resources.files("remindr.journal.migrations") / "versions"
    assert any(step.name.startswith("r0001_") for step in steps.iterdir())
    assert (resources.files("remindr.journal.migrations") / "env.py").is_file()


def test_an_older_journal_is_upgraded_after_a_copy_was_made(desk: Desk) -> None:
    file = older(desk)
    before = schema_of(file)
    desk.reopen()
    desk.send(notice())
    copy = file.with_name("journal.db.0000.backup")
    assert kept_in(file) == kept_in(copy) == [("from before",)]
    assert schema_of(copy) == before
    assert copy.stat().st_mode & 0o777 == 0o600
    desk.reopen()
    assert sorted(path.name for path in file.parent.iterdir() if "-" not in path.name) == [file.name, copy.name]


def test_looking_at_an_older_journal_upgrades_a_copy_in_memory(desk: Desk) -> None:
    file = older(desk)
    before = schema_of(file)
    desk.reopen(create=False)
    assert desk.journal.last_run() is None
    assert desk.progress(("C1", "INV-1")) == {}
    desk.journal.close()
    assert schema_of(file) == before
    assert [path.name for path in file.parent.iterdir()] == ["journal.db"]


def test_a_failed_upgrade_leaves_the_journal_as_it_was(desk: Desk) -> None:
    file = older(desk)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE messages (in_the_way)")
        connection.commit()
    before = schema_of(file)
    with pytest.raises(Exception, match="table messages already exists"):
        open_journal(LOCATION, desk.root, create=True)
    assert schema_of(file) == before


@pytest.mark.parametrize("version", ["0010", "9999", "f00d"])
def test_a_newer_journal_is_refused_and_left_alone(desk: Desk, version: str) -> None:
    desk.send(notice())
    desk.journal.close()
    with closing(sqlite3.connect(desk.file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [version])
        connection.commit()
    before = desk.file.read_bytes()
    for create in (True, False):
        with pytest.raises(Refused) as refused:
            open_journal(LOCATION, desk.root, create=create)
        assert refused.value.exit_code == Exit.REFUSED
        assert str(refused.value) == (
            f".remindr/journal.db: the journal was written by a newer remindr (its schema is {version}, this one "
            "knows 0009)\n  hint: nothing was sent; install that version of remindr or a later one"
        )
    assert desk.file.read_bytes() == before


def test_alembic_is_loaded_only_for_an_upgrade(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from remindr.journal.database import open_journal
for create in (False, True, True, False):
    open_journal({LOCATION!r}, Path({str(tmp_path)!r}), create=create).close()
assert "sqlalchemy" in sys.modules
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_lock_and_records_load_no_database() -> None:
    script = "import sys, remindr.journal.lock, remindr.journal.records; assert 'sqlalchemy' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_walls_stand_on_postgresql_too() -> None:
    """A server's tables are made by the migrations: this is what they would say to it."""
    said = StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said})
    with Operations.context(context):
        for step in ("r0001_first_tables", "r0004_notice_per_invoice"):
            import_module(f"remindr.journal.migrations.versions.{step}").upgrade()
    statements = [" ".join(statement.split()) for statement in said.getvalue().split(";")]
    assert not any("ROWID" in statement for statement in statements)
    assert sorted(statement for statement in statements if "wall_" in statement) == [
        "CREATE UNIQUE INDEX wall_customer_day ON notices (customer_id, as_of, purpose) WHERE NOT voided",
        "CREATE UNIQUE INDEX wall_customer_day ON notices (customer_id, as_of, purpose, about) WHERE NOT voided",
        "CREATE UNIQUE INDEX wall_notice_key ON notices (key) WHERE NOT voided",
        "DROP INDEX wall_customer_day",
    ]


def test_amounts_and_dates_are_text() -> None:
    kinds = {str(column.type) for table in schema.metadata.tables.values() for column in table.columns}
    assert kinds == {"INTEGER", "TEXT", "BOOLEAN"}
