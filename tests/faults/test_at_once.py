"""Runs that are started together on one project: one of them works, the others say so and go."""

import os
import signal
import subprocess
import time
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
    losers = ended(runs)
    seen = visible(root)
    os.kill(int((root / ".remindr" / "run.lock").read_text().split()[0]), signal.SIGCONT)
    said = {run: run.communicate(timeout=SECONDS) for run in runs}

    assert len(losers) == PROCESSES - 1
    assert seen == []
    for run in losers:
        assert (run.returncode, said[run][0]) == (11, "")
        assert said[run][1].startswith("another run is at work on this project: process ")
    (winner,) = set(runs) - set(losers)
    assert (winner.returncode, said[winner][1]) == (0, "")
    assert look(root) == undisturbed.left


def ended(runs: list["subprocess.Popen[str]"]) -> list["subprocess.Popen[str]"]:
    """Those that have come to their end, as soon as only one has not."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        gone = [run for run in runs if run.poll() is not None]
        if len(gone) >= len(runs) - 1:
            return gone
        time.sleep(0.05)
    return []
