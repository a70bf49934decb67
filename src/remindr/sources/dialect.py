"""What a table looks like: its delimiter, the row its headers stand in, the title rows above."""

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from io import SEEK_END, StringIO
from typing import Final

from remindr.errors import DataError, Problem, Refused
from remindr.sources.columns import recognised
from remindr.sources.snapshot import Snapshot
from remindr.sources.synonyms import Role

DELIMITERS: Final = (",", ";", "\t", "|")
_BLANK: Final = ' \t\n"' + "".join(DELIMITERS)
HEAD: Final = 256 * 1024
ROWS_LOOKED_AT: Final = 60
MOST_COLUMNS: Final = 2_000
LARGEST_CELL: Final = 64 * 1024
LARGEST_ROW: Final = 1024 * 1024
_VALUE: Final = re.compile(r"[^A-Za-z]*\d[.,:/ -]*\)?")
_DATE: Final = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_NO_TITLE: Final = 4  # filled cells
_SURELY_NONE: Final = 6


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to take one file apart. `header_row` counts as a spreadsheet does; `line` is its last physical line."""

    delimiter: str
    header_row: int
    line: int
    headers: tuple[str, ...]
    titles: tuple[str, ...]
    sample: tuple[str, ...]  # the cells of the fullest of the first rows
    ends_whole: bool  # with a line end
    rows: tuple[tuple[str, ...], ...]  # the first ones below the headers

    def cells(self, header: str) -> tuple[str, ...]:
        """What stands under a header in the first rows, those left out that are mostly blank: totals, titles."""
        at, width = self.headers.index(header), len(self.headers)
        whole = (row[:width] for row in self.rows if len(row) >= width and not any(row[width:]))
        return tuple(row[at] for row in whole if row.count("") * 2 < width)


def find_dialect(snapshot: Snapshot, role: Role, wanted: Mapping[str, str]) -> Dialect:
    """The dialect of a file; DataError if no table can be found in it, Refused if it has nothing but headers."""
    with snapshot.path.open("rb") as stream:
        head = stream.read(HEAD)
        complete = len(head) < HEAD
        stream.seek(-1 if head else 0, SEEK_END)
        ends_whole = stream.read() == b"\n"
    lines = list(StringIO(head.decode("utf-8", "ignore"), newline="\n"))  # splitlines would split at far more
    if complete and not "".join(lines).strip(_BLANK):
        raise Refused(Problem("the file has no rows", snapshot.shown, hint="export it again; nothing was sent"))
    rows_by_delimiter = {mark: _rows(lines if complete else lines[:-1], mark) for mark in DELIMITERS}
    delimiter, at = _header(rows_by_delimiter, role, wanted)
    rows = rows_by_delimiter[delimiter]
    line, headers = rows[at] if rows else (0, [])
    if not 2 <= len([header for header in headers if header]) <= MOST_COLUMNS:
        hint = "a CSV file has a row of headers, and a comma, semicolon, tab or bar between its cells"
        raise DataError(Problem("no table was found in this file", snapshot.shown, hint=hint))
    titles = tuple(" ".join(filter(None, cells)) for _, cells in rows[:at] if any(cells))
    if complete and not "".join(lines[line:]).strip(_BLANK):
        hint = "export it again; nothing was sent"
        raise Refused(Problem("the file has headers but no rows", snapshot.shown, at + 1, hint=hint))
    below = tuple(tuple(cells) for _, cells in rows[at + 1 :])
    sample = max(below, key=_filled, default=())
    _refuse_data_above(rows[:at], below, _filled(sample), role, snapshot.shown)
    return Dialect(delimiter, at + 1, line, tuple(headers), titles, sample, ends_whole, below)


def _refuse_data_above(
    rows: Sequence[tuple[int, list[str]]], below: Sequence[Sequence[str]], fullest: int, role: Role, shown: str
) -> None:
    """DataError if a row above the headers has dates and numbers, or an address, where those below have theirs.

    Customers may have neither: theirs are recognised by how many cells are filled, of the `fullest` row's.
    """
    widths = {len(cells) for cells in below}
    values, addresses = _places(below, _is_value), _places(below, _is_address)
    for row, (_, cells) in enumerate(rows, start=1):
        full = 2 * _filled(cells) >= fullest and _filled(cells) > _NO_TITLE
        like = (
            (full and role == "customers")
            or _looks_like_data(cells, values)
            or _places([cells], _is_address) & addresses
        )
        if len(cells) in widths and like:
            what = "this row stands above the headers, but looks like those below"
            hint = "put the row with the headers above all others, or export the list again"
            raise DataError(Problem(what, shown, row, hint=hint))


def _looks_like_data(cells: Sequence[str], values: AbstractSet[int]) -> bool:
    """Three dates and numbers where rows of the table have such; fewer, if one is a date and the row is no title."""
    own = _places([cells], _is_value)
    dated = any(_DATE.fullmatch(cell) for cell in cells)
    enough = 3 if not dated or _filled(cells) < _NO_TITLE else 2 if _filled(cells) < _SURELY_NONE else 1
    return len(own & values) >= enough and 3 * len(own - values) <= len(own)


def _filled(cells: Sequence[str]) -> int:
    return len(cells) - cells.count("")


def _is_value(cell: str) -> bool:
    return _VALUE.fullmatch(cell) is not None


def _is_address(cell: str) -> bool:
    """An e-mail address or, over several lines, a postal one."""
    return "@" in cell or "\n" in cell


def _places(rows: Iterable[Sequence[str]], fits: Callable[[str], bool]) -> set[int]:
    """Where such cells stand in any of the rows."""
    return {at for row in rows for at, cell in enumerate(row) if fits(cell)}


def _rows(lines: Sequence[str], delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows with the number of their last physical line."""
    csv.field_size_limit(LARGEST_CELL)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    while len(rows) < ROWS_LOOKED_AT:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            continue  # the reader proper says what is wrong
        rows.append((reader.line_num, [cell.strip() for cell in cells]))
    return rows


def _header(
    rows_by_delimiter: Mapping[str, list[tuple[int, list[str]]]], role: Role, wanted: Mapping[str, str]
) -> tuple[str, int]:
    """The delimiter and the row that read most like headers; failing that, the first row as wide as most."""
    best = (0, 0, ",", 0)
    for delimiter, rows in rows_by_delimiter.items():
        for at, (_, cells) in enumerate(rows):
            likeness = recognised(cells, role, wanted) - sum(map(_is_value, cells))
            if (likeness, len(cells)) > best[:2]:
                best = (likeness, len(cells), delimiter, at)
    if best[0] >= 2:
        return best[2], best[3]
    return _widest(rows_by_delimiter)


def _widest(rows_by_delimiter: Mapping[str, list[tuple[int, list[str]]]]) -> tuple[str, int]:
    def width(delimiter: str) -> int:
        widths = [len(cells) for _, cells in rows_by_delimiter[delimiter] if any(cells)]
        return max(set(widths), key=lambda size: (widths.count(size), size), default=0)

    delimiter = max(rows_by_delimiter, key=width)
    rows = rows_by_delimiter[delimiter]
    return delimiter, next((at for at, (_, cells) in enumerate(rows) if len(cells) == width(delimiter)), 0)
