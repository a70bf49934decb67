"""What people are told when a journal on a server cannot be used. Nothing is sent, and no password is shown."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Server, database_of
from shop import open_shop, run_arguments, visible

from remindr.cli import run_app

SECRET = "s3cret"  # noqa: S105  # of nobody


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return open_shop(tmp_path / "shop")


@pytest.fixture
def url(postgres: Server) -> str:
    """A database with a journal of the shop."""
    return postgres.new_journal()


@pytest.fixture
def reader(postgres: Server, url: str) -> Iterator[str]:
    """The URL for somebody who may only read there."""
    database = database_of(url)
    postgres.ask(database, "CREATE ROLE reader LOGIN", f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
    postgres.ask(
        database,
        f"GRANT CONNECT ON DATABASE {database} TO reader",
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader",
    )
    yield postgres.url(database, "reader")
    postgres.ask(database, "DROP OWNED BY reader", "DROP ROLE reader")


def at(root: Path, journal: str) -> Path:
    """The shop, with its journal there."""
    settings = re.sub(r"^journal: .*\n", "", (root / "remindr.yaml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    (root / "remindr.yaml").write_text(f"{settings}journal: {journal}\n", encoding="utf-8")
    return root


def told(root: Path, capsys: pytest.CaptureFixture[str], *command: str, code: int = 1) -> str:
    """What a command, or a run, says on stderr; it sends nothing, and never shows a password or a traceback."""
    capsys.readouterr()
    assert run_app([*command, "-C", str(root)] if command else run_arguments(root)) == code
    said = capsys.readouterr()
    assert visible(root) == []
    assert not list((root / "outbox").glob(".*"))
    assert "Traceback" not in said.err
    assert SECRET not in said.out + said.err
    return said.err


def test_a_server_that_does_not_answer(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as nobody:  # has a port and does not listen on it
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        at(root, f"postgresql://ada:{SECRET}@127.0.0.1:{port}/books")
        for command in ((), ("status",), ("note", "01", "hold")):
            err = told(root, capsys, *command)
            assert f"postgresql://ada:***@127.0.0.1:{port}/books: the server cannot be reached: connection to" in err
            assert (
                "hint: nothing was sent; see that the server runs, and that `journal:` names its host and port" in err
            )


def test_a_server_that_nobody_knows(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    err = told(at(root, "postgresql://nowhere.invalid/books"), capsys)
    assert err.startswith("postgresql://nowhere.invalid/books: the server cannot be reached: ")


@pytest.mark.parametrize("asked", ["", f"?password={SECRET}"])
def test_a_wrong_password(root: Path, capsys: pytest.CaptureFixture[str], postgres: Server, asked: str) -> None:
    err = told(at(root, postgres.url_by_tcp("postgres", "postgres", SECRET) + asked), capsys)
    assert (
        f"postgresql://postgres:***@127.0.0.1:{postgres.port}/postgres: the server does not let this user in: " in err
    )
    assert 'password authentication failed for user "postgres"\n' in err
    assert "hint: mend user and password under `journal:`, in PGPASSWORD or in ~/.pgpass" in err


def test_a_database_that_is_not_there(root: Path, capsys: pytest.CaptureFixture[str], postgres: Server) -> None:
    err = told(at(root, postgres.url("nowhere")), capsys)
    assert ': database "nowhere" does not exist\n  hint: create it on the server (createdb), or mend `journal:`' in err


@pytest.mark.parametrize(
    "journal",
    [
        f"postgresql://ada:x@{SECRET}@host/books",
        f"postgresql://ada@host:{SECRET}/books",
        f"postgresql://ada:x@y:{SECRET}@host/books",
    ],
)
def test_a_url_that_cannot_be_read_is_not_repeated(
    root: Path, capsys: pytest.CaptureFixture[str], journal: str
) -> None:
    assert told(at(root, journal), capsys, code=2) == (
        "journal: the URL cannot be read\n"
        "  hint: in a URL write %40 for @, %3A for : and %2F for / in a password; or leave it out and put it into "
        "~/.pgpass\n"
    )


def test_a_connection_lost_before_anything_was_passed_on(
    root: Path, capsys: pytest.CaptureFixture[str], postgres: Server, url: str
) -> None:
    breaks_at(postgres, url, "deliveries")
    err = told(at(root, url), capsys)
    assert ": the server no longer answers: " in err
    assert "hint: see that the server runs; the next run finds out how far this one came" in err
    postgres.ask(database_of(url), "DROP TRIGGER breaks ON deliveries")
    assert run_app(run_arguments(root)) == 0
    assert len(visible(root)) == 1


def test_a_connection_lost_after_everything_was_written(
    root: Path, capsys: pytest.CaptureFixture[str], postgres: Server, url: str
) -> None:
    breaks_at(postgres, url, "delivery_states", "WHEN (NEW.state = 'sent')")
    assert run_app(run_arguments(at(root, url))) == 3
    assert "everything was written all the same" in capsys.readouterr().err
    (folder,) = visible(root)
    postgres.ask(database_of(url), "DROP TRIGGER breaks ON delivery_states")
    assert run_app(run_arguments(root)) == 0
    assert "it is complete now, with 7 messages in outbox/" in capsys.readouterr().err
    assert visible(root) == [folder]


def breaks_at(postgres: Server, url: str, table: str, when: str = "") -> None:
    """From now on whoever writes into that table loses the connection."""
    postgres.ask(
        database_of(url),
        "CREATE FUNCTION breaks() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'",
        f"CREATE TRIGGER breaks BEFORE INSERT ON {table} FOR EACH ROW {when} EXECUTE FUNCTION breaks()",
    )


def test_a_server_that_takes_no_changes(
    root: Path, capsys: pytest.CaptureFixture[str], postgres: Server, url: str
) -> None:
    at(root, url)
    postgres.ask("postgres", f"ALTER DATABASE {database_of(url)} SET default_transaction_read_only = on")
    err = told(root, capsys)
    assert ": the journal cannot be written: cannot execute " in err
    assert "hint: name the server that takes changes; this one may be a copy that only follows it" in err
    told(root, capsys, "status", code=0)


def test_whoever_may_only_read_can_look_and_not_run(
    root: Path, capsys: pytest.CaptureFixture[str], reader: str
) -> None:
    at(root, reader)
    for command in ("check", "status", "preview"):
        assert "journal" not in told(root, capsys, command, code=0)
    err = told(root, capsys)
    assert ": this user has not the right to do that: permission denied for table runs\n" in err
    assert "hint: grant it to this user; remindr run needs CREATE on the schema, SELECT, INSERT" in err


def test_looking_makes_no_tables(root: Path, capsys: pytest.CaptureFixture[str], postgres: Server) -> None:
    url = postgres.new_url()
    told(at(root, url), capsys, "status", code=0)
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    assert postgres.ask(database_of(url), tables) == [(0,)]


def test_a_first_run_without_the_right_to_make_tables(
    root: Path, capsys: pytest.CaptureFixture[str], postgres: Server
) -> None:
    url = postgres.new_url()
    postgres.ask(database_of(url), "CREATE ROLE newcomer LOGIN")
    at(root, postgres.url(database_of(url), "newcomer"))
    assert ": this user has not the right to do that: permission denied for schema public\n" in told(root, capsys)
    told(root, capsys, "status", code=0)
    postgres.ask(database_of(url), "DROP ROLE newcomer")


def test_a_journal_whose_tables_are_gone_is_damaged(
    root: Path, capsys: pytest.CaptureFixture[str], postgres: Server, url: str
) -> None:
    postgres.ask(database_of(url), "DROP TABLE run_flags")
    err = told(at(root, url), capsys, "status", code=5)
    assert ': the journal is damaged: relation "run_flags" does not exist' in err
    assert "hint: put back the newest backup of this database; do not begin a new one" in err


def test_an_older_or_newer_journal_on_a_server(
    root: Path, capsys: pytest.CaptureFixture[str], postgres: Server, url: str
) -> None:
    at(root, url)
    postgres.ask(database_of(url), "UPDATE alembic_version SET version_num = '9999'")
    assert "the journal was written by a newer remindr (its schema is 9999, " in told(root, capsys, code=5)
    postgres.ask(database_of(url), "UPDATE alembic_version SET version_num = '0001'")
    assert "the journal needs an upgrade first\n  hint: remindr run upgrades it" in told(root, capsys, "status", code=5)
