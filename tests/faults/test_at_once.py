"""Runs that are started together on one project: one of them works, the others say so and go."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from shop import Undisturbed, look, open_shop, run_command, visible

PROCESSES = 4
SECONDS = 120


def test_of_runs_started_together_one_works(undisturbed: Undisturbed, tmp_path: Path) -> None:
    """The one that is first stops in the midst of its work, until all others have ended."""
    root = open_shop(tmp_path / "shop")
    halfway = next(call for call in undisturbed.calls if call.name == "fsync" and ".eml" in call.told)
    stopping = ["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "-e", f"inject={halfway.fails('signal=STOP')}"]
    runs = [
        subprocess.Popen([*stopping, *run_command(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(PROCESSES)
    ]
    again_and_again(lambda: sum(run.poll() is None for run in runs) <= 1)
    losers = [run for run in runs if run.returncode is not None]
    seen = visible(root)
    again_and_again(lambda: goes_on(root) and all(run.poll() is not None for run in runs))
    said = {run: run.communicate() for run in runs}

    assert len(losers) == PROCESSES - 1
    assert seen == []
    for run in losers:
        assert (run.returncode, said[run][0]) == (11, "")
        assert said[run][1].startswith("another run is at work on this project: process ")
    (winner,) = set(runs) - set(losers)
    assert (winner.returncode, said[winner][1]) == (0, "")
    assert look(root) == undisturbed.left


def again_and_again(done: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not done():
        assert time.monotonic() < until
        time.sleep(0.05)


def goes_on(root: Path) -> bool:
    """Wakes the process that has the lock; it may not yet have been stopped, or be gone."""
    with suppress(ProcessLookupError):
        os.kill(int((root / ".remindr" / "run.lock").read_text().split()[0]), signal.SIGCONT)
    return True
