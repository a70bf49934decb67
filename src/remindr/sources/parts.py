"""Payments that an invoice file itself tells of, or that name no invoice: which invoices they settle, oldest first."""

from collections.abc import Iterator

import duckdb

from remindr.sources.amount_columns import MONEY
from remindr.sources.table import Table
from remindr.sources.values import ask


def keep_parts(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Makes the table `parts`, the payments of a file in which each row of an invoice is one."""
    connection.execute(f"""
        CREATE TABLE parts (customer_id VARCHAR, invoice_id VARCHAR, paid_on DATE, amount {MONEY}, currency VARCHAR)
    """)
    if table.columns.profile.row != "payment":
        return
    connection.execute("""
        INSERT INTO parts SELECT customer_id, invoice_id, part_on, part, currency FROM facts
        WHERE trouble IS NULL AND kind = 'invoice' AND part > 0 AND part_on IS NOT NULL ORDER BY ordinal
    """)
    for column in ("part", "part_on"):
        connection.execute(f"ALTER TABLE facts DROP COLUMN {column}")


def settle_oldest_first(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Payments without an invoice number settle what is due first, per customer and currency; tells what is left over.

    Nothing is settled where the file itself says what is open.
    """
    payments = "FROM facts WHERE kind = 'credit' AND amount = 0 AND balance > 0 AND trouble IS NULL"
    if {"balance", "paid"} & set(table.fields):
        return
    (count,) = ask(connection, f"SELECT count(*) {payments}")
    if not count:
        return
    connection.execute(f"""
        CREATE TEMP TABLE met AS
        WITH owed AS (
            SELECT *, sum(balance) OVER (PARTITION BY customer_id, currency ORDER BY due_date, ordinal) AS upto
            FROM facts WHERE kind = 'invoice' AND balance > 0 AND NOT disputed AND trouble IS NULL
        ), given AS (
            SELECT *, sum(balance) OVER (PARTITION BY customer_id, currency ORDER BY issue_date, ordinal) AS upto
            {payments}
        )
        SELECT o.ordinal AS invoice, g.ordinal AS payment, o.customer_id, o.invoice_id, o.currency,
            g.issue_date AS paid_on,
            CAST(least(o.upto, g.upto) - greatest(o.upto - o.balance, g.upto - g.balance) AS {MONEY}) AS amount
        FROM owed o JOIN given g ON g.customer_id = o.customer_id AND g.currency = o.currency
            AND g.upto > o.upto - o.balance AND o.upto > g.upto - g.balance
    """)
    for side, paid_on in (("invoice", "m.paid_on"), ("payment", "cleared_on")):
        connection.execute(f"""
            UPDATE facts f SET balance = f.balance - m.amount,
                cleared_on = CASE WHEN f.balance = m.amount THEN {paid_on} ELSE cleared_on END
            FROM (SELECT {side} AS ordinal, sum(amount) AS amount, max(paid_on) AS paid_on FROM met GROUP BY 1) m
            WHERE m.ordinal = f.ordinal
        """)
    connection.execute(
        "INSERT INTO parts SELECT customer_id, invoice_id, paid_on, amount, currency FROM met ORDER BY payment, invoice"
    )
    left = connection.execute(f"SELECT currency, sum(balance) {payments} GROUP BY 1 ORDER BY 1").fetchall()
    connection.execute("DELETE FROM facts WHERE ordinal IN (SELECT payment FROM met) AND balance = 0")
    connection.execute("DROP TABLE met")
    what = "1 payment names no invoice and counts" if count == 1 else f"{count:,} payments name no invoice and count"
    rest = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in left)
    yield f"{table.shown}: {what} for the oldest invoices of their customers" + (
        f"; {rest} is left over as credit" if rest else ""
    )


def add_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds the parts to the table `payments`."""
    connection.execute("INSERT INTO payments SELECT customer_id, invoice_id, paid_on, amount, currency FROM parts")
    connection.execute("DROP TABLE parts")
