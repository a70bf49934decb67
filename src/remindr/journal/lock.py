"""One run at a time: a lock of the operating system, which dies with its holder and so is never stale."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from remindr.errors import DataError, Locked
from remindr.journal.places import make_private, refuse_network

LOCK_FILE = Path(".remindr", "run.lock")
PATIENCE = 30  # seconds


@contextmanager
def run_lock(
    root: Path, work: str = "run", *, waiting: Callable[[str], None] | None = None, patience: float = PATIENCE
) -> Iterator[None]:
    """Holds the project at `root` for a command that writes; Locked, naming the holder, while another has it.

    A run does not wait for another run, for that one does the same. Everybody else waits for `patience` seconds, and
    `waiting` is told for whom.
    """
    path = root / LOCK_FILE
    refuse_network(path, str(LOCK_FILE))
    try:
        make_private(path.parent)
        lock = FileLock(path, mode=0o600, fallback_to_soft=False, on_acquired=partial(_sign, work))
        _acquire(lock, path, work, waiting, patience)
    except OSError as error:
        raise DataError(
            f"{LOCK_FILE}: the lock that keeps two runs apart cannot be taken: {error.strerror or error}",
            hint="nothing was sent; see that this user may write to the folder",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _acquire(lock: FileLock, path: Path, work: str, waiting: Callable[[str], None] | None, patience: float) -> None:
    """Takes the lock, at once or after a while; Locked if it is not to be had."""
    try:
        lock.acquire(blocking=False)
    except Timeout:
        holder = _holder(path)
        if work == holder.work == "run":
            raise _locked(holder, work) from None
        if waiting:
            waiting(f"{holder.told}; waiting until it has ended")
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            raise _locked(holder, work) from None


def _locked(holder: "_Holder", work: str) -> Locked:
    return Locked(holder.told, hint=f"nothing was done; remindr {work} can do it when that has ended")


def _sign(work: str, handle: int) -> None:
    """Writes who holds the lock into its file; the file's time of change says since when."""
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()} {socket.gethostname()} {work}\n".encode())


class _Holder(NamedTuple):
    """What the holder does, and that in words with who it is."""

    work: str
    told: str


def _holder(path: Path) -> _Holder:
    """Who has the lock, as far as its file tells: `another run is at work on this project: process 4711 on host, …`."""
    told = "another run is at work on this project"
    try:
        process, host, work = path.read_text(encoding="utf-8", errors="replace").split()
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, ValueError):
        return _Holder("", told)
    if work != "run":
        told = f"remindr {work} is at work on this project"
    return _Holder(work, f"{told}: process {process} on {host}, since {since:%Y-%m-%d %H:%M} UTC")
