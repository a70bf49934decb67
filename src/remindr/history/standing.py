"""How every invoice and credit stood at T: what was open, when it was cleared, what credit met it. In SQL.

An invoice is cleared on the day its balance, less the credit allocated to it, fell below `threshold`: the rest
that counts as paid, or nothing at all for an invoice that never was larger. Only what is dated by T counts; an
invoice cleared after T was open at T with its full amount less the payments known by then, an open one keeps its
exported balance. Settled without any date, an invoice is neither cleared nor unpaid.
"""

from remindr.model.written import LONGEST_LATE

RECENT_DAYS = 90

WORTHS = """
CREATE OR REPLACE TABLE worths AS
SELECT unnest($currencies) AS currency, CAST(unnest($rates) AS DECIMAL(14,8)) AS rate,
    CAST(unnest($thresholds) AS DECIMAL(18,4)) AS threshold
"""
OPEN_CREDITS = "SELECT count(*) FROM invoices WHERE kind = 'credit' AND balance > 0"
NO_COVER = """
CREATE OR REPLACE TABLE cover AS
SELECT '' AS customer_id, '' AS invoice_id, CAST(0 AS DECIMAL(18,4)) AS credited, true AS met, $today AS met_on
WHERE false
"""
_NO_PAYMENTS = """
    SELECT '' AS customer_id, '' AS invoice_id, DATE '1970-01-01' AS last_paid, 0 AS paid_by_now,
        DATE '1970-01-01' AS paid_off_on WHERE false"""


def _payments(owed: str) -> str:
    """SQL for what was paid towards each invoice of `owed`: by T in sum, last of all, and when it was paid off.

    It was paid off on the day what was left fell below its threshold, if no payment known by T undid it.
    """
    return f"""
    SELECT customer_id, invoice_id, max(paid_on) AS last_paid, sum(paid) FILTER (paid_on <= $today) AS paid_by_now,
        CASE WHEN arg_max(small, paid_on) FILTER (paid_on <= $today)
             THEN max(paid_on) FILTER (fell AND paid_on <= $today) END AS paid_off_on
    FROM (
        SELECT *,
            small AND NOT lag(small, 1, false) OVER (PARTITION BY customer_id, invoice_id ORDER BY paid_on) AS fell
        FROM (
            SELECT customer_id, invoice_id, paid_on, p.amount AS paid, o.amount
                - sum(p.amount) OVER (PARTITION BY customer_id, invoice_id ORDER BY paid_on) < threshold AS small
            FROM payments p JOIN {owed} o USING (customer_id, invoice_id, currency)
        )
    ) GROUP BY ALL"""


def standing_sql(*, payments: bool) -> str:
    """SQL for `standing`: a row per invoice and credit known at T. `payments`: whether there are any."""
    return f"""
WITH known AS (
    SELECT i.*, CASE WHEN amount >= w.threshold THEN w.threshold ELSE 0.0001 END AS threshold
    FROM invoices i LEFT JOIN worths w USING (currency)
    WHERE issue_date IS NULL OR issue_date <= $today
), paid AS ({_payments("(FROM known WHERE kind = 'invoice')") if payments else _NO_PAYMENTS}
), dated AS (
    SELECT k.*, paid_by_now, balance < threshold AS settled, coalesce(cleared_on, last_paid) AS settled_on,
        least(coalesce(cleared_on, last_paid), paid_off_on) AS paid_on
    FROM known k
    LEFT JOIN paid p ON kind = 'invoice' AND k.customer_id = p.customer_id AND k.invoice_id = p.invoice_id
)
SELECT customer_id, invoice_id, kind, issue_date, due_date, amount, currency, disputed, hold, terms, tags,
    reminder_level, last_reminded,
    CASE WHEN settled AND paid_on <= $today THEN paid_on END AS cleared,
    kind = 'invoice' AND (NOT settled OR coalesce(paid_on > $today, false)) AS unpaid,
    CASE WHEN balance = 0 AND settled_on > $today THEN greatest(amount - coalesce(paid_by_now, 0), 0)
         ELSE balance END AS open_balance
FROM dated
"""


def cover_sql(*, payments: bool, standing: str = "standing") -> str:
    """SQL for the table `cover`: what credit each open invoice receives, whether that settles it, and since when.

    Credits meet the oldest due first, per currency; disputed invoices get none. An invoice is met on the later
    of the last payment it needed and the issue date of the credit that completed its cover; NULL is not known.
    """
    late = _payments("(SELECT * REPLACE (threshold + credited AS threshold) FROM allocated)")
    return f"""
CREATE OR REPLACE TABLE cover AS
WITH credit AS (
    SELECT customer_id, currency, issue_date, open_balance,
        sum(open_balance) OVER (
            PARTITION BY customer_id, currency ORDER BY issue_date NULLS LAST, invoice_id) AS credit_so_far
    FROM {standing} WHERE kind = 'credit' AND open_balance > 0
), pot AS (
    SELECT customer_id, currency, sum(open_balance) AS credit FROM credit GROUP BY ALL
), owed AS (
    SELECT s.*, credit, CASE WHEN amount >= w.threshold THEN w.threshold ELSE 0.0001 END AS threshold,
        sum(open_balance) OVER (PARTITION BY customer_id, currency ORDER BY due_date, invoice_id) AS owed_so_far
    FROM {standing} s JOIN pot USING (customer_id, currency) LEFT JOIN worths w USING (currency)
    WHERE kind = 'invoice' AND open_balance > 0 AND NOT disputed
), allocated AS (
    SELECT *, least(open_balance, credit + open_balance - owed_so_far) AS credited, owed_so_far - threshold AS needed
    FROM owed WHERE credit + open_balance > owed_so_far
), late AS ({late if payments else _NO_PAYMENTS}
)
SELECT a.customer_id, a.invoice_id, credited,
    a.open_balance >= threshold AND a.open_balance - credited < threshold AS met,
    CASE WHEN amount - credited < threshold THEN c.issue_date
         WHEN c.issue_date >= coalesce(paid_off_on, last_paid) THEN c.issue_date
         WHEN c.issue_date IS NOT NULL THEN coalesce(paid_off_on, last_paid) END AS met_on
FROM allocated a
LEFT JOIN credit c ON c.customer_id = a.customer_id AND c.currency = a.currency
    AND needed < credit_so_far AND needed >= credit_so_far - c.open_balance
LEFT JOIN late p ON p.customer_id = a.customer_id AND p.invoice_id = a.invoice_id
"""


def facts_sql(*, rates: bool, standing: str = "standing") -> str:
    """SQL for a row per invoice and credit with all that metrics are made of.

    `owed` is what is open less the credit allocated to it; `worth` and `owed_worth` are the amount and that in the
    company's currency, NULL without a rate.
    """
    worth = "{0} * rate" if rates else "CASE WHEN currency = $currency THEN {0} END"
    return f"""
SELECT *, {worth.format("amount")} AS worth, {worth.format("owed")} AS owed_worth,
    disputed AND open_balance > 0 AS disputed_now, due_date >= $today - {RECENT_DAYS} AS recent,
    due_date < $today AND (unpaid OR (cleared IS NOT NULL AND due_date >= $today - $window)) AS in_history_or_disputed,
    in_history_or_disputed AND NOT disputed_now AS in_history,
    least(greatest(coalesce(cleared, $today) - due_date, 0), {LONGEST_LATE}) AS days_late
FROM (
    SELECT s.* REPLACE (
            least(cleared, CASE WHEN met AND met_on <= $today THEN met_on END) AS cleared,
            unpaid AND open_balance > 0 AND (met IS NOT TRUE OR coalesce(met_on > $today, false)) AS unpaid
        ),
        CASE WHEN kind = 'invoice' THEN open_balance - coalesce(credited, 0) END AS owed, met IS TRUE AS met
        {", rate" if rates else ""}
    FROM {standing} s LEFT JOIN cover c
        ON kind = 'invoice' AND s.customer_id = c.customer_id AND s.invoice_id = c.invoice_id
    {"LEFT JOIN worths USING (currency)" if rates else ""}
)"""
