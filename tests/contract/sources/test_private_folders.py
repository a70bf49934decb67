"""Copies of exports that a killed process left behind go with the next book that is read, and only those."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import time

import pytest

from remindr.sources.private import PrivateFolder, sweep_private_folders

HOLDS = """
import sys
from pathlib import Path
from remindr.sources.private import PrivateFolder
folder = PrivateFolder()
(Path(folder.name) / "0.csv").write_text("private")
print(folder.name, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's folder for such things: one of our own."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_a_folder_goes_when_it_is_done_with(temporary: Path) -> None:
    with PrivateFolder() as folder:
        assert Path(folder).parent == temporary
        assert Path(folder).stat().st_mode & 0o077 == 0
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="on Windows the system tidies up")
def test_what_a_killed_process_left_is_swept_and_what_a_living_one_uses_is_not(temporary: Path) -> None:
    with (
        subprocess.Popen(
            [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as one,
        PrivateFolder() as mine,
    ):
        assert one.stdout
        theirs = Path(one.stdout.readline().strip())
        sweep_private_folders()
        assert sorted(temporary.iterdir()) == sorted([theirs, Path(mine)])
        assert (theirs / "0.csv").read_text() == "private"
        one.send_signal(signal.SIGKILL)
        one.wait()
        sweep_private_folders()
        assert list(temporary.iterdir()) == [Path(mine)]


@pytest.mark.skipif(os.name == "nt", reason="on Windows the system tidies up")
def test_a_folder_that_nobody_came_to_hold_is_swept_a_day_later(temporary: Path) -> None:
    for name in ("remindr-new", "remindr-left"):
        (temporary / name).mkdir()
    os.utime(temporary / "remindr-left", (0, time() - 100_000))
    sweep_private_folders()
    assert [path.name for path in temporary.iterdir()] == ["remindr-new"]


def test_a_folder_of_somebody_else_with_such_a_name_stays(temporary: Path) -> None:
    (temporary / "remindr-backup").mkdir()
    (temporary / "remindr-page.html").write_text("a page")
    kept = temporary / "kept"
    kept.mkdir()
    (kept / ".held").touch()
    (temporary / "remindr-link").symlink_to(kept)
    sweep_private_folders()
    assert len(list(temporary.iterdir())) == 4
    assert (kept / ".held").exists()
