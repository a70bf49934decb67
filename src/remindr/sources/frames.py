"""The careful reader: for files with headings, totals, footers, blank lines, or broken rows.

Every record of the file ends up in exactly one place: among the rows, among the broken rows, or among the rows
that only frame the table.
"""

import csv
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from remindr.errors import DataError, Problem, Refused
from remindr.sources.columns import HEADING, Columns
from remindr.sources.dialect import LARGEST_CELL, LARGEST_ROW, Dialect
from remindr.sources.headings import Headings, named_in_total
from remindr.sources.synonyms import Role

_TOTAL_WORDS: Final = (
    r"grand\s+total|totals?|summe|gesamt(?:summe|betrag)?|eindtotaal|totaal|total\s+g[ée]n[ée]ral|suma|total\s+general"
)
_TOTAL: Final = re.compile(rf"(?:{_TOTAL_WORDS}|sub-?total|zwischensumme|sous-total)\b", re.IGNORECASE)
_GRAND: Final = re.compile(rf"(?:{_TOTAL_WORDS})\s*:?", re.IGNORECASE)
_TOTAL_FOR: Final = re.compile(r"(?:total for|total pour|total para|totaal voor|summe f[üu]r)\s", re.IGNORECASE)
_BUCKET: Final = re.compile(
    r"current|(?:not (?:yet )?)?due|overdue|.*\d\s*(?:-|\+|days|tage|jours|d[ií]as|dagen).*", re.IGNORECASE
)
# Above groups of invoices, where a customer's name may be 7-Eleven or A1 Days Out.
_AGE_BUCKET: Final = re.compile(
    r"current|(?:over|more than|älter als|über)?\s*(?:>\s*)?\d+\s*(?:(?:-|\u2013|to|bis)\s*\d+\s*)?(?:\+\s*)?"
    r"(?:or more|and over|days?|tage|jours|d[ií]as|dagen)\s*(?:past due|overdue|überfällig)?",
    re.IGNORECASE,
)
_STAMPED: Final = re.compile(r"\d{4},?\s+\d{1,2}:\d{2}")  # a footer with the day and time of the report
_GROUP: Final = re.compile(r".*\S \(\d+\)")
_TOLD: Final = 200  # characters of a row that is too long
_AMOUNTS: Final = ("amount", "balance", "paid", "currency")
_DATES: Final = ("due_date", "issue_date", "cleared_on", "paid_on")


@dataclass(frozen=True, slots=True)
class Broken:
    """A row whose cells cannot be told apart; `cells` where they can at least be guessed."""

    row: int
    text: str
    reason: str
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The total of a heading: its row, what it says, and which of the rows that were written stand under it."""

    row: int
    label: str
    values: Mapping[str, str]  # field to text
    first: int
    count: int


@dataclass(slots=True)
class Tidied:
    """What the careful reader found besides the rows it wrote."""

    rows: "array[int]" = field(default_factory=lambda: array("q"))  # spreadsheet row of each row written
    broken: list[Broken] = field(default_factory=list)
    ignored: int = 0
    totals: list[Mapping[str, str]] = field(default_factory=list)  # field to text, for each TOTAL row
    groups: list[Group] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # headings and footers


def tidy(
    path: Path, target: Path, dialect: Dialect, columns: Columns, role: Role, shown: str, most_broken: int
) -> Tidied:
    """Writes the rows' fields to `target`, one regular line each, and returns what else was there.

    Gives up after so many broken rows. Refuses a file that ends in the middle of a row.
    """
    with target.open("w", encoding="utf-8", newline="") as stream:
        labels = _first_cells(path, dialect) if HEADING in columns.positions.values() else ()
        headings = Headings(labels, jobs=columns.profile.jobs)
        tidier = _Tidier(dialect, columns, role, csv.writer(stream, lineterminator="\n"), shown, headings)
        return tidier.run(path, most_broken)


def _first_cells(path: Path, dialect: Dialect) -> Iterator[str]:
    """Of each row its label: the total it is, wherever that stands, else its first cell."""
    for _, cells, _, _ in records(path, dialect):
        filled = list(filter(None, map(str.strip, cells)))
        if filled:
            yield next((cell for cell in filled if _TOTAL.match(cell)), filled[0])


def records(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str], str, str]]:
    """(row, cells, text, what is wrong) for every record under the headers; blank lines have no cells.

    A quotation mark that breaks a row spoils that line only: reading goes on with the next one.
    """
    csv.field_size_limit(LARGEST_CELL)
    with path.open(encoding="utf-8", newline="\n") as stream:
        for _ in range(dialect.line):
            next(stream)
        lines = _Lines(partial(stream.readline, LARGEST_ROW))
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
                yield row, [], lines.give_back(), _what_is_wrong(str(error))
            else:
                yield row, cells, lines.taken[0], ""


_EXPORT_AGAIN: Final = "it was probably still being written: export it again; nothing was sent"
NEVER_CLOSED: Final = "a quotation mark is never closed"
TOO_LONG: Final = "a row of more than 1 MB"


def _what_is_wrong(error: str) -> str:
    if "unexpected end" in error:
        return NEVER_CLOSED
    if TOO_LONG in error:
        return TOO_LONG
    return "a cell of more than 64 kB" if "field larger" in error else "a quotation mark is out of place"


class _Lines:
    """Lines that can be handed back once a record turns out to be broken; a record of too many ends with csv.Error."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read  # no more than a row may have
        self._returned: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else self._next()
        self.taken.append(line)
        return line

    def _next(self) -> str:
        line = self._read()
        if not line:
            raise StopIteration
        if len(line) < LARGEST_ROW or line.endswith("\n"):
            return line
        self.taken.append(line[:_TOLD])
        while line and not line.endswith("\n"):
            line = self._read()
        raise csv.Error(TOO_LONG)

    def give_back(self) -> str:
        """Returns the first line taken and hands the others back to be read again."""
        first, *others = self.taken
        self._returned.extend(reversed(others))
        return first


class _Tidier:
    def __init__(
        self, dialect: Dialect, columns: Columns, role: Role, writer: Any, shown: str, headings: Headings
    ) -> None:
        self._dialect = dialect
        self._width = len(dialect.headers)
        self._fields = columns.positions
        self._grouped = HEADING in columns.positions.values()
        self._role = role
        self._writer = writer
        self._shown = shown
        self._found = Tidied()
        self._headings = headings
        self._began: dict[str, int] = {}  # heading to how many rows had been written
        self._row = 0
        self._blank_before = False
        self._cut_short = False  # the row read last may be the beginning of a longer one
        self._shortest = self._width  # of the rows so far; some reports leave blank cells at the end out
        self._proofs = self._what_proves_a_row()
        self._positions = tuple(columns.positions.values())

    def run(self, path: Path, most_broken: int) -> Tidied:
        row = opened = 0
        for row, cells, text, wrong in records(path, self._dialect):
            if wrong:
                opened = opened or (row if wrong == NEVER_CLOSED else 0)
                self._break(row, text, wrong, [])
                if len(self._found.broken) > most_broken:
                    return self._found
            else:
                # A whole row further on shows that the quotation mark was a slip and the file goes on.
                opened = 0 if len(cells) == self._width else opened
                self._take(row, cells, text)
        if opened or (self._cut_short and not self._dialect.ends_whole):
            raise half_written(self._shown, opened or row)
        if self._headings.unfinished:
            what = f"the file ends before the total of '{self._headings.unfinished}'"
            raise Refused(Problem(what, self._shown, row, hint=_EXPORT_AGAIN))
        return self._found

    def _what_proves_a_row(self) -> tuple[tuple[int, str], ...]:
        """Positions with their headers: no heading, total or footer has a number and a date of its own."""
        number = [at for name, at in self._fields.items() if name == "invoice_id"]
        dates = [at for name, at in self._fields.items() if name in _DATES]
        proofs = [*number, *dates[:1]] if number and dates and not self._grouped else []
        return tuple((at, self._dialect.headers[at]) for at in proofs)

    def _is_plainly_a_row(self, cells: list[str]) -> bool:
        if len(cells) != self._width or not self._proofs:
            return False
        return all((cell := cells[at].strip()) and cell != header for at, header in self._proofs)

    def _take(self, row: int, cells: list[str], text: str) -> None:
        if self._is_plainly_a_row(cells):
            self._cut_short = self._blank_before = False
            self._found.rows.append(row)
            self._writer.writerow([cells[at].strip() for at in self._positions])
        else:
            self._look_closer(row, [cell.strip() for cell in cells], text)

    def _look_closer(self, row: int, cells: list[str], text: str) -> None:
        filled = [cell for cell in cells if cell]
        self._row = row
        self._cut_short = False
        if not filled:
            self._found.ignored += 1
        elif self._is_frame(cells, filled):
            self._found.ignored += 1
            self._cut_short = len(cells) < self._width and not self._blank_before and not _TOTAL.match(filled[0])
        elif reason := self._misfit(cells):
            self._break(row, text, reason, cells)
        else:
            self._cut_short = len(cells) < self._shortest
            self._shortest = min(self._shortest, len(cells))
            self._found.rows.append(row)
            self._writer.writerow([self._value(name, cells) for name in self._fields])
            self._headings.take_row()
        self._blank_before = not filled

    def _value(self, name: str, cells: Sequence[str]) -> str:
        position = self._fields[name]
        if position == HEADING:
            return self._headings.customer
        return cells[position] if position < len(cells) else ""

    def _is_frame(self, cells: list[str], filled: list[str]) -> bool:
        """Whether a row is a heading, a total, a footer, the headers once more, or nothing we read from."""
        if tuple(cells[: self._width]) == self._dialect.headers:
            return True
        values = {name: self._value(name, cells) for name, at in self._fields.items() if at != HEADING}
        if self._is_total(values, filled) or self._is_group(cells, values):
            return True
        if len(filled) == 1:
            return self._is_heading(filled[0], cells, any(values.values()))
        return not any(values.values()) and len(cells) <= self._width

    def _is_total(self, values: dict[str, str], filled: list[str]) -> bool:
        label = next((cell for cell in filled if _TOTAL.match(cell)), None)
        if label is None or (self._role == "customers" and len(filled) > 1):
            return False
        grand = bool(_GRAND.fullmatch(label))
        if len(filled) == 1 and not (grand or _TOTAL_FOR.match(label) or self._headings.has(named_in_total(label))):
            return False  # a customer called Total Energies
        if label in (values.get("customer_name"), values.get("customer_id")) and not (grand or _TOTAL_FOR.match(label)):
            return False
        if any(values.get(name) not in (None, "", label) for name in ("invoice_id", *_DATES)):
            return False
        if grand:
            self._found.totals.append({name: value for name, value in values.items() if value and value != label})
        elif self._grouped:
            self._end_group(label, values)
        self._headings.end(label)
        return True

    def _end_group(self, label: str, values: Mapping[str, str]) -> None:
        """Notes what a total is of. Refuses one that stands under rows of somebody else: lines were moved or lost."""
        name, rows = named_in_total(label), len(self._found.rows)
        if self._headings.has(name):
            first = self._began[name]
            self._found.groups.append(Group(self._row, label, values, first, rows - first))
        elif name and name not in self._began and not _AGE_BUCKET.fullmatch(name):
            raise DataError(Problem(f"'{label}' has no heading above it", self._shown, self._row, hint=_MOVED))
        elif (other := self._headings.customer) and rows > self._began[other] and not _AGE_BUCKET.fullmatch(name):
            what = f"'{label}' stands under the rows of '{other}'"
            raise DataError(Problem(what, self._shown, self._row, hint=_MOVED))

    def _is_group(self, cells: list[str], values: dict[str, str]) -> bool:
        """Whether a row is the head of a group with the number of its rows, `July 2026 (12)`, and perhaps its sums."""
        facts = [value for name, value in values.items() if name not in _AMOUNTS and value]
        return bool(_GROUP.fullmatch(cells[0])) and self._role == "invoices" and set(facts) <= {cells[0]}

    def _is_heading(self, text: str, cells: list[str], read: bool) -> bool:
        """Whether the only cell of a row is a heading or a footer, and not all that is left of a customer or invoice.

        `read` says that something is read from the column it stands in.
        """
        if self._grouped and not read:
            if _AGE_BUCKET.fullmatch(text) or _STAMPED.search(text):
                self._found.notes.append(text)
            else:
                self._headings.begin(text)
                self._began[text] = len(self._found.rows)
            return True
        if self._role == "customers":
            frame = not read or (self._blank_before and ":" in text and any(mark.isdigit() for mark in text))
        else:
            frame = not read or (cells[0] == text and (" " in text or bool(_BUCKET.fullmatch(text))))
        if frame:
            self._found.notes.append(text)
        return frame

    def _misfit(self, cells: list[str]) -> str:
        missing = any(position >= len(cells) for position in self._fields.values())
        if not missing and not any(cells[self._width :]):
            return ""
        return f"{len(cells)} cells where the headers have {self._width}"

    def _break(self, row: int, text: str, reason: str, cells: list[str]) -> None:
        self._cut_short = True
        self._found.broken.append(Broken(row, text.strip()[:200], reason, tuple(cells)))


_MOVED: Final = "rows are missing or were moved: export the list again"


def half_written(shown: str, row: int) -> Refused:
    """The refusal of a file that ends in the middle of something."""
    return Refused(Problem("the file ends in the middle of this row", shown, row, hint=_EXPORT_AGAIN))
