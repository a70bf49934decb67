"""strace for tests: which system calls of a command change files, and what comes of it when one of them goes wrong."""

import ctypes
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

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
_STANDING = Path(__file__).with_name("standing.py")
_LET_WATCH, _ANYBODY = 0x59616D61, -1  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
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


def watch(arguments: Sequence[str], log: Path, *faults: str, only: str = "") -> Ended:
    """Runs remindr. With faults only calls of their names are watched, and with `only` only those about that path."""
    asked = wanted([fault.partition(":")[0] for fault in faults] or CHANGES, faults)
    if only:
        asked += ["-P", only]
    place = log.with_suffix(".tmp")  # of its own: what other killed runs left in a shared one is not swept by this one
    place.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, str(_STANDING), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | STEADY | {"TMPDIR": str(place)},
    ) as process:
        strace = take_hold(process.pid, log, "-f", *asked)
        out, err = process.communicate(timeout=_SECONDS)
        strace.wait(_SECONDS)
    return Ended(process.returncode, out, err, tuple(calls_in(log.read_text(errors="replace"))))


def wanted(names: Sequence[str], faults: Sequence[str]) -> list[str]:
    """What strace is told so that it watches calls of these names, and lets some of them go wrong."""
    return ["-e", "trace=" + ",".join(f"?{name}" for name in names)] + [f"-einject={fault}" for fault in faults]


def stand_still() -> None:
    """Stops this process until somebody watches it, and lets any program of this user do that."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_LET_WATCH, ctypes.c_ulong(_ANYBODY), 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


def take_hold(pid: int, log: Path, *asked: str) -> "subprocess.Popen[bytes]":
    """Has strace watch a child of ours that stands still, which goes on then."""
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status), status
    strace = subprocess.Popen(["strace", "-y", "-o", str(log), *asked, "-p", str(pid)], stderr=subprocess.DEVNULL)
    until = monotonic() + _SECONDS
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        assert strace.poll() is None, "strace may not watch other processes"
        assert monotonic() < until
        sleep(0.005)
    os.kill(pid, signal.SIGCONT)
    return strace


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
