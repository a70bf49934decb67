"""Many runs of one project at the same moment, in one folder or on several machines: every notice goes out once.

A round is a new project whose day many processes run at once. A machine is a folder with the same project; all share a
journal on a server. REMINDR_ROUNDS says how many rounds there are.
"""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from postgres import Server, database_of
from racers import Ended, Race, racers
from shop import NOTICES, delivered, notices_of, open_shop, run_arguments

from remindr.cli import run_app

ROUNDS = int(os.environ.get("REMINDR_ROUNDS", "2"))
PROCESSES = 8 if "REMINDR_ROUNDS" in os.environ else 4
DONE, PARTIAL, WALL, LOCKED = 0, 3, 5, 11


@pytest.fixture(scope="session", autouse=True)
def _strace() -> None:
    """These faults need none."""


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Race]:
    """The processes, with everything loaded."""
    with racers(PROCESSES) as all_at_once:
        folder = tmp_path_factory.mktemp("alone")
        assert {one.code for one in all_at_once(machines(folder, ""))} == {DONE}
        yield all_at_once


def machines(folder: Path, journal: str) -> list[Path]:
    """The same project on so many machines."""
    return [open_shop(folder / f"machine-{number}", journal=journal) for number in range(PROCESSES)]


def judge(ended: list[Ended], roots: list[Path], *, allowed: tuple[int, ...] = (DONE, WALL, LOCKED)) -> None:
    """Every notice was delivered once over all folders, and nobody crashed."""
    for one in ended:
        assert one.code in allowed, one.said
        if one.code == LOCKED:
            assert "another run is at work on this " in one.said
    assert DONE in {one.code for one in ended}
    found = sum((notices_of(delivered(root)) for root in sorted(set(roots))), Counter[str]())
    assert list(found.values()) == [1] * NOTICES


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_many_runs_in_one_folder(race: Race, tmp_path: Path, number: int) -> None:
    roots = [open_shop(tmp_path / "shop")] * PROCESSES
    judge(race(roots), roots)


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_many_machines_with_one_journal(race: Race, tmp_path: Path, postgres: Server, number: int) -> None:
    """Every other time there are no tables yet, and all want to make them."""
    roots = machines(tmp_path, postgres.new_journal() if number % 2 else postgres.new_url())
    judge(race(roots), roots)


@pytest.mark.parametrize("number", range(1, ROUNDS + 1))
def test_many_machines_that_lose_their_locks(race: Race, tmp_path: Path, postgres: Server, number: int) -> None:
    """With the journal alone to keep them apart. A lock that is lost while it is taken ends a run (1)."""
    url = postgres.new_journal()
    roots = machines(tmp_path, url)
    with locks_break(postgres, url):
        ended = race(roots)
    last = run_app(run_arguments(roots[0]))
    judge([*ended, Ended(last, "")], roots, allowed=(DONE, 1, PARTIAL, WALL, LOCKED))


@contextmanager
def locks_break(postgres: Server, url: str) -> Iterator[None]:
    """A while in which every connection that holds a lock of machines is ended soon."""
    database, over = database_of(url), threading.Event()
    address = f"host={postgres.folder} port={postgres.port} user=postgres dbname={database}"
    holders = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
        f"WHERE locktype = 'advisory' AND granted AND datname = '{database}' AND application_name LIKE 'remindr run %'"
    )

    def break_them() -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            while not over.wait(0.01):
                connection.execute(holders.encode())

    breaking = threading.Thread(target=break_them)
    breaking.start()
    try:
        yield
    finally:
        over.set()
        breaking.join()
