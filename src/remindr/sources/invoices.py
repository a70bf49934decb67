"""The invoice file: rows of text to typed facts, one per invoice or credit, with the unreadable ones marked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import duckdb

from remindr.model.policy import Project
from remindr.sources.amounts import Mark
from remindr.sources.columns import Columns
from remindr.sources.dates import DateOrder
from remindr.sources.identity import CustomerKey, customer_key, id_sql, mangled_sql, trimmed
from remindr.sources.table import Table
from remindr.sources.values import MONEY, Typed, type_amounts, type_dates, word_map
from remindr.sources.words import currency_of, days_of_terms, kind_of, says_yes, state_of

DATES: Final = ("issue_date", "due_date", "cleared_on")
AMOUNTS: Final = ("amount", "balance", "paid")
SETTLED: Final = "('paid', 'written_off')"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was decided about a file while it was typed."""

    key: CustomerKey
    date_order: DateOrder | None
    mark: Mark | None
    warnings: tuple[str, ...] = ()


def type_invoices(connection: duckdb.DuckDBPyConnection, table: Table, project: Project, payments: bool) -> Reading:
    """Makes the table `facts`: every row of the invoice file that is no draft, void or other paper.

    `trouble` names the field and the reason for rows that cannot be read; they carry whatever else was read.
    """
    company = project.company.currency
    key = customer_key(connection, table)
    dates, order = type_dates(connection, table, DATES, project.sources)
    amounts, units, mark = type_amounts(connection, table, AMOUNTS, project.sources)
    kind = word_map(connection, table, "kind", kind_of)
    state = word_map(connection, table, "status", state_of)
    currency = _currency(connection, table, units, company)
    disputed = word_map(connection, table, "disputed", _disputed, "BOOLEAN")
    hold = word_map(connection, table, "hold", hold_reason)
    days = word_map(connection, table, "terms", days_of_terms, "INTEGER")
    joins = [typed.join for typed in (*dates.values(), kind, state, currency, disputed, hold, days)]
    connection.execute(f"""
        CREATE TABLE facts AS
        WITH read AS (
            SELECT
                {table.name}.rowid AS ordinal,
                {key.id} AS customer_id,
                {id_sql(connection, table, "invoice_id")} AS invoice_id,
                {dates["issue_date"].value} AS issue_date,
                {dates["due_date"].value} AS due_date,
                {dates["cleared_on"].value} AS cleared_on,
                {amounts["amount"].value} AS amount,
                {amounts["balance"].value} AS balance,
                {_paid(amounts["paid"], payments)} AS paid,
                {kind.value} AS kind,
                {state.value} AS state,
                {currency.value} AS currency,
                coalesce({disputed.value}, false) OR coalesce({state.value} = 'disputed', false) AS disputed,
                coalesce(nullif({hold.value}, ''), CASE WHEN {state.value} = 'hold' THEN {_or_null("status", table)} END) AS hold,
                {_or_null("terms", table)} AS terms,
                {days.value} AS term_days,
                {_or_null("tags", table)} AS tags,
                {_or_null("kind", table)} AS kind_word,
                {_unreadable_cells(table, dates, amounts, kind, state, currency)} AS unreadable
            FROM {table.name} {" ".join(filter(None, joins))}{_received(connection, table, key) if payments else ""}
            WHERE coalesce({kind.value}, '') <> 'other' AND coalesce({state.value}, '') NOT IN ('draft', 'void')
        ),
        signed AS (
            SELECT * REPLACE (
                coalesce(amount, balance) AS amount,
                {_BALANCE} AS balance,
                coalesce(currency, '{company}') AS currency,
                coalesce(due_date, issue_date + term_days) AS due_date
            ),
            coalesce(kind IN ('credit', 'payment'), false) OR coalesce(amount, balance) < 0 AS is_credit
            FROM read
        )
        SELECT
            ordinal, customer_id, invoice_id,
            CASE WHEN is_credit THEN 'credit' ELSE 'invoice' END AS kind,
            issue_date, due_date,
            abs(amount) AS amount,
            CASE WHEN is_credit THEN abs(balance) ELSE greatest(balance, 0) END AS balance,
            CASE WHEN NOT is_credit AND balance < 0 THEN -balance END AS overpaid,
            currency,
            CASE WHEN balance <= 0 OR is_credit THEN cleared_on END AS cleared_on,
            disputed, hold, terms, tags, kind_word,
            CASE
                WHEN customer_id IS NULL THEN 'customer_id'
                WHEN {mangled_sql("customer_id")} THEN 'customer_id:mangled'
                WHEN {mangled_sql("invoice_id")} THEN 'invoice_id:mangled'
                WHEN unreadable IS NOT NULL THEN unreadable
                WHEN invoice_id IS NULL AND NOT is_credit THEN 'invoice_id'
                WHEN due_date IS NULL AND NOT is_credit THEN 'due_date:missing'
                WHEN amount IS NULL THEN 'amount:missing'
            END AS trouble
        FROM signed
    """)
    return Reading(key, order, mark, (key.warning,) if key.warning else ())


def _or_null(field: str, table: Table) -> str:
    return trimmed(field) if field in table.fields else "CAST(NULL AS VARCHAR)"


def _disputed(text: str) -> bool:
    """Anything but a word for no counts: a reason, a date or a number of a complaint is a dispute."""
    return says_yes(text) is not False


def hold_reason(text: str) -> str:
    """The reason a cell gives; empty for a word of no."""
    yes = says_yes(text)
    return text if yes is None else "on hold in the export" if yes else ""


def _currency(connection: duckdb.DuckDBPyConnection, table: Table, units: Mapping[str, str], company: str) -> Typed:
    """The currency of a row: its own column, else what stands beside its amounts, else what a header says."""

    def code(text: str) -> str | None:
        return currency_of(text, company)

    if "currency" in table.fields:
        return word_map(connection, table, "currency", code)
    in_header = currency_in_headers(table.columns, company)
    fallback = f"'{in_header}'" if in_header else "CAST(NULL AS VARCHAR)"
    beside = [units[field] for field in ("balance", "amount", "paid") if field in units]
    if not beside:
        return Typed(fallback)
    found = word_map(connection, table, "currency", code, expression=f"coalesce({', '.join(beside)}, NULL)")
    return Typed(f"coalesce({found.value}, {fallback})", found.unreadable, found.join)


def currency_in_headers(columns: Columns, company: str) -> str | None:
    """The currency that the header of an amount names, as in `Amount (EUR)`."""
    for field in ("balance", "amount", "paid"):
        for word in columns.headers.get(field, "").replace("(", " ").replace(")", " ").split():
            if (word.isupper() and len(word) == 3) or word in ("€", "£"):
                return currency_of(word, company)
    return None


def _unreadable_cells(
    table: Table, dates: Mapping[str, Typed], amounts: Mapping[str, Typed], kind: Typed, state: Typed, currency: Typed
) -> str:
    """SQL naming the first cell of a row that has text but no meaning."""
    cases = [f"WHEN {typed.unreadable} THEN '{field}'" for field, typed in (*amounts.items(), *dates.items())]
    cases += [f"WHEN {kind.unreadable} THEN 'kind'", f"WHEN {currency.unreadable} THEN 'currency'"]
    if not {"balance", "paid", "cleared_on"} & set(table.fields):
        cases.append(f"WHEN {state.unreadable} THEN 'status'")
    return f"CASE {' '.join(case for case in cases if 'WHEN false' not in case) or 'WHEN false THEN NULL'} END"


def _paid(paid: Typed, payments: bool) -> str:
    return f"coalesce({paid.value}, received.amount)" if payments else paid.value


# What is open: as exported, else amount less paid, else by status, else by the date of payment, else all of it.
_BALANCE: Final = f"""
    CASE
        WHEN state IN {SETTLED} THEN least(coalesce(balance, 0), 0)
        WHEN balance IS NOT NULL THEN balance
        WHEN paid IS NOT NULL THEN CAST(sign(amount) * (abs(amount) - abs(paid)) AS {MONEY})
        WHEN state IS NOT NULL THEN amount
        WHEN cleared_on IS NOT NULL THEN 0
        ELSE amount
    END"""


def _received(connection: duckdb.DuckDBPyConnection, table: Table, key: CustomerKey) -> str:
    number = id_sql(connection, table, "invoice_id")
    return (
        f" LEFT JOIN received ON received.invoice_id = {number} "
        f"AND coalesce(received.customer_id IN ({key.id}, {key.name}), true)"
    )


def settle_invoices(connection: duckdb.DuckDBPyConnection, *, payments: bool) -> None:
    """Makes the table `invoices` of the facts without trouble; what was paid too much becomes a credit."""
    connection.execute("DELETE FROM facts WHERE trouble IS NOT NULL")
    if connection.execute("SELECT count(overpaid) FROM facts").fetchall()[0][0]:
        connection.execute("""
            INSERT INTO facts BY NAME
            SELECT ordinal, customer_id, invoice_id, 'credit' AS kind, issue_date, due_date, overpaid AS amount,
                overpaid AS balance, currency, false AS disputed
            FROM facts f WHERE overpaid IS NOT NULL AND NOT EXISTS (
                FROM facts o WHERE o.customer_id = f.customer_id AND o.invoice_id = f.invoice_id AND o.kind = 'credit')
        """)
    if payments:
        connection.execute("""
            UPDATE facts f SET cleared_on = r.last_on FROM received r
            WHERE r.invoice_id = f.invoice_id AND f.kind = 'invoice' AND f.balance = 0 AND f.cleared_on IS NULL
        """)
    for column in ("trouble", "overpaid", "kind_word"):
        connection.execute(f"ALTER TABLE facts DROP COLUMN {column}")
    connection.execute("ALTER TABLE facts RENAME TO invoices")
