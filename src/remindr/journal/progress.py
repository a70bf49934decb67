"""What was already said about the invoices that are open now.

The open invoices become a table of the query and each is looked up by key, so the cost follows today's book and not the
length of the history.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import lru_cache
from operator import attrgetter
from sys import intern
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    func,
    select,
)

from remindr.journal.announced import Key, read_announced
from remindr.journal.engine import bulk_insert, in_parts, many_values
from remindr.journal.schema import delivery_states, lines, notices
from remindr.model.outcome import AnnouncedCall, Contact, Progress, State

_ROWS_AT_A_TIME = 5000

_open_items = Table(
    "open_items",
    MetaData(),
    Column("customer_id", Text, nullable=False),
    Column("invoice_id", Text, nullable=False),
    prefixes=["TEMPORARY"],
)

_to_day = lru_cache(maxsize=4096)(date.fromisoformat)

_ByInvoice = dict[str, tuple[Contact, ...]]


def _steps_taken(items: FromClause) -> Select[Any]:
    return (
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
        .select_from(items)
        .join(lines, and_(lines.c.customer_id == items.c.customer_id, lines.c.invoice_id == items.c.invoice_id))
        .join(notices, notices.c.id == lines.c.notice_id)
        .where(lines.c.role != "also_open", notices.c.purpose != "announced_call", ~notices.c.voided)
    )


def _recent(items: FromClause, since: date) -> Select[Any]:
    return select(notices.c.customer_id, notices.c.as_of, notices.c.overdue).where(
        notices.c.customer_id.in_(select(items.c.customer_id)),
        notices.c.as_of >= since.isoformat(),
        ~notices.c.voided,
    )


def read_progress(
    connection: Connection,
    items: Iterable[Key],
    formerly: Mapping[Key, Iterable[Key]],
    *,
    today: date,
    contacts_since: date,
) -> dict[str, Progress]:
    """The progress of those customers in `items` of whom the journal knows something, whatever they were called."""
    if connection.scalar(select(notices.c.id).limit(1)) is None:
        return {}
    items = dict.fromkeys(items)
    now = {was: key for key, formers in formerly.items() if key in items for was in formers}
    with many_values():
        with _as_table(connection, dict.fromkeys((*items, *now))) as wanted:
            contacts = _contacts(connection, wanted)
            noticed = _days_noticed(connection, wanted, min(today, contacts_since))
        _move(contacts, noticed, now)
        announced = read_announced(connection, items, now, today=today, since=contacts_since)
        return {
            customer_id: _progress(
                contacts.get(customer_id, {}),
                noticed.get(customer_id, {}),
                announced.get(customer_id, ()),
                today,
                contacts_since,
            )
            for customer_id in dict.fromkeys((*contacts, *noticed))  # in order, which memory likes
        }


@contextmanager
def _as_table(connection: Connection, keys: Iterable[Key]) -> Iterator[FromClause]:
    """The keys as something to select from, for a while.

    A server gets them as two arrays with the query: whoever may only read there may not make tables.
    """
    if connection.dialect.name == "postgresql":
        columns = [[key[place] for key in keys] for place in (0, 1)]
        arrays = (cast(bindparam(None, column, ARRAY(Text)), ARRAY(Text)) for column in columns)
        yield func.unnest(*arrays).table_valued(*_open_items.c, name="open_items").render_derived()
        return
    _open_items.create(connection, checkfirst=False)
    bulk_insert(connection, _open_items, keys)
    yield _open_items
    _open_items.drop(connection, checkfirst=False)


def _progress(
    contacts: _ByInvoice,
    noticed: dict[date, int],
    announced: tuple[AnnouncedCall, ...],
    today: date,
    contacts_since: date,
) -> Progress:
    overdue = [day for day, notices in noticed.items() if day >= contacts_since for _ in range(notices)]
    return Progress(contacts, tuple(sorted(overdue)), today in noticed, announced)


def _move(contacts: dict[str, _ByInvoice], noticed: dict[str, dict[date, int]], now: Mapping[Key, Key]) -> None:
    """Gives what is known under former ids to those that count now."""
    for (customer_id, invoice_id), (its_customer, its_id) in now.items():
        for contact in contacts.get(customer_id, {}).pop(invoice_id, ()):
            of_customer = contacts.setdefault(its_customer, {})
            renamed = replace(contact, invoice_id=its_id)
            of_customer[its_id] = _in_order((*of_customer.get(its_id, ()), renamed))
        if customer_id != its_customer:
            days = noticed.setdefault(its_customer, {})
            for day, overdue in noticed.get(customer_id, {}).items():
                days[day] = days.get(day, 0) + overdue


def _contacts(connection: Connection, items: FromClause) -> dict[str, _ByInvoice]:
    """The steps taken by each customer's open invoices, oldest first."""
    contacts: dict[str, _ByInvoice] = defaultdict(dict)
    states: dict[int, State] = {}
    for rows in connection.execute(_steps_taken(items)).partitions(_ROWS_AT_A_TIME):
        _learn_states(connection, states, (row[0] for row in rows))
        for delivery_id, customer_id, invoice_id, sequence, step, level, on, repeat, respond_by, key in rows:
            until = _to_day(respond_by) if respond_by else None
            state, day = states[delivery_id], _to_day(on)
            contact = Contact(invoice_id, intern(sequence), intern(step), level, day, repeat, until, key, state)
            of_customer = contacts[customer_id]
            earlier = of_customer.get(invoice_id)
            of_customer[invoice_id] = _in_order((*earlier, contact)) if earlier else (contact,)
    return contacts


def _in_order(contacts: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(sorted(contacts, key=attrgetter("on")))


def _days_noticed(connection: Connection, items: FromClause, since: date) -> dict[str, dict[date, int]]:
    """The days each customer was noticed since then, and how often about overdue steps."""
    noticed: dict[str, dict[date, int]] = defaultdict(dict)
    for customer_id, on, overdue in connection.execute(_recent(items, since)):
        days, day = noticed[customer_id], _to_day(on)
        days[day] = days.get(day, 0) + overdue
    return noticed


def _learn_states(connection: Connection, states: dict[int, State], delivery_ids: Iterable[int]) -> None:
    """Adds where these deliveries stand, as far as it is not known yet."""
    unknown = sorted(set(delivery_ids) - states.keys())
    for some in in_parts(unknown):
        states |= current_states(connection, some)


def current_states(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, State]:
    """Where each of these deliveries stands: its newest state."""
    told = connection.execute(
        select(delivery_states.c.delivery_id, delivery_states.c.state)
        .where(delivery_states.c.delivery_id.in_(delivery_ids))
        .order_by(delivery_states.c.delivery_id, delivery_states.c.ordinal)
    )
    return {delivery_id: State(state) for delivery_id, state in told}
