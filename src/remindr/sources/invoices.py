"""The invoice file: rows of text to typed facts, one per row, with the unreadable ones marked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import duckdb

from remindr.errors import DataError, Problem
from remindr.model.policy import Project
from remindr.sources.amount_columns import MONEY, from_cents, type_amounts
from remindr.sources.amounts import Mark
from remindr.sources.date_columns import type_dates
from remindr.sources.dates import DateOrder
from remindr.sources.folding import bare
from remindr.sources.identity import CustomerKey, id_sql, mangled_sql, trimmed
from remindr.sources.papers import refuse_left_out, words_for_papers
from remindr.sources.table import Table
from remindr.sources.values import Typed, ask, nothing, word_map
from remindr.sources.words import (
    currency_in,
    currency_of,
    days_of_terms,
    hold_reason,
    kind_of,
    level_in,
    says_yes,
    state_of,
)

DATES: Final = ("issue_date", "due_date", "cleared_on", "last_reminded")
AMOUNTS: Final = ("amount", "balance", "paid")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was decided about the invoice file while it was typed, and what a person should know of it."""

    amounts: Mapping[str, Typed]
    date_order: DateOrder | None
    mark: Mark | None
    warnings: tuple[str, ...]
    left_out: tuple[int, ...]  # rows of each page


@dataclass(frozen=True, slots=True)
class _Words:
    """The fields whose words are looked up."""

    kind: Typed
    of_number: str
    state: Typed
    stage: Typed
    currency: Typed
    disputed: Typed
    hold: Typed
    days: Typed
    level: Typed


def type_invoices(
    connection: duckdb.DuckDBPyConnection, table: Table, project: Project, key: CustomerKey, *, payments: bool
) -> Reading:
    """Makes the table `facts`: every row of the invoice file that is no draft, void or other paper.

    `trouble` names the field and the reason for rows that cannot be read; they carry whatever else was read.
    """
    settings, company = project.sources, project.company.currency
    _refuse_other_accounts(connection, table)
    dates, order = type_dates(connection, table, DATES, settings.dates)
    yes_or_no = _says_whether_paid(connection, table)
    amounts, units, mark = type_amounts(
        connection, table, [field for field in AMOUNTS if field != "paid" or not yes_or_no], settings.decimals
    )
    amounts.setdefault("paid", nothing(MONEY))
    profile = table.columns.profile
    words = _Words(
        kind=_kind(connection, table, amounts),
        of_number=_kind_of_number(connection, table),
        stage=word_map(connection, table, "stage", lambda text: state_of(text, profile.states)),
        state=_state(connection, table, yes_or_no=yes_or_no),
        currency=_currency(connection, table, units, company),
        disputed=word_map(connection, table, "disputed", _disputed, "BOOLEAN"),
        hold=word_map(connection, table, "hold", hold_reason),
        days=word_map(connection, table, "terms", days_of_terms, "INTEGER"),
        level=word_map(connection, table, "reminder_level", level_in, "INTEGER"),
    )
    if profile.payments_may_be_empty:
        amounts["amount"] = _nought_if_empty(amounts["amount"], words.kind)
    if profile.cents:
        paid_in = f"coalesce({words.currency.value}, '{company}')"
        amounts = {field: from_cents(amount, paid_in) for field, amount in amounts.items()}
    days = settings.terms.days if settings.terms else None
    _make_facts(connection, table, key, {**dates, **amounts}, words, company, days, payments=payments)
    warnings = [key.warning] if key.warning else []
    if words.state.unknown:
        named = ", ".join(f"'{word}'" for word in words.state.unknown[:5])
        warnings.append(f"{table.shown}: unknown status {named}: such invoices are open or paid by their amounts")
    left_out = _left_out(connection, table, words)
    if any(left_out):
        refuse_left_out(connection, table, words.kind, {"status": words.state, "stage": words.stage})
    warnings += _told_of(table, left_out)
    return Reading(amounts, order, mark, tuple(warnings), tuple(counter.total() for counter in left_out))


def _shows_all_three(table: Table) -> bool:
    """Whether the package shows in one row what was asked for, paid and is open."""
    profile = table.columns.profile
    return {"amount", "paid", "balance"} <= profile.columns.keys() & set(table.fields) and not profile.added


def _refuse_other_accounts(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """DataError if postings of other accounts stand between the invoices: perhaps payments of them."""
    accounts = table.columns.profile.accounts
    if not accounts or "customer_id" not in table.fields:
        return
    query = f"SELECT rowid, customer_id FROM {table.name} WHERE NOT regexp_full_match(customer_id, ?) ORDER BY 1"
    others = connection.execute(query, [accounts]).fetchmany(10)
    hint = "export the postings of invoices only, or better a list of open items"
    if others:
        said = ((f"'{account}' is not a customer's account", table.place(row)) for row, account in others)
        raise DataError([Problem(what, *place, hint=hint) for what, place in said])


def _left_out(connection: duckdb.DuckDBPyConnection, table: Table, words: _Words) -> list[Counter[str]]:
    """The rows of each page that are no invoices to remind of, counted by what they are instead."""
    counted: list[Counter[str]] = [Counter() for _ in table.pages]
    kind, of_number, state, stage = words.kind.value, words.of_number, words.state.value, words.stage.value
    page = " + ".join(f"({table.name}.rowid >= {page.start})::INTEGER" for page in table.pages)
    rows = connection.execute(f"""
        SELECT {page} - 1 AS page, CASE
                WHEN {of_number} = 'other' THEN {_text("invoice_id", table)}
                WHEN {kind} = 'other' THEN {_text("kind", table)}
                WHEN {stage} IN ('draft', 'void') THEN {stage}
                ELSE {state}
            END AS paper, count(*)
        FROM {table.name} {words.kind.join} {words.state.join} {words.stage.join}
        WHERE {of_number} = 'other' OR {kind} = 'other' OR {state} IN ('draft', 'void') OR {stage} IN ('draft', 'void')
        GROUP BY 1, 2 ORDER BY 2
    """).fetchall()
    for at, paper, count in rows:
        counted[at][paper] += count
    return counted


def _told_of(table: Table, left_out: Sequence[Counter[str]]) -> Iterator[str]:
    """What is said about them."""
    papers = sum(left_out, Counter())
    if papers:
        yield f"{table.shown}: left out: " + ", ".join(f"{paper} ({count:,})" for paper, count in papers.items())


def _make_facts(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    key: CustomerKey,
    cells: Mapping[str, Typed],
    words: _Words,
    company: str,
    usual_days: int | None,
    *,
    payments: bool,
) -> None:
    number = id_sql(connection, table, "invoice_id")
    looked_up = (
        words.kind,
        words.state,
        words.stage,
        words.currency,
        words.disputed,
        words.hold,
        words.days,
        words.level,
    )
    joins = " ".join(typed.join for typed in (*cells.values(), *looked_up))
    if payments:
        joins += (
            f" LEFT JOIN receipts ON for_invoice = {number}"
            f" AND (payer IS NULL OR payer IN ({key.id}, {key.name}))"
            f" AND (paid_in IS NULL OR paid_in = coalesce({words.currency.value}, '{company}'))"
        )
    paid = f"coalesce({cells['paid'].value}, received)" if payments else cells["paid"].value
    kind, state = f"coalesce({words.of_number}, {words.kind.value})", words.state.value
    if table.columns.profile.written_off_if_unpaid:
        given_up = f"{cells['amount'].value} > 0 AND {cells['balance'].value} = 0 AND {cells['paid'].value} = 0"
        state = f"CASE WHEN {given_up} THEN 'written_off' ELSE {state} END"
    exported = "true" if "balance" in table.fields else "false"
    always = "true" if table.columns.profile.written_off_if_unpaid else "false"  # all hangs on the balance there
    exact = "true" if {"amount", "balance"} <= table.columns.profile.columns.keys() else "false"
    added = table.columns.profile.added
    compared = _shows_all_three(table) and not payments
    terms = "issue_date + term_days" if usual_days is None else f"issue_date + coalesce(term_days, {usual_days})"
    connection.execute(f"""
        CREATE TABLE facts AS
        WITH read AS (
            SELECT
                {table.name}.rowid AS ordinal,
                {key.id} AS customer_id,
                {number} AS invoice_id,
                {cells["issue_date"].value} AS issue_date,
                {cells["due_date"].value} AS due_date,
                {cells["cleared_on"].value} AS cleared_on,
                {cells["amount"].value} AS amount,
                {cells["balance"].value} AS balance,
                {paid} AS paid,
                {kind} AS kind,
                {state} AS state,
                {words.currency.value} AS currency,
                coalesce({words.disputed.value}, false) OR coalesce({state} = 'disputed', false) AS disputed,
                coalesce(nullif({words.hold.value}, ''), CASE WHEN {state} = 'hold' THEN {_text("status", table)} END)
                    AS hold,
                {_text("terms", table)} AS terms,
                {words.days.value} AS term_days,
                {words.level.value} AS reminder_level,
                {cells["last_reminded"].value} AS last_reminded,
                {_text("tags", table)} AS tags,
                {_text("kind", table)} AS kind_word,
                {_unreadable_sql(table, cells, words, company)} AS unreadable
            FROM {table.name} {joins}
            WHERE coalesce({kind}, '') <> 'other' AND coalesce({state}, '') NOT IN ('draft', 'void')
                AND coalesce({words.stage.value}, '') NOT IN ('draft', 'void')
        ),
        {_added_up(added)}
        settled AS (
            SELECT * REPLACE (
                coalesce(amount, balance) AS amount,
                {_BALANCE} AS balance,
                coalesce(currency, '{company}') AS currency,
                coalesce(due_date, {terms}) AS due_date
            ),
            coalesce(kind IN ('credit', 'payment') OR coalesce(amount, balance) < 0, false) AS is_credit,
            {exported} AND balance IS NULL
                AND ({always} OR (paid IS NULL AND state IS NULL AND cleared_on IS NULL)) AS balance_unknown,
            {exact} AND coalesce(kind, '') NOT IN ('credit', 'payment') AND amount >= 0 AND balance > amount
                AS open_in_excess,
            coalesce(kind, '') NOT IN ('credit', 'payment') AND amount < 0 AND balance > 0 AS signs_differ,
            CASE WHEN {compared} AND coalesce(kind, '') NOT IN ('credit', 'payment')
                THEN abs(amount - paid - balance) <= 0.01 END AS adds_up
            FROM {"added" if added else "read"}
        )
        SELECT
            ordinal, customer_id, invoice_id,
            CASE WHEN is_credit THEN 'credit' ELSE 'invoice' END AS kind,
            issue_date, due_date,
            CASE WHEN kind = 'payment' THEN 0 ELSE abs(amount) END AS amount,  -- no sale undone
            CASE WHEN is_credit THEN abs(balance) ELSE greatest(balance, 0) END AS balance,
            CASE WHEN NOT is_credit AND balance < 0 THEN -balance END AS overpaid,
            currency,
            CASE WHEN (balance <= 0 OR is_credit) AND coalesce(state, '') <> 'written_off' THEN cleared_on END
                AS cleared_on,
            coalesce(state = 'written_off', false) AS written_off,
            disputed, hold, terms, tags, reminder_level, last_reminded, kind_word, adds_up,
            {_PART if "paid" in added else ""}
            {_trouble(both_of_payment="paid" in added and {"paid", "cleared_on"} <= set(table.fields))} AS trouble
        FROM settled
    """)


# What each row of an invoice says was paid, and when, where the rows are payments.
_PART: Final = " part, part_on,"


def _added_up(fields: Sequence[str]) -> str:
    """SQL that gives every row of an invoice the sum of all its rows."""
    if not fields:
        return ""
    sums = ", ".join(f"CAST(sum({field}) OVER rows_of_one AS {MONEY}) AS {field}" for field in fields)
    part = ", paid AS part, cleared_on AS part_on" if "paid" in fields else ""
    return f"""added AS (
            SELECT * REPLACE ({sums}){part} FROM read
            WINDOW rows_of_one AS (PARTITION BY customer_id, kind, coalesce(invoice_id, ordinal::VARCHAR))
        ),"""


# What is open: as exported, else amount less paid, else by status, else by the date of payment, else all of it.
# What the package calls paid is paid, whatever its amounts say.
_BALANCE: Final = f"""
    CASE
        WHEN state IN ('paid', 'written_off') THEN least(coalesce(balance, 0), 0)
        WHEN balance IS NOT NULL THEN balance
        WHEN paid IS NOT NULL THEN CAST(sign(amount) * (abs(amount) - abs(paid)) AS {MONEY})
        WHEN state IS NOT NULL THEN amount
        WHEN cleared_on IS NOT NULL THEN 0
        ELSE amount
    END"""


def _trouble(*, both_of_payment: bool) -> str:
    """SQL of what keeps a row from being read; `both_of_payment` if each payment has to have an amount and a day."""
    lone = "WHEN part_on IS NOT NULL AND part IS NULL THEN 'paid' WHEN part <> 0 AND part_on IS NULL THEN 'cleared_on'"
    return f"""
    CASE
        WHEN customer_id IS NULL THEN 'customer_id'
        WHEN {mangled_sql("customer_id")} THEN 'customer_id:mangled'
        WHEN {mangled_sql("invoice_id")} THEN 'invoice_id:mangled'
        WHEN unreadable IS NOT NULL THEN unreadable
        WHEN invoice_id IS NULL AND NOT is_credit THEN 'invoice_id'
        WHEN due_date IS NULL AND NOT is_credit THEN 'due_date:missing'
        WHEN amount IS NULL THEN 'amount'
        WHEN balance_unknown AND NOT is_credit THEN 'balance:blank'
        WHEN signs_differ THEN 'balance:opposite'
        WHEN open_in_excess THEN 'balance:excess'
        {lone if both_of_payment else ""}
    END"""


def _text(field: str, table: Table) -> str:
    return trimmed(field) if field in table.fields else "CAST(NULL AS VARCHAR)"


def _kind_of_number(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    """SQL of the type of document that a row's number tells, NULL where it tells none."""
    number = id_sql(connection, table, "invoice_id")
    known = [(one.replace("'", "''"), kind) for one, kind in table.columns.profile.numbers.items()]
    cases = [f"WHEN regexp_full_match({number}, '{one}') THEN '{kind}'" for one, kind in known]
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _unreadable_sql(table: Table, cells: Mapping[str, Typed], words: _Words, company: str) -> str:
    """SQL naming the first cell of a row that has text but no meaning; a status only where all hangs on it."""
    readings = {**cells, "kind": words.kind, "currency": words.currency}
    readings.pop("last_reminded")  # no invoice is lost for it
    if not {"balance", "paid", "cleared_on"} & set(table.fields):
        readings["status"] = words.state
    cases = [
        f"WHEN {typed.unreadable} THEN '{field}'" for field, typed in readings.items() if typed.unreadable != "false"
    ]
    if any(bare(table.columns.header(field)) in table.columns.profile.converted for field in AMOUNTS):
        cases.append(f"WHEN {words.currency.value} <> '{company}' THEN 'currency:company'")
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _disputed(text: str) -> bool:
    """Anything but a word for no counts: a reason, a date or the number of a complaint is a dispute."""
    return says_yes(text) is not False


def _says_whether_paid(connection: duckdb.DuckDBPyConnection, table: Table) -> bool:
    """Whether the column of amounts paid holds true and false, yes and no, or nothing but 1 and 0, instead."""
    if "paid" not in table.fields:
        return False
    query = f"SELECT list(DISTINCT lower(paid)) FROM (SELECT paid FROM {table.name} WHERE paid IS NOT NULL LIMIT 1000)"
    words = ask(connection, query)[0] or []
    spelt = any(word.isalpha() for word in words) or set(words) == {"0", "1"}
    return spelt and all(says_yes(word) is not None for word in words)


def _state(connection: duckdb.DuckDBPyConnection, table: Table, *, yes_or_no: bool) -> Typed:
    profile = table.columns.profile
    if "status" in table.fields or not yes_or_no:
        return word_map(connection, table, "status", lambda text: state_of(text, profile.states))
    return word_map(connection, table, "paid", lambda text: "paid" if says_yes(text) else "open")


def _kind(connection: duckdb.DuckDBPyConnection, table: Table, amounts: Mapping[str, Typed]) -> Typed:
    """What sort of document a row is. An adjustment in the customer's favour is a payment, any other is left out."""
    papers = words_for_papers(connection, table)
    kind = word_map(connection, table, "kind", lambda text: kind_of(text, papers))
    if "adjustment" not in papers.values():
        return kind
    below = f"coalesce({amounts['balance'].value}, {amounts['amount'].value}) < 0"
    adjusted = f"CASE WHEN {below} THEN 'payment' ELSE 'other' END"
    return replace(kind, value=f"CASE WHEN {kind.value} = 'adjustment' THEN {adjusted} ELSE {kind.value} END")


def _nought_if_empty(amount: Typed, kind: Typed) -> Typed:
    """The amount; nought for a payment that has none and only applies credit."""
    empty = f"{amount.value} IS NULL AND NOT ({amount.unreadable}) AND {kind.value} = 'payment'"
    return replace(amount, value=f"CASE WHEN {empty} THEN 0 ELSE {amount.value} END")


def _currency(connection: duckdb.DuckDBPyConnection, table: Table, units: Mapping[str, str], company: str) -> Typed:
    """The currency of a row: its own column, else what stands beside its amounts, else what a header says."""

    def code(text: str) -> str | None:
        return currency_of(text, company)

    if "currency" in table.fields:
        return word_map(connection, table, "currency", code)
    headers = (table.columns.headers.get(field, "") for field in ("balance", "amount", "paid"))
    in_header = next((named for header in headers if (named := currency_in(header, company))), None)
    fallback = f"'{in_header}'" if in_header else "CAST(NULL AS VARCHAR)"
    beside = [units[field] for field in ("balance", "amount", "paid") if field in units]
    if not beside:
        return Typed(fallback)
    found = word_map(connection, table, "currency", code, text=f"coalesce({', '.join(beside)}, NULL)")
    return Typed(f"coalesce({found.value}, {fallback})", found.unreadable, found.join)


def settle_invoices(connection: duckdb.DuckDBPyConnection, *, payments: bool) -> None:
    """Makes the table `invoices` of the facts without trouble; what was paid too much becomes a credit."""
    connection.execute("DELETE FROM facts WHERE trouble IS NOT NULL")
    if ask(connection, "SELECT count(overpaid) FROM facts")[0]:
        connection.execute("""
            INSERT INTO facts BY NAME
            SELECT ordinal, customer_id, invoice_id, 'credit' AS kind, issue_date, due_date, 0 AS amount,
                overpaid AS balance, currency, false AS disputed
            FROM facts f WHERE overpaid IS NOT NULL AND NOT EXISTS (
                FROM facts o WHERE o.customer_id = f.customer_id AND o.invoice_id = f.invoice_id AND o.kind = 'credit')
        """)
    if payments:
        connection.execute("""
            UPDATE facts f SET cleared_on = r.last_on FROM receipts r
            WHERE r.for_invoice = f.invoice_id AND f.kind = 'invoice' AND f.balance = 0 AND f.cleared_on IS NULL
        """)
    for column in ("trouble", "overpaid", "kind_word"):
        connection.execute(f"ALTER TABLE facts DROP COLUMN {column}")
    connection.execute("ALTER TABLE facts RENAME TO invoices")


def add_unapplied(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Payments without an invoice number become credits, where the invoice file does not know what was paid."""
    if {"balance", "paid"} & set(table.fields):
        return
    connection.execute("""
        INSERT INTO facts BY NAME
        SELECT (SELECT coalesce(max(ordinal), 0) + 1 FROM facts) + ordinal AS ordinal, customer_id,
            'payment ' || paid_on || CASE WHEN place > 1 THEN ' (' || place || ')' ELSE '' END AS invoice_id,
            'credit' AS kind, paid_on AS issue_date, 0 AS amount, amount AS balance, currency, false AS disputed
        FROM (SELECT *, row_number() OVER (PARTITION BY customer_id, paid_on ORDER BY ordinal) AS place
              FROM received_rows WHERE invoice_id IS NULL AND trouble IS NULL AND amount > 0)
    """)
    connection.execute("DELETE FROM received_rows WHERE invoice_id IS NULL AND trouble IS NULL")
