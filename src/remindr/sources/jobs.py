"""`Customer:Job`, as QuickBooks names the jobs of a customer: a job is its customer's."""

from collections.abc import Iterable, Mapping
from typing import Final

import duckdb

from remindr.model.policy import Project
from remindr.sources.belonging import open_columns
from remindr.sources.identity import FOLDED
from remindr.sources.synonyms import Role
from remindr.sources.table import Table
from remindr.sources.values import ask

_PACKAGE: Final = "quickbooks"
_JOB: Final = "customer_name LIKE '_%:_%'"
_PARENT: Final = "trim(split_part(customer_name, ':', 1))"


def fold_jobs(
    connection: duckdb.DuckDBPyConnection, tables: Mapping[Role, Table], project: Project, *, by_name: bool
) -> None:
    """Gives jobs the name of their customer, if the package has jobs or that customer is in the book."""
    named = [table for table in tables.values() if "customer_name" in table.fields]
    with_jobs = [table for table in named if by_name and _has_jobs(connection, table)]
    if not with_jobs:
        return
    parents = "true" if _is_package_with_jobs(named, project) else f"{FOLDED.format(_PARENT)} IN ({_customers(named)})"
    for table in with_jobs:
        open_columns(connection, table)
        connection.execute(
            f"INSERT INTO merged SELECT DISTINCT customer_name, {_PARENT} FROM {table.name} WHERE {_JOB} AND {parents}"
        )
    for table in with_jobs:
        jobs = f"{_JOB} AND customer_name IN (SELECT former FROM merged)"
        connection.execute(f"UPDATE {table.name} SET customer_name = {_PARENT}, behind = true WHERE {jobs}")


def _has_jobs(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    return bool(ask(connection, f"SELECT count(*) FROM {table.name} WHERE {_JOB}")[0])


def _customers(tables: Iterable[Table]) -> str:
    """SQL for the folded names of everybody who is no job."""
    return " UNION ".join(
        f"SELECT {FOLDED.format('customer_name')} FROM {table.name} WHERE customer_name IS NOT NULL AND NOT {_JOB}"
        for table in tables
    )


def _is_package_with_jobs(tables: Iterable[Table], project: Project) -> bool:
    return project.sources.format.startswith(_PACKAGE) or any(table.columns.profile.jobs for table in tables)
