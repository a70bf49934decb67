"""Sheets that people fill in by hand: few rows, each read as far as it can be, whatever spreadsheet wrote them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from remindr.errors import DataError, Problem, Refused
from remindr.model.book import Quarantined
from remindr.model.policy import Project
from remindr.sources.amounts import Mark, parse_amount, readings, take_apart, why_no_amount
from remindr.sources.columns import match_columns
from remindr.sources.dates import (
    DAY_FIRST,
    MONTH_FIRST,
    DateOrder,
    Vote,
    both_readings,
    count_votes,
    parse_date,
    why_unreadable,
)
from remindr.sources.dialect import Dialect, find_dialect
from remindr.sources.folding import fold
from remindr.sources.frames import records
from remindr.sources.private import PrivateFolder
from remindr.sources.snapshot import take_snapshot
from remindr.sources.synonyms import Role
from remindr.sources.words import currency_of

MOST_ROWS = 50_000
_Value = TypeVar("_Value")


class Unreadable(Exception):
    """A row that cannot be read: the cell, and why."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        self.field, self.value, self.reason = field, value, reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The filled cells of a row by their fields; `broken` is why the row could not be taken apart."""

    row: int
    cells: Mapping[str, str]
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with its rows as texts, and how dates and amounts are to be read in it."""

    shown: str
    headers: Mapping[str, str]
    rows: tuple[SheetRow, ...]
    order: DateOrder | None
    mark: Mark | None

    def aside(self, row: SheetRow, why: Unreadable, customer_id: str | None = None) -> Quarantined:
        """The cell that makes a row unreadable, with its place."""
        return Quarantined(
            self.shown, row.row, self.headers.get(why.field, ""), why.value, why.reason, customer_id
        )  # fmt: skip

    def day(self, row: SheetRow, field: str) -> date | None:
        """The day in a cell, None in an empty one; Unreadable for anything else."""
        text = row.cells.get(field, "")
        found = parse_date(text, self.order) if text else None
        if text and found is None:
            raise Unreadable(field, text, why_unreadable(text))
        return found

    def amount(self, row: SheetRow, field: str, company: str) -> tuple[Decimal | None, str]:
        """The amount in a cell with its currency, empty if it names none; Unreadable if it is no amount above zero."""
        text = row.cells.get(field, "")
        if not text:
            return None, ""
        written = take_apart(text)
        currency = currency_of(written.unit, company) if written and written.unit else ""
        found = parse_amount(text, self.mark) if self.mark else None
        if found is None:
            several = sorted(readings(text))
            if len(several) > 1:
                low, high = several
                raise Unreadable(field, text, f"it may be {low.normalize():f} or {high:,.2f}: write {high:f}, say")
            found = next(iter(several), None)
        if found is None or currency is None or found <= 0:
            raise Unreadable(field, text, "not an amount above zero" if found is not None else why_no_amount(text))
        return found, currency

    def word(self, row: SheetRow, field: str, meanings: Mapping[str, _Value], *, needed: bool = True) -> _Value | None:
        """What the word in a cell means; Unreadable with the known words."""
        text = row.cells.get(field, "")
        if not text and not needed:
            return None
        found = meanings.get(fold(text))
        if found is None:
            raise Unreadable(field, text, f"not one of {', '.join(dict.fromkeys(map(str, meanings.values())))}")
        return found


def read_sheet(
    path: Path,
    shown: str,
    role: Role,
    project: Project,
    needed: Sequence[Collection[str]],
    *,
    days: Sequence[str],
    order: DateOrder | None,
) -> Sheet:
    """The first sheet of a file; DataError if it lacks a column, one of each of the `needed` groups.

    `days` are the fields that hold dates: all of them are written in one order, in `order` if they leave it open. No
    rows under the headers are no rows.
    """
    with PrivateFolder() as folder:
        snapshot = take_snapshot(path, shown, Path(folder), project.company.timezone)
        try:
            dialect = find_dialect(snapshot, role, {})
        except Refused:
            return Sheet(shown, {}, (), None, None)
        columns = match_columns(dialect.headers, role, {})
        if lacking := [group for group in needed if not columns.positions.keys() & set(group)]:
            raise DataError(_lacking(shown, dialect, group) for group in lacking)
        rows = tuple(_rows(snapshot.path, dialect, columns.positions))
    if len(rows) > MOST_ROWS:
        raise DataError(Problem(f"{len(rows):,} rows; such a sheet may have {MOST_ROWS:,}", shown))
    ballot = count_votes({field: [row.cells[field] for row in rows if field in row.cells] for field in days})
    order = ballot.order or order
    if order is None and ballot.either:
        raise DataError(_either_way(shown, rows, columns.headers, ballot.either))
    return Sheet(shown, columns.headers, rows, order, project.sources.decimals)


def _lacking(shown: str, dialect: Dialect, group: Collection[str]) -> Problem:
    names = {
        "note_kind": "Kind",
        "noted_on": "Date",
        "customer_name": "Customer",
        "call_key": "Key",
        "outcome": "Outcome",
    }
    wanted = " or ".join(f"'{names.get(field, field)}'" for field in group)
    return Problem(
        f"there is no column {wanted}", shown, dialect.header_row, hint=f"it has: {', '.join(dialect.headers)}"
    )


def _rows(path: Path, dialect: Dialect, positions: Mapping[str, int]) -> "list[SheetRow]":
    found = []
    for row, cells, text, wrong in records(path, dialect):
        if wrong:
            found.append(SheetRow(row, {"text": text.strip()}, wrong))
            continue
        filled = {field: plain(cells[at]) for field, at in positions.items() if at < len(cells) and plain(cells[at])}
        if filled:
            found.append(SheetRow(row, filled))
    return found


def plain(cell: str) -> str:
    """A cell without blanks around it, and without the apostrophe that keeps a spreadsheet from calculating it."""
    text = cell.strip()
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _either_way(shown: str, rows: Sequence[SheetRow], headers: Mapping[str, str], cell: Vote) -> Problem:
    row = next(row.row for row in rows if row.cells.get(cell.column) == cell.text)
    what = f"'{cell.text}' under '{headers[cell.column]}' is {both_readings(cell.text)}"
    setting = f"'dates: {DAY_FIRST}' or 'dates: {MONTH_FIRST}' under 'sources:' in remindr.yaml"
    hint = f"write days like 2026-12-31, or {setting}"
    return Problem(f"the dates can be read in two ways: {what}", shown, row, hint=hint)


def by_word(meanings: Mapping[_Value, Sequence[str]]) -> dict[str, _Value]:
    """Each folded word with its meaning."""
    return {fold(word): meaning for meaning, words in meanings.items() for word in words}
