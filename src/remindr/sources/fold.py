"""Several rows of one invoice become one; copies are dropped, rows that contradict each other are marked."""

from dataclasses import dataclass
from typing import Final

import duckdb

from remindr.sources.table import Table
from remindr.sources.values import ask

# Facts that every row of an invoice must agree on, in the order in which a disagreement is told.
_FACTS: Final = ("amount", "balance", "overpaid", "currency", "due_date", "issue_date", "disputed")


@dataclass(frozen=True, slots=True)
class Folded:
    """How many rows went into other rows of their invoice, for each page."""

    rows: tuple[int, ...] = ()

    @property
    def all(self) -> int:
        """The rows of all pages."""
        return sum(self.rows)


def fold_rows(connection: duckdb.DuckDBPyConnection, table: Table) -> Folded:
    """Leaves one row per (customer, invoice number, kind) in `facts`; contradicting rows get trouble instead.

    Rows that differ only in the date of payment are one invoice paid in parts: the last date counts.
    """
    _number_credits(connection, lines=table.columns.line_items)
    if not table.columns.line_items:
        _tell_payments_apart(connection)
    if not _has_repeats(connection):
        return Folded()
    differing = " ".join(f"WHEN count(DISTINCT coalesce({fact}::VARCHAR, '')) > 1 THEN '{fact}'" for fact in _FACTS)
    connection.execute(f"""
        CREATE TEMP TABLE repeated AS
        SELECT customer_id, invoice_id, kind, min(ordinal) AS first, max(cleared_on) AS cleared_on,
            CASE {differing} END AS differing
        FROM facts WHERE trouble IS NULL GROUP BY ALL HAVING count(*) > 1
    """)
    same = "f.customer_id = r.customer_id AND f.invoice_id = r.invoice_id AND f.kind = r.kind AND f.trouble IS NULL"
    conflict = "SET trouble = r.differing || ':conflict'"
    connection.execute(f"UPDATE facts f {conflict} FROM repeated r WHERE {same} AND r.differing IS NOT NULL")
    others = f"repeated r WHERE {same} AND f.ordinal <> r.first"
    count = f"SELECT count(*) FROM facts f, {others} AND f.ordinal BETWEEN ? AND ?"
    folded = tuple(ask(connection, count, [page.start, page.start + page.count - 1])[0] for page in table.pages)
    connection.execute(f"DELETE FROM facts f USING {others}")
    connection.execute(f"UPDATE facts f SET cleared_on = r.cleared_on FROM repeated r WHERE {same}")
    return Folded(folded)


def drop_spoiled(connection: duckdb.DuckDBPyConnection) -> None:
    """Takes away the rows of invoices of which another row has trouble: without that row they may be less or more."""
    connection.execute("""
        DELETE FROM facts f USING facts t WHERE t.trouble IS NOT NULL AND f.trouble IS NULL
            AND f.customer_id = t.customer_id AND f.invoice_id = t.invoice_id
    """)


def _has_repeats(connection: duckdb.DuckDBPyConnection) -> bool:
    """Cheaply: equal hashes may be chance, different ones are proof."""
    query = "SELECT count(*) > count(DISTINCT hash(customer_id, invoice_id)) FROM facts WHERE trouble IS NULL"
    return bool(ask(connection, query)[0])


def _number_credits(connection: duckdb.DuckDBPyConnection, *, lines: bool) -> None:
    """Unapplied payments have no number of their own: they are told apart by what and when they are.

    In a file of line items equal ones are lines of one: each repeats its amount.
    """
    place = "dense_rank() OVER (PARTITION BY customer_id, label ORDER BY balance, currency)"
    if not lines:
        place = "row_number() OVER (PARTITION BY customer_id, label ORDER BY ordinal)"
    nameless = "FROM facts WHERE invoice_id IS NULL AND trouble IS NULL"
    if not ask(connection, f"SELECT count(*) {nameless}")[0]:
        return
    connection.execute(f"""
        CREATE TEMP TABLE numbered AS
        SELECT ordinal, concat_ws(' ', coalesce(kind_word, 'credit'), issue_date::VARCHAR) AS label,
            {place} AS place
        {nameless}
    """)
    connection.execute("""
        UPDATE facts f SET invoice_id = n.label || CASE WHEN n.place > 1 THEN ' (' || n.place || ')' ELSE '' END
        FROM numbered n WHERE n.ordinal = f.ordinal
    """)


def _tell_payments_apart(connection: duckdb.DuckDBPyConnection) -> None:
    """The number of a payment is that of a cheque, or `ACH` on each: those that differ in day or amount are several."""
    connection.execute("""
        UPDATE facts f SET invoice_id = f.invoice_id || ' (' || n.place || ')'
        FROM (SELECT ordinal, dense_rank() OVER (
                PARTITION BY customer_id, invoice_id ORDER BY issue_date, balance, currency) AS place
              FROM facts WHERE kind = 'credit' AND amount = 0 AND invoice_id IS NOT NULL AND trouble IS NULL) n
        WHERE n.ordinal = f.ordinal AND n.place > 1
    """)
