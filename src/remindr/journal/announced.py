"""The calls that notices announced and nobody has made yet."""

from collections import defaultdict
from collections.abc import Container, Mapping
from datetime import date

from sqlalchemy import Connection, and_, bindparam, exists, or_, select

from remindr.journal.schema import follow_ups, lines, notices
from remindr.model.outcome import AnnouncedCall

Key = tuple[str, str]  # customer id, invoice id

_made = notices.alias("made")

# A call is made by its own notice, and by any other call to the customer on its day or later.
_IS_MADE = exists().where(
    ~_made.c.voided,
    or_(
        _made.c.key == follow_ups.c.key,
        and_(
            _made.c.customer_id == notices.c.customer_id,
            _made.c.as_of >= follow_ups.c.day,
            _made.c.channels.startswith("call"),
        ),
    ),
)
_TO_COME = (
    select(
        lines.c.customer_id,
        lines.c.invoice_id,
        follow_ups.c.key,
        follow_ups.c.day,
        notices.c.as_of,
        notices.c.sequence,
        follow_ups.c.step,
    )
    .select_from(follow_ups)
    .join(notices, notices.c.id == follow_ups.c.notice_id)
    .join(lines, and_(lines.c.customer_id == notices.c.customer_id, lines.c.notice_id == notices.c.id))
    .where(
        follow_ups.c.channel == "call",
        follow_ups.c.day >= bindparam("since"),
        notices.c.as_of <= bindparam("today"),
        lines.c.role.in_(("due", "also_due")),
        ~notices.c.voided,
        ~_IS_MADE,
    )
    .order_by(follow_ups.c.day, follow_ups.c.notice_id, lines.c.invoice_id)
)


def read_announced(
    connection: Connection, items: Container[Key], now: Mapping[Key, Key], *, today: date, since: date
) -> dict[str, tuple[AnnouncedCall, ...]]:
    """The calls to come of each customer, soonest first, about those of the `items` that they were announced for.

    `now` says which of the items an invoice with another id is. Calls for days before `since` are left out.
    """
    if connection.scalar(select(follow_ups.c.notice_id).limit(1)) is None:
        return {}
    found: dict[str, dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for customer_id, invoice_id, *told in connection.execute(
        _TO_COME, {"since": since.isoformat(), "today": today.isoformat()}
    ):
        its_customer, its_id = now.get((customer_id, invoice_id), (customer_id, invoice_id))
        if (its_customer, its_id) in items:
            found[its_customer][tuple(told)].append(its_id)
    return {
        customer_id: tuple(_call(told, tuple(numbers)) for told, numbers in calls.items())
        for customer_id, calls in found.items()
    }


def _call(told: tuple[str, ...], invoices: tuple[str, ...]) -> AnnouncedCall:
    key, day, said_on, sequence, step = told
    return AnnouncedCall(key, date.fromisoformat(day), date.fromisoformat(said_on), sequence, step, invoices)
