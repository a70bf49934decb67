"""A private copy of an export: what is read cannot change while it is read, and its hash says which file it was."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from remindr.errors import DataError, Problem, Refused
from remindr.sources.encoding import CHUNK, Utf8Check, legacy_encoding, marked_encoding, unix_text

LARGEST_FILE: Final = 512 * 1024 * 1024
_ZIP: Final = b"PK\x03\x04"
_SIGNATURES: Final = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"\xd0\xcf\x11\xe0", "an old or a protected Excel workbook"),
    (b"SQLite format 3", "a database"),
    (b"{\\rtf", "a text document"),
)


Stamp = tuple[int, int]  # size and time of the last change: a file that is written to gets another one


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The copy of one export: UTF-8 with Unix line ends at `path`, and what is known of the original."""

    shown: str  # the file as people know it, seen from the project
    path: Path
    sha256: str
    modified_on: date
    encoding: str
    line_ends: int  # in the copy
    stamp: Stamp  # of the original


def take_snapshot(source: Path, shown: str, folder: Path, timezone: str) -> Snapshot:
    """A copy of `source` in `folder`. Refuses what is no table, is empty or too large, or changes under our hands."""
    before, read = source.stat(), stamp_of(source)
    if before.st_size > LARGEST_FILE:
        raise DataError(Problem(f"the file has {before.st_size >> 20} MB; an export may have 512", shown))
    if before.st_size == 0:
        raise Refused(Problem("the file is empty", shown, hint="export it again; nothing was sent"))
    copy = folder / f"{len(list(folder.iterdir()))}.csv"
    digest, encoding, line_ends = _copy(source, copy, shown)
    if read is None or stamp_of(source) != read:
        raise Refused(Problem("the file is just being written", shown, hint="run again when it is complete"))
    modified = datetime.fromtimestamp(before.st_mtime, ZoneInfo(timezone)).date()
    return Snapshot(shown, copy, digest, modified, encoding, line_ends, read)


def stamp_of(path: Path) -> Stamp | None:
    """The stamp that a file has now; None if it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _copy(source: Path, copy: Path, shown: str) -> tuple[str, str, int]:
    """Copies and looks at the bytes in one pass; anything but plain UTF-8 is then rewritten as that."""
    digest, utf8, head = hashlib.sha256(), Utf8Check(), b""
    zeros = returns = False
    line_ends = 0
    with source.open("rb", buffering=0) as original, copy.open("wb") as target:
        for chunk in iter(lambda: original.read(CHUNK), b""):
            head = head or chunk[:4096]
            digest.update(chunk)
            utf8.feed(chunk)
            zeros = zeros or b"\0" in chunk
            returns = returns or b"\r" in chunk
            line_ends += chunk.count(b"\n")
            target.write(chunk)
    utf8.feed(b"", final=True)
    if head.startswith(_ZIP):
        return digest.hexdigest(), "xlsx", _workbook_to_csv(copy, shown)
    encoding = marked_encoding(head)
    if encoding is None:
        _refuse_binary(head, zeros, shown)
        encoding = "utf-8" if utf8.valid else legacy_encoding(copy, shown)
    if encoding != "utf-8" or returns:
        line_ends = _rewrite(copy, encoding)
    return digest.hexdigest(), encoding.removesuffix("-sig"), line_ends


def _refuse_binary(head: bytes, zeros: bool, shown: str) -> None:
    what = next((what for signature, what in _SIGNATURES if head.startswith(signature)), None)
    if what or zeros:
        what = what or "binary data"
        hint = "export the list as CSV or XLSX"
        raise DataError(Problem(f"this is {what}, not a CSV or XLSX file", shown, hint=hint))


def _rewrite(copy: Path, encoding: str) -> int:
    """Makes the copy plain UTF-8 and returns its number of line ends."""
    original = copy.rename(copy.with_suffix(".raw"))
    line_ends = 0
    with copy.open("w", encoding="utf-8", newline="") as target:
        for text in unix_text(original, encoding):
            line_ends += text.count("\n")
            target.write(text)
    original.unlink()
    return line_ends


def _workbook_to_csv(copy: Path, shown: str) -> int:
    from remindr.sources.workbook import sheet_to_csv  # only workbooks need calamine

    original = copy.rename(copy.with_suffix(".xlsx"))
    try:
        return sheet_to_csv(original, copy, shown)
    finally:
        original.unlink()
