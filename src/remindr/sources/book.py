"""The book: what the exports of a project say of customers, invoices and payments, in typed DuckDB tables."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.book import Quarantined
from remindr.model.policy import Project
from remindr.sources.amounts import Mark
from remindr.sources.columns import How
from remindr.sources.dates import DateOrder
from remindr.sources.find import seen_from
from remindr.sources.private import PrivateFolder, sweep_private_folders
from remindr.sources.profiles import Profile
from remindr.sources.snapshot import Stamp, stamp_of
from remindr.sources.synonyms import Role

MEMORY: Final = "280MB"
THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read, and how. `exported_on` is the day up to which it knows payments.

    `headers_known` is how many of the headers of its profile it has; `rows_folded` are those of `rows_read` that
    went into another row of their invoice, `rows_left_out` drafts, voids and papers that are no invoices; `totals` are
    those of its own TOTAL row that agree with the rows, by header.
    """

    role: Role
    name: str
    exported_on: date
    sha256: str
    encoding: str
    delimiter: str
    header_row: int
    profile: Profile
    headers_known: int
    columns: Mapping[str, str]
    how: Mapping[str, How]
    date_order: DateOrder | None
    decimal_mark: Mark | None
    rows_read: int
    rows_folded: int
    rows_left_out: int
    rows_quarantined: int
    rows_ignored: int
    totals: Mapping[str, str]
    total_rows: int
    stamp: Stamp


class Book:
    """Customers, invoices, payments in typed DuckDB tables, with what was noticed while reading them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: PrivateFolder,
        files: tuple[SourceFile, ...],
        quarantined: tuple[Quarantined, ...],
        unreadable_customers: frozenset[str],
        warnings: tuple[str, ...],
        unborne_aliases: tuple[str, ...] = (),
        asides: tuple[str, ...] = (),
    ) -> None:
        self.connection = connection
        self.files = files
        self.quarantined = quarantined
        self.unreadable_customers = unreadable_customers
        self.warnings = warnings
        self.unborne_aliases = unborne_aliases  # texts under `aliases:` that are nobody's in the exports
        self.asides = asides  # told by `check` and -v alone, so that warnings are seen
        self._folder = folder

    @property
    def exported_on(self) -> date:
        """The day up to which payments are known: that of the older of the invoice and payment files."""
        return min(file.exported_on for file in self.files if file.role != "customers")

    @property
    def invoices_of(self) -> date:
        """The day that the invoice files are of."""
        return next(file.exported_on for file in self.files if file.role == "invoices")

    @property
    def customers_of(self) -> date:
        """The day that the customer file is of, that of the invoices where there is none."""
        return next((file.exported_on for file in self.files if file.role == "customers"), self.invoices_of)

    @property
    def date_order(self) -> DateOrder | None:
        """The order of day and month in the files; None if their dates need none, or if it differs."""
        found = {file.date_order for file in self.files if file.date_order}
        return found.pop() if len(found) == 1 else None

    def changed(self, root: Path) -> list[str]:
        """The names of files that are not what they were when they were read: somebody writes to them."""
        return [file.name for file in self.files if stamp_of(root / file.name) != file.stamp]

    def set_aside(self, cells: Collection[Quarantined]) -> None:
        """Adds rows that cannot be read of a sheet beside the exports; nobody named in one is reminded."""
        self.quarantined += tuple(cells)
        self.unreadable_customers |= {cell.customer_id for cell in cells if cell.customer_id}

    def close(self) -> None:
        """Forgets the tables and the private copies."""
        self.connection.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def load_book(root: Path, project: Project, *, today: date, own: Collection[str] = ()) -> Book:
    """The book that the project's exports hold. Every reason not to use them is a RemindrError.

    `own` names columns of customers that rules ask for and that have no meaning to remindr itself.
    """
    from remindr.sources.assembly import assemble

    sweep_private_folders()
    folder = PrivateFolder()
    connection = _connect(Path(folder.name))
    try:
        return Book(connection, folder, *assemble(root, Path(folder.name), project, connection, today, own))
    except BaseException as error:
        connection.close()
        folder.cleanup()
        if isinstance(error, OSError):
            raise DataError(Problem(error.strerror or str(error), _shown(error.filename, root))) from None
        raise


def _shown(path: str | None, root: Path) -> str | None:
    """A path as people know it, seen from the project."""
    return None if path is None else seen_from(root, Path(path))


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    connection.execute("SET enable_progress_bar = false")  # it would be drawn into what is printed
    return connection
