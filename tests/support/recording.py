"""What a command does to the files below a folder, call by call and with all data, to be done again to a model."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from disk import Disk
from strace import CHANGES, STEADY

Step = Callable[[Disk], None]

_LINE = re.compile(r"(\d+) +(?:([a-z]\w*)\(|<\.\.\. [a-z]\w* resumed>)(.*)")
_ENDED = re.compile(r"(.*)\) += (-?\d+|\?).*", re.DOTALL)
_HEX = r"((?:\\x[0-9a-f]{2})*)"
_ARGUMENT = re.compile(rf'"{_HEX}"|(?:AT_FDCWD|(\d+))<{_HEX}>(?:\(deleted\))?|([^\s,"<>]+)')
_HARMLESS = ("chmod", "fchmod", "fchmodat")


@dataclass(frozen=True, slots=True)
class _Argument:
    """An argument of a call: text between quotes, or an open file by its number and place, or anything else."""

    text: bytes | None
    number: int | None
    place: str | None
    word: str | None


@dataclass(frozen=True)
class Recorded:
    """How a command ended, and what it did below the folder."""

    code: int
    err: str
    steps: list[Step]


def record(command: Sequence[str], root: Path, log: Path) -> Recorded:
    """Runs a command. Only one process, whose relative paths are seen from here, may change the folder."""
    traced = "trace=" + ",".join(f"?{name}" for name in CHANGES)
    done = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "100000000", "-o", str(log), "-e", traced, *command],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=os.environ | STEADY,
    )
    return Recorded(done.returncode, done.stderr, list(_steps(log.read_text(), root)))


def _steps(log: str, root: Path) -> Iterator[Step]:
    for name, told, result in _calls(log):
        if result < 0:
            continue
        step = _step(name, [_argument(found) for found in _ARGUMENT.finditer(told)], result, root)
        if step:
            yield step


def _calls(log: str) -> Iterator[tuple[str, str, int]]:
    """Every call that came to its end, in that order; other threads may have been at work meanwhile."""
    begun: dict[str, tuple[str, str]] = {}
    for line in log.splitlines():
        if not (found := _LINE.match(line)):
            continue
        thread, name, told = found[1], found[2], found[3]
        if name is None:
            name, before = begun.pop(thread)
            told = before + told
        if told.endswith("<unfinished ...>"):
            begun[thread] = name, told.removesuffix("<unfinished ...>")
        elif (ended := _ENDED.match(told)) and ended[2] != "?":
            yield name, ended[1], int(ended[2])


def _argument(found: re.Match[str]) -> _Argument:
    text, number, place, word = found.groups()
    return _Argument(
        None if text is None else _plain(text),
        None if number is None else int(number),
        None if place is None else os.fsdecode(_plain(place)),
        word,
    )


def _plain(told: str) -> bytes:
    return bytes.fromhex(told.replace("\\x", ""))


def _step(name: str, given: list[_Argument], result: int, root: Path) -> Step | None:
    """What the call does to the model; None if it has nothing to do with the folder."""
    if name in ("sync", "syncfs"):
        return lambda disk: disk.sync_all()
    if name in _HARMLESS:
        return None
    if name not in _TO_OPEN_FILES:
        return _to_names(name, [_below(root, path) for path in _paths(given)], given, result)
    number, place = given[0].number, given[0].place
    if number is None or place is None or _below(root, place) is None:
        return None
    return _TO_OPEN_FILES[name](number, given)


def _write(number: int, given: list[_Argument]) -> Step:
    data = given[1].text or b""
    return lambda disk: disk.write(number, data)


def _pwrite(number: int, given: list[_Argument]) -> Step:
    data, at = given[1].text or b"", int(given[3].word or 0)
    return lambda disk: disk.pwrite(number, data, at)


def _truncate(number: int, given: list[_Argument]) -> Step:
    size = int(given[1].word or 0)
    return lambda disk: disk.truncate(number, size)


def _sync(number: int, _: list[_Argument]) -> Step:
    return lambda disk: disk.sync(number)


_TO_OPEN_FILES: dict[str, Callable[[int, list[_Argument]], Step]] = {
    "write": _write, "pwrite64": _pwrite, "ftruncate": _truncate, "fsync": _sync, "fdatasync": _sync,
}  # fmt: skip


def _to_names(name: str, paths: list[str | None], given: list[_Argument], result: int) -> Step | None:
    if name in ("openat", "open"):
        (path,), flags = paths, next(one.word or "" for one in given if one.word)
        return None if path is None else lambda disk: disk.opened(result, path, flags)
    if not any(path is not None for path in paths):
        return None
    one, *others = [path or "" for path in paths]
    if name in ("mkdir", "mkdirat"):
        return lambda disk: disk.mkdir(one)
    if name in ("unlink", "unlinkat", "rmdir"):
        return lambda disk: disk.unlink(one)
    if name in ("rename", "renameat", "renameat2"):
        return lambda disk: disk.rename(one, others[0])
    if name in ("link", "linkat"):
        return lambda disk: disk.link(one, others[0])
    raise NotImplementedError(f"{name} of {one}: the model of a disk knows no such call")


def _paths(given: list[_Argument]) -> Iterator[str]:
    """The paths among the arguments, each seen from the folder named before it."""
    folder = ""
    for one in given:
        if one.place is not None:
            folder = one.place
        elif one.text is not None:
            yield os.path.abspath(os.path.join(folder, os.fsdecode(one.text)))  # noqa: PTH100, PTH118 - may not exist
            folder = ""


def _below(root: Path, path: str) -> str | None:
    """A path as seen from the folder; None if it is not below it."""
    if path == str(root):
        return ""
    return path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else None
