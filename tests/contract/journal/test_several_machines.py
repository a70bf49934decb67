"""Machines that share a journal on a server: one runs at a time, and whose lock is lost sends nothing twice.

A machine is a folder here: what it has for itself is its files and its lock file, and nothing else.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from journals import SEVEN, Desk, notice
from postgres import Server, database_of

from remindr.errors import DataError, Exit, Locked, ProjectError, Refused
from remindr.journal.database import open_journal
from remindr.journal.lock import run_lock
from remindr.model.outcome import State
from remindr.pipeline.settle import recover

_LOCKS = "FROM pg_locks WHERE locktype = 'advisory' AND granted"
_BREAK = f"SELECT pg_terminate_backend(pid) {_LOCKS}"


@pytest.fixture
def location(postgres: Server) -> str:
    return postgres.new_journal()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The folder of one machine."""
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """That of another one."""
    (tmp_path / "there").mkdir()
    return tmp_path / "there"


def locks(postgres: Server, location: str) -> int:
    database = database_of(location)
    question = f"SELECT count(*) {_LOCKS} AND database = (SELECT oid FROM pg_database WHERE datname = '{database}')"
    (row,) = postgres.ask(database, question)
    return int(row[0])


def test_another_machine_does_not_run_at_the_same_time(here: Path, there: Path, location: str) -> None:
    with run_lock(here, location):
        with pytest.raises(Locked) as locked, run_lock(there, location):
            pass
        assert locked.value.exit_code == Exit.LOCKED
        assert str(locked.value).startswith(f"another run is at work on this journal: process {os.getpid()} on ")
        assert str(locked.value).endswith(" UTC\n  hint: nothing was done; remindr run can do it when that has ended")
    with run_lock(there, location):
        pass


def test_whoever_writes_waits_for_another_machine_and_is_told(
    here: Path, there: Path, location: str, postgres: Server
) -> None:
    told: list[str] = []

    def ended(what: str) -> None:
        told.append(what)
        postgres.ask(database_of(location), _BREAK)

    with run_lock(here, location), run_lock(there, location, "note", waiting=ended):
        assert told[0].startswith("another run is at work on this journal: process ")
        assert told[0].endswith(" UTC; waiting until it has ended")


def test_nobody_waits_for_another_machine_for_ever(here: Path, there: Path, location: str) -> None:
    told = r"remindr note is at work on this journal: .*\n.*remindr run can do it when that has ended"
    with (
        run_lock(here, location, "note"),
        pytest.raises(Locked, match=told),
        run_lock(there, location, patience=0.05),
    ):
        pass


def test_the_lock_dies_with_its_holder(here: Path, there: Path, location: str) -> None:
    script = f"""
import time
from pathlib import Path
from remindr.journal.lock import run_lock
with run_lock(Path({str(there)!r}), {location!r}):
    print("holding", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(Locked), run_lock(here, location):
            pass
        holder.kill()
    with run_lock(here, location, "note"):  # which waits until the server has noticed
        pass


def test_the_lock_is_let_go_and_its_connection_closed(here: Path, location: str, postgres: Server) -> None:
    with run_lock(here, location):
        assert locks(postgres, location) == 1
    with pytest.raises(ZeroDivisionError), run_lock(here, location):
        raise ZeroDivisionError
    assert locks(postgres, location) == 0


def test_a_lost_lock_does_not_spoil_the_end_of_a_run(here: Path, location: str, postgres: Server) -> None:
    with run_lock(here, location):
        postgres.ask(database_of(location), _BREAK)


def test_journals_in_two_schemas_of_a_database_are_two(here: Path, there: Path, postgres: Server) -> None:
    url = postgres.new_url()
    postgres.ask(database_of(url), "CREATE SCHEMA one", "CREATE SCHEMA two")
    one, two = (f"{url}&options=-csearch_path%3D{schema}" for schema in ("one", "two"))
    with run_lock(here, one), run_lock(there, two):
        for root, location in ((here, one), (there, two)):
            with open_journal(location, root, create=True) as journal:
                Desk(root, journal, location).send(notice())
    with (
        pytest.raises(DataError, match="there is no schema to keep the journal in"),
        run_lock(here, f"{url}&options=-csearch_path%3Dnone"),
    ):
        pass


@pytest.fixture
def desks(here: Path, there: Path, location: str) -> Iterator[tuple[Desk, Desk]]:
    """The journal as both machines have it open."""
    with open_journal(location, here, create=True) as one, open_journal(location, there, create=True) as other:
        yield Desk(here, one, location), Desk(there, other, location)


def lost(desk: Desk, postgres: Server) -> None:
    """Breaks the connection that holds the lock; that of the journal goes on."""
    postgres.ask(database_of(desk.location), _BREAK)


def test_a_claim_that_another_machine_has_settled_meanwhile_is_not_sent(
    desks: tuple[Desk, Desk], postgres: Server
) -> None:
    """The second wall: the first machine is still at work, but its lock is lost, and the second one takes over."""
    slow, fast = desks
    with run_lock(slow.root, slow.location):
        delivery = slow.claim(notice())
        lost(slow, postgres)
        with run_lock(fast.root, fast.location):
            (settled,) = recover(fast.journal, fast.root, "outbox", SEVEN)
            fast.send(notice())
        assert settled.state == State.ABANDONED
        with pytest.raises(Refused, match="cannot be recorded as committing: in the journal it is abandoned") as error:
            slow.journal.record(delivery, State.COMMITTING, at=SEVEN)
        assert error.value.exit_code == Exit.REFUSED
    assert slow.rows("SELECT count(*) FROM notices WHERE NOT voided") == [(1,)]


def test_what_a_machine_is_publishing_another_one_never_sends_again(desks: tuple[Desk, Desk], postgres: Server) -> None:
    slow, fast = desks
    with run_lock(slow.root, slow.location):
        delivery = slow.claim(notice())
        slow.journal.record(delivery, State.COMMITTING, at=SEVEN)
        lost(slow, postgres)
        with run_lock(fast.root, fast.location):
            (settled,) = recover(fast.journal, fast.root, "outbox", SEVEN)
            with pytest.raises(Refused, match="already has this notice"):
                fast.claim(notice())
        assert settled.state == State.UNCERTAIN
        slow.journal.record(delivery, State.SENT, at=SEVEN)  # it has seen what the other one could not know
    assert fast.journal.in_doubt() == []


def test_a_claim_made_without_a_lock_meets_the_wall(desks: tuple[Desk, Desk]) -> None:
    slow, fast = desks
    start = slow.start()
    fast.send(notice())
    with pytest.raises(Refused, match="run 2026-11-20-1 is already in the journal"):
        slow.journal.begin(start, at=SEVEN)
    with pytest.raises(Refused, match="already has this notice: reminder of 2026-11-20, claimed by run 2026-11-20-1"):
        slow.claim(notice())


def test_one_writes_at_a_time_and_others_read_on(desks: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    slow, fast = desks
    fast.send(notice("C0"))
    with slow.journal.together():
        slow.journal.begin(slow.start(), at=SEVEN)
        start = fast.start()
        assert start.run_id == "2026-11-20-2"
        monkeypatch.setattr("remindr.journal.server._WRITES", "SET LOCAL lock_timeout = 50; LOCK TABLE runs")
        with pytest.raises(Locked, match="another program is at work in the journal's database"):
            fast.journal.begin(start, at=SEVEN)
    assert fast.start().run_id == "2026-11-20-3"


@pytest.mark.parametrize("word", ["mysql://h/books", "postgresql://h/"])
def test_a_place_where_no_journal_can_be_is_told_by_the_lock_too(here: Path, word: str) -> None:
    with pytest.raises(ProjectError, match="a journal cannot be kept in"), run_lock(here, word):
        pass
