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


class _Signed(NamedTuple):
    """What the holder wrote into the lock file, and since when."""

    process: str
    host: str
    work: str
    since: datetime

    @property
    def holder(self) -> Holder:
        return Holder(self.work, told(self.work, "project", self.process, self.host, f"{self.since:%Y-%m-%d %H:%M}"))


class Lock(Protocol):
    """What only one process has."""

    def take(self, seconds: float) -> bool:
        """Whether it is ours now, or has become so within these seconds."""

    def holder(self) -> Holder | None:
        """Who has it, as far as that can be told; None if nobody is known to."""


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
        if _is_on_a_server(journal):
            server_lock = registry.load("remindr.journal.server_lock:server_lock")
            _take(stack.enter_context(server_lock(journal, work)), work, waiting, patience)
        yield


def who_works(root: Path, journal: str) -> Holder | None:
    """Who holds the project at `root`, or its journal; None if nobody does, or where that cannot be told.

    No lock is taken for that, so a run that starts meanwhile never meets one.
    """
    signed = _signed(root / LOCK_FILE)
    if signed and signed.host == socket.gethostname() and _is_alive(signed.process):
        return signed.holder
    if _is_on_a_server(journal):
        with registry.load("remindr.journal.server_lock:server_lock")(journal, "status") as lock:
            holder: Holder | None = lock.holder()
            return holder
    return None


def _is_alive(process: str) -> bool:
    """Whether there is another such process on this machine; elsewhere than on POSIX asking could end it."""
    if os.name != "posix" or not process.isdecimal() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _is_on_a_server(journal: str) -> bool:
    return "://" in journal and not journal.startswith("sqlite")


def _take(lock: Lock, work: str, waiting: Callable[[str], None] | None, patience: float) -> None:
    """Takes the lock, at once or after a while; Locked if it is not to be had."""
    if lock.take(0):
        return
    holder = lock.holder() or Holder("", "another run is at work on this project")
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

    def holder(self) -> Holder | None:
        """Who has it, or had it last, as far as the file tells."""
        signed = _signed(self._path)
        return signed.holder if signed else None

    def release(self) -> None:
        """Lets go of it, if it is ours."""
        self._lock.release()


def _signed(path: Path) -> _Signed | None:
    try:
        process, host, work = path.read_text(encoding="utf-8", errors="replace").split()
        return _Signed(process, host, work, datetime.fromtimestamp(path.stat().st_mtime, UTC))
    except (OSError, ValueError):
        return None


def told(work: str, what: str, process: str, host: str, since: str) -> str:
    """Who holds what: `another run is at work on this project: process 4711 on host, since 2026-11-20 07:00 UTC`."""
    who = "another run" if work == "run" else f"remindr {work}"
    return f"{who} is at work on this {what}: process {process} on {host}, since {since} UTC"


def _sign(work: str, handle: int) -> None:
    """Writes who holds the lock into its file; the file's time of change says since when."""
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()} {socket.gethostname()} {work}\n".encode())
