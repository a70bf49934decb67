"""What was already said about the invoices that are open now.

The open invoices go into a temporary table and each is looked up by key, so the cost follows today's book and
not the length of the history.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from operator import attrgetter
from sys import intern

from sqlalchemy import Column, Connection, MetaData, Table, Text, and_, bindparam, select

from remindr.journal.engine import bulk_insert, many_values
from remindr.journal.schema import delivery_states, lines, notices
from remindr.model.outcome import Contact, Progress, State

_NOT_DELIVERED = frozenset({State.FAILED, State.ABANDONED})
_ROWS_AT_A_TIME = 5000
_IDS_AT_A_TIME = 500

_open_items = Table(
    "open_items",
    MetaData(),
    Column("customer_id", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    prefixes=["TEMPORARY"],
)

_to_day = lru_cache(maxsize=4096)(date.fromisoformat)


_STEPS_TAKEN = (
    select(
        notices.c.delivery_id,
        lines.c.customer_id,
        lines.c.invoice_id,
        lines.c.sequence,
        lines.c.step,
        lines.c.level,
        notices.c.as_of,
        lines.c.repeat,
        notices.c.respond_by,
        notices.c.key,
    )
    .select_from(_open_items)
    .join(
        lines,
        and_(lines.c.customer_id == _open_items.c.customer_id, lines.c.invoice_id == _open_items.c.invoice_id),
    )
    .join(notices, notices.c.id == lines.c.notice_id)
    .where(lines.c.role != "also_open", ~notices.c.voided)
)

_RECENT = select(notices.c.delivery_id, notices.c.customer_id, notices.c.as_of, notices.c.overdue).where(
    notices.c.customer_id.in_(select(_open_items.c.customer_id)),
    notices.c.as_of >= bindparam("since"),
    ~notices.c.voided,
)


@dataclass(slots=True)
class _Story:
    """One customer's progress while it is gathered."""

    contacts: dict[str, list[Contact]] = field(default_factory=dict)
    overdue_days: list[date] = field(default_factory=list)
    noticed_today: bool = False

    def told(self) -> Progress:
        contacts = {invoice: _in_order(steps) for invoice, steps in self.contacts.items()}
        return Progress(contacts, tuple(sorted(self.overdue_days)), self.noticed_today)


def _in_order(steps: list[Contact]) -> tuple[Contact, ...]:
    return tuple(sorted(steps, key=attrgetter("on"))) if len(steps) > 1 else tuple(steps)


class _Stories(dict[str, _Story]):
    """Stories by customer, begun when first asked for."""

    def __missing__(self, customer_id: str) -> _Story:
        story = self[customer_id] = _Story()
        return story


def read_progress(
    connection: Connection, items: Iterable[tuple[str, str]], *, today: date, contacts_since: date
) -> dict[str, Progress]:
    """The progress of those customers in `items` of whom the journal knows something."""
    if connection.scalar(select(notices.c.id).limit(1)) is None:
        return {}
    stories = _Stories()
    states: dict[int, State] = {}
    with many_values():
        _open_items.create(connection, checkfirst=False)
        bulk_insert(connection, _open_items, dict.fromkeys(items))
        _gather_contacts(connection, states, stories)
        _gather_days(connection, states, stories, today, contacts_since)
        _open_items.drop(connection, checkfirst=False)
        return {customer_id: story.told() for customer_id, story in stories.items()}


def _gather_contacts(connection: Connection, states: dict[int, State], stories: _Stories) -> None:
    for rows in connection.execute(_STEPS_TAKEN).partitions(_ROWS_AT_A_TIME):
        _learn_states(connection, states, (row[0] for row in rows))
        for delivery_id, customer_id, invoice_id, sequence, step, level, on, repeat, respond_by, key in rows:
            state = states[delivery_id]
            if state not in _NOT_DELIVERED:
                until = _to_day(respond_by) if respond_by else None
                contact = Contact(
                    invoice_id, intern(sequence), intern(step), level, _to_day(on), repeat, until, key, state
                )
                stories[customer_id].contacts.setdefault(invoice_id, []).append(contact)


def _gather_days(
    connection: Connection, states: dict[int, State], stories: _Stories, today: date, contacts_since: date
) -> None:
    since = min(today, contacts_since).isoformat()
    for rows in connection.execute(_RECENT, {"since": since}).partitions(_ROWS_AT_A_TIME):
        _learn_states(connection, states, (row[0] for row in rows))
        for delivery_id, customer_id, on, overdue in rows:
            story, day = stories[customer_id], _to_day(on)
            if day == today:
                story.noticed_today = True
            if overdue and day >= contacts_since and states[delivery_id] not in _NOT_DELIVERED:
                story.overdue_days.append(day)


def _learn_states(connection: Connection, states: dict[int, State], delivery_ids: Iterable[int]) -> None:
    """Adds where these deliveries stand, as far as it is not known yet."""
    unknown = sorted(set(delivery_ids) - states.keys())
    for start in range(0, len(unknown), _IDS_AT_A_TIME):
        states |= current_states(connection, unknown[start : start + _IDS_AT_A_TIME])


def current_states(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, State]:
    """Where each of these deliveries stands: its newest state."""
    told = connection.execute(
        select(delivery_states.c.delivery_id, delivery_states.c.state)
        .where(delivery_states.c.delivery_id.in_(delivery_ids))
        .order_by(delivery_states.c.delivery_id, delivery_states.c.ordinal)
    )
    return {delivery_id: State(state) for delivery_id, state in told}
