"""A run is killed at one system call after another; the next run makes it good, and everybody is reminded once.

All calls that bring things to disk or give them names are tried, and an even spread of those that write. Calls that
open a file are left out: Python opens so many that their number is not steady. With REMINDR_KILL_POINTS=1000 every
other call is tried.
"""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from shop import NOTICES, delivered, notices, open_shop, places, run_arguments, run_command, sent, states
from strace import BARRIERS, Call, Ended, changes, watch

from remindr.cli import run_app

POINTS = int(os.environ.get("REMINDR_KILL_POINTS", "52"))
KILL = "signal=KILL"

# What a killed run can leave behind: where its delivery stands by the journal, and what is in the outbox.
NOTHING = ("", "")
BEGUN = ("", "partial")
CLAIMED = ("claimed", "partial")
COMMITTING = ("committing", "partial")
VISIBLE = ("committing", "final")
SENT = ("sent", "final")


@dataclass(frozen=True)
class Undisturbed:
    """A run that nothing happened to: the calls with which it changed the project, and what it left there."""

    calls: list[Call]
    delivered: list[tuple[str, bytes]]
    places: list[str]
    sent: list[str]


@dataclass(frozen=True)
class Wreck:
    """A project in which a run was killed at a call."""

    root: Path
    call: Call
    ended: Ended

    def copy(self, root: Path) -> Path:
        """The project as it was left."""
        return Path(shutil.copytree(self.root, root))


def killed(root: Path, call: Call) -> Wreck:
    return Wreck(root, call, watch(run_command(root), root.with_suffix(".log"), fault=call.fails(KILL)))


def left_behind(wreck: Wreck, folder: Path) -> tuple[str, str]:
    """The stage a run was killed at; looked at in a copy, for looking at a database changes it."""
    root = wreck.copy(folder)
    in_outbox = [path.name for path in (root / "outbox").glob("*2025*")]
    kind = ["partial" if name.endswith(".partial") else "final" for name in in_outbox]
    return "".join(states(root).values()), "".join(kind)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    root = open_shop(tmp_path_factory.mktemp("undisturbed") / "shop")
    ended = watch(run_command(root), root.with_suffix(".log"))
    assert (ended.code, ended.err) == (0, "")
    return Undisturbed(changes(ended.calls, root), delivered(root), places(root), sent(root))


@pytest.fixture(scope="module")
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield pool
        pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def wrecks(
    undisturbed: Undisturbed, workers: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> list[Future[Wreck]]:
    """Projects with a killed run each; they come while the tests wait for one after the other."""
    folder = tmp_path_factory.mktemp("killed")
    return [
        workers.submit(lambda call, name: killed(open_shop(folder / name), call), call, f"shop{number}")
        for number, call in enumerate(chosen(undisturbed.calls))
    ]


def chosen(calls: Sequence[Call]) -> list[Call]:
    crucial = [number for number, call in enumerate(calls) if call.name in BARRIERS]
    others = [number for number, call in enumerate(calls) if call.name not in (*BARRIERS, "openat", "open")]
    room = min(max(POINTS - len(crucial), 0), len(others))
    spread = [others[number * len(others) // room] for number in range(room)]
    return [calls[number] for number in sorted([*crucial, *spread])]


def test_an_undisturbed_run_reminds_everybody_once(undisturbed: Undisturbed) -> None:
    assert len(undisturbed.sent) == len(set(undisturbed.sent)) == NOTICES
    assert {place.partition("/")[0] for place, _ in undisturbed.delivered} == {"email", "letters", "calls.csv"}


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_run_is_made_good_by_the_next(
    point: int, wrecks: list[Future[Wreck]], undisturbed: Undisturbed, tmp_path: Path
) -> None:
    if point >= len(wrecks):
        pytest.skip(f"a run has no more than {len(wrecks)} calls to be killed at")
    wreck = wrecks[point].result()
    assert_killed(wreck)
    root = wreck.copy(tmp_path / "shop")
    assert run_app(run_arguments(root)) == 0
    assert_all_is_good(root, undisturbed)


def test_the_killed_runs_were_at_every_stage(wrecks: list[Future[Wreck]], tmp_path: Path) -> None:
    found = {left_behind(wreck.result(), tmp_path / f"{n}") for n, wreck in enumerate(wrecks)}
    assert found == {NOTHING, BEGUN, CLAIMED, COMMITTING, VISIBLE, SENT}


def assert_killed(wreck: Wreck) -> None:
    """By the signal, and at the call that was meant."""
    assert wreck.ended.code == -signal.SIGKILL, wreck.ended.err
    assert changes(wreck.ended.calls, wreck.root)[-1] == wreck.call


def assert_all_is_good(root: Path, undisturbed: Undisturbed) -> None:
    """Everybody is reminded, once, and the journal knows it; nothing lies about; a further run has nothing to do."""
    assert set(notices(root).values()) == {1}
    assert delivered(root) == undisturbed.delivered
    assert sent(root) == undisturbed.sent
    assert places(root) == undisturbed.places
    assert run_app(run_arguments(root)) == 0
    assert delivered(root) == undisturbed.delivered
    assert sent(root) == undisturbed.sent
    assert places(root) == undisturbed.places


@pytest.fixture(scope="module")
def second_wrecks(
    wrecks: list[Future[Wreck]], workers: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Future[list[Wreck]]]:
    """By the stage of the first death: projects in which the run that was to make it good was killed, too."""
    folder = tmp_path_factory.mktemp("again")
    found = {left_behind(wreck.result(), folder / f"look{n}"): wreck.result() for n, wreck in enumerate(wrecks)}
    again = {stage: found[stage] for stage in (BEGUN, CLAIMED, COMMITTING, VISIBLE)}
    return {
        stage: workers.submit(killed_again, wreck, folder / "-".join(stage).strip("-"))
        for stage, wreck in again.items()
    }


def killed_again(wreck: Wreck, folder: Path) -> list[Wreck]:
    root = wreck.copy(folder / "watched")
    calls = changes(watch(run_command(root), root.with_suffix(".log")).calls, root)
    return [killed(wreck.copy(folder / f"shop{number}"), call) for number, call in enumerate(chosen_again(calls))]


AGAIN = 3


def chosen_again(calls: Sequence[Call]) -> list[Call]:
    """An even spread of the calls with which a run settles what it found, before it tries the outbox."""
    end = next(number for number, call in enumerate(calls) if ".probe" in call.told)
    settling = [call for call in calls[:end] if call.name in BARRIERS or "-wal" in call.told or "outbox" in call.told]
    return [settling[number * (len(settling) - 1) // (AGAIN - 1)] for number in range(AGAIN)]


@pytest.mark.parametrize("nth", range(AGAIN))
@pytest.mark.parametrize("stage", [BEGUN, CLAIMED, COMMITTING, VISIBLE], ids="-".join)
def test_a_run_killed_while_it_makes_good_another_is_made_good(
    stage: tuple[str, str],
    nth: int,
    second_wrecks: dict[tuple[str, str], Future[list[Wreck]]],
    undisturbed: Undisturbed,
) -> None:
    wreck = second_wrecks[stage].result()[nth]
    assert_killed(wreck)
    assert run_app(run_arguments(wreck.root)) == 0
    assert_all_is_good(wreck.root, undisturbed)
