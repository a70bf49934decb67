"""strace for tests: which system calls of a command change files, and what comes of it when one of them goes wrong."""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

# Those that bring things to disk or give them their names; a protocol stands on them.
BARRIERS = (
    "fsync", "fdatasync", "sync", "syncfs", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat",
    "mkdir", "mkdirat", "rmdir",
)  # fmt: skip
CHANGES = (
    *BARRIERS, "openat", "open", "creat", "write", "writev", "pwrite64", "pwritev", "truncate", "ftruncate",
    "fallocate", "copy_file_range", "symlink", "symlinkat", "chmod", "fchmod", "fchmodat",
)  # fmt: skip

_LINE = re.compile(r"(?:(\d+) +)?([a-z]\w*)\((.*)")
_END = re.compile(r"\) += | <unfinished")
_OPENED = re.compile(r', "|", ')
_SECONDS = 300  # a machine that many share is slow
STEADY = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "NO_COLOR": "1"}


@dataclass(frozen=True, slots=True)
class Call:
    """A system call, the `number`-th of its name in its thread. `told` is what strace says of its arguments.

    The number of one that opens a file is among those about this path: in all, Python opens now more and now less.
    """

    name: str
    number: int
    told: str

    def fails(self, how: str) -> str:
        """What to tell strace to make this call go wrong, such as `signal=KILL` or `error=ENOSPC`."""
        return f"{self.name}:{how}:when={self.number}"

    def only(self, root: Path) -> str:
        """The path that alone must be watched for this number to be right; empty if there is none."""
        if not self.name.startswith("open"):
            return ""
        folder, path, *_ = _OPENED.split(self.told)
        return str(root / path) if folder.startswith("AT_FDCWD") else path

    def __str__(self) -> str:
        return f"{self.name}({self.told})"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command came to its end, `code` being below zero if by a signal, and the calls of its main thread."""

    code: int
    out: str
    err: str
    calls: tuple[Call, ...]


def watch(command: Sequence[str], log: Path, *faults: str, only: str = "") -> Ended:
    """Runs a command. With faults only calls of their names are watched, and with `only` only those about that path."""
    names = [fault.partition(":")[0] for fault in faults] or CHANGES
    asked = ["-e", "trace=execve," + ",".join(f"?{name}" for name in names)]
    for fault in faults:
        asked += ["-e", f"inject={fault}"]
    if only:
        asked += ["-P", only]
    place = log.with_suffix(".tmp")  # of its own: what other killed runs left in a shared one is not swept by this one
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        ["strace", "-f", "-y", "-o", str(log), *asked, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
        env=os.environ | STEADY | {"TMPDIR": str(place)},
    )
    return Ended(done.returncode, done.stdout, done.stderr, tuple(calls_in(log.read_text(errors="replace"))))


def calls_in(log: str) -> Iterator[Call]:
    """The calls of the main thread by a log of strace; without `-f` it names no thread."""
    main = log.partition(" ")[0]
    main = main if main.isdigit() else ""
    count = Counter[str]()
    for line in log.splitlines():
        found = _LINE.match(line)
        if found and (found[1] or "") == main:
            count[found[2]] += 1
            yield Call(found[2], count[found[2]], _plain(found[2], found[3], main))


def _plain(name: str, told: str, process: str) -> str:
    """The arguments without what is another in each run: data, file numbers, the process."""
    told = _END.split(told, maxsplit=1)[0]
    if "write" in name:
        told = told.partition(", ")[0]
    told = re.sub(r"\d+<", "<", told)
    return re.sub(rf"\b{process}\b", "PID", told) if process else told


def changes(calls: Sequence[Call], root: Path) -> list[Call]:
    """Of these calls those that change something below a folder, told as seen from there."""
    found = []
    opened = Counter[str]()
    for call in calls:
        told = call.told.replace(f"{root}/", "").replace(f"{root}>", ">")
        number = call.number
        if call.name == "openat":
            path = told.rpartition(", O_")[0]
            opened[path] += 1
            number = opened[path]
        opening = call.name == "openat" and "O_CREAT" not in told
        if (told != call.told and not opening) or call.name == "sync":
            found.append(Call(call.name, number, told))
    return found
