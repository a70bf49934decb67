"""From files to the book's tables, step by step: find, copy, read as text, type, fold, set aside."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

import duckdb

from remindr.model.book import Quarantined
from remindr.model.policy import Project
from remindr.sources import findings
from remindr.sources.amounts import Mark
from remindr.sources.book import SourceFile
from remindr.sources.columns import field_name
from remindr.sources.customers import describe_customers, describes_customers, entitle, gaps, merge_customers
from remindr.sources.dates import DateOrder
from remindr.sources.ending import check_endings
from remindr.sources.fold import Folded, drop_spoiled, fold_rows
from remindr.sources.identity import CustomerKey
from remindr.sources.invoices import add_unapplied, settle_invoices, type_invoices
from remindr.sources.joining import join_customers
from remindr.sources.own_addresses import forget_own_addresses
from remindr.sources.parts import add_parts, keep_parts, settle_oldest_first
from remindr.sources.payments import finish_payments, name_payers, no_payments, type_payments
from remindr.sources.plausible import check_columns, check_pairs
from remindr.sources.quarantine import (
    named_in_broken,
    named_without_number,
    refuse_nameless_credits,
    refuse_too_many,
    unreadable_rows,
)
from remindr.sources.read import check_wanted, dated, read_role
from remindr.sources.shapes import rows_after_broken
from remindr.sources.synonyms import Role
from remindr.sources.table import Table
from remindr.sources.totals import check_totals

_FEW = 20_000  # rows; with fewer, threads spend more on taking turns than they save

Decided = tuple[DateOrder | None, Mark | None]
Assembled = tuple[
    tuple[SourceFile, ...], tuple[Quarantined, ...], frozenset[str], tuple[str, ...], tuple[str, ...], tuple[str, ...]
]


def assemble(
    root: Path,
    copies: Path,
    project: Project,
    connection: duckdb.DuckDBPyConnection,
    today: date,
    own: Collection[str],
) -> Assembled:
    """Fills the connection with the book's tables; returns the files, the rows set aside, whose they are, warnings,
    aliases that nobody bears, and what only `check` tells.

    After the files are read the connection can reach none any more.
    """
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
            named = own if role == describes_customers(project) else ()
            tables[role], told = read_role(connection, root, copies, role, pattern, project, wanted, named)
            warnings += told
    check_wanted(tables, wanted)
    if sum(table.count for table in tables.values()) < _FEW:
        connection.execute("SET threads = 1")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    warnings += forget_own_addresses(connection, tables.values(), project)
    return _Assembly(connection, project, tables, warnings).run(today)


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
        self._decided: dict[Role, Decided] = {}
        self._folded = Folded()
        self._left_out: tuple[int, ...] = ()
        self._totals: dict[str, dict[str, str]] = {}

    def run(self, today: date) -> Assembled:
        for table in self._tables.values():
            check_columns(self._connection, table)
        doubtful = {role: check_endings(self._connection, table) for role, table in self._tables.items()}
        joined = join_customers(self._connection, self._tables, self._project)
        self._warnings += joined.warnings
        self._type_payments()
        self._type_invoices(joined.keys["invoices"])
        self._describe_customers(joined.keys)
        self._doubt("facts", doubtful["invoices"])
        self._doubt("received_rows", doubtful.get("payments", {}))
        self._doubt_sums()
        self._fold()
        self._set_aside()
        merge_customers(self._connection, self._tables.get("customers"))
        entitle(self._connection, joined.groups)
        unreadable = joined.contested | named_in_broken(self._connection, self._tables.values())
        unreadable |= named_without_number(self._connection, self._tables["invoices"])
        self._finish()
        files = tuple(file for role in self._tables for file in self._files_of(role))
        quarantined = tuple(row for rows in self._quarantined.values() for row in rows)
        unreadable |= {row.customer_id for row in quarantined if row.customer_id}
        counted = min(file.exported_on for file in files if file.role != "customers")
        self._warnings += [*findings.of_book(self._connection, self._tables, counted), *self._of_days_to_come(today)]
        asides = [told for table in self._tables.values() for told in findings.of_columns(table)]
        asides += findings.of_currency(self._tables["invoices"], self._project.company.currency)
        return files, quarantined, frozenset(unreadable), tuple(self._warnings), joined.unborne, tuple(asides)

    def _type_payments(self) -> None:
        if payments := self._tables.get("payments"):
            self._decided["payments"] = type_payments(self._connection, payments, self._project)

    def _type_invoices(self, key: CustomerKey) -> None:
        table = self._tables["invoices"]
        reading = type_invoices(self._connection, table, self._project, key, payments="payments" in self._tables)
        self._decided["invoices"] = (reading.date_order, reading.mark)
        self._left_out = reading.left_out
        self._warnings += reading.warnings
        check_pairs(self._connection, table)
        self._warnings += check_totals(self._connection, table, reading.amounts, self._totals)

    def _describe_customers(self, keys: Mapping[Role, CustomerKey]) -> None:
        table, listed, key = self._tables["invoices"], self._tables.get("customers"), keys["invoices"]
        only, alone = f"{key.id} IN (SELECT customer_id FROM facts)", None if listed else self._project
        if listed:
            own = keys["customers"]
            self._warnings += [own.warning] if own.warning else []
            self._warnings += describe_customers(self._connection, listed, own, "listed", project=self._project)
            self._connection.execute(
                "CREATE TABLE nobodies AS SELECT rowid AS ordinal, 'customer_id' AS trouble, "
                f"CAST(NULL AS VARCHAR) AS customer_id FROM {listed.name} WHERE {own.id} IS NULL"
            )
            only = gaps(self._connection, table, key)
        self._warnings += describe_customers(self._connection, table, key, "named", only=only, project=alone)

    def _doubt(self, facts: str, rows: Mapping[int, str]) -> None:
        for ordinal, field in rows.items():
            values = [f"{field}:ending", ordinal]
            self._connection.execute(f"UPDATE {facts} SET trouble = coalesce(trouble, ?) WHERE ordinal = ?", values)

    def _doubt_sums(self) -> None:
        """An invoice of which a row cannot be read is not read; where rows are added up, that may be the row above."""
        table = self._tables["invoices"]
        for row in rows_after_broken(table) if table.columns.profile.added else ():
            self._connection.execute(
                "UPDATE facts SET trouble = coalesce(trouble, 'invoice_id:short') WHERE ordinal = ?", [row - 1]
            )
        if table.columns.line_items:
            drop_spoiled(self._connection)

    def _fold(self) -> None:
        if "payments" in self._tables:
            name_payers(self._connection, self._project.company.currency)
            add_unapplied(self._connection, self._tables["invoices"])
        invoices = self._tables["invoices"]
        keep_parts(self._connection, invoices)
        self._folded = fold_rows(self._connection, invoices)
        if self._folded.all and not invoices.columns.line_items:
            copies = "1 row repeats" if self._folded.all == 1 else f"{self._folded.all:,} rows repeat"
            self._warnings.append(f"{invoices.shown}: {copies} an invoice that is there already; it was read once")
        self._warnings += settle_oldest_first(self._connection, invoices)

    def _set_aside(self) -> None:
        refuse_nameless_credits(self._connection, self._tables["invoices"])
        facts: dict[Role, str] = {"invoices": "facts", "customers": "nobodies", "payments": "received_rows"}
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
        add_parts(self._connection)

    def _of_days_to_come(self, today: date) -> Iterator[str]:
        for role, table in self._tables.items():
            for page in table.pages:
                day = dated(page, self._decided.get(role, (None, None))[0])
                if day and day > today:
                    yield f"{page.snapshot.shown} is of {day}, which is after {today}"

    def _files_of(self, role: Role) -> list[SourceFile]:
        order, mark = self._decided.get(role, (None, None))
        aside = Counter(row.file for row in self._quarantined[role])
        pages = self._tables[role].pages
        none = (0,) * len(pages)
        folded = self._folded.rows if role == "invoices" and self._folded.rows else none
        left_out = self._left_out if role == "invoices" else none
        return [
            SourceFile(
                role=role,
                name=page.snapshot.shown,
                exported_on=dated(page, order) or page.snapshot.modified_on,
                sha256=page.snapshot.sha256,
                encoding=page.snapshot.encoding,
                delimiter=page.dialect.delimiter,
                header_row=page.dialect.header_row,
                profile=page.columns.profile,
                headers_known=page.columns.match.found,
                columns=page.columns.headers,
                how=page.columns.how,
                date_order=order,
                decimal_mark=mark,
                rows_read=page.count + len(page.broken) - aside[page.snapshot.shown],
                rows_folded=count,
                rows_left_out=out,
                rows_quarantined=aside[page.snapshot.shown],
                rows_ignored=page.ignored + len(page.dialect.titles),
                totals=self._totals.get(page.snapshot.shown, {}),
                total_rows=len(page.totals),
                stamp=page.snapshot.stamp,
            )
            for page, count, out in zip(pages, folded, left_out, strict=True)
        ]
