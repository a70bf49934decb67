"""A run is killed at one system call after another; the next run makes it good, and everybody is reminded once.

All calls are tried that write whole files, bring things to disk or give them names, and an even spread of the others:
the database's writes of single pages. Calls that open a file are left out, for Python opens so many that their number
is not steady. With REMINDR_KILL_POINTS=1000 every other call is tried.
"""

import os
import shutil
import signal
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from shop import DAY, NOTICES, Undisturbed, look, open_shop, run_arguments, run_command, states, transaction
from strace import BARRIERS, Call, Ended, changes, watch

from remindr.cli import run_app

POINTS = int(os.environ.get("REMINDR_KILL_POINTS", "58"))
AGAIN = 3

# What a killed run can leave behind: where it stands by the journal, and what is in the outbox.
NOTHING = ("", "")
BEGUN = ("", "partial")
CLAIMED = ("claimed", "partial")
COMMITTING = ("committing", "partial")
VISIBLE = ("committing", "final")
SENT = ("sent", "final")


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
    return Wreck(root, call, watch(run_command(root), root.with_suffix(".log"), call.fails("signal=KILL")))


def stage_of(wreck: Wreck, folder: Path) -> tuple[str, str]:
    """The stage a run was killed at, seen in a copy: looking at a journal changes it."""
    root = wreck.copy(folder)
    found = ["partial" if path.name.startswith(".") else "final" for path in (root / "outbox").glob("*2025*")]
    return "".join(states(root).values()), "".join(found)


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
    crucial = [number for number, call in enumerate(calls) if call.name in (*BARRIERS, "write")]
    others = [number for number, call in enumerate(calls) if call.name not in (*BARRIERS, "write", "openat", "open")]
    room = min(max(POINTS - len(crucial), 0), len(others))
    spread = [others[number * len(others) // room] for number in range(room)]
    return [calls[number] for number in sorted([*crucial, *spread])]


def assert_killed(wreck: Wreck) -> None:
    """By the signal, and at the call that was meant."""
    assert wreck.ended.code == -signal.SIGKILL, wreck.ended.err
    assert changes(wreck.ended.calls, wreck.root)[-1] == wreck.call


def assert_made_good(root: Path, undisturbed: Undisturbed) -> None:
    """The next run makes all as if nothing had happened, and the one after it finds nothing to do."""
    for _ in range(2):
        assert run_app(run_arguments(root)) == 0
        left = look(root)
        assert set(left.notices.values()) == {1}
        assert left == undisturbed.left


def test_an_undisturbed_run_reminds_everybody_once(undisturbed: Undisturbed) -> None:
    assert list(undisturbed.left.notices.values()) == [1] * NOTICES
    assert [state for _, state in undisturbed.left.claims] == ["sent"] * NOTICES
    assert {place.partition("/")[0] for place, _ in undisturbed.left.delivered} == {"email", "letters", "calls.csv"}


def test_everything_is_on_disk_before_the_journal_says_so(undisturbed: Undisturbed) -> None:
    """A power cut is worse than a death: it also takes what was written and not yet brought to disk."""
    calls = undisturbed.calls
    claim, committing, sent = (transaction(calls, name) for name in ("claim", "committing", "sent"))
    partial = f"outbox/.{DAY}-1.partial"
    files = [f"{partial}/{place}" for place, _ in undisturbed.left.delivered]
    folders = [f"{partial}/email", f"{partial}/letters", partial, "outbox"]
    before_claim = [call.told for call in calls[: calls.index(claim[0])] if call.name == "fsync"]
    assert {f"<{place}>" for place in (*files, *folders)} <= set(before_claim)
    appear = next(call for call in calls if call.name.startswith("rename"))
    known = Call("fsync", calls[calls.index(appear) + 1].number, "<outbox>")
    order = [claim[-1], committing[0], committing[-1], appear, known, sent[0], sent[-1]]
    assert [call for call in calls if call in order] == order


@pytest.mark.parametrize("point", range(POINTS))
def test_a_killed_run_is_made_good_by_the_next(
    point: int, wrecks: list[Future[Wreck]], undisturbed: Undisturbed, tmp_path: Path
) -> None:
    if point >= len(wrecks):
        pytest.skip(f"a run has no more than {len(wrecks)} calls to be killed at")
    wreck = wrecks[point].result()
    assert_killed(wreck)
    assert_made_good(wreck.copy(tmp_path / "shop"), undisturbed)


def test_the_killed_runs_were_at_every_stage(wrecks: list[Future[Wreck]], tmp_path: Path) -> None:
    found = {stage_of(wreck.result(), tmp_path / f"{number}") for number, wreck in enumerate(wrecks)}
    assert found == {NOTHING, BEGUN, CLAIMED, COMMITTING, VISIBLE, SENT}


@pytest.fixture(scope="module")
def second_wrecks(
    wrecks: list[Future[Wreck]], workers: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Future[list[Wreck]]]:
    """By the stage of the first death: projects in which the run that was to make it good was killed, too."""
    folder = tmp_path_factory.mktemp("again")
    first = {stage_of(wreck.result(), folder / f"{number}"): wreck.result() for number, wreck in enumerate(wrecks)}
    return {
        stage: workers.submit(killed_again, first[stage], folder / "-".join(stage))
        for stage in (BEGUN, CLAIMED, COMMITTING, VISIBLE)
    }


def killed_again(wreck: Wreck, folder: Path) -> list[Wreck]:
    root = wreck.copy(folder / "watched")
    calls = changes(watch(run_command(root), root.with_suffix(".log")).calls, root)
    return [killed(wreck.copy(folder / f"shop{number}"), call) for number, call in enumerate(chosen_again(calls))]


def chosen_again(calls: Sequence[Call]) -> list[Call]:
    """An even spread of the calls with which a run settles what it found, before it tries the outbox itself."""
    end = next(number for number, call in enumerate(calls) if ".probe" in call.told)
    settling = [call for call in calls[:end] if call.name in BARRIERS or "-wal" in call.told]
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
    assert_made_good(wreck.root, undisturbed)
