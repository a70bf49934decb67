"""The book beside what earlier exports showed: who was renamed, what changed since.

What is remembered stands under the ids that an invoice was first seen with; `shown` gives the book's rows those.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from remindr.core.sightings import Export, Facts, Look, Sighting

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Key = tuple[str, str]  # customer id, invoice id
Differing = tuple[Key, Look, Facts, list[Sighting]]

_ROWS = "(SELECT string_split(unnest(CAST($texts AS VARCHAR[])), chr(31)) AS p)"
_REMEMBERED = f"""
SELECT p[1] AS customer_id, p[2] AS invoice_id, CAST(p[3] AS DATE) AS opened_on,
    CAST(nullif(p[4], '') AS DATE) AS closed_on, nullif(p[5], '') AS how,
    CAST(nullif(p[6], '') AS DATE) AS issue_date, CAST(p[7] AS DATE) AS due_date,
    CAST(p[8] AS DECIMAL(18, 4)) AS amount, p[9] AS currency, CAST(p[10] AS DECIMAL(18, 4)) AS balance
FROM {_ROWS}
"""
_IDENTITIES = f"""
SELECT p[1] AS customer_id, p[2] AS invoice_id, p[3] AS first_customer_id, p[4] AS first_invoice_id,
    CAST(p[5] AS DATE) AS since
FROM {_ROWS}
"""

# Of the ids of one invoice the book should have one: the first, or another that stands for it.
_ALIASES = """
CREATE OR REPLACE TABLE aliases AS
SELECT a.* FROM (
    FROM identities UNION ALL
    SELECT DISTINCT first_customer_id, first_invoice_id, first_customer_id, first_invoice_id, NULL FROM identities
) a SEMI JOIN invoices i ON i.customer_id = a.customer_id AND i.invoice_id = a.invoice_id AND i.kind = 'invoice'
QUALIFY row_number() OVER (PARTITION BY first_customer_id, first_invoice_id
    ORDER BY since NULLS FIRST, a.customer_id, a.invoice_id) = 1
"""

# What an export says was settled after its own day was open on it.
_SHOWN = """
CREATE VIEW shown AS
SELECT coalesce(first_customer_id, i.customer_id) AS customer_id,
    coalesce(first_invoice_id, i.invoice_id) AS invoice_id, i.customer_id AS its_customer_id, i.invoice_id AS its_id,
    balance > 0 OR coalesce(cleared_on > DATE '{day}' AND NOT observed, false) AS is_open,
    issue_date, due_date, amount, currency, balance
FROM invoices i LEFT JOIN aliases a ON a.customer_id = i.customer_id AND a.invoice_id = i.invoice_id
WHERE kind = 'invoice'
"""

# Those that the export must have something to say about: whiles that it falls into, and those it stands beside.
_TOUCHING = """
CREATE OR REPLACE TABLE touching AS
SELECT *, opened_on <= $day AND (closed_on IS NULL OR closed_on > $day) AS covers FROM remembered
WHERE opened_on <= coalesce($after, $day) AND (closed_on IS NULL OR closed_on >= $day)
"""

_ABSENT = """
CREATE OR REPLACE TABLE absent AS
SELECT customer_id, invoice_id, folded(invoice_id) AS number, coalesce(issue_date, due_date) AS issued, amount, currency
FROM remembered r ANTI JOIN shown s USING (customer_id, invoice_id)
WHERE closed_on IS NULL OR how = 'missing' OR opened_on = $after
QUALIFY row_number() OVER (PARTITION BY customer_id, invoice_id) = 1
"""

# The same number, day and amount under another id; or the same number where a person says that two customers are one.
_ALIKE = "a.amount = s.amount AND a.currency = s.currency AND a.issued = coalesce(s.issue_date, s.due_date)"
_MERGED = "(a.customer_id, s.customer_id) IN (SELECT (former, customer_id) FROM merged)"

# Where two would fit, neither is taken.
_RENAMED = """
SELECT s.customer_id, s.invoice_id, a.customer_id, a.invoice_id
FROM shown s JOIN absent a ON a.number = folded(s.invoice_id) AND {same}
ANTI JOIN remembered r ON r.customer_id = s.customer_id AND r.invoice_id = s.invoice_id
ANTI JOIN identities i ON i.first_customer_id = s.customer_id AND i.first_invoice_id = s.invoice_id
QUALIFY count(*) OVER (PARTITION BY a.customer_id, a.invoice_id) = 1
    AND count(*) OVER (PARTITION BY s.customer_id, s.invoice_id) = 1
ORDER BY ALL
"""

# An invoice in the words of the journal.
FACTS = (
    "coalesce(CAST({0}issue_date AS VARCHAR), ''), CAST({0}due_date AS VARCHAR), CAST({0}amount AS VARCHAR), "
    "{0}currency, CAST({0}balance AS VARCHAR)"
)

# Open and not as remembered; open, but not thought to be; not open any more. Nothing else needs a thought.
_DIFFERING = """
CREATE OR REPLACE TABLE differing AS
SELECT customer_id, invoice_id,
    CASE WHEN is_open THEN 'open' WHEN s.its_id IS NULL THEN 'missing' ELSE 'settled' END AS look,
    coalesce(s.issue_date, t.issue_date) AS issue_date, coalesce(s.due_date, t.due_date) AS due_date,
    coalesce(s.amount, t.amount) AS amount, coalesce(s.currency, t.currency) AS currency,
    coalesce(s.balance, t.balance) AS balance
FROM touching t LEFT JOIN shown s USING (customer_id, invoice_id)
WHERE CASE
    WHEN is_open THEN covers AND ($after IS NULL OR closed_on <= $after) AND (
        s.balance <> t.balance OR s.amount <> t.amount OR s.currency <> t.currency OR s.due_date <> t.due_date
        OR s.issue_date IS DISTINCT FROM t.issue_date)
    ELSE (covers OR (closed_on = $day AND how = 'missing' AND s.its_id IS NOT NULL))
        AND coalesce(s.its_customer_id, customer_id) NOT IN (SELECT unnest(CAST($unreadable AS VARCHAR[])))
    END
UNION ALL
SELECT DISTINCT customer_id, invoice_id, 'open', s.issue_date, s.due_date, s.amount, s.currency, s.balance
FROM touching t JOIN shown s USING (customer_id, invoice_id)
WHERE is_open AND NOT t.covers AND NOT EXISTS (
    FROM touching o WHERE o.covers AND o.customer_id = t.customer_id AND o.invoice_id = t.invoice_id)
"""

_NEW = f"""
SELECT customer_id, invoice_id, CAST($day AS VARCHAR), CAST($after AS VARCHAR),
    CASE WHEN $after IS NOT NULL THEN 'missing' END, {FACTS.format("")}
FROM shown s ANTI JOIN touching t USING (customer_id, invoice_id)
WHERE is_open AND NOT contains(customer_id || invoice_id, chr(31)) ORDER BY customer_id, invoice_id
"""


class Shown:
    """A book's invoices and what is remembered of them, in one place to be compared."""

    def __init__(self, connection: "DuckDBPyConnection", export: Export, unreadable: frozenset[str]) -> None:
        """Begins with nothing remembered; invoices of `unreadable` customers may be in the export unseen."""
        self._connection = connection
        self._parameters: dict[str, Any] = {
            "day": export.day, "before": export.before, "after": export.after, "unreadable": sorted(unreadable),
        }  # fmt: skip
        self._export = export
        connection.execute(
            "CREATE MACRO folded(number) AS coalesce(nullif(ltrim(lower(replace(number, ' ', '')), '0'), ''), '0')"
        )
        connection.execute("ALTER TABLE invoices ADD COLUMN observed BOOLEAN DEFAULT false")

    def _execute(self, query: str, **more: Any) -> "DuckDBPyConnection":
        parameters = self._parameters | more
        return self._connection.execute(query, {name: it for name, it in parameters.items() if f"${name}" in query})

    def _count(self, query: str) -> int:
        row = self._execute(query).fetchone()
        return row[0] if row else 0

    def recall(self, sightings: Sequence[str], identities: Sequence[str]) -> None:
        """Lays down what is remembered, given as texts."""
        self._execute(f"CREATE TABLE remembered AS {_REMEMBERED}", texts=sightings)
        self._execute(f"CREATE TABLE identities AS {_IDENTITIES}", texts=identities)
        self._execute(_ALIASES)
        self._execute(_SHOWN.format(day=self._export.day))

    def rename(self) -> list[tuple[str, ...]]:
        """Finds invoices that have another id than before, takes them for what they were, and returns their ids."""
        merged = [_MERGED] if self._count("SELECT count(*) FROM merged") else []
        return [row for same in (*merged, _ALIKE) for row in self._rename(same)]

    def _rename(self, same: str) -> list[tuple[str, ...]]:
        self._execute(_ABSENT)
        if not self._count("SELECT count(*) FROM absent"):
            return []
        found = self._execute(_RENAMED.format(same=same)).fetchall()
        if found:
            texts = ["\x1f".join((*row, self._export.day.isoformat())) for row in found]
            self._execute(f"INSERT INTO identities {_IDENTITIES}", texts=texts)
            self._execute(_ALIASES)
        return found

    def differing(self) -> Iterator[Differing]:
        """Each invoice that the export shows otherwise than it is remembered, with what is remembered of it."""
        self._execute(_TOUCHING)
        self._execute(_DIFFERING)
        rows = self._execute(f"""
            SELECT customer_id, invoice_id, look, {FACTS.format("d.")}, opened_on, closed_on, how, {FACTS.format("r.")}
            FROM differing d JOIN remembered r USING (customer_id, invoice_id)
            ORDER BY customer_id, invoice_id, opened_on
        """).fetchall()
        for (customer_id, invoice_id), group in groupby(rows, key=lambda row: row[:2]):
            its_rows = list(group)
            known = [Sighting(row[8], row[9], row[10], Facts(*row[11:])) for row in its_rows]
            yield (customer_id, invoice_id), its_rows[0][2], Facts(*its_rows[0][3:8]), known

    def correct(self, gone: Sequence[tuple[str, ...]], new: Sequence[str]) -> None:
        """Replaces what was remembered, given the keys and first days of what goes and the texts of what comes."""
        if not gone:
            return
        self._execute(
            "DELETE FROM remembered WHERE (customer_id, invoice_id, opened_on) IN "
            f"(SELECT (p[1], p[2], CAST(p[3] AS DATE)) FROM {_ROWS})",
            texts=["\x1f".join(key) for key in gone],
        )
        self._execute(f"INSERT INTO remembered {_REMEMBERED}", texts=new)

    def unknown(self) -> list[tuple[str | None, ...]]:
        """What the journal gets of open invoices that it does not know yet."""
        return self._execute(_NEW).fetchall()

    def open_invoices(self) -> int:
        """How many invoices the export shows open."""
        return self._count("SELECT count(*) FROM shown WHERE is_open")

    def former_ids(self) -> list[tuple[str, str, str, str]]:
        """For each invoice with several ids the one that the book has, and another one."""
        return [*self._merged_ids(), *self._other_ids()]

    def _merged_ids(self) -> list[tuple[str, str, str, str]]:
        """Invoices of customers who were several before: they may have been each one's."""
        return self._execute("""
            SELECT i.customer_id, i.invoice_id, m.former, i.invoice_id FROM invoices i JOIN merged m USING (customer_id)
            WHERE kind = 'invoice' ORDER BY ALL
        """).fetchall()

    def _other_ids(self) -> list[tuple[str, str, str, str]]:
        if not self._count("SELECT count(*) FROM aliases"):
            return []
        return self._execute("""
            SELECT a.customer_id, a.invoice_id, o.customer_id, o.invoice_id FROM aliases a JOIN (
                SELECT customer_id, invoice_id, first_customer_id, first_invoice_id FROM identities UNION
                SELECT first_customer_id, first_invoice_id, first_customer_id, first_invoice_id FROM identities
            ) o USING (first_customer_id, first_invoice_id)
            WHERE (o.customer_id, o.invoice_id) NOT IN (
                SELECT (customer_id, invoice_id) FROM invoices WHERE kind = 'invoice')
            ORDER BY ALL
        """).fetchall()

    def renamed(self, since: date) -> list[tuple[str, str, str, str, date]]:
        """Open invoices that got another id with an export since a day, but not from a person, and with which.

        That id, their first one, and the day of the export.
        """
        query = (
            "SELECT a.customer_id, a.invoice_id, first_customer_id, first_invoice_id, since FROM aliases a "
            "SEMI JOIN shown s ON s.its_customer_id = a.customer_id AND s.its_id = a.invoice_id AND is_open "
            "WHERE since BETWEEN $since AND $day "
            "AND (first_customer_id, a.customer_id) NOT IN (SELECT (former, customer_id) FROM merged)"
        )
        return self._execute(f"{query} ORDER BY ALL", since=since).fetchall()
