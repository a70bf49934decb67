"""The payments file: what was received, when, and for which invoice."""

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.policy import Project
from remindr.sources.dates import DateOrder
from remindr.sources.identity import customer_key, id_sql
from remindr.sources.table import Table
from remindr.sources.values import type_amounts, type_dates, word_map
from remindr.sources.words import currency_of

_SHAPE = "customer_id VARCHAR, invoice_id VARCHAR, paid_on DATE, amount DECIMAL(18,4), currency VARCHAR"


def no_payments(connection: duckdb.DuckDBPyConnection) -> None:
    """An empty table `payments`."""
    connection.execute(f"CREATE TABLE payments ({_SHAPE})")


def type_payments(
    connection: duckdb.DuckDBPyConnection, table: Table, project: Project
) -> tuple[DateOrder | None, str | None]:
    """Makes `received_rows`, every payment with its trouble, and `received`, the sum per invoice number.

    Returns the order of day and month and the decimal mark of the file.
    """
    key = customer_key(connection, table) if {"customer_id", "customer_name"} & set(table.fields) else None
    dates, order = type_dates(connection, table, ["paid_on"], project.sources)
    amounts, units, mark = type_amounts(connection, table, ["amount"], project.sources)
    company = project.company.currency
    currency = word_map(
        connection, table, "currency", lambda text: currency_of(text, company),
        expression=None if "currency" in table.fields else units.get("amount"),
    )  # fmt: skip
    joins = " ".join(typed.join for typed in (*dates.values(), currency))
    connection.execute(f"""
        CREATE TABLE received_rows AS
        SELECT {table.name}.rowid AS ordinal, {key.id if key else "CAST(NULL AS VARCHAR)"} AS customer_id,
            {id_sql(connection, table, "invoice_id")} AS invoice_id,
            {dates["paid_on"].value} AS paid_on, {amounts["amount"].value} AS amount,
            coalesce({currency.value}, '{company}') AS currency,
            CASE
                WHEN {amounts["amount"].unreadable} OR {amounts["amount"].value} IS NULL THEN 'amount'
                WHEN {dates["paid_on"].unreadable} OR {dates["paid_on"].value} IS NULL THEN 'paid_on'
                WHEN {currency.unreadable} THEN 'currency'
            END AS trouble
        FROM {table.name} {joins}
    """)
    connection.execute("""
        CREATE TABLE received AS
        SELECT invoice_id, any_value(customer_id) AS customer_id, sum(amount)::DECIMAL(18,4) AS amount,
            max(paid_on) AS last_on
        FROM received_rows WHERE trouble IS NULL AND invoice_id IS NOT NULL GROUP BY invoice_id
    """)
    return order, mark


def refuse_nameless(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """A payment that belongs to nobody may be anybody's: DataError."""
    query = "SELECT ordinal FROM received_rows WHERE customer_id IS NULL AND invoice_id IS NULL ORDER BY ordinal"
    rows = connection.execute(query).fetchall()
    if rows:
        hint = "whose it is decides who must not be reminded: mend this row and export again"
        raise DataError(
            [
                Problem("a payment without a customer or an invoice number", *table.place(row[0]), hint=hint)
                for row in rows[:10]
            ]
        )


def finish_payments(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `payments`: each payment with the customer of its invoice."""
    no_payments(connection)
    connection.execute("""
        INSERT INTO payments
        SELECT coalesce(i.customer_id, r.customer_id), r.invoice_id, r.paid_on, r.amount, r.currency
        FROM received_rows r
        LEFT JOIN (SELECT invoice_id, any_value(customer_id) AS customer_id FROM invoices
                   WHERE kind = 'invoice' GROUP BY 1 HAVING count(DISTINCT customer_id) = 1) i USING (invoice_id)
        WHERE r.trouble IS NULL ORDER BY r.ordinal
    """)
