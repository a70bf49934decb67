"""What names a person goes; what keeps anybody from being reminded twice stays: ids, keys, days, amounts, states.

The mark of an address that is noted as wrong stays, too: without it the address would be written to again.
"""

from collections.abc import Collection

from sqlalchemy import Connection, func, select, update

from remindr.journal.schema import approvals, discards, notes, notices

GONE = ""


def read_keys(connection: Connection, customers: Collection[str]) -> list[str]:
    """The keys of all notices to customers, also of those that were taken back."""
    return list(connection.scalars(select(notices.c.key).where(notices.c.customer_id.in_(customers)).distinct()))


def blank_out(connection: Connection, customers: Collection[str]) -> int:
    """Empties whatever people wrote about these customers, and to whom their notices went; how many texts that were."""
    about = notes.c.customer_id.in_(customers)
    approved = approvals.c.customer_id.in_(customers)
    own = select(notices.c.id).where(notices.c.customer_id.in_(customers))
    texts = [
        connection.scalar(select(func.count()).where(about, notes.c.text != GONE)),
        connection.scalar(select(func.count()).where(approved, approvals.c.text != GONE)),
        connection.scalar(select(func.count()).where(discards.c.notice_id.in_(own), discards.c.text != GONE)),
    ]
    connection.execute(update(notes).where(about).values(text=GONE))
    connection.execute(update(approvals).where(approved).values(text=GONE, recipient=GONE))
    connection.execute(update(discards).where(discards.c.notice_id.in_(own)).values(text=GONE))
    connection.execute(update(notices).where(notices.c.customer_id.in_(customers)).values(recipient=GONE))
    return sum(count or 0 for count in texts)
