"""The calls that runs have put on the list."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Connection, select

from remindr.journal.engine import in_parts
from remindr.journal.schema import lines, notices
from remindr.model.outcome import AnnouncedCall


def read_listed(connection: Connection, *, since: date, today: date) -> dict[str, tuple[AnnouncedCall, ...]]:
    """The calls listed on these days, oldest first, by customer."""
    query = (
        select(notices.c.id, notices.c.customer_id, notices.c.key, notices.c.as_of, notices.c.sequence, notices.c.step)
        .where(
            notices.c.as_of >= since.isoformat(),
            notices.c.as_of <= today.isoformat(),
            notices.c.channels.startswith("call"),
            ~notices.c.voided,
        )
        .order_by(notices.c.as_of, notices.c.id)
    )
    rows = connection.execute(query).all()
    about = _invoices(connection, {row.id: row.customer_id for row in rows})
    found: dict[str, list[AnnouncedCall]] = defaultdict(list)
    for row in rows:
        on = date.fromisoformat(row.as_of)
        call = AnnouncedCall(row.key, on, on, row.sequence, row.step, tuple(sorted(about[row.id])))
        found[row.customer_id].append(call)
    return {customer_id: tuple(calls) for customer_id, calls in found.items()}


def _invoices(connection: Connection, customers: dict[int, str]) -> dict[int, list[str]]:
    """What these notices ask for, by notice."""
    found: dict[int, list[str]] = defaultdict(list)
    for some in in_parts(sorted(set(customers.values()))):
        query = select(lines.c.notice_id, lines.c.invoice_id).where(
            lines.c.customer_id.in_(some), lines.c.role.in_(("due", "also_due"))
        )
        for notice_id, invoice_id in connection.execute(query):
            if notice_id in customers:
                found[notice_id].append(invoice_id)
    return found
