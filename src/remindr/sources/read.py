"""One role's files, from the pattern in remindr.yaml to a raw table."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

from remindr.errors import DataError, Problem, Refused
from remindr.model.policy import Project
from remindr.sources.columns import Columns, match_columns, missing_column
from remindr.sources.dialect import Dialect, find_dialect
from remindr.sources.find import date_in_name, date_of_report, find_files, pages
from remindr.sources.snapshot import Snapshot, take_snapshot
from remindr.sources.synonyms import Role
from remindr.sources.table import Page, Source, Table, read_table


def read_role(
    connection: duckdb.DuckDBPyConnection,
    root: Path,
    copies: Path,
    role: Role,
    pattern: str,
    project: Project,
    wanted: Mapping[str, str],
) -> Table:
    """The raw table of the newest files that a pattern matches."""
    timezone = project.company.timezone
    sources: list[Source] = []
    hashes: set[str] = set()
    for file in pages(find_files(root, pattern, timezone, role)):
        snapshot = take_snapshot(file.path, file.shown, copies, timezone)
        if snapshot.sha256 in hashes:
            continue
        hashes.add(snapshot.sha256)
        dialect = find_dialect(snapshot, role, wanted)
        if sources and dialect.headers != sources[0].dialect.headers:
            continue
        sources.append(Source(snapshot, dialect, find_columns(snapshot, dialect, role, wanted)))
    table = read_table(connection, role, sources)
    if not table.count and not any(page.broken for page in table.pages):
        hint = "export it again; nothing was sent"
        raise Refused(Problem("the file has headers but no rows", sources[0].snapshot.shown, hint=hint))
    return table


def find_columns(snapshot: Snapshot, dialect: Dialect, role: Role, wanted: Mapping[str, str]) -> Columns:
    """The columns of a file; DataError if one that is needed is missing."""
    columns = match_columns(dialect.headers, role, wanted)
    has = columns.positions.keys()
    needed = {
        "invoices": (("invoice_id",), ("customer_id", "customer_name"), ("due_date", "terms"), ("amount", "balance")),
        "customers": (("customer_id", "customer_name"),),
        "payments": (("customer_id", "customer_name", "invoice_id"), ("paid_on",), ("amount",)),
    }[role]
    missing = [choice[0] for choice in needed if not has & set(choice)]
    if role == "invoices" and missing == ["customer_id"] and dialect.headers[0] == "":
        return columns.with_headings()
    if missing:
        problems = [
            missing_column(snapshot.shown, dialect.header_row, field, columns.unused, role) for field in missing
        ]
        raise DataError(problems)
    return columns


def exported_on(page: Page) -> date:
    """The day a file is of: the report's own date, else the one in its name, else when it was written."""
    report = date_of_report([*page.dialect.titles, *page.notes])
    return report or date_in_name(Path(page.snapshot.shown).name) or page.snapshot.modified_on
