"""Which files a pattern means: the newest, with the pages that belong to it; and the day an export is of."""

import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from operator import attrgetter
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from remindr.errors import DataError, Problem
from remindr.sources.dates import DateOrder, parse_date

_TABLES: Final = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".crdownload", ".download")
_IN_NAME: Final = (
    re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(\d{2})\.(\d{2})\.(\d{4})(?!\d)"),
)
_DAY: Final = (
    r"(\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}|[^\W\d]+\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|"
    r"\d{1,2}(?:st|nd|rd|th|\.)? [^\W\d]+ \d{4})"
)
_STAMP: Final = re.compile(
    rf"(?:(?:as (?:of|at)|report date|run date|printed(?: on)?|generated(?: on)?|exported(?: on)?|created(?: on)?|"
    rf"stand|stichtag|per|export vom|erstellt am|gedruckt am|druckdatum|afgedrukt op|per datum|situation au|"
    rf"édité le|imprimé le|a fecha de|impreso el)\s*:?\s*{_DAY})|"
    rf"(?:{_DAY},?\s+\d{{1,2}}:\d{{2}})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that matches: `day` is the date in its name, else the day it was last written."""

    path: Path
    shown: str
    day: date
    written: float

    @property
    def newness(self) -> tuple[date, float, str]:
        """Sorts files by how new they are, the newest last."""
        return self.day, self.written, self.shown


def find_files(root: Path, pattern: str, timezone: str, setting: str) -> list[Candidate]:
    """All files that a pattern matches, newest first; DataError if there is none."""
    whole = pattern if Path(pattern).is_absolute() else f"{glob.escape(str(root))}/{pattern}"
    paths = [Path(name) for name in sorted(glob.glob(whole, recursive=True))]  # noqa: PTH207 - the pattern may be absolute
    found = [_candidate(root, path, timezone) for path in paths if path.is_file() and not _unfinished(path)]
    if not found:
        raise _nothing(root, pattern, setting)
    return sorted(found, key=attrgetter("newness"), reverse=True)


def named_files(name: str) -> list[Path]:
    """The files that a name, a folder (all its tables) or a pattern means; none if it means nothing."""
    path = Path(name).absolute()
    if path.is_dir():
        return [file for file in sorted(path.iterdir()) if file.suffix.lower() in _TABLES and file.name[0] not in ".~"]
    if path.is_file():
        return [path]
    return sorted(file for file in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if file.is_file())


def pages(found: list[Candidate]) -> list[Candidate]:
    """The newest file and the others of its day, in the order of their names after it."""
    newest, *others = found
    return [newest, *sorted((file for file in others if file.day == newest.day), key=lambda file: file.shown)]


def _candidate(root: Path, path: Path, timezone: str) -> Candidate:
    written = path.stat().st_mtime
    day = date_in_name(path.name) or datetime.fromtimestamp(written, ZoneInfo(timezone)).date()
    return Candidate(path, seen_from(root, path), day, written)


def seen_from(root: Path, path: Path) -> str:
    """A path as people know it: from the project's folder on, whole if it lies elsewhere."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _unfinished(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.suffix.lower() in _UNFINISHED


def _nothing(root: Path, pattern: str, setting: str) -> DataError:
    folder = (root / pattern).parent
    names = sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
    if not folder.is_dir():
        hint = f"there is no folder '{Path(pattern).parent}'; make it, or mend 'sources: {setting}:' in remindr.yaml"
    elif setting != "invoices" and not get_close_matches(Path(pattern).name, names, 1, 0.6):
        hint = f"take '{setting}:' out of remindr.yaml if your invoice export is all you have"
    elif names:
        near = get_close_matches(Path(pattern).name, names, 1, 0.4) or names[:1]
        hint = f"'{Path(pattern).parent}' has '{near[0]}'; mend 'sources: {setting}:' in remindr.yaml if that is it"
    else:
        hint = f"put the export into '{Path(pattern).parent}'"
    return DataError(Problem(f"no file matches '{pattern}'", "remindr.yaml", hint=hint))


def date_in_name(name: str) -> date | None:
    """The date in a file's name, the last if it names a period: 2026-11-20, 20261120 or 20.11.2026."""
    written = (
        "-".join(match[part] for part in order)
        for pattern, order in zip(_IN_NAME, ((1, 2, 3), (3, 2, 1)), strict=True)
        for match in pattern.finditer(name)
    )
    return max((day for text in written if (day := parse_date(text, None))), default=None)


def date_of_report(texts: Iterable[str], order: DateOrder | None) -> date | None:
    """The date a report gives itself in a title or a footer: `As of …`, `Stand: …`, or a day with a time."""
    for text in texts:
        for match in _STAMP.finditer(text):
            if day := parse_date(match[1] or match[2], order):
                return day
    return None
