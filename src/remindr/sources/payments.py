"""The payments file: what was received, when, and for which invoice."""

from typing import Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.policy import Project
from remindr.sources.amount_columns import type_amounts
from remindr.sources.amounts import Mark
from remindr.sources.date_columns import type_dates
from remindr.sources.dates import DateOrder
from remindr.sources.identity import customer_key, id_sql
from remindr.sources.quarantine import SHOWN, WHOSE
from remindr.sources.table import Table
from remindr.sources.values import word_map
from remindr.sources.words import currency_of

_COLUMNS: Final = "customer_id VARCHAR, invoice_id VARCHAR, paid_on DATE, amount DECIMAL(18,4), currency VARCHAR"


def no_payments(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes an empty table `payments`."""
    connection.execute(f"CREATE TABLE payments ({_COLUMNS})")


def type_payments(
    connection: duckdb.DuckDBPyConnection, table: Table, project: Project
) -> tuple[DateOrder | None, Mark | None]:
    """Makes `received_rows`, every payment with its trouble, and `receipts`, the sum per invoice.

    Returns the order of day and month and the decimal mark of the file; a DataError if a payment is nobody's.
    """
    settings, company = project.sources, project.company.currency
    has_customer = {"customer_id", "customer_name"} & set(table.fields)
    customer = customer_key(connection, table).id if has_customer else "CAST(NULL AS VARCHAR)"
    dates, order = type_dates(connection, table, ["paid_on"], settings.dates)
    amounts, units, mark = type_amounts(connection, table, ["amount"], settings.decimals)
    text = None if "currency" in table.fields else units.get("amount")
    currency = word_map(connection, table, "currency", lambda word: currency_of(word, company), text=text)
    day, amount = dates["paid_on"], amounts["amount"]
    connection.execute(f"""
        CREATE TABLE received_rows AS
        SELECT {table.name}.rowid AS ordinal, {customer} AS customer_id,
            {id_sql(connection, table, "invoice_id")} AS invoice_id,
            {day.value} AS paid_on, {amount.value} AS amount,
            {currency.value} AS currency,
            CASE
                WHEN {amount.unreadable} OR {amount.value} IS NULL THEN 'amount'
                WHEN {day.unreadable} OR {day.value} IS NULL THEN 'paid_on'
                WHEN {currency.unreadable} THEN 'currency'
            END AS trouble
        FROM {table.name} {day.join} {currency.join}
    """)
    _refuse_nameless(connection, table)
    connection.execute("""
        CREATE TABLE receipts AS
        SELECT invoice_id AS for_invoice, min(customer_id) AS payer, min(currency) AS paid_in,
            sum(amount)::DECIMAL(18,4) AS received, max(paid_on) AS last_on
        FROM received_rows WHERE trouble IS NULL AND invoice_id IS NOT NULL
        GROUP BY 1 HAVING count(DISTINCT customer_id) <= 1 AND count(DISTINCT currency) <= 1
    """)
    return order, mark


def _refuse_nameless(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    query = "SELECT ordinal FROM received_rows WHERE customer_id IS NULL AND invoice_id IS NULL ORDER BY ordinal"
    rows = connection.execute(query).fetchall()[:SHOWN]
    if rows:
        what = "a payment without a customer or an invoice number"
        raise DataError([Problem(what, *table.place(row[0]), hint=WHOSE) for row in rows])


def name_payers(connection: duckdb.DuckDBPyConnection, company: str) -> None:
    """Gives every payment the customer of its invoice, so that an unreadable one silences the right person.

    A payment that names no currency is in its invoice's, or else the company's.
    """
    connection.execute("""
        UPDATE received_rows r SET customer_id = f.customer_id, currency = coalesce(r.currency, f.currency)
        FROM (SELECT invoice_id, min(customer_id) AS customer_id, min(currency) AS currency FROM facts
              WHERE kind = 'invoice' GROUP BY 1 HAVING count(DISTINCT customer_id) = 1) f
        WHERE f.invoice_id = r.invoice_id
    """)
    connection.execute("UPDATE received_rows SET currency = ? WHERE currency IS NULL", [company])


def finish_payments(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `payments` of the rows without trouble."""
    no_payments(connection)
    connection.execute("""
        INSERT INTO payments SELECT customer_id, invoice_id, paid_on, amount, currency FROM received_rows
        WHERE trouble IS NULL ORDER BY ordinal
    """)
