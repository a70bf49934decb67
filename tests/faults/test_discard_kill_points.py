"""Taking back is killed at one system call after another; the next run makes it good: everybody is written to once."""

import csv
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest
from shop import DAY, NOTICES, ask, open_shop, run_arguments
from strace import BARRIERS, Call, changes, watch

from remindr.cli import run_app

FIRST = f"{DAY}-1"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop after a run."""
    root = open_shop(tmp_path_factory.mktemp("written") / "shop")
    assert run_app(run_arguments(root)) == 0
    return root


def discard_arguments(root: Path, what: str) -> list[str]:
    return ["discard", what, "-C", str(root), "--as-of", DAY, "--yes"]


def messages(root: Path) -> Counter[str]:
    """How often each notice stands in what people see in the outbox, by the hash of a file or the key of a row."""
    found = Counter[str]()
    for run in (path for path in (root / "outbox").glob("2025*") if path.is_dir()):
        found.update(file.stem.rpartition("-")[2] for file in run.glob("*/*"))
        for path in run.glob("*.csv"):
            with path.open(encoding="utf-8-sig", newline="") as file:
                found.update(row["key"] for row in csv.DictReader(file))
    return found


@pytest.mark.parametrize("whole", [True, False], ids=["run", "call"])
def test_whatever_kills_it_nobody_is_written_to_twice_or_forgotten(written: Path, tmp_path: Path, whole: bool) -> None:
    what = FIRST if whole else ask(written, "SELECT key FROM notices WHERE channels = 'call' ORDER BY id")[0][0]
    root = Path(shutil.copytree(written, tmp_path / "undisturbed"))
    seen = watch(discard_arguments(root, what), tmp_path / "log")
    assert seen.code == 0, seen.err
    points = [call for call in changes(seen.calls, root) if call.name in BARRIERS]
    assert len(points) > 10
    ends = Counter(str(killed_at(written, tmp_path / f"shop{number}", what, point, whole=whole))
                   for number, point in enumerate(points))  # fmt: skip
    assert len(ends) == 2, "some came before the journal knew of it, some after"


def killed_at(written: Path, root: Path, what: str, call: Call, *, whole: bool) -> bool:
    """Whether it was taken back in the end."""
    shutil.copytree(written, root)
    ended = watch(discard_arguments(root, what), root.with_suffix(".log"), call.fails("signal=KILL"))
    assert ended.code == -signal.SIGKILL, f"{call}: {ended.err}"
    assert run_app(run_arguments(root)) == 0
    assert ask(root, "SELECT count(*) FROM discards LEFT JOIN discard_results ON id = discard_id WHERE at IS NULL") == [
        (0,)
    ]
    found = messages(root)
    assert len(found) == NOTICES, call
    assert set(found.values()) == {1}, call
    taken = bool(ask(root, "SELECT 1 FROM discards"))
    again = (root / "outbox" / f"{DAY}-2").exists()
    assert taken == again, call
    assert (root / "outbox" / FIRST).exists() != (taken and whole), call
    shutil.rmtree(root)
    return taken
