"""Files into DuckDB, everything as text: in one sweep where a file is regular, row by row where it is not."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.sources.columns import Columns
from remindr.sources.dialect import LARGEST_CELL, LARGEST_ROW, Dialect
from remindr.sources.frames import Broken, Group, Tidied, tidy
from remindr.sources.snapshot import Snapshot
from remindr.sources.synonyms import Role

MOST_ROWS: Final = 20_000_000
SHARE_ALLOWED: Final = 0.02
ALWAYS_ALLOWED: Final = 3
# A regular file has these filled in every row; a row without is a heading, a total or broken.
_ALWAYS = {"invoices": ("invoice_id", "customer_id", "customer_name"), "customers": ("customer_id", "customer_name"),
           "payments": ("paid_on", "amount", "customer_id")}  # fmt: skip


_NAMES = ("customer_id", "customer_name", "invoice_id")
BLANKS = " \t\u00a0\u202f"


@dataclass(frozen=True, slots=True)
class Page:
    """One file's share of a raw table. `rows` are the spreadsheet rows, or the first of an unbroken run."""

    snapshot: Snapshot
    dialect: Dialect
    columns: Columns
    start: int
    count: int
    rows: "int | Sequence[int]"
    broken: tuple[Broken, ...] = ()
    ignored: int = 0
    totals: tuple[Mapping[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A raw table: one VARCHAR column per field, in file order, and where each row stands in its file."""

    name: str
    role: Role
    fields: tuple[str, ...]
    pages: tuple[Page, ...]

    @property
    def columns(self) -> Columns:
        """The columns of the first page; those of all pages are equal."""
        return self.pages[0].columns

    @property
    def shown(self) -> str:
        """The name of the file, of the first if there are several."""
        return self.pages[0].snapshot.shown

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers of the file."""
        return self.pages[0].dialect.headers

    @property
    def count(self) -> int:
        """Rows in the table."""
        return sum(page.count for page in self.pages)

    def place(self, ordinal: int) -> tuple[str, int]:
        """The file and spreadsheet row of a row of the table."""
        page = self.pages[bisect_right([page.start for page in self.pages], ordinal) - 1]
        within = ordinal - page.start
        return page.snapshot.shown, page.rows + within if isinstance(page.rows, int) else page.rows[within]


@dataclass(frozen=True, slots=True)
class Source:
    """One file that is ready to be read."""

    snapshot: Snapshot
    dialect: Dialect
    columns: Columns


def read_table(connection: duckdb.DuckDBPyConnection, role: Role, sources: Sequence[Source]) -> Table:
    """The raw table `raw_<role>` over one or several files with equal headers."""
    name = f"raw_{role}"
    fields = tuple(sources[0].columns.positions)
    connection.execute(f"CREATE TABLE {name} ({', '.join(f'{field} VARCHAR' for field in fields)})")
    pages: list[Page] = []
    for source in sources:
        start = pages[-1].start + pages[-1].count if pages else 0
        pages.append(_read_page(connection, name, role, source, start))
        source.snapshot.path.unlink()  # a process killed later leaves no customers behind in a temporary folder
    _trim(connection, name, [field for field in _NAMES if field in fields])
    table = Table(name, role, fields, tuple(pages))
    if table.count > MOST_ROWS:
        raise DataError(Problem(f"{table.count:,} rows; an export may have {MOST_ROWS:,}", sources[0].snapshot.shown))
    return table


def _read_page(connection: duckdb.DuckDBPyConnection, name: str, role: Role, source: Source, start: int) -> Page:
    snapshot, dialect, columns = source.snapshot, source.dialect, source.columns
    count = _sweep(connection, name, role, source, start)
    if count is not None:
        return Page(snapshot, dialect, columns, start, count, dialect.header_row + 1)
    target = snapshot.path.with_suffix(".tidy")
    found: Tidied = tidy(snapshot.path, target, dialect, columns, role, snapshot.shown, most_broken(snapshot.line_ends))
    _insert(connection, name, target, len(columns.positions), ",", 0, range(len(columns.positions)))
    target.unlink()
    return Page(
        snapshot, dialect, columns, start, len(found.rows), found.rows, tuple(found.broken), found.ignored,
        tuple(found.totals), tuple(found.notes), tuple(found.groups),
    )  # fmt: skip


def most_broken(rows: int) -> int:
    """How many rows of a file may be unreadable: 2 %, and three in any case."""
    return max(ALWAYS_ALLOWED, int(SHARE_ALLOWED * rows))


def _sweep(connection: duckdb.DuckDBPyConnection, name: str, role: Role, source: Source, start: int) -> int | None:
    """The number of rows read in one sweep; None, and nothing kept, if not every line is a regular row."""
    dialect, positions = source.dialect, source.columns.positions
    if min(positions.values()) < 0:
        return None
    connection.begin()
    try:
        _insert(
            connection, name, source.snapshot.path, len(dialect.headers), dialect.delimiter, dialect.header_row,
            list(positions.values()),
        )  # fmt: skip
        lines = source.snapshot.line_ends + (0 if dialect.ends_whole else 1) - dialect.line
        always = [field for field in _ALWAYS[role] if field in positions]
        holes = [f"{field} IS NULL OR {field} < '!' OR {field} = ?" for field in always]
        holes += [f"strlen({field}) > {LARGEST_CELL}" for field in positions]
        headers = [source.columns.headers[field] for field in always]
        query = f"SELECT count(*), count(*) FILTER ({' OR '.join(holes)}) FROM {name} WHERE rowid >= ?"
        count, irregular = connection.execute(query, [*headers, start]).fetchall()[0]
    except duckdb.Error:
        connection.rollback()
        return None
    if count != lines or irregular:
        connection.rollback()
        return None
    connection.commit()
    return int(count)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    path: Path,
    width: int,
    delimiter: str,
    skip: int,
    positions: Sequence[int],
) -> None:
    columns = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(width))
    wanted = ", ".join(f"c{at}" for at in positions)
    connection.execute(
        f"INSERT INTO {name} SELECT {wanted} FROM read_csv(?, header = false, auto_detect = false, delim = ?, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, strict_mode = true, null_padding = false, "
        "new_line = '\\n', skip = ?, parallel = false, max_line_size = ?)",
        [str(path), delimiter, skip, LARGEST_ROW],
    )


def _trim(connection: duckdb.DuckDBPyConnection, name: str, fields: Sequence[str]) -> None:
    """Takes the blanks around names and numbers away; looking is much cheaper than doing it for nothing."""
    padded = ", ".join(
        f"bool_or({field} < '!' OR ends_with({field}, ' ') OR ends_with({field}, chr(9)) "
        f"OR contains({field}, chr(160)))"
        for field in fields
    )
    found = connection.execute(f"SELECT {padded} FROM {name}").fetchall()[0]
    for field, is_padded in zip(fields, found, strict=True):
        if is_padded:
            connection.execute(f"UPDATE {name} SET {field} = nullif(trim({field}, '{BLANKS}'), '')")
