"""The power is cut at any step of two days' runs: whatever is then on the disk, the next run makes it good.

The runs are recorded call by call and done again to a model of a disk, which knows what is certain and what a cut may
take. REMINDR_POWER_CUTS says in how many different states of it the next run is tried.
"""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from pathlib import Path

import mutant
import pytest
from disk import Tree
from powercut import DAYS, Expected, Session, State, expected_of, possible, replayed, tree_of, violations
from recording import record
from shop import DAY, LATER, export_to, open_shop, run_arguments, run_command

from remindr.cli import run_app

CUTS = int(os.environ.get("REMINDR_POWER_CUTS", "30"))
FOR_A_MUTANT = 600  # states, at most: the first that shows it is enough


def recorded(root: Path, days: tuple[str, ...], command: Callable[[Path, str], list[str]]) -> list[Session]:
    """The shop's days, one after the other."""
    sessions = []
    old = Tree()
    for day in days:
        export_to(root, day)
        before = tree_of(root)
        seen = record(command(root, day), root, root.with_name(f"{root.name}-{day}.log"))
        assert (seen.code, seen.err) == (0, "")
        new = {path: content for path, content in before.items() if path not in old}
        old = tree_of(root)
        sessions.append(Session(new, seen, old))
    return sessions


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[Expected]:
    """What has to be there after each of the days."""
    root = open_shop(tmp_path_factory.mktemp("expected") / "shop")
    found = []
    for day in DAYS:
        assert run_app(run_arguments(export_to(root, day), day)) == 0
        found.append(expected_of(root))
    return found


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> list[Session]:
    return recorded(open_shop(tmp_path_factory.mktemp("recorded") / "shop"), (DAY, LATER), run_command)


def wrong(processes: ProcessPoolExecutor, states: list[State], folder: Path) -> Iterator[list[str]]:
    """What is wrong in each of the states."""
    number = count()
    return processes.map(violations, states, (folder / f"shop{next(number)}" for _ in states), chunksize=4)


def test_the_model_ends_as_the_disk_does(sessions: list[Session]) -> None:
    for model, disk in replayed(sessions):
        assert model == disk


def test_whatever_a_power_cut_leaves_is_made_good(
    processes: ProcessPoolExecutor,
    sessions: list[Session],
    expected: list[Expected],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    states = possible(sessions, expected, CUTS)
    found = [one for some in wrong(processes, states, tmp_path) for one in some]
    steps = len({state.step for state in states})
    record_property("power cuts", f"{len(states)} states of the disk at {steps} steps, {len(found)} violations")
    assert len(states) == CUTS
    assert found == []


@pytest.mark.parametrize("safeguard", mutant.MUTANTS)
def test_a_run_without_this_safeguard_is_found_out(
    safeguard: str,
    processes: ProcessPoolExecutor,
    expected: list[Expected],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    def command(root: Path, day: str) -> list[str]:
        return [sys.executable, mutant.__file__, safeguard, *run_arguments(root, day)]

    states = possible(recorded(open_shop(tmp_path / "mutant"), (DAY,), command), expected, FOR_A_MUTANT)
    tried = enumerate(wrong(processes, states, tmp_path), 1)
    number, found = next(((number, some) for number, some in tried if some), (len(states), []))
    record_property(f"mutant: {safeguard}", f"{found[0] if found else 'missed'} (state {number})")
    assert found
