"""The disk is full, broken or closed to us at one call of a run: it stops and says so, and the next makes it good."""

import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from shop import (
    CUSTOMERS,
    INVOICES,
    TRANSACTIONS,
    Undisturbed,
    look,
    open_shop,
    run_arguments,
    states,
    transaction,
    visible,
)
from strace import Call, Ended, watch

from remindr.cli import run_app

WORDS = {
    "EACCES": ("permission denied",),
    "EROFS": ("read-only file system",),
    "EDQUOT": ("disk quota exceeded",),
    "ENOSPC": ("no space left on device", "disk is full"),
    "EIO": ("input/output error", "disk i/o error"),
}


@dataclass(frozen=True)
class Fault:
    """What goes wrong: the `nth` call of this name about such a place, or in a transaction of the journal.

    If it `stays`, all later calls of that name go wrong, too.
    """

    name: str
    place: str
    error: str
    nth: int = 0
    stays: bool = False

    def __str__(self) -> str:
        return " ".join([self.name, self.place, self.error, *["and on"] * self.stays])

    def at(self, calls: list[Call]) -> str:
        """The fault as strace takes it."""
        if self.place in TRANSACTIONS:
            calls = transaction(calls, self.place)
        else:
            calls = [call for call in calls if self.place in call.told]
        call = [call for call in calls if call.name in (self.name, f"{self.name}at")][self.nth]
        return call.fails(f"error={self.error}") + "+" * self.stays


BEFORE_ANYBODY_SEES_ANYTHING = [
    Fault("mkdir", '".remindr"', "EACCES"),
    Fault("write", "run.lock", "ENOSPC"),
    Fault("write", "journal.db.PID.new", "ENOSPC"),
    Fault("fsync", "journal.db.PID.new", "EIO"),
    Fault("mkdir", '"outbox"', "EROFS"),
    Fault("write", ".probe", "ENOSPC"),
    Fault("mkdir", "letters", "EDQUOT", stays=True),
    Fault("write", ".eml", "ENOSPC"),
    Fault("write", "calls.csv", "ENOSPC"),
    Fault("fsync", ".html", "EIO"),
    Fault("fsync", "<outbox>", "EIO", stays=True),
    Fault("pwrite64", "claim", "ENOSPC", nth=4, stays=True),
    Fault("fdatasync", "claim", "EIO"),
    Fault("pwrite64", "committing", "ENOSPC"),
    Fault("fdatasync", "committing", "EIO", stays=True),
    Fault("rename", ".partial", "EACCES"),
]
AFTERWARDS = [
    Fault("fsync", "<outbox>", "EIO", nth=1),
    Fault("pwrite64", "sent", "ENOSPC"),
    Fault("fdatasync", "sent", "EIO"),
    Fault("pwrite64", "end of run", "ENOSPC", stays=True),
]


@dataclass(frozen=True)
class Stopped:
    """A project in which a run met a fault."""

    root: Path
    ended: Ended


def stopped(root: Path, *faults: str, only: str = "") -> Stopped:
    return Stopped(root, watch(run_arguments(root), root.with_suffix(".log"), *faults, only=only))


@pytest.fixture(scope="module")
def runs(
    undisturbed: Undisturbed, workers: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> dict[Fault, Future[Stopped]]:
    """A run for each fault; they go on while the tests wait for one after the other."""
    folder = tmp_path_factory.mktemp("faults")
    return {
        fault: workers.submit(
            lambda fault, name: stopped(open_shop(folder / name), fault.at(undisturbed.calls)), fault, f"shop{number}"
        )
        for number, fault in enumerate(BEFORE_ANYBODY_SEES_ANYTHING + AFTERWARDS)
    }


def assert_told(ended: Ended, error: str) -> None:
    """A place, a fact and a hint; no stack of frames."""
    place, _, fact = ended.err.splitlines()[0].partition(": ")
    assert place.endswith(("outbox", "run.lock", "journal.db"))
    assert fact.lower().endswith(WORDS[error])
    assert "  hint: " in ended.err
    assert "Traceback" not in ended.err
    assert "Exception ignored" not in ended.err


def assert_made_good(root: Path, undisturbed: Undisturbed) -> None:
    for _ in range(2):
        assert run_app(run_arguments(root)) == 0
        assert look(root) == undisturbed.left


def known_to_journal(root: Path, copy: Path) -> set[str]:
    """The runs that may be seen: looked up in a copy, for looking at a journal changes it."""
    shutil.copytree(root, copy)
    return {run for run, state in states(copy).items() if state in ("committing", "sent")}


@pytest.mark.parametrize("fault", BEFORE_ANYBODY_SEES_ANYTHING, ids=str)
def test_a_bad_disk_stops_the_run_before_anybody_sees_anything(
    fault: Fault, runs: dict[Fault, Future[Stopped]], undisturbed: Undisturbed
) -> None:
    run = runs[fault].result()
    assert run.ended.code == 1
    assert run.ended.out == ""
    assert_told(run.ended, fault.error)
    assert visible(run.root) == []
    assert_made_good(run.root, undisturbed)


@pytest.mark.parametrize("fault", AFTERWARDS, ids=str)
def test_a_disk_that_goes_bad_later_leaves_a_run_done_in_part(
    fault: Fault, runs: dict[Fault, Future[Stopped]], undisturbed: Undisturbed, tmp_path: Path
) -> None:
    """What people already see is named in the message, the journal knows of it, and nobody gets it twice."""
    run = runs[fault].result()
    assert run.ended.code == 3
    assert_told(run.ended, fault.error)
    (folder,) = visible(run.root)
    assert f"outbox/{folder}: everything was written all the same" in run.ended.err
    assert folder in known_to_journal(run.root, tmp_path / "copy")
    assert_made_good(run.root, undisturbed)


def test_no_file_can_be_opened(undisturbed: Undisturbed, tmp_path: Path) -> None:
    name = next(place for place, _ in undisturbed.left.delivered if place.endswith(".eml")).removeprefix("email/")
    run = stopped(open_shop(tmp_path / "shop"), "openat:error=ENOSPC:when=1", only=name)
    assert run.ended.code == 1
    assert_told(run.ended, "ENOSPC")
    assert list((run.root / "outbox").iterdir()) == []
    assert_made_good(run.root, undisturbed)


def test_what_cannot_even_be_removed_is_removed_later(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """The message is about the first thing that went wrong, not about what came of it."""
    full = Fault("write", ".eml", "ENOSPC").at(undisturbed.calls)
    run = stopped(open_shop(tmp_path / "shop"), full, "unlinkat:error=EIO:when=1+")
    assert run.ended.code == 1
    assert_told(run.ended, "ENOSPC")
    assert [path.name for path in (run.root / "outbox").iterdir()] == [".2025-03-13-1.partial"]
    assert_made_good(run.root, undisturbed)


def test_many_messages_are_brought_to_disk_at_once_or_not_claimed(tmp_path: Path) -> None:
    more = range(100, 140)
    customers = CUSTOMERS + "".join(f'{n},Customer {n},c{n}@many.example,,"{n} High St",\n' for n in more)
    invoices = INVOICES + "".join(f"{n},{n},Customer {n},2025-01-20,2025-02-19,99.00,99.00,GBP\n" for n in more)
    run = stopped(open_shop(tmp_path / "shop", customers=customers, invoices=invoices), "syncfs:error=EIO:when=1")
    assert run.ended.code == 1
    assert_told(run.ended, "EIO")
    assert known_to_journal(run.root, tmp_path / "copy") == set()
    assert run_app(run_arguments(run.root)) == 0
    assert list(look(run.root).notices.values()) == [1] * 47


def test_a_disk_without_hard_links_will_do(undisturbed: Undisturbed, tmp_path: Path) -> None:
    fault = Fault("link", "journal.db", "EPERM").at(undisturbed.calls)
    run = stopped(open_shop(tmp_path / "shop"), fault)
    assert (run.ended.code, run.ended.err) == (0, "")
    assert look(run.root) == undisturbed.left
