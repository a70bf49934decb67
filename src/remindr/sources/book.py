"""Exports to a Book: find the files, copy them, read them as text, type them, set aside what cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

import duckdb

from remindr.model.book import Quarantined
from remindr.model.policy import Project
from remindr.sources import findings
from remindr.sources.columns import field_name
from remindr.sources.customers import customers_key, describe_customers, gaps, merge_customers
from remindr.sources.dates import DateOrder
from remindr.sources.fold import fold
from remindr.sources.invoices import settle_invoices, type_invoices
from remindr.sources.payments import finish_payments, no_payments, refuse_nameless, type_payments
from remindr.sources.quarantine import customers_in, refuse_nameless_credits, refuse_too_many, unreadable_rows
from remindr.sources.read import exported_on, read_role
from remindr.sources.synonyms import Role
from remindr.sources.table import Table

MEMORY: Final = "280MB"
THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read, and how. `exported_on` is the day up to which it knows payments."""

    role: Role
    name: str
    exported_on: date
    sha256: str
    encoding: str
    delimiter: str
    header_row: int
    columns: Mapping[str, str]
    date_order: str | None
    decimal_mark: str | None
    rows_read: int
    rows_quarantined: int
    rows_ignored: int


class Book:
    """Customers, invoices, payments in typed DuckDB tables, with what was noticed while reading them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        folder: "TemporaryDirectory[str]",
        files: tuple[SourceFile, ...],
        quarantined: tuple[Quarantined, ...],
        unreadable_customers: frozenset[str],
        warnings: tuple[str, ...],
    ) -> None:
        self.connection = connection
        self.files = files
        self.quarantined = quarantined
        self.unreadable_customers = unreadable_customers
        self.warnings = warnings
        self._folder = folder

    @property
    def exported_on(self) -> date:
        """The day up to which payments are known: that of the older of the invoice and payment files."""
        return min(file.exported_on for file in self.files if file.role != "customers")

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


def load_book(root: Path, project: Project, *, today: date) -> Book:
    """The book that the project's exports hold. Every reason not to use them is a RemindrError."""
    folder = TemporaryDirectory(prefix="remindr-", ignore_cleanup_errors=True)
    connection = _connect(Path(folder.name))
    try:
        return _load(root, project, connection, folder, today)
    except BaseException:
        connection.close()
        folder.cleanup()
        raise


def _connect(folder: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        ":memory:",
        config={
            "threads": THREADS,
            "memory_limit": MEMORY,
            "temp_directory": str(folder / "spill"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )


def _load(
    root: Path, project: Project, connection: duckdb.DuckDBPyConnection, folder: "TemporaryDirectory[str]", today: date
) -> Book:
    wanted = {field_name(field): header for field, header in project.sources.columns.items()}
    copies = Path(folder.name)
    patterns: dict[Role, str | None] = {
        "invoices": project.sources.invoices,
        "customers": project.sources.customers,
        "payments": project.sources.payments,
    }
    tables = {
        role: read_role(connection, root, copies, role, pattern, project, wanted)
        for role, pattern in patterns.items()
        if pattern
    }
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return _Assembly(connection, project, tables, today).book(folder)


class _Assembly:
    """From raw tables to the book's tables, in order; what is noticed on the way is collected here."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, project: Project, tables: Mapping[Role, Table], today: date
    ) -> None:
        self._connection = connection
        self._project = project
        self._tables = tables
        self._today = today
        self._warnings: list[str] = []
        self._quarantined: dict[Role, list[Quarantined]] = {}
        self._decided: dict[Role, tuple[DateOrder | None, str | None]] = {}

    def book(self, folder: "TemporaryDirectory[str]") -> Book:
        self._take_payments()
        self._take_invoices_and_customers()
        self._finish()
        unreadable = customers_in(self._connection, self._tables.values(), self._quarantined)
        files = tuple(file for role in self._tables for file in self._files_of(role))
        for file in files:
            if file.exported_on > self._today:
                self._warnings.append(f"{file.name} is of {file.exported_on}, which is after {self._today}")
        quarantined = tuple(row for rows in self._quarantined.values() for row in rows)
        return Book(self._connection, folder, files, quarantined, unreadable, tuple(self._warnings))

    def _take_payments(self) -> None:
        if payments := self._tables.get("payments"):
            self._decided["payments"] = type_payments(self._connection, payments, self._project)
            refuse_nameless(self._connection, payments)
            self._set_aside("payments", "received_rows")

    def _take_invoices_and_customers(self) -> None:
        table, listed = self._tables["invoices"], self._tables.get("customers")
        reading = type_invoices(self._connection, table, self._project, payments="payments" in self._tables)
        self._decided["invoices"] = (reading.date_order, reading.mark)
        self._warnings += reading.warnings
        known = f"{reading.key.id} IN (SELECT customer_id FROM facts)"
        if listed:
            key = customers_key(self._connection, listed, reading.key)
            self._warnings += [key.warning] if key.warning else []
            describe_customers(self._connection, listed, key, "listed")
            self._set_aside("customers", None)
            known = gaps(self._connection, table, reading.key)
        describe_customers(self._connection, table, reading.key, "named", only=known)
        folded = fold(self._connection)
        if folded.invoices and not table.columns.line_items:
            self._warnings.append(f"{folded.rows} rows repeat an invoice that is there already; each was read once")
        refuse_nameless_credits(self._connection, table)
        self._set_aside("invoices", "facts")
        merge_customers(self._connection, listed=listed is not None)

    def _set_aside(self, role: Role, facts: str | None) -> None:
        table = self._tables[role]
        rows = unreadable_rows(self._connection, table, facts)
        refuse_too_many(
            rows, table.count + sum(len(page.broken) for page in table.pages), table.pages[0].snapshot.shown
        )
        self._quarantined[role] = rows

    def _finish(self) -> None:
        for table in self._tables.values():
            self._connection.execute(f"DROP TABLE {table.name}")
            self._warnings += findings.of_columns(table)
        settle_invoices(self._connection, payments="payments" in self._tables)
        if "payments" in self._tables:
            finish_payments(self._connection)
        else:
            no_payments(self._connection)
        self._warnings += [*findings.of_ids(self._connection), *findings.of_invoices(self._connection)]

    def _files_of(self, role: Role) -> list[SourceFile]:
        order, mark = self._decided.get(role, (None, None))
        aside = [row.file for row in self._quarantined.get(role, [])]
        return [
            SourceFile(
                role=role,
                name=page.snapshot.shown,
                exported_on=exported_on(page),
                sha256=page.snapshot.sha256,
                encoding=page.snapshot.encoding,
                delimiter=page.dialect.delimiter,
                header_row=page.dialect.header_row,
                columns=page.columns.headers,
                date_order=order,
                decimal_mark=mark,
                rows_read=page.count - aside.count(page.snapshot.shown) + len(page.broken),
                rows_quarantined=aside.count(page.snapshot.shown),
                rows_ignored=page.ignored + len([title for title in page.dialect.titles if title]),
            )
            for page in self._tables[role].pages
        ]
