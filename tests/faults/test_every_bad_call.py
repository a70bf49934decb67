"""The disk fails or is full at one call of a run, whichever: it says so or goes on rightly, and the next makes it good.

All writes, syncs and changes of names of a first and of a later run are tried with both errors, or as many of them as
REMINDR_BAD_CALLS says.
"""

import os
import resource
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from shop import DAY, Left, Undisturbed, look, run_arguments, run_command, states, visible
from strace import Call, watch

from remindr.cli import run_app

BAD_CALLS = int(os.environ.get("REMINDR_BAD_CALLS", "12"))
NAMES = ("write", "pwrite64", "fsync", "fdatasync", "rename", "mkdir", "link", "unlink", "ftruncate")
ERRORS = ("EIO", "ENOSPC")
DONE, STOPPED, IN_PART = 0, 1, 3
KB = 1024
NO_COPY = "note: no copy of the journal could be made: "


@dataclass(frozen=True)
class Stopped:
    """A project in which a run met a fault, and how it ended."""

    root: Path
    whole: Undisturbed
    code: int
    err: str
    fault: str


def spread(undisturbed: Sequence[Undisturbed]) -> list[tuple[Undisturbed, Call, str]]:
    every = [(run, call, error) for run in undisturbed for call in run.calls if call.name in NAMES for error in ERRORS]
    room = min(BAD_CALLS, len(every))
    return [every[number * len(every) // room] for number in range(room)]


def meets(run: Undisturbed, call: Call, error: str, root: Path) -> Stopped:
    ended = watch(run_arguments(run.again(root), run.day), root.with_suffix(".log"), call.fails(f"error={error}"))
    return Stopped(root, run, ended.code, ended.err, f"{run.day}, {error} at {call}")


def assert_honest(stopped: Stopped, folder: Path) -> None:
    """It ended as it said, without a stack of frames, and what is to be seen is known to the journal."""
    assert stopped.code in (DONE, STOPPED, IN_PART), stopped
    assert (stopped.code == DONE) == (stopped.err == "" or stopped.err.startswith(NO_COPY)), stopped
    assert "Traceback" not in stopped.err, stopped
    assert "Exception ignored" not in stopped.err, stopped
    assert "bug" not in stopped.err, stopped
    shutil.copytree(stopped.root, folder)  # for looking at a journal changes it
    known = states(folder)
    seen = [run for run in visible(folder) if run.startswith(stopped.whole.day)]
    assert all(known.get(run) in ("committing", "sent") for run in seen), stopped
    assert bool(seen) == (stopped.code != STOPPED), stopped
    if stopped.code == DONE:
        found, expected = look(folder), stopped.whole.left
        if stopped.err:
            found, expected = without_copies(found), without_copies(expected)
        assert found == expected, stopped
    shutil.rmtree(folder)


def without_copies(left: Left) -> Left:
    """The same without copies of the journal, of which a run that was done otherwise says that there is none."""
    return replace(left, places=[place for place in left.places if ".backup" not in place])


def assert_made_good(stopped: Stopped) -> None:
    """The next run makes all as if nothing had happened, and the one after it finds nothing to do."""
    for _ in range(2):
        assert run_app(run_arguments(stopped.root, stopped.whole.day)) == 0, stopped
        assert look(stopped.root) == stopped.whole.left, stopped


def test_whichever_call_fails_the_run_is_honest_and_the_next_makes_it_good(
    undisturbed: Undisturbed,
    undisturbed_later: Undisturbed,
    workers: ThreadPoolExecutor,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    asked = [
        workers.submit(meets, *one, tmp_path / f"shop{number}")
        for number, one in enumerate(spread((undisturbed, undisturbed_later)))
    ]
    codes, unharmed = Counter[int](), Counter[str]()
    for one in asked:
        stopped = one.result()
        assert_honest(stopped, tmp_path / "copy")
        assert_made_good(stopped)
        shutil.rmtree(stopped.root)
        codes[stopped.code] += 1
        if stopped.code == DONE:
            unharmed[stopped.fault.partition(" at ")[2]] += 1
    told = ", ".join(f"{count} ended with {code}" for code, count in sorted(codes.items()))
    record_property("failing calls", f"{codes.total()}: {told}; nothing seen without a claim, all made good")
    record_property("of these, no matter", ", ".join(f"{count} {call}" for call, count in sorted(unharmed.items())))
    assert codes[STOPPED] > codes[DONE]


@pytest.mark.parametrize("largest", [1, 4, 16, 64, 100, 112, 128, 160, 192])
def test_a_limit_on_the_size_of_files(largest: int, undisturbed: Undisturbed, tmp_path: Path) -> None:
    """In kilobytes: 64 are too few for the journal; with more, its log runs into that, or nothing does."""
    root = undisturbed.again(tmp_path / "shop")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest * KB, largest * KB))

    ended = subprocess.run(run_command(root), preexec_fn=limit, capture_output=True, text=True, check=False)
    stopped = Stopped(root, undisturbed, ended.returncode, ended.stderr, f"{largest} kB")
    assert ended.returncode == STOPPED or largest > 64, stopped
    assert_honest(stopped, tmp_path / "copy")
    assert_made_good(stopped)


@pytest.mark.parametrize("place", [".", ".remindr", ".remindr/journal.db", "outbox"])
def test_a_place_that_is_only_to_be_read(place: str, undisturbed_later: Undisturbed, tmp_path: Path) -> None:
    root = undisturbed_later.again(tmp_path / "shop")
    if place == ".":  # as a project is whose first run this is
        shutil.rmtree(root / "outbox")
        shutil.rmtree(root / ".remindr")
    mode = (root / place).stat().st_mode
    (root / place).chmod(mode & ~0o222)
    ended = subprocess.run(
        unprivileged(run_command(root, undisturbed_later.day)), capture_output=True, text=True, check=False
    )
    (root / place).chmod(mode)
    assert (ended.returncode, ended.stdout) == (STOPPED, "")
    assert "  hint: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [run for run in visible(root) if not run.startswith(DAY)] == []
    assert run_app(run_arguments(root, undisturbed_later.day)) == 0


def unprivileged(command: list[str]) -> list[str]:
    """The command as somebody whom permissions bind, which root is only without its capabilities."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command] if os.geteuid() == 0 else command
