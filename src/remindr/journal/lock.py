"""One run at a time: locks that die with their holder and so are never stale.

One is of the operating system, for the folder of the project. Where the journal is on a server, several folders and
machines share it, so there is another one there.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from filelock import FileLock, Timeout

from remindr import registry
from remindr.errors import DataError, Locked
from remindr.journal.places import make_private, refuse_network

LOCK_FILE = Path(".remindr", "run.lock")
PATIENCE = 30  # seconds


class Holder(NamedTuple):
    """What the holder does, and that in words with who it is."""

    work: str
    told: str


class Lock(Protocol):
    """What only one process has."""

    def take(self, seconds: float) -> bool:
        """Whether it is ours now, or has become so within these seconds."""

    def holder(self) -> Holder:
        """Who has it."""


@contextmanager
def run_lock(
    root: Path,
    journal: str,
    work: str = "run",
    *,
    waiting: Callable[[str], None] | None = None,
    patience: float = PATIENCE,
) -> Iterator[None]:
    """Holds the project at `root` for a command that writes; Locked, naming the holder, while another has it.

    `journal` is its location: one on a server is held, too, against all other machines. A run does not wait for another
    run, for that one does the same. Everybody else waits for `patience` seconds, and `waiting` is told for whom.
    """
    with ExitStack() as stack:
        _take(stack.enter_context(_folder_lock(root, work)), work, waiting, patience)
        if "://" in journal and not journal.startswith("sqlite"):
            server_lock = registry.load("remindr.journal.server_lock:server_lock")
            _take(stack.enter_context(server_lock(journal, work)), work, waiting, patience)
        yield


def _take(lock: Lock, work: str, waiting: Callable[[str], None] | None, patience: float) -> None:
    """Takes the lock, at once or after a while; Locked if it is not to be had."""
    if lock.take(0):
        return
    holder = lock.holder()
    if not work == holder.work == "run":
        if waiting:
            waiting(f"{holder.told}; waiting until it has ended")
        if lock.take(patience):
            return
    raise Locked(holder.told, hint=f"nothing was done; remindr {work} can do it when that has ended")


@contextmanager
def _folder_lock(root: Path, work: str) -> Iterator["_FolderLock"]:
    path = root / LOCK_FILE
    refuse_network(path, str(LOCK_FILE))
    lock = _FolderLock(path, work)
    try:
        yield lock
    finally:
        lock.release()


class _FolderLock:
    """A lock of the operating system on a file."""

    def __init__(self, path: Path, work: str) -> None:
        self._path = path
        self._lock = FileLock(path, mode=0o600, fallback_to_soft=False, on_acquired=partial(_sign, work))

    def take(self, seconds: float) -> bool:
        """Whether it is ours now, or has become so within these seconds."""
        try:
            make_private(self._path.parent)
            self._lock.acquire(timeout=seconds)
        except Timeout:
            return False
        except OSError as error:
            raise DataError(
                f"{LOCK_FILE}: the lock that keeps two runs apart cannot be taken: {error.strerror or error}",
                hint="nothing was sent; see that this user may write to the folder",
            ) from error
        return True

    def holder(self) -> Holder:
        """Who has it, as far as the file tells."""
        try:
            process, host, work = self._path.read_text(encoding="utf-8", errors="replace").split()
            since = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        except (OSError, ValueError):
            return Holder("", "another run is at work on this project")
        return Holder(work, told(work, "project", process, host, f"{since:%Y-%m-%d %H:%M}"))

    def release(self) -> None:
        """Lets go of it, if it is ours."""
        self._lock.release()


def told(work: str, what: str, process: str, host: str, since: str) -> str:
    """Who holds what: `another run is at work on this project: process 4711 on host, since 2026-11-20 07:00 UTC`."""
    who = "another run" if work == "run" else f"remindr {work}"
    return f"{who} is at work on this {what}: process {process} on {host}, since {since} UTC"


def _sign(work: str, handle: int) -> None:
    """Writes who holds the lock into its file; the file's time of change says since when."""
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()} {socket.gethostname()} {work}\n".encode())
