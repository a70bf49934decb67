"""Takes what a run wrote out of the outbox again: into the folder `discarded`, where a person may still look at it.

A whole run moves by one rename. Of a single notice each file moves, and its rows in the lists; that can be done again
from wherever it was interrupted.
"""

import csv
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from io import StringIO
from pathlib import Path

from remindr.channels.names import fingerprint
from remindr.channels.outbox import RUN_ID, writing
from remindr.channels.sheet import harmless
from remindr.channels.stage import make_private, sync, sync_folder

DISCARDED = "discarded"
_FILES = {"email": "email", "letter": "letters"}  # channel to folder
_LISTS = {"call": "calls.csv", "sms": "sms.csv"}

_LONGEST = 2**31 - 1  # a cell of ours may be as long as its message, and must not hide the rows of others
_NUMBERED = re.compile(r"-\d{1,9}")  # one notice of a run that was taken back

Piece = tuple[str, str]  # channel, key of the notice


def missing(base: Path, run_id: str, pieces: Iterable[Piece], *, whole: bool) -> list[Piece]:
    """Those of these messages that are not in the run's folder any more: somebody may have passed them on.

    A list that a spreadsheet has saved in its own way is there all the same if the `whole` folder is asked for.
    """
    folder = _place(base, run_id)
    files = {channel: _names(folder / name) for channel, name in _FILES.items()}
    rows = {channel: _rows(folder / name) for channel, name in _LISTS.items()}
    keys = {channel: {row[-1] for row in its if row} for channel, its in rows.items()}
    resaved = {channel for channel, name in _LISTS.items() if whole and not rows[channel] and (folder / name).exists()}

    def is_there(channel: str, key: str) -> bool:
        if channel in _FILES:
            return _end(key) in files[channel]
        return channel in resaved or harmless(key) in keys[channel]

    return [(channel, key) for channel, key in pieces if not is_there(channel, key)]


def key_of(name: str, keys: Iterable[str]) -> str | None:
    """The key of the notice whose e-mail or letter has this file name; None if it is none of these."""
    end = Path(name).stem.rpartition("-")[2]
    return next((key for key in keys if _end(key) == end), None) if end else None


def discard_run(base: Path, run_id: str) -> Path:
    """Moves the run's folder, unless it has moved; where it is now."""
    folder, target = _place(base, run_id), base / DISCARDED / run_id
    with writing(base):
        if os.path.lexists(folder):
            make_private(target.parent)
            folder.rename(target)
            sync_folder(target.parent)
            sync_folder(base)
    return target


def discard_notice(base: Path, run_id: str, name: str, key: str) -> Path:
    """Moves one notice's files and rows into a folder of that name, as far as they are not there yet."""
    folder, target = _place(base, run_id), base / DISCARDED / name
    with writing(base):
        make_private(target)
        for inside in _FILES.values():
            for file in _named(folder / inside, _end(key)):
                make_private(target / inside)
                file.rename(target / inside / file.name)
                sync_folder(target / inside)
                sync_folder(folder / inside)
        for inside in _LISTS.values():
            _move_rows(folder / inside, target / inside, harmless(key))
        sync_folder(target)
    return target


def withdraw(folder: Path, keys: Collection[str]) -> None:
    """Removes the files and rows of these notices from a folder that nobody has seen yet, as far as they are there."""
    if keys and folder.exists():
        with writing(folder.parent):
            _delete(folder, keys)


def delete_notices(base: Path, keys: Collection[str]) -> tuple[int, list[Path]]:
    """Deletes the files and rows of notices from every folder of the outbox; how many, and lists nobody can read."""
    folders = _folders(base)
    lists = [folder / name for folder in folders for name in _LISTS.values()]
    unreadable = [path for path in lists if path.exists() and not _rows(path)]
    with writing(base):
        return sum(_delete(folder, keys) for folder in folders), unreadable


def _delete(folder: Path, keys: Collection[str]) -> int:
    """Deletes the files and rows of notices from a folder; how many."""
    ends, shown = {_end(key) for key in keys}, {harmless(key) for key in keys}
    gone = [file for name in _FILES.values() for file in _files(folder / name) if _end_of(file) in ends]
    for file in gone:
        file.unlink()
    for place in {file.parent for file in gone}:
        sync_folder(place)
    return len(gone) + sum(_drop_rows(folder / name, shown) for name in _LISTS.values())


def delete_folders(base: Path, runs: Callable[[Collection[str]], Collection[str]]) -> int:
    """Deletes the folders of those runs that are chosen among all there are, what was taken back included; how many."""
    found = [(_run_of(folder), folder) for folder in _folders(base)]
    chosen = runs({run_id for run_id, _ in found})
    old = [folder for run_id, folder in found if run_id in chosen]
    with writing(base):
        for folder in old:
            shutil.rmtree(folder)
            sync_folder(folder.parent)
    return len(old)


def _folders(base: Path) -> list[Path]:
    """The folders of runs, and those of what was taken back of them."""
    found = [path for place in (base, base / DISCARDED) if place.is_dir() for path in place.iterdir()]
    return sorted(path for path in found if _run_of(path) and path.is_dir() and not path.is_symlink())


def _run_of(folder: Path) -> str:
    """The run that a folder is of; empty if it is of none."""
    name = RUN_ID.match(folder.name)
    left = folder.name[name.end() :] if name else "?"
    return name[0] if name and (not left or _NUMBERED.fullmatch(left)) else ""


def discarded(base: Path, run_id: str) -> list[str]:
    """The folders, seen from the outbox, that hold what was taken back of a run."""
    folder = base / DISCARDED
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [f"{DISCARDED}/{name}" for name in names if name == run_id or name.startswith(f"{run_id}-")]


def in_the_way(base: Path, name: str) -> bool:
    """Whether a folder of that name was discarded already."""
    return os.path.lexists(base / DISCARDED / name)


def _move_rows(source: Path, target: Path, key: str) -> None:
    rows = _rows(source)
    taken = [row for row in rows if row and row[-1] == key]
    if taken:
        _write(target, [rows[0], *taken])
        _drop_rows(source, {key})


def _drop_rows(path: Path, keys: Collection[str]) -> int:
    """Writes a list without some rows, and deletes it where nothing is left; how many rows have gone."""
    rows = _rows(path)
    left = [row for row in rows if not row or row[-1] not in keys]
    if len(left) == len(rows):
        return 0
    if len(left) > 1:
        _write(path, left)
    else:
        path.unlink()
        sync_folder(path.parent)
    return len(rows) - len(left)


def _write(path: Path, rows: Collection[list[str]]) -> None:
    """The list under its name, whole or as it was before."""
    text = StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", errors="replace", newline="") as file:
        file.write(text.getvalue())
    sync(fresh)
    fresh.replace(path)
    sync_folder(path.parent)


def _rows(path: Path) -> list[list[str]]:
    """The rows of a list with its heading; none if there is no such file, or it is no such list any more."""
    csv.field_size_limit(_LONGEST)  # one for the whole process: whoever reads exports has set it for those
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []
    return rows if rows and rows[0][-1:] == ["key"] else []


def _named(folder: Path, end: str) -> Iterator[Path]:
    yield from sorted(folder.glob(f"*-{end}.*")) if folder.is_dir() else ()


def _names(folder: Path) -> set[str]:
    return set(map(_end_of, _files(folder)))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _end_of(file: Path) -> str:
    return file.stem.rpartition("-")[2]


def _end(key: str) -> str:
    return fingerprint(key)[:12]


def _place(base: Path, run_id: str) -> Path:
    if not RUN_ID.fullmatch(run_id):
        raise ValueError(f"'{run_id}' is not the id of a run")
    return base / run_id
