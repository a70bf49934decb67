"""The slow and careful reader: for files with headings, totals, footers, blank lines, or broken rows.

Every line of the file ends up in exactly one place: among the rows, among the broken rows, or among the rows
that only frame the table.
"""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from remindr.errors import Problem, Refused
from remindr.sources.columns import Columns
from remindr.sources.dialect import LARGEST_CELL, Dialect
from remindr.sources.synonyms import Role

_TOTAL: Final = re.compile(
    r"(?:grand\s+total|sub-?total|totals?|summe|gesamt(?:summe|betrag)?|zwischensumme|eindtotaal|totaal|"
    r"sous-total|total\s+g[ée]n[ée]ral|suma|subtotal|total\s+general)\b",
    re.IGNORECASE,
)
_GRAND: Final = re.compile(
    r"(?:grand\s+total|totals?|summe|gesamt(?:summe|betrag)?|eindtotaal|totaal|total\s+g[ée]n[ée]ral|suma|"
    r"total\s+general)\s*:?",
    re.IGNORECASE,
)
_BUCKET: Final = re.compile(
    r"current|not (?:yet )?due|overdue|.*\d+\s*(?:-|\+|days|tage|jours|d[ií]as|dagen).*", re.IGNORECASE
)
_DATES: Final = ("due_date", "issue_date", "cleared_on", "paid_on")
MOST_BROKEN: Final = 5_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A row whose cells cannot be told apart."""

    row: int
    text: str
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(slots=True)
class Tidied:
    """What the careful reader found besides the rows it wrote."""

    rows: "array[int]" = field(default_factory=lambda: array("q"))  # spreadsheet row of each row written
    broken: list[Broken] = field(default_factory=list)
    ignored: int = 0
    totals: dict[str, str] = field(default_factory=dict)  # field to the text in the file's own TOTAL row
    notes: list[str] = field(default_factory=list)  # headings and footers


def records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str], str, str]]:
    """(row, cells, text, what is wrong) for every record under the headers; blank lines have no cells.

    A quote that breaks a row spoils that line only: reading goes on with the next one.
    """
    csv.field_size_limit(LARGEST_CELL)
    with path.open(encoding="utf-8", newline="\n") as stream:
        for _ in range(dialect.line):
            next(stream)
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True, skipinitialspace=True)
        row = dialect.header_row
        while True:
            lines.taken.clear()
            row += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                at_end = "unexpected end" in str(error)
                text = lines.give_back()
                yield row, [], text, "open at the end" if at_end else "a quotation mark is out of place"
            else:
                yield row, cells, "".join(lines.taken), ""


class _Lines:
    """Lines that can be handed back once a record turns out to be broken."""

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._returned: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._stream)
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """Returns the first line taken and hands the others back to be read again."""
        first, *others = self.taken
        self._returned.extend(reversed(others))
        return first


def tidy(path: Path, target: Path, dialect: Dialect, columns: Columns, role: Role, shown: str) -> Tidied:
    """Writes the rows' fields to `target`, one regular line each, and returns what else was there."""
    with target.open("w", encoding="utf-8", newline="") as stream:
        return _Tidier(dialect, columns, role, csv.writer(stream, lineterminator="\n"), shown).run(path)


class _Tidier:
    def __init__(self, dialect: Dialect, columns: Columns, role: Role, writer: "csv._writer", shown: str) -> None:
        self._dialect = dialect
        self._fields = columns.positions
        self._grouped = "customer_name" in self._fields and self._fields["customer_name"] < 0
        self._role = role
        self._writer = writer
        self._shown = shown
        self._found = Tidied()
        self._heading = ""
        self._blank_before = False

    def run(self, path: Path) -> Tidied:
        open_at_end, whole_after = None, False
        row, wrong = 0, ""
        for row, cells, text, wrong in records(path, self._dialect):
            if wrong == "open at the end":
                open_at_end, whole_after = open_at_end or row, False
                wrong = "a quotation mark is never closed"
            if wrong:
                self._break(row, text, wrong, [])
            else:
                whole_after = whole_after or len(cells) == len(self._dialect.headers)
                self._take(row, [cell.strip() for cell in cells], text)
        if open_at_end and not whole_after:
            raise half_written(self._shown, open_at_end)
        if self._found.broken and self._found.broken[-1].row == row and not self._dialect.ends_whole:
            raise half_written(self._shown, row)
        return self._found

    def _take(self, row: int, cells: list[str], text: str) -> None:
        filled = [cell for cell in cells if cell]
        if not filled:
            self._found.ignored += 1
            self._blank_before = True
            return
        if self._is_frame(cells, filled):
            self._found.ignored += 1
        elif reason := self._misfit(cells):
            self._break(row, text, reason, cells)
        else:
            self._found.rows.append(row)
            self._writer.writerow([self._value(name, cells) for name in self._fields])
        self._blank_before = False

    def _value(self, name: str, cells: Sequence[str]) -> str:
        position = self._fields[name]
        if position < 0:
            return self._heading
        return cells[position] if position < len(cells) else ""

    def _is_frame(self, cells: list[str], filled: list[str]) -> bool:
        if tuple(cells[: len(self._dialect.headers)]) == self._dialect.headers:
            return True
        values = {name: self._value(name, cells) for name, position in self._fields.items() if position >= 0}
        if self._is_total(values, filled):
            return True
        if len(filled) == 1:
            return self._is_heading(filled[0], cells, values)
        return not any(values.values()) and len(cells) <= len(self._dialect.headers)

    def _is_total(self, values: dict[str, str], filled: list[str]) -> bool:
        label = next((cell for cell in filled if _TOTAL.match(cell)), None)
        if label is None or (len(filled) == 1 and not self._heading and not _GRAND.fullmatch(label)):
            return False
        number = values.get("invoice_id", "")
        if (number and number != label) or any(values.get(name, "") not in ("", label) for name in _DATES):
            return False
        if self._role == "customers" and len(filled) > 1:
            return False
        if _GRAND.fullmatch(label):
            self._found.totals = {name: value for name, value in values.items() if value and value != label}
        self._heading = ""
        return True

    def _is_heading(self, text: str, cells: list[str], values: dict[str, str]) -> bool:
        if self._grouped and not any(values.values()):
            self._heading = text
            return True
        first = cells[0] == text
        sentence = " " in text or _BUCKET.fullmatch(text)
        if self._role == "customers":
            heading = self._blank_before and any(mark.isdigit() for mark in text) and ":" in text
        else:
            heading = not any(values.values()) or (first and bool(sentence))
        if heading:
            self._found.notes.append(text)
        return heading

    def _misfit(self, cells: list[str]) -> str:
        width = len(self._dialect.headers)
        extra = any(cells[width:])
        missing = any(position >= len(cells) for position in self._fields.values())
        if not extra and not missing:
            return ""
        return f"{len(cells)} cells where the headers have {width}"

    def _break(self, row: int, text: str, reason: str, cells: list[str]) -> None:
        self._found.broken.append(Broken(row, text.strip()[:200], reason, tuple(cells)))


def half_written(shown: str, row: int) -> Refused:
    """The refusal of a file that ends in the middle of something."""
    hint = "it was probably still being written: export it again; nothing was sent"
    return Refused(Problem("the file ends in the middle of this row", shown, row, hint=hint))
