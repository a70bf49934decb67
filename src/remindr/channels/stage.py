"""The folder a run writes into before anybody may see it.

It is private, its files are made new and never through a link, and all of it is brought safely to disk at the
end: a few files one by one, many by asking the file system once.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

_NEW_FILE = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
)  # fmt: skip
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_BY_FOLDER = os.open in os.supports_dir_fd
_FEW = 32


class Stage:
    """A new private folder, with folders of files and lists in it."""

    def __init__(self, path: Path) -> None:
        path.mkdir(mode=0o700)
        self.path = path
        self._folders: dict[str, tuple[str, dict[str, Any]]] = {}
        self._files = 0

    def write(self, folder: str, name: str, content: bytes) -> str:
        """Writes a new file into a folder of the stage; the file as seen from the stage."""
        prefix, how = self._folders.get(folder) or self._open_folder(folder)
        file = os.open(prefix + name, _NEW_FILE, 0o600, **how)
        try:
            written = os.write(file, content)
            while written < len(content):
                written += os.write(file, content[written:])
        finally:
            os.close(file)
        self._files += 1
        return f"{folder}/{name}"

    def list(self, name: str) -> TextIO:
        """A new text file for a spreadsheet, with the mark by which Excel knows UTF-8."""
        file = os.open(self.path / name, _NEW_FILE, 0o600)
        self._files += 1
        return os.fdopen(file, "w", encoding="utf-8-sig", errors="replace", newline="")

    def _open_folder(self, folder: str) -> tuple[str, dict[str, Any]]:
        path = self.path / folder
        path.mkdir(mode=0o700)
        opened: tuple[str, dict[str, Any]] = (f"{path}{os.sep}", {})
        if _BY_FOLDER:
            opened = ("", {"dir_fd": os.open(path, _FOLDER)})
        self._folders[folder] = opened
        return opened

    def settle(self) -> None:
        """Closes the folders and returns when all that was written would survive a power cut."""
        self.release()
        if not (self._files > _FEW and _sync_file_system(self.path)):
            for file in _files(self.path):
                sync(file)
        for folder in (*(self.path / name for name in self._folders), self.path):
            sync_folder(folder)

    def release(self) -> None:
        """Lets go of the folders."""
        for _, how in self._folders.values():
            if "dir_fd" in how:
                os.close(how.pop("dir_fd"))


def make_private(folder: Path) -> None:
    """Makes the folder, and those above it, for this user alone; one that is there stays as it is."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def sync(path: Path) -> None:
    """Returns when the file's content is on the disk."""
    file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(file)
    finally:
        os.close(file)


def sync_folder(path: Path) -> None:
    """Returns when the folder's entries are on the disk. Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _files(path: Path) -> Iterator[Path]:
    for entry in path.iterdir():
        yield from _files(entry) if entry.is_dir() else (entry,)


def _sync_file_system(path: Path) -> bool:
    """Brings everything of the file system to disk; False where that cannot be asked for.

    On Linux one `syncfs` takes the time of a few `fsync`, and reports write errors as they do.
    """
    if not sys.platform.startswith("linux"):
        return False
    import ctypes  # only large runs come here

    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    folder = os.open(path, os.O_RDONLY)
    try:
        if syncfs(folder) == 0:
            return True
        if ctypes.get_errno() == 38:  # ENOSYS
            return False
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(path))
    finally:
        os.close(folder)
