"""A run is killed at one system call after another; the next run makes it good, and everybody is reminded once.

Of a project's first run all calls are tried that write whole files, bring things to disk or give them names, and an
even spread of the others, which make files or write single pages of the database, and of all of a later run. With
REMINDR_KILL_POINTS=1000 every call of both is tried, but for those that make a file named after the process.
"""

import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from shop import DAY, LATER, NOTICES, Undisturbed, look, run_arguments, states, transaction
from strace import BARRIERS, Call, Ended, changes, watch

from remindr.cli import run_app

POINTS = int(os.environ.get("REMINDR_KILL_POINTS", "70"))
AGAIN = 3
CRUCIAL = (*BARRIERS, "write")

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
    day: str
    call: Call
    ended: Ended

    def copy(self, root: Path) -> Path:
        """The project as it was left."""
        return Path(shutil.copytree(self.root, root))


def killed(root: Path, call: Call, day: str = DAY) -> Wreck:
    log = root.with_suffix(".log")
    ended = watch(run_arguments(root, day), log, call.fails("signal=KILL"), only=call.only(root))
    return Wreck(root, day, call, ended)


def stage_of(wreck: Wreck, folder: Path) -> tuple[str, str]:
    """The stage a run was killed at, seen in a copy: looking at a journal changes it."""
    root = wreck.copy(folder)
    found = ["partial" if path.name.startswith(".") else "final" for path in (root / "outbox").glob("*2025*")]
    return "".join(states(root).values()), "".join(found)


@pytest.fixture(scope="module")
def wrecks(
    undisturbed: Undisturbed,
    undisturbed_later: Undisturbed,
    workers: ThreadPoolExecutor,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[Future[Wreck]]]:
    """Projects with a killed run each, by its day; they come while the tests wait for one after the other."""
    folder = tmp_path_factory.mktemp("killed")
    found: dict[str, list[Future[Wreck]]] = {DAY: [], LATER: []}
    for number, (run, call) in enumerate(chosen(undisturbed, undisturbed_later)):
        root = run.again(folder / f"shop{number}")
        found[run.day].append(workers.submit(killed, root, call, run.day))
    return found


def points_of(*runs: Undisturbed) -> list[tuple[Undisturbed, Call]]:
    """Every call that a run can be killed at; of a new file named after the process the path is not known before."""
    return [(run, call) for run in runs for call in run.calls if call.name != "openat" or "PID" not in call.told]


def chosen(first: Undisturbed, later: Undisturbed) -> list[tuple[Undisturbed, Call]]:
    points = points_of(first, later)
    crucial = [number for number, (run, call) in enumerate(points) if run is first and call.name in CRUCIAL]
    others = [number for number in range(len(points)) if number not in crucial]
    room = min(max(POINTS - len(crucial), 0), len(others))
    spread = [others[number * len(others) // room] for number in range(room)]
    return [points[number] for number in sorted([*crucial, *spread])]


def assert_killed(wreck: Wreck) -> None:
    """By the signal, and at the call that was meant."""
    assert wreck.ended.code == -signal.SIGKILL, wreck.ended.err
    last = changes(wreck.ended.calls, wreck.root)[-1]
    assert (last.name, last.number) == (wreck.call.name, wreck.call.number)
    if last.name != "unlinkat":  # a folder's files are removed in whatever order it has them
        assert last == wreck.call


def assert_made_good(root: Path, undisturbed: Undisturbed) -> None:
    """The next run makes all as if nothing had happened, and the one after it finds nothing to do."""
    for _ in range(2):
        assert run_app(run_arguments(root, undisturbed.day)) == 0
        assert look(root) == undisturbed.left


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
    sealed, appear = (call for call in calls if call.name.startswith("rename"))
    assert "journal.seal" in sealed.told
    known = Call("fsync", calls[calls.index(appear) + 1].number, "<outbox>")
    order = [claim[-1], sealed, committing[0], committing[-1], appear, known, sent[0], sent[-1]]
    assert [call for call in calls if call in order] == order


def test_there_are_many_points(undisturbed: Undisturbed, undisturbed_later: Undisturbed) -> None:
    assert len(points_of(undisturbed, undisturbed_later)) >= 170


def test_a_later_run_reminds_everybody_once_more(undisturbed_later: Undisturbed) -> None:
    assert set(undisturbed_later.left.notices.values()) == {1}
    assert len(undisturbed_later.left.notices) > NOTICES


@pytest.mark.parametrize("day", [DAY, LATER], ids=["first", "later"])
def test_a_killed_run_is_made_good_by_the_next(
    day: str,
    wrecks: dict[str, list[Future[Wreck]]],
    undisturbed: Undisturbed,
    undisturbed_later: Undisturbed,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    whole = undisturbed if day == DAY else undisturbed_later
    names = Counter[str]()
    for number, found in enumerate(wrecks[day]):
        wreck = found.result()
        assert_killed(wreck)
        root = wreck.copy(tmp_path / f"shop{number}")
        assert_made_good(root, whole)
        shutil.rmtree(root)
        names[wreck.call.name] += 1
    told = ", ".join(f"{count} {name}" for name, count in names.most_common())
    record_property(f"killed, {day}", f"{names.total()} points ({told}): nothing twice, nothing lost, nothing torn")
    assert names.total() == len(wrecks[day])


def test_the_killed_runs_were_at_every_stage(wrecks: dict[str, list[Future[Wreck]]], tmp_path: Path) -> None:
    found = {stage_of(wreck.result(), tmp_path / f"{number}") for number, wreck in enumerate(wrecks[DAY])}
    assert found == {NOTHING, BEGUN, CLAIMED, COMMITTING, VISIBLE, SENT}


@pytest.fixture(scope="module")
def second_wrecks(
    wrecks: dict[str, list[Future[Wreck]]], workers: ThreadPoolExecutor, tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str], Future[list[Wreck]]]:
    """By the stage of the first death: projects in which the run that was to make it good was killed, too."""
    folder = tmp_path_factory.mktemp("again")
    first = {stage_of(wreck.result(), folder / f"{number}"): wreck.result() for number, wreck in enumerate(wrecks[DAY])}
    return {
        stage: workers.submit(killed_again, first[stage], folder / "-".join(stage))
        for stage in (BEGUN, CLAIMED, COMMITTING, VISIBLE)
    }


def killed_again(wreck: Wreck, folder: Path) -> list[Wreck]:
    root = wreck.copy(folder / "watched")
    calls = changes(watch(run_arguments(root), root.with_suffix(".log")).calls, root)
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
