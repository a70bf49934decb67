"""A shop whose journal is on a PostgreSQL server: its customers hear the same, and an interrupted run is settled."""

import subprocess
import time
from pathlib import Path

import psycopg
import pytest
from postgres import Server, database_of
from shop import DAY, NOTICES, delivered, notices_of, open_shop, run_arguments, run_command, visible

from remindr.cli import run_app

FIRST, SECOND = f"{DAY}-1", f"{DAY}-2"
STOP = 4711  # the key of a lock of the tests
SECONDS = 60


@pytest.fixture
def url(postgres: Server) -> str:
    """A database with nothing in it yet."""
    return postgres.new_url()


@pytest.fixture
def shop(tmp_path: Path, url: str) -> Path:
    return open_shop(tmp_path / "shop", journal=url)


def run(root: Path, capsys: pytest.CaptureFixture[str], code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run_app(run_arguments(root)) == code
    said = capsys.readouterr()
    return said.out, said.err


def test_customers_hear_what_they_would_with_a_file(
    tmp_path: Path, shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = open_shop(tmp_path / "usual")
    assert run(shop, capsys) == run(usual, capsys)
    assert delivered(shop) == delivered(usual)
    assert len(notices_of(delivered(shop))) == NOTICES
    for question in (["status"], ["history", "01"], ["explain", "01"], ["preview"]):
        answers = []
        for root in (shop, usual):
            assert run_app([*question, "-C", str(root), "--as-of", DAY]) == 0
            answers.append(capsys.readouterr())
        assert answers[0] == answers[1]
    assert not (shop / ".remindr" / "journal.db").exists()


def test_a_second_run_writes_nothing(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(shop, capsys)
    assert run(shop, capsys)[0].startswith("Nothing to send")
    assert visible(shop) == [FIRST]


def test_another_machine_writes_nothing_that_the_first_has_written(
    tmp_path: Path, shop: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shop, capsys)
    other = open_shop(tmp_path / "other", journal=url)
    assert run(other, capsys)[0].startswith("Nothing to send")
    assert visible(other) == []


def kill_at(postgres: Server, root: Path, url: str, state: str) -> None:
    """Kills a run while it records a state, which is not in the journal then.

    Before that another machine meets the run that is alive: it ends at once and settles nothing.
    """
    database = database_of(url)
    postgres.ask(
        database,
        "CREATE OR REPLACE FUNCTION stops() RETURNS trigger LANGUAGE plpgsql AS "
        f"'BEGIN PERFORM pg_advisory_xact_lock_shared({STOP}); RETURN NEW; END'",
        f"CREATE TRIGGER stops BEFORE INSERT ON delivery_states FOR EACH ROW WHEN (NEW.state = '{state}') "
        "EXECUTE FUNCTION stops()",
    )
    address = f"host={postgres.folder} port={postgres.port} user=postgres dbname={database}"
    with psycopg.connect(address, autocommit=True) as holder:
        holder.execute(f"SELECT pg_advisory_lock({STOP})".encode())
        with subprocess.Popen(run_command(root), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            until(postgres, database, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            other = open_shop(root.with_name("meanwhile"), journal=url)
            assert run_app(run_arguments(other)) == 11
            assert visible(other) == []
            process.kill()
    postgres.ask(database, "DROP TRIGGER stops ON delivery_states")
    until(postgres, database, "SELECT 1 HAVING NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')")


def until(postgres: Server, database: str, question: str) -> None:
    last = time.monotonic() + SECONDS
    while not postgres.ask(database, question):
        assert time.monotonic() < last
        time.sleep(0.02)


@pytest.fixture
def ready(shop: Path, url: str) -> Path:
    """The shop with tables in its database, but before its first run."""
    from remindr.journal.database import open_journal

    open_journal(url, shop, create=True).close()
    return shop


def test_a_run_killed_before_its_claim_is_as_if_it_had_never_been(
    postgres: Server, ready: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_at(postgres, ready, url, "claimed")
    assert "interrupted" not in run(ready, capsys)[1]
    assert visible(ready) == [FIRST]
    assert list(notices_of(delivered(ready)).values()) == [1] * NOTICES


@pytest.mark.parametrize("machine", ["shop", "other"])
def test_a_run_killed_before_it_wrote_anything_is_done_again_on_any_machine(
    tmp_path: Path, postgres: Server, ready: Path, url: str, capsys: pytest.CaptureFixture[str], machine: str
) -> None:
    kill_at(postgres, ready, url, "committing")
    here = open_shop(tmp_path / machine, journal=url)
    told = f"run {FIRST} had been interrupted before anything was passed on; its notices are planned again"
    assert told in run(here, capsys)[1]
    assert visible(here) == [SECOND]
    assert list(notices_of(delivered(here)).values()) == [1] * NOTICES
    assert run(ready, capsys)[0].startswith("Nothing to send")
    assert sum(map(len, map(visible, {here, ready}))) == 1


def test_a_run_killed_at_its_end_is_completed_where_it_was(
    postgres: Server, ready: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_at(postgres, ready, url, "sent")
    told = f"run {FIRST} had been interrupted; it is complete now, with 7 messages in outbox/{FIRST}"
    assert told in run(ready, capsys)[1]
    assert visible(ready) == [FIRST]
    assert list(notices_of(delivered(ready)).values()) == [1] * NOTICES


def test_what_a_killed_machine_may_have_passed_on_no_other_writes_again(
    tmp_path: Path, postgres: Server, ready: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kill_at(postgres, ready, url, "sent")
    other = open_shop(tmp_path / "other", journal=url)
    assert "whether its 7 messages went out cannot be told" in run(other, capsys, code=3)[1]
    assert visible(other) == []
    assert run(ready, capsys)[0].startswith("Nothing to send")
    assert list(notices_of(delivered(ready)).values()) == [1] * NOTICES
