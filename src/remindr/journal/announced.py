"""The calls that notices announced and nobody has made yet.

Each question is one that an index or a single pass answers, whatever the database thinks of it; what is to come is few.
"""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from remindr.journal.engine import in_parts
from remindr.journal.schema import follow_ups, lines, notices
from remindr.model.outcome import AnnouncedCall

Key = tuple[str, str]  # customer id, invoice id


class _Announced(NamedTuple):
    """One announced call as it is stored."""

    notice_id: int
    customer_id: str
    key: str
    day: str
    said_on: str
    sequence: str
    step: str


_ANNOUNCED = (
    select(
        follow_ups.c.notice_id,
        notices.c.customer_id,
        follow_ups.c.key,
        follow_ups.c.day,
        notices.c.as_of,
        notices.c.sequence,
        follow_ups.c.step,
    )
    .join(notices, notices.c.id == follow_ups.c.notice_id)
    .where(
        follow_ups.c.channel == "call",
        follow_ups.c.day >= bindparam("since"),
        notices.c.as_of <= bindparam("today"),
        ~notices.c.voided,
    )
    .order_by(follow_ups.c.day, follow_ups.c.notice_id)
)
_CALLS = select(notices.c.customer_id, notices.c.as_of, notices.c.key).where(
    notices.c.as_of >= bindparam("since"), notices.c.channels.startswith("call"), ~notices.c.voided
)


def read_announced(
    connection: Connection, items: Container[Key], now: Mapping[Key, Key], *, today: date, since: date
) -> dict[str, tuple[AnnouncedCall, ...]]:
    """The calls to come of each customer, soonest first, about those of the `items` that they were announced for.

    `now` says which of the items an invoice with another id is. Calls for days before `since` are left out.
    """
    if connection.scalar(select(follow_ups.c.notice_id).limit(1)) is None:
        return {}
    waiting = _not_made(connection, today, since)
    about = _invoices(connection, waiting)
    found: dict[str, list[AnnouncedCall]] = defaultdict(list)
    for notice_id, _, key, day, said_on, sequence, step in waiting:
        open_: dict[str, list[str]] = defaultdict(list)
        for known in about.get(notice_id, ()):
            its_customer, its_id = now.get(known, known)
            if (its_customer, its_id) in items:
                open_[its_customer].append(its_id)
        for customer_id, numbers in open_.items():
            days = date.fromisoformat(day), date.fromisoformat(said_on)
            found[customer_id].append(AnnouncedCall(key, *days, sequence, step, tuple(sorted(numbers))))
    return {customer_id: tuple(calls) for customer_id, calls in found.items()}


def _not_made(connection: Connection, today: date, since: date) -> list[_Announced]:
    """The announced calls that neither their own notice nor another call to the customer since their day has made."""
    first = {"since": since.isoformat()}
    last: dict[str, str] = {}
    keys = set()
    for customer_id, as_of, key in connection.execute(_CALLS, first):
        last[customer_id] = max(as_of, last.get(customer_id, ""))
        keys.add(key)
    rows = connection.execute(_ANNOUNCED, {**first, "today": today.isoformat()})
    announced = (_Announced(*row) for row in rows)
    return [one for one in announced if one.key not in keys and last.get(one.customer_id, "") < one.day]


def _invoices(connection: Connection, waiting: Sequence[_Announced]) -> dict[int, list[Key]]:
    """What the notices that announced these calls were about, by notice."""
    wanted = {one.notice_id for one in waiting}
    found: dict[int, list[Key]] = defaultdict(list)
    for some in in_parts(sorted({one.customer_id for one in waiting})):
        query = select(lines.c.notice_id, lines.c.customer_id, lines.c.invoice_id).where(
            lines.c.customer_id.in_(some), lines.c.role.in_(("due", "also_due"))
        )
        for notice_id, customer_id, invoice_id in connection.execute(query):
            if notice_id in wanted:
                found[notice_id].append((customer_id, invoice_id))
    return found
