"""The exports of a day came to harm: a run that refuses them writes nothing, and no other writes what is untrue.

Untrue would be a line that the whole files do not give, first of all about an invoice that they say is paid. Numbers of
invoices whose cells stand under another header are those of other invoices to any reader: their lines are only counted.
REMINDR_HARMED_EXPORTS says how many harms are tried; 10000 are all, with cuts at every byte.
"""

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import pytest
from harm import PAID, Harm, Lines, Made, about_paid, chosen, made_of, open_harmed, replacements, seen_of
from shop import LATER, run_command

HARMS = int(os.environ.get("REMINDR_HARMED_EXPORTS", "40"))
DONE, STOPPED, IN_PART, REFUSED = 0, 1, 3, 5
SECONDS = 120
STOP = "read:signal=STOP:when=1"


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with its exports unharmed."""
    return open_harmed(tmp_path_factory.mktemp("whole") / "shop")


@pytest.fixture(scope="module")
def whole(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Lines:
    """The lines that are written with unharmed exports."""
    made = made_of(Harm("none", "nothing", {}), before, tmp_path_factory.mktemp("reference") / "shop")
    assert (made.code, made.err) == (DONE, "")
    assert len(made.lines) >= 7
    assert not about_paid(made.lines)
    assert {line[3] for line in made.lines} & PAID, "somebody is thanked"
    return made.lines


def wrong(made: Made, whole: Lines) -> str:
    """What is wrong with what a run has made; empty if nothing."""
    where = f"{made.harm.kind}, {made.harm.what}: ended with {made.code}"
    if made.code not in (DONE, STOPPED, IN_PART, REFUSED):
        return f"{where}: {made.err}"
    if made.code in (STOPPED, REFUSED):
        return f"{where} and wrote {len(made.lines)} lines" if made.lines or made.delivered else ""
    if paid := about_paid(made.lines):
        return f"{where} and wrote about what is paid: {paid}"
    return f"{where} and wrote {sorted(made.lines - whole)}" if made.lines - whole else ""


def test_harmed_exports_never_make_untrue_notices(
    before: Path,
    whole: Lines,
    processes: ProcessPoolExecutor,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    tried = chosen(HARMS)
    roots = (tmp_path / f"shop{number}" for number in range(len(tried)))
    results = list(processes.map(made_of, tried, repeat(before), roots, chunksize=8))
    figures = Counter[tuple[str, int]]((made.harm.kind, made.code) for made in results)
    for kind in dict.fromkeys(kind for kind, _ in figures):
        told = ", ".join(f"{figures[kind, code]} ended with {code}" for code in range(6) if figures[kind, code])
        record_property(f"exports, {kind}", told)
    assert list(filter(None, (wrong(made, whole) for made in results))) == []


@pytest.mark.parametrize("what", replacements())
def test_an_export_that_changes_while_it_is_read(what: str, before: Path, whole: Lines, tmp_path: Path) -> None:
    """The run is stopped when it reads the file for the first time, and goes on when the file is another."""
    root = Path(shutil.copytree(before, tmp_path / "shop"))
    path, log = root / f"exports/invoices-{LATER}.csv", tmp_path / "log"
    watched = ["strace", "-f", "-o", str(log), "-P", str(path), "-e", "trace=read", "-e", f"inject={STOP}"]
    with subprocess.Popen([*watched, *run_command(root, LATER)], stderr=subprocess.PIPE, text=True) as run:
        process = stopped(log)
        replacements()[what](path)
        os.kill(process, signal.SIGCONT)
        _, err = run.communicate(timeout=SECONDS)
    made = seen_of(Harm("replaced", what, {}), run.returncode, err, root)
    assert wrong(made, whole) == ""
    assert made.code in (STOPPED, REFUSED), made


def stopped(log: Path) -> int:
    """The process that strace has stopped, once it has."""
    until = time.monotonic() + SECONDS
    while not log.exists() or "stopped by SIGSTOP" not in (said := log.read_text()):
        assert time.monotonic() < until
        time.sleep(0.05)
    return int(said.split()[0])
