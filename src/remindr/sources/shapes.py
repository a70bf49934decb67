"""Cells that mean more than they say, put right in the raw table: jobs, blank repeated cells, people without a firm."""

from bisect import bisect_right

import duckdb

from remindr.sources.table import Table
from remindr.sources.values import ask

_OF_THE_INVOICE = ("invoice_id", "customer_id", "customer_name", "issue_date", "due_date")


def shape_rows(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Gives every row the customer and the invoice it belongs to, where the export leaves that to the reader."""
    profile = table.columns.profile
    if profile.jobs and "customer_name" in table.fields:
        job = "customer_name = trim(split_part(customer_name, ':', 1)) WHERE strpos(customer_name, ':') > 1"
        connection.execute(f"UPDATE {table.name} SET {job}")
    if table.role == "customers" and {"customer_name", "first_name", "last_name"} <= set(table.fields):
        person = "customer_name = nullif(concat_ws(' ', trim(first_name), trim(last_name)), '')"
        connection.execute(f"UPDATE {table.name} SET {person} WHERE customer_name IS NULL")
    if profile.row != "invoice" and table.role == "invoices":
        _continue_rows(connection, table)


def _continue_rows(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fills in what the further rows of an invoice leave blank from the row that begins it."""
    blank = " AND ".join(f"{field} IS NULL" for field in _OF_THE_INVOICE if field in table.fields)
    if not ask(connection, f"SELECT count(*) FROM {table.name} WHERE {blank}")[0]:
        return
    repeated = [field for field in table.fields if field not in table.columns.profile.added]
    filled = ", ".join(f"coalesce(r.{field}, f.{field}) AS {field}" for field in repeated)
    connection.execute(
        f"""
        CREATE TEMP TABLE continued AS
        WITH led AS (
            SELECT rowid AS place,
                max(CASE WHEN NOT ({blank}) OR list_contains(CAST(? AS BIGINT[]), rowid) THEN rowid END)
                    OVER (ORDER BY rowid) AS first
            FROM {table.name}
        )
        SELECT place, {filled} FROM led JOIN {table.name} r ON r.rowid = place JOIN {table.name} f ON f.rowid = first
        WHERE first <> place
        """,
        [[*rows_after_broken(table), *(page.start for page in table.pages)]],
    )
    values = ", ".join(f"{field} = c.{field}" for field in repeated)
    connection.execute(f"UPDATE {table.name} t SET {values} FROM continued c WHERE c.place = t.rowid")
    connection.execute("DROP TABLE continued")


def rows_after_broken(table: Table) -> list[int]:
    """The rows that stand behind a broken one: what they leave blank may have been in that."""
    rows = [(page.start, page.rows, bad.row) for page in table.pages for bad in page.broken]
    return [start + bisect_right(numbers, row) for start, numbers, row in rows if not isinstance(numbers, int)]
