"""What happens to exports on their way: cut short, columns and rows lost, doubled or swapped, written otherwise."""

import codecs
import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from io import StringIO
from itertools import combinations

_POINTED = re.compile(r"[^\dA-Za-z]*(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+[^\dA-Za-z]*")
_SWAPPED_MARKS = str.maketrans(".,", ",.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An export taken apart: its records, and which of them holds the headers (counted from 0)."""

    records: tuple[tuple[str, ...], ...]
    header: int
    delimiter: str = ","

    @property
    def headers(self) -> tuple[str, ...]:
        """The row of headers."""
        return self.records[self.header]

    @property
    def width(self) -> int:
        """How many columns the headers span."""
        return len(self.headers)

    @property
    def body(self) -> range:
        """The places of the records under the headers that hold anything."""
        return range(self.header + 1, len(self.records))

    def column(self, at: int) -> tuple[str, ...]:
        """The cells of a column, without its header."""
        return tuple(self.records[row][at] for row in self.body if at < len(self.records[row]))

    def written(self, delimiter: str = "") -> str:
        """The export as text, quoted where it has to be."""
        text = StringIO()
        writer = csv.writer(text, delimiter=delimiter or self.delimiter, lineterminator="\n")
        for record in self.records:
            writer.writerow(record) if record else text.write("\n")
        return text.getvalue()

    def each(self, change: Callable[[list[str]], Iterable[str]], *, cells_only: bool = False) -> "Sheet":
        """The same with every record changed, blank and short ones (titles, footers) left as they are."""
        return replace(
            self,
            records=tuple(
                record
                if len(record) < self.width or (cells_only and at <= self.header)
                else tuple(change(list(record)))
                for at, record in enumerate(self.records)
            ),
        )


@dataclass(frozen=True, slots=True)
class Mutation:
    """One change of an export: its kind, what it was done to, and the bytes that came of it."""

    kind: str
    what: str
    content: bytes
    columns: tuple[int, ...] = ()
    records: tuple[int, ...] = ()


def take_apart(content: bytes, header_row: int, delimiter: str) -> Sheet:
    """The records of a sample; `header_row` counts from 1, as spreadsheets do."""
    encoding = "utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8"
    text = decoded(content, encoding).replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    return Sheet(tuple(map(tuple, reader)), header_row - 1, delimiter)


def decoded(content: bytes, encoding: str = "utf-8", legacy: str = "cp1252") -> str:
    """The text of an export, which is in the legacy encoding if not in the other one."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return content.decode(legacy, "replace")


def mutations(content: bytes, sheet: Sheet) -> Iterator[Mutation]:
    """Every mutation of an export, the same ones in the same order each time."""
    yield from _written_otherwise(content, sheet)
    yield from _columns(sheet)
    yield from _rows(sheet)
    yield from cuts(content)


def cuts(content: bytes) -> Iterator[Mutation]:
    """The export cut at every byte."""
    for at in range(len(content)):
        yield Mutation("cut", f"at byte {at}", content[:at])


def _written_otherwise(content: bytes, sheet: Sheet) -> Iterator[Mutation]:
    text = decoded(content).replace("\r\n", "\n")
    yield Mutation("rewrite", "quoted as little as possible", sheet.written().encode())
    for encoding in ("utf-8-sig", "utf-16", "utf-16-be", "cp1252"):
        mark = "\ufeff" if encoding == "utf-16-be" else ""
        yield Mutation("encoding", encoding, (mark + text).encode(encoding, "replace"))
    yield Mutation("line ends", "CRLF", text.replace("\n", "\r\n").encode())
    yield Mutation("line ends", "CR", text.replace("\n", "\r").encode())
    yield Mutation("line ends", "none after the last row", text.rstrip("\n").encode())
    for delimiter in (";", "\t", "|"):
        yield Mutation("delimiter", repr(delimiter), sheet.written(delimiter).encode())
    comma = replace(sheet, records=tuple(tuple(map(_decimal_comma, record)) for record in sheet.records))
    for delimiter in (",", ";"):
        yield Mutation("decimal mark", f"comma, cells parted by {delimiter}", comma.written(delimiter).encode())
    yield Mutation("blank column", "at the end", sheet.each(lambda cells: [*cells, ""]).written().encode())
    yield Mutation("blank column", "trailing delimiters", sheet.each(lambda cells: [*cells, "", ""]).written().encode())
    yield Mutation("blank column", "at the beginning", sheet.each(lambda cells: ["", *cells]).written().encode())
    for at in (0, sheet.width // 2, sheet.width):
        yield Mutation("unknown column", f"before column {at + 1}", _with_column(sheet, at).written().encode())


def _decimal_comma(cell: str) -> str:
    return cell.translate(_SWAPPED_MARKS) if _POINTED.fullmatch(cell) else cell


def _with_column(sheet: Sheet, at: int) -> Sheet:
    """With one more column that nothing is known of; as blank as a title or heading where the row is one."""
    records = []
    for row, record in enumerate(sheet.records):
        filled = len(list(filter(None, record)))
        cell = "Wharf Code" if row == sheet.header else f"w{row % 3}" if row in sheet.body and filled > 1 else ""
        records.append(record if len(record) < sheet.width else (*record[:at], cell, *record[at:]))
    return replace(sheet, records=tuple(records))


def _columns(sheet: Sheet) -> Iterator[Mutation]:
    def mutation(kind: str, changed: Sheet, *columns: int) -> Mutation:
        what = " and ".join(f"'{sheet.headers[at]}'" for at in columns)
        return Mutation(kind, what, changed.written().encode(), columns=columns)

    for at in range(sheet.width):
        yield mutation("drop column", sheet.each(partial(_times, at, 0)), at)
        yield mutation("double column", sheet.each(partial(_times, at, 2)), at)
    for one, other in combinations(range(sheet.width), 2):
        swap = swapping(one, other)
        yield mutation("swap columns", sheet.each(swap), one, other)
        yield mutation("swap cells", sheet.each(swap, cells_only=True), one, other)


def _times(at: int, times: int, cells: list[str]) -> list[str]:
    return [*cells[:at], *[cells[at]] * times, *cells[at + 1 :]]


def swapping(one: int, other: int) -> Callable[[list[str]], list[str]]:
    """Puts the cells of two columns in each other's place."""

    def swap(cells: list[str]) -> list[str]:
        cells[one], cells[other] = cells[other], cells[one]
        return cells

    return swap


def _rows(sheet: Sheet) -> Iterator[Mutation]:
    def mutation(kind: str, records: Sequence[tuple[str, ...]], *rows: int) -> Mutation:
        what = "row " + " and ".join(str(row + 1) for row in rows)
        return Mutation(kind, what, replace(sheet, records=tuple(records)).written().encode(), records=rows)

    for at in range(len(sheet.records)):
        yield mutation("drop row", [*sheet.records[:at], *sheet.records[at + 1 :]], at)
        yield mutation("double row", [*sheet.records[: at + 1], *sheet.records[at:]], at)
    for one, other in combinations(range(len(sheet.records)), 2):
        swapped = list(sheet.records)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        if swapped != list(sheet.records):
            yield mutation("swap rows", swapped, one, other)
