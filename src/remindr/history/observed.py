"""When invoices were settled, where their export does not say: observed from what exports showed.

What `shown.py` laid down is read here; the book's table `invoices` gets the days, marked as observed.
"""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from remindr.core.sightings import Export
from remindr.history.shown import FACTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Settled when it is first seen: dated by that if it was issued since the export before, or is not due yet.
_AT_FIRST_SIGHT = """
CREATE OR REPLACE TABLE at_first_sight AS
SELECT s.customer_id, s.invoice_id, $day AS opened_on, $day AS closed_on, 'settled' AS how,
    s.issue_date, s.due_date, s.amount, s.currency, s.balance
FROM shown s JOIN undated u ON u.customer_id = s.its_customer_id AND u.invoice_id = s.its_id
ANTI JOIN remembered r ON r.customer_id = s.customer_id AND r.invoice_id = s.invoice_id
WHERE (s.issue_date > $before OR s.due_date >= $day)
    AND NOT contains(s.customer_id || s.invoice_id, chr(31))
"""

_UNDATED = """
CREATE OR REPLACE TABLE undated AS
SELECT customer_id, invoice_id FROM invoices i
WHERE kind = 'invoice' AND balance = 0 AND cleared_on IS NULL AND written_off IS NOT true AND NOT EXISTS (
    FROM payments p WHERE p.customer_id = i.customer_id AND p.invoice_id = i.invoice_id)
"""

_ROWS_AT_FIRST_SIGHT = f"""
SELECT customer_id, invoice_id, CAST(opened_on AS VARCHAR), CAST(closed_on AS VARCHAR), how, {FACTS.format("")}
FROM at_first_sight ORDER BY customer_id, invoice_id
"""

# The last while of each invoice, if it is over. It was settled on one of the days after the last export that showed
# it open, up to the one that did not: the middle of those is wrong by the least, and by nothing on the average.
_SETTLED = """
CREATE OR REPLACE TABLE settled AS
WITH ended AS (
    SELECT * EXCLUDE (place) FROM (
        SELECT *, row_number() OVER (PARTITION BY customer_id, invoice_id ORDER BY opened_on DESC, closed_on DESC)
            AS place
        FROM remembered
    ) WHERE place = 1 AND closed_on IS NOT NULL
)
SELECT e.*, CASE WHEN closed_on > $today THEN closed_on
    ELSE closed_on - CAST(greatest(closed_on - greatest(x.day, issue_date - 1) - 1, 0) // 2
        AS INTEGER) END AS observed_on
FROM ended e ASOF LEFT JOIN exported x ON x.day < e.closed_on
"""

_DATE = """
UPDATE invoices i SET cleared_on = e.observed_on, observed = true
FROM settled e JOIN shown s USING (customer_id, invoice_id)
JOIN undated u ON u.customer_id = s.its_customer_id AND u.invoice_id = s.its_id
WHERE i.kind = 'invoice' AND i.customer_id = s.its_customer_id AND i.invoice_id = s.its_id
"""

# What vanished counts as settled once another export is without it, too. Customers may have new ids.
_ADD = """
INSERT INTO invoices BY NAME
WITH moved AS (
    SELECT first_customer_id AS customer_id, min(customer_id) AS its_customer_id FROM identities
    WHERE customer_id <> first_customer_id GROUP BY 1 HAVING count(DISTINCT customer_id) = 1
), gone AS (
    SELECT coalesce(m.its_customer_id, e.customer_id) AS customer_id, e.* EXCLUDE (customer_id)
    FROM settled e ANTI JOIN shown s USING (customer_id, invoice_id)
    LEFT JOIN (moved ANTI JOIN customers USING (customer_id)) m ON m.customer_id = e.customer_id
    WHERE how = 'settled' OR closed_on > $today OR closed_on < (SELECT max(day) FROM exported WHERE day <= $today)
)
SELECT customer_id, invoice_id, 'invoice' AS kind, issue_date, due_date, amount, 0 AS balance, currency,
    observed_on AS cleared_on, false AS disputed, true AS observed
FROM gone SEMI JOIN customers USING (customer_id)
WHERE (customer_id, invoice_id) NOT IN (SELECT (customer_id, invoice_id) FROM invoices WHERE kind = 'invoice')
"""


class Settlements:
    """The settled invoices of a book that have no date, and what can be observed of them."""

    def __init__(self, connection: "DuckDBPyConnection") -> None:
        """Finds the invoices that are settled without any date."""
        self._connection = connection
        connection.execute(_UNDATED)

    def _count(self, query: str) -> int:
        row = self._connection.execute(query).fetchone()
        return row[0] if row else 0

    @property
    def undated(self) -> int:
        """How many invoices are settled without any date."""
        return self._count("SELECT count(*) FROM undated")

    @property
    def lacking(self) -> bool:
        """Whether what is settled has no date, or is not in the export at all."""
        settled = "SELECT count(*) FROM invoices WHERE kind = 'invoice' AND balance = 0"
        return self.undated > 0 or self._count(settled) == 0

    @property
    def mostly_undated(self) -> bool:
        """Whether so little of what is settled has a date that nobody can know how late customers pay."""
        dated = "SELECT count(*) FROM invoices WHERE kind = 'invoice' AND balance = 0 AND cleared_on IS NOT NULL"
        return self.lacking and self._count(dated) <= self.undated

    def at_first_sight(self, export: Export) -> list[tuple[str | None, ...]]:
        """What the journal gets of invoices that are settled when they are first seen, where that says when."""
        if not self.undated:
            return []
        self._connection.execute(_AT_FIRST_SIGHT, {"day": export.day, "before": export.before})
        self._connection.execute("INSERT INTO remembered FROM at_first_sight")
        return self._connection.execute(_ROWS_AT_FIRST_SIGHT).fetchall()

    def date(self, exports: Sequence[date], today: date) -> int:
        """Dates what was settled without a date and adds what vanished; how many still have none.

        Vanishing is confirmed by an export up to `today`.
        """
        days = {"exports": list(exports)}
        self._connection.execute("CREATE TABLE exported AS SELECT unnest(CAST($exports AS DATE[])) AS day", days)
        self._connection.execute(_SETTLED, {"today": today})
        dated = self._count(_DATE)
        self._connection.execute(_ADD, {"today": today})
        return self.undated - dated
