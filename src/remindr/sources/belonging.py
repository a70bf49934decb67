"""Whose a row is, where that is not simply what it says: the columns `belongs` and `behind` of a raw table."""

import duckdb

from remindr.sources.identity import is_decided
from remindr.sources.table import Table


def open_columns(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Adds both columns to a table that lacks them: nothing is decided, and every row speaks for its customer."""
    if not is_decided(connection, table):
        connection.execute(f"ALTER TABLE {table.name} ADD COLUMN belongs VARCHAR")
        connection.execute(f"ALTER TABLE {table.name} ADD COLUMN behind BOOLEAN DEFAULT false")


def decide(connection: duckdb.DuckDBPyConnection, table: Table, customer_id: str, source: str) -> None:
    """Says whose the rows are for which `source`, the end of an UPDATE, holds; what is decided already stays."""
    open_columns(connection, table)
    connection.execute(f"UPDATE {table.name} SET belongs = {customer_id} {source} AND belongs IS NULL")
