"""Where lock and journal may live: in a folder of this user's own, and not at the other end of a network."""

import os
import re
from pathlib import Path

from remindr.errors import Refused

_OVER_A_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p"})
_MOUNT_TABLE = Path("/proc/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")


def make_private(folder: Path) -> None:
    """Makes the folder, and those above it, for this user alone; one that is there stays as it is."""
    if folder.is_dir():
        return
    make_private(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)  # another process may make it at the same time
    sync_folder(folder.parent)


def write_private(path: Path, content: bytes) -> None:
    """Writes a new file that only this user may read; it is on disk when this returns, its name may not be.

    What had that name before goes, be it a link.
    """
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Makes what was created or renamed in a folder survive a power cut, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_network(path: Path, name: str, table: str | None = None) -> None:
    """Raises Refused when `path` is on a network file system by this mount table, the system's own by default.

    Locks and write-ahead logs only promise anything among processes of one machine.
    """
    kind = network_file_system(path.resolve(), _mount_table() if table is None else table)
    if kind:
        raise Refused(
            f"{name}: is on a network file system ({kind}), where locks and the journal cannot be relied on",
            hint="nothing was sent; keep the project, or at least its journal, on a disk of this machine",
        )


def network_file_system(path: Path, table: str) -> str | None:
    """The kind of network file system that an absolute path is on by this mount table; None when it is on none."""
    kind, depth = "", 0
    for entry in table.splitlines():
        fields = entry.split(" ")
        if len(fields) < 3:
            continue
        mounted_on = Path(_OCTAL.sub(lambda octal: chr(int(octal[1], 8)), fields[1]))
        # A later entry for the same place covers the earlier one.
        if path.is_relative_to(mounted_on) and len(mounted_on.parts) >= depth:
            kind, depth = fields[2], len(mounted_on.parts)
    return kind if kind in _OVER_A_NETWORK else None


def _mount_table() -> str:
    """The system's mount table; empty where there is none to read."""
    try:
        return _MOUNT_TABLE.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
