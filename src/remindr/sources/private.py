"""Folders for private copies of exports: this user's alone, and gone with the process that made them.

One that is killed cannot remove its folder. So each folder holds a lock of the operating system, which dies with the
process, and whoever next reads a book removes those that nobody holds.
"""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from time import time

_PREFIX = "remindr-"
_LOCK = ".held"
_LONG_AGO = 86_400  # seconds


class PrivateFolder(TemporaryDirectory[str]):
    """A temporary folder, held until it is cleaned up."""

    def __init__(self) -> None:
        """Makes the folder."""
        super().__init__(prefix=_PREFIX, ignore_cleanup_errors=True)
        self._lock = _hold(Path(self.name))

    def cleanup(self) -> None:
        """Removes the folder with all that is in it."""
        super().cleanup()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep_private_folders() -> None:
    """Removes the folders of this user that processes have left behind when they were killed."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody holds it, or another has just swept it
            _remove_if_left(folder)


def _hold(folder: Path) -> int | None:
    """An open file that is locked; None on Windows, where what is left is for the system to tidy up.

    It gets its name when it is locked already, so that nobody takes a new folder for one that was left behind.
    """
    if sys.platform == "win32":
        return None
    import fcntl

    new = folder / f"{_LOCK}.new"
    lock = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with suppress(OSError):  # a file system without locks: nobody else can lock it, either
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        new.rename(folder / _LOCK)
    return lock


def _remove_if_left(folder: Path) -> None:
    if sys.platform == "win32" or folder.lstat().st_uid != os.geteuid():
        return
    import fcntl

    try:
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:  # killed before it held its folder, or about to hold it
        if time() - folder.lstat().st_mtime > _LONG_AGO:
            shutil.rmtree(folder)
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    finally:
        os.close(lock)
