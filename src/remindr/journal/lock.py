"""One run at a time: a lock of the operating system, which dies with its holder and so is never stale."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from remindr.errors import DataError, Locked
from remindr.journal.places import make_private, refuse_network

LOCK_FILE = Path(".remindr", "run.lock")


@contextmanager
def run_lock(root: Path) -> Iterator[None]:
    """Holds the project at `root` for one run; Locked, naming the holder, while another run has it."""
    path = root / LOCK_FILE
    refuse_network(path, str(LOCK_FILE))
    lock = _acquired(path)
    try:
        yield
    finally:
        lock.release()


def _acquired(path: Path) -> FileLock:
    try:
        make_private(path.parent)
        lock = FileLock(path, mode=0o600, fallback_to_soft=False, on_acquired=_sign)
        lock.acquire(blocking=False)
    except Timeout:
        raise Locked(
            f"another run is at work on this project{_holder(path)}",
            hint="nothing was done; run remindr again when it has ended",
        ) from None
    except OSError as error:
        raise DataError(
            f"{LOCK_FILE}: the lock that keeps two runs apart cannot be taken: {error.strerror or error}",
            hint="nothing was sent; see that this user may write to the folder",
        ) from error
    return lock


def _sign(handle: int) -> None:
    """Writes who holds the lock into its file; the file's time of change says since when."""
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()} {socket.gethostname()}\n".encode())


def _holder(path: Path) -> str:
    """`: process 4711 on host, since 2026-11-20 07:00 UTC`, as far as the lock file tells."""
    try:
        process, _, host = path.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
        since = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return ""
    if not process.isdigit():
        return ""
    return f": process {process} on {host}, since {since:%Y-%m-%d %H:%M} UTC"
