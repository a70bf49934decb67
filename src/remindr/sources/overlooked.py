"""Columns that nothing is read from, although their cells look like what the file seems to lack."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from remindr.core.addresses import ADDRESS
from remindr.errors import Answer, Problem, Question
from remindr.sources.columns import Columns
from remindr.sources.dialect import Dialect
from remindr.sources.folding import bare, fold
from remindr.sources.frames import records
from remindr.sources.missing import HAS_CENTS, likeliest_header, looks_right
from remindr.sources.snapshot import Snapshot
from remindr.sources.synonyms import LINE_ITEM_HEADERS, OTHER_AMOUNTS, Role
from remindr.sources.vocabulary import CURRENCIES, SHARED_SYMBOLS, SYMBOLS

ROWS_LOOKED_AT: Final = 5_000
_SYMBOLS: Final = frozenset(sign for sign in (*SYMBOLS, *SHARED_SYMBOLS) if not sign.isalpha())
_ADDRESS: Final = re.compile(ADDRESS)
_WORDS: Final = re.compile(r"[^\W\d_]+")
_TELL_HOW_MUCH: Final = frozenset({"balance", "paid", "status"})
_NO_DEBT: Final = frozenset(fold(word) for word in (*OTHER_AMOUNTS, *LINE_ITEM_HEADERS))


@dataclass(frozen=True, slots=True)
class Unused:
    """The filled cells of the columns of a file of no known package that nothing is read from."""

    file: str
    row: int
    cells: Mapping[str, Sequence[str]]
    amounts: Sequence[str]  # the cells of the column that is read as the amount

    def currency_untold(self) -> Problem | None:
        """A problem if a column holds currencies."""
        found = [header for header, cells in self.cells.items() if all(map(_is_currency, cells))]
        if not found:
            return None
        what = f"no column for the currency was recognised, but {_named(found)} codes of currencies"
        hint = (
            f"write 'currency: {found[0]}' under 'sources: columns:' in remindr.yaml; if all amounts are in the "
            """company's currency, write 'currency: ""'"""
        )
        answers = (
            *(Answer("columns.currency", header, "it is the currency") for header in found),
            Answer("columns.currency", "", "all amounts are in the company's currency"),
        )
        question = Question("In which currency are its amounts?", answers, tuple(found))
        return Problem(what, self.file, self.row, hint=hint, question=question)

    def balance_untold(self) -> Problem | None:
        """A problem if a column holds amounts, which may be what is open or what was paid."""
        cents = any(HAS_CENTS.search(cell) for cell in self.amounts)
        found = [header for header, cells in self.cells.items() if _holds_money(header, cells, cents=cents)]
        if not found:
            return None
        sample = {header: self.cells[header][0] for header in found}
        likeliest = likeliest_header("balance", found, sample, "invoices") or found[-1]
        what = f"no column was recognised that says how much of an invoice is open, but {_named(found)} amounts"
        hint = (
            f"write 'balance: {likeliest}' under 'sources: columns:' in remindr.yaml, or 'paid: …' if it is the amount "
            """paid; if none is either, write 'balance: ""'"""
        )
        answers = (
            *(Answer("columns.balance", header, "it is the balance") for header in found),
            *(Answer("columns.paid", header, "it is the amount paid") for header in found),
            Answer("columns.balance", "", "none of them says it"),
        )
        question = Question("What is still open?", answers, tuple(found))
        return Problem(what, self.file, self.row, hint=hint, question=question)

    def addresses(self) -> Iterator[str]:
        """What is said of columns that mostly hold e-mail addresses."""
        found = [
            header
            for header, cells in self.cells.items()
            if sum(1 for cell in cells if _ADDRESS.fullmatch(cell)) * 2 > len(cells)
        ]
        if found:
            yield (
                f"{self.file}: no column for e-mail addresses was recognised, but {_named(found)} some: write "
                f"""'email: {found[0]}' under 'sources: columns:' in remindr.yaml, or 'email: ""' if it is none"""
            )


def unused_cells(snapshot: Snapshot, dialect: Dialect, columns: Columns) -> Unused:
    """What stands in the columns of a file that nothing is read from; nothing of a known package's export."""
    read = set(columns.headers.values())
    headers = [] if columns.profile.name else [one for one in columns.unused if fold(one) and one not in read]
    places = {header: dialect.headers.index(header) for header in headers}
    amount = columns.positions.get("amount")
    rows = list(_rows(snapshot, dialect)) if places else []
    filled = {header: _under(at, rows) for header, at in places.items()}
    return Unused(
        snapshot.shown,
        dialect.header_row,
        {header: cells for header, cells in filled.items() if cells},
        [] if amount is None else _under(amount, rows),
    )


def _rows(snapshot: Snapshot, dialect: Dialect) -> Iterator[Sequence[str]]:
    """The first rows, those left out that are mostly blank: totals, titles."""
    for _, cells, _, _ in islice(records(snapshot.path, dialect), ROWS_LOOKED_AT):
        if cells.count("") * 2 < len(dialect.headers) == len(cells):
            yield cells


def mistakes_in_columns(unused: Unused, columns: Columns, role: Role, ruled_out: Mapping[str, str]) -> list[Problem]:
    """What has to be said before such a file is used. A field that `ruled_out` names with no header is not there."""
    told = {*columns.positions, *(field for field, header in ruled_out.items() if not header)}
    problems = [unused.currency_untold()] if role != "customers" and "currency" not in told else []
    if role == "invoices" and not told & _TELL_HOW_MUCH and "amount" in told:
        problems.append(unused.balance_untold())
    return [problem for problem in problems if problem]


def _under(at: int, rows: Sequence[Sequence[str]]) -> list[str]:
    return [cell for row in rows if (cell := row[at].strip())]


def _is_currency(cell: str) -> bool:
    return cell.upper() in CURRENCIES or cell.lower() in _SYMBOLS


def _holds_money(header: str, cells: Sequence[str], *, cents: bool) -> bool:
    """Whether a column holds amounts that may tell of a debt, with cents as those that the file is about."""
    words = {bare(header), *map(fold, _WORDS.findall(header))}
    if not cents or words & _NO_DEBT or not any(map(HAS_CENTS.search, cells)):
        return False
    return all(looks_right("balance", cell) for cell in set(cells))


def _mostly_addresses(cells: Sequence[str]) -> bool:
    return sum(1 for cell in cells if _ADDRESS.fullmatch(cell)) * 2 > len(cells)


def _named(headers: Sequence[str]) -> str:
    quoted = [f"'{header}'" for header in headers]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]} hold" if len(quoted) > 1 else f"{quoted[0]} holds"
