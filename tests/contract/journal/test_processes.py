"""Several processes, and processes that are killed: the lock and the walls hold, and nothing is half claimed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from journals import LOCATION, Desk, notice

from remindr.errors import DataError, Exit, Locked, Refused
from remindr.journal.database import open_journal
from remindr.journal.lock import run_lock
from remindr.model.outcome import State

SUPPORT = str(Path(__file__).parents[2] / "support")

Start = Callable[[str], "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path, location: str) -> Iterator[Start]:
    """Starts Python on a script that knows `root`, `location`, `notice` and `Desk`, and says what it prints."""
    started: list[subprocess.Popen[str]] = []

    def begin(script: str) -> "subprocess.Popen[str]":
        head = f"""
import sys, time
sys.path.insert(0, {SUPPORT!r})
from pathlib import Path
from journals import Desk, notice
from remindr.errors import RemindrError
from remindr.journal.database import open_journal
from remindr.journal.lock import run_lock
root, location = Path({str(tmp_path)!r}), {location!r}
"""
        process = subprocess.Popen([sys.executable, "-c", head + script], stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        with process:
            process.kill()


def says(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout is not None
    assert process.stdout.readline().strip() == word


HOLD = """
with run_lock(root, location):
    print("holding", flush=True)
    time.sleep(60)
"""


def test_a_second_run_is_told_who_is_at_work(tmp_path: Path, start: Start, location: str) -> None:
    holder = start(HOLD)
    says(holder, "holding")
    with pytest.raises(Locked) as locked, run_lock(tmp_path, location):
        pass
    assert locked.value.exit_code == Exit.LOCKED
    assert str(locked.value).startswith(f"another run is at work on this project: process {holder.pid} on ")
    assert " UTC\n  hint: nothing was done; remindr run can do it when that has ended" in str(locked.value)


@pytest.mark.parametrize(("holds", "waits"), [("run", "note"), ("note", "run"), ("approve", "note")])
def test_notes_and_runs_wait_for_each_other(tmp_path: Path, start: Start, holds: str, waits: str) -> None:
    holder = start(HOLD.replace("location)", f"location, '{holds}')"))
    says(holder, "holding")
    told: list[str] = []

    def ended(what: str) -> None:
        told.append(what)
        holder.kill()

    with run_lock(tmp_path, LOCATION, waits, waiting=ended):
        assert told[0].startswith("another run is" if holds == "run" else f"remindr {holds} is")
    assert told[0].endswith(" UTC; waiting until it has ended")


def test_nobody_waits_for_ever(tmp_path: Path, start: Start) -> None:
    holder = start(HOLD)
    says(holder, "holding")
    told = "remindr note can do it when that has ended"
    with pytest.raises(Locked, match=told), run_lock(tmp_path, LOCATION, "note", patience=0):
        pass


def test_a_killed_run_leaves_no_lock(tmp_path: Path, start: Start) -> None:
    kill_when(start(HOLD), "holding")
    with run_lock(tmp_path, LOCATION):
        text = (tmp_path / ".remindr" / "run.lock").read_text()
    assert text.split()[0] == str(os.getpid())


def test_the_lock_can_be_taken_again_and_again(tmp_path: Path) -> None:
    for _ in range(3):
        with run_lock(tmp_path, LOCATION), pytest.raises(Locked), run_lock(tmp_path, LOCATION):
            pass


def test_the_lock_is_let_go_when_a_run_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(tmp_path, LOCATION):
        raise ZeroDivisionError
    with run_lock(tmp_path, LOCATION):
        pass


def test_the_lock_is_private(tmp_path: Path) -> None:
    with run_lock(tmp_path, LOCATION):
        assert (tmp_path / ".remindr").stat().st_mode & 0o777 == 0o700
        assert (tmp_path / ".remindr" / "run.lock").stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_made_stops_the_run(tmp_path: Path) -> None:
    (tmp_path / ".remindr").write_text("in the way")
    with (
        pytest.raises(DataError, match="the lock that keeps two runs apart cannot be taken") as stopped,
        run_lock(tmp_path, LOCATION),
    ):
        pass
    assert stopped.value.exit_code == Exit.STOPPED


def test_a_lock_is_not_followed_elsewhere(tmp_path: Path) -> None:
    (tmp_path / ".remindr").mkdir()
    (tmp_path / "ledger.txt").write_text("precious")
    (tmp_path / ".remindr" / "run.lock").symlink_to(tmp_path / "ledger.txt")
    with pytest.raises(DataError), run_lock(tmp_path, LOCATION):
        pass
    assert (tmp_path / "ledger.txt").read_text() == "precious"


def test_a_lock_on_a_network_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "mounts"
    table.write_text(f"//server/books {tmp_path} cifs rw 0 0\n")
    monkeypatch.setattr("remindr.journal.places._MOUNT_TABLE", table)
    with pytest.raises(Refused, match=r"network file system \(cifs\)"), run_lock(tmp_path, LOCATION):
        pass
    assert not (tmp_path / ".remindr").exists()


CLAIM = """
journal = open_journal(location, root, create=True)
try:
    Desk(root, journal).claim(*(notice(f"C{number}") for number in range(300)), run_id=RUN_ID)
    print("claimed")
except RemindrError as error:
    print(error.problems[0].what)
"""


def test_processes_without_a_lock_claim_once(start: Start, tmp_path: Path, location: str) -> None:
    racers = [start(CLAIM.replace("RUN_ID", repr(f"2026-11-20-{number}"))) for number in range(1, 4)]
    said = [racer.communicate()[0].strip() for racer in racers]
    assert said.count("claimed") == 1
    assert sum("already has this notice: reminder of 2026-11-20" in word for word in said) == 2
    assert counted(tmp_path, location, "notices", "runs") == [300, 1]


def test_processes_that_open_a_new_journal_at_once_share_it(start: Start, tmp_path: Path, location: str) -> None:
    script = """
for number in range(5):
    with open_journal(location, root, create=True) as journal:
        journal.begin(Desk(root, journal).start(run_id=f"RACER-{number}"), at="x")
print("done")
"""
    racers = [start(script.replace("RACER", str(number))) for number in range(3)]
    assert [racer.communicate()[0].strip() for racer in racers] == ["done"] * 3
    assert counted(tmp_path, location, "runs") == [15]
    assert [path.name for path in tmp_path.rglob("*.*") if path.is_file()] == ["journal.db"] * (location == LOCATION)


def counted(root: Path, location: str, *tables: str) -> list[int]:
    with open_journal(location, root, create=False) as journal:
        desk = Desk(root, journal, location)
        return [desk.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]


def test_a_run_killed_while_it_claims_has_claimed_nothing(start: Start, tmp_path: Path, location: str) -> None:
    script = """
from remindr.journal import claim

def slowly():
    for number in range(3000):
        if number == 2500:
            print("claiming", flush=True)
            time.sleep(60)
        yield claim.Claimed(notice(f"C{number}"), ("email",))

claim._AT_A_TIME = 100
journal = open_journal(location, root, create=True)
journal.claim(Desk(root, journal).start(), slowly(), target="x", at="x")
"""
    kill_when(start(script), "claiming")
    with open_journal(location, tmp_path, create=True) as journal:
        assert journal.unfinished() == []
        assert journal.last_run() is None
        Desk(tmp_path, journal).send(notice("C0"))


def test_a_claim_outlives_its_run(start: Start, tmp_path: Path, location: str) -> None:
    script = """
Desk(root, open_journal(location, root, create=True)).claim(notice())
print("claimed", flush=True)
time.sleep(60)
"""
    kill_when(start(script), "claimed")
    with open_journal(location, tmp_path, create=True) as journal:
        assert [left.state for left in journal.unfinished()] == [State.CLAIMED]


def kill_when(process: "subprocess.Popen[str]", word: str) -> None:
    says(process, word)
    process.send_signal(signal.SIGKILL)
    process.wait()
