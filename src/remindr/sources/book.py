"""Exports to a Book: find the files, copy them, read them as text, type them, set aside what cannot be read."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.book import Quarantined
from remindr.model.policy import Project
from remindr.sources import findings
from remindr.sources.amounts import Mark
from remindr.sources.columns import field_name
from remindr.sources.customers import align, describe_customers, gaps, listed_key, merge_customers
from remindr.sources.dates import DateOrder
from remindr.sources.ending import check_endings
from remindr.sources.fold import fold_rows
from remindr.sources.identity import CustomerKey
from remindr.sources.invoices import Reading, add_unapplied, settle_invoices, type_invoices
from remindr.sources.payments import finish_payments, name_payers, no_payments, type_payments
from remindr.sources.quarantine import named_in_broken, refuse_nameless_credits, refuse_too_many, unreadable_rows
from remindr.sources.read import check_wanted, dated, read_role
from remindr.sources.synonyms import Role
from remindr.sources.table import Table
from remindr.sources.totals import check_totals

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
    date_order: DateOrder | None
    decimal_mark: Mark | None
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
    except BaseException as error:
        connection.close()
        folder.cleanup()
        if isinstance(error, OSError):
            raise DataError(Problem(error.strerror or str(error), _shown(error.filename, root))) from None
        raise


def _shown(path: str | None, root: Path) -> str | None:
    """A path as people know it, seen from the project."""
    return None if path is None else str(Path(path).relative_to(root) if Path(path).is_relative_to(root) else path)


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
    patterns: dict[Role, str | None] = {
        "invoices": project.sources.invoices,
        "customers": project.sources.customers,
        "payments": project.sources.payments,
    }
    tables: dict[Role, Table] = {}
    warnings: list[str] = []
    for role, pattern in patterns.items():
        if pattern:
            tables[role], told = read_role(connection, root, Path(folder.name), role, pattern, project, wanted)
            warnings += told
    check_wanted(tables, wanted)
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return _Assembly(connection, project, tables, warnings).book(folder, today)


class _Assembly:
    """From raw tables to the book's tables, step by step; what is noticed on the way is collected."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        project: Project,
        tables: Mapping[Role, Table],
        warnings: list[str],
    ) -> None:
        self._connection = connection
        self._project = project
        self._tables = tables
        self._warnings = warnings
        self._quarantined: dict[Role, list[Quarantined]] = {}
        self._decided: dict[Role, tuple[DateOrder | None, Mark | None]] = {}

    def book(self, folder: "TemporaryDirectory[str]", today: date) -> Book:
        doubtful = {role: check_endings(self._connection, table) for role, table in self._tables.items()}
        self._type_payments()
        reading = self._type_invoices()
        self._describe_customers(reading.key)
        self._doubt("facts", doubtful["invoices"])
        self._doubt("received_rows", doubtful.get("payments", {}))
        self._fold()
        self._set_aside()
        merge_customers(self._connection, listed="customers" in self._tables)
        unreadable = named_in_broken(self._connection, self._tables.values())
        self._finish()
        self._warnings += findings.of_book(self._connection, self._tables)
        quarantined = tuple(row for rows in self._quarantined.values() for row in rows)
        unreadable |= {row.customer_id for row in quarantined if row.customer_id}
        files = tuple(file for role in self._tables for file in self._files_of(role))
        self._warnings += self._of_days_to_come(today)
        return Book(self._connection, folder, files, quarantined, frozenset(unreadable), tuple(self._warnings))

    def _type_payments(self) -> None:
        if payments := self._tables.get("payments"):
            self._decided["payments"] = type_payments(self._connection, payments, self._project)

    def _type_invoices(self) -> Reading:
        table = self._tables["invoices"]
        reading = type_invoices(self._connection, table, self._project, payments="payments" in self._tables)
        self._decided["invoices"] = (reading.date_order, reading.mark)
        self._warnings += [*reading.warnings, *check_totals(self._connection, table, reading.amounts)]
        return reading

    def _describe_customers(self, key: CustomerKey) -> None:
        table, listed = self._tables["invoices"], self._tables.get("customers")
        only = f"{key.id} IN (SELECT customer_id FROM facts)"
        if listed:
            own = listed_key(self._connection, listed, key)
            self._warnings += [own.warning] if own.warning else []
            self._warnings += describe_customers(self._connection, listed, own, "listed")
            self._warnings += align(self._connection, listed, own, table, key)
            only = gaps(self._connection, table, key)
        describe_customers(self._connection, table, key, "named", only=only)

    def _doubt(self, facts: str, rows: Mapping[int, str]) -> None:
        for ordinal, field in rows.items():
            values = [f"{field}:ending", ordinal]
            self._connection.execute(f"UPDATE {facts} SET trouble = coalesce(trouble, ?) WHERE ordinal = ?", values)

    def _fold(self) -> None:
        if "payments" in self._tables:
            name_payers(self._connection, self._project.company.currency)
            add_unapplied(self._connection, self._tables["invoices"])
        folded = fold_rows(self._connection)
        if folded.invoices and not self._tables["invoices"].columns.line_items:
            shown = self._tables["invoices"].shown
            copies = "1 row repeats" if folded.rows == 1 else f"{folded.rows:,} rows repeat"
            self._warnings.append(f"{shown}: {copies} an invoice that is there already; it was read once")

    def _set_aside(self) -> None:
        refuse_nameless_credits(self._connection, self._tables["invoices"])
        facts: dict[Role, str | None] = {"invoices": "facts", "customers": None, "payments": "received_rows"}
        for role, table in self._tables.items():
            rows = unreadable_rows(self._connection, table, facts[role])
            refuse_too_many(rows, table)
            self._quarantined[role] = rows

    def _finish(self) -> None:
        for table in self._tables.values():
            self._connection.execute(f"DROP TABLE {table.name}")
        settle_invoices(self._connection, payments="payments" in self._tables)
        if "payments" in self._tables:
            finish_payments(self._connection)
        else:
            no_payments(self._connection)

    def _of_days_to_come(self, today: date) -> Iterator[str]:
        for role, table in self._tables.items():
            for page in table.pages:
                day = dated(page, self._decided.get(role, (None, None))[0])
                if day and day > today:
                    yield f"{page.snapshot.shown} is of {day}, which is after {today}"

    def _files_of(self, role: Role) -> list[SourceFile]:
        order, mark = self._decided.get(role, (None, None))
        aside = Counter(row.file for row in self._quarantined[role])
        return [
            SourceFile(
                role=role,
                name=page.snapshot.shown,
                exported_on=dated(page, order) or page.snapshot.modified_on,
                sha256=page.snapshot.sha256,
                encoding=page.snapshot.encoding,
                delimiter=page.dialect.delimiter,
                header_row=page.dialect.header_row,
                columns=page.columns.headers,
                date_order=order,
                decimal_mark=mark,
                rows_read=page.count + len(page.broken) - aside[page.snapshot.shown],
                rows_quarantined=aside[page.snapshot.shown],
                rows_ignored=page.ignored + len(page.dialect.titles),
            )
            for page in self._tables[role].pages
        ]
