"""What the journal remembers of one customer, read for people who ask what has been; slow, and complete."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Row, Table, func, or_, select, union

from remindr.core.past import (
    Key,
    Past,
    PastFlag,
    PastIdentity,
    PastLine,
    PastMessage,
    PastNote,
    PastNotice,
    PastSighting,
    TakenBack,
    Whose,
)
from remindr.core.rests import Rest, RestKey
from remindr.journal.approvals import read_approvals
from remindr.journal.engine import in_parts
from remindr.journal.notes import read_all_notes
from remindr.journal.schema import (
    deliveries,
    delivery_states,
    discard_results,
    discards,
    exports,
    follow_ups,
    identities,
    lines,
    messages,
    notes,
    notices,
    rests,
    run_flags,
    run_results,
    runs,
    sightings,
)
from remindr.model.outcome import State

if TYPE_CHECKING:
    from remindr.model.outcome import Cause


def read_whose(connection: Connection, customers: Iterable[str]) -> Whose:
    """Under what the journal knows a customer of these ids."""
    own = frozenset(customers)
    known = or_(identities.c.customer_id.in_(sorted(own)), identities.c.first_customer_id.in_(sorted(own)))
    keys = {
        key
        for customer, invoice, first_customer, first_invoice, _ in connection.execute(select(identities).where(known))
        for key in ((customer, invoice), (first_customer, first_invoice))
        if key[0] not in own
    }
    return Whose(own, frozenset(keys))


def read_past(connection: Connection, whose: Whose, today: date) -> Past:
    """All that is remembered of a customer up to a day."""
    day = today.isoformat()
    newest = connection.scalar(select(func.max(exports.c.exported_on)).where(exports.c.exported_on <= day))
    return Past(
        notices=_notices(connection, whose, day),
        notes=tuple(one for one in read_all_notes(connection, today) if _is_about(one, whose)),
        sightings=tuple(_sightings(connection, whose, day)),
        identities=tuple(_identities(connection, whose, day)),
        rests=tuple(_rests(connection, whose, day)),
        flags=tuple(_flags(connection, whose, day)),
        approvals=tuple(
            one for one in read_approvals(connection, today) if whose.owns(one.customer_id, one.invoice_id)
        ),
        exported_on=date.fromisoformat(newest) if newest else None,
    )


def _is_about(one: PastNote, whose: Whose) -> bool:
    return whose.owns(one.note.customer_id, one.note.invoice_id)


def _notices(connection: Connection, whose: Whose, day: str) -> tuple[PastNotice, ...]:
    own = select(notices.c.id).where(notices.c.customer_id.in_(sorted(whose.customers)))
    wanted = set(connection.scalars(own))
    for customer_id, invoice_id in sorted(whose.invoices):
        of_invoice = lines.c.customer_id == customer_id, lines.c.invoice_id == invoice_id
        wanted.update(connection.scalars(select(lines.c.notice_id).where(*of_invoice)))
    found: list[PastNotice] = []
    for some in in_parts(sorted(wanted)):
        asked, told, announced = _lines(connection, some), _messages(connection, some), _announced(connection, some)
        discarded = _discarded(connection, some, day)
        query = select(notices, deliveries.c.run_id).join(deliveries).where(notices.c.id.in_(some))
        rows = connection.execute(query.where(notices.c.as_of <= day))
        found += [
            replace(_notice(row, asked[row.id], told[row.id], announced.get(row.id)), taken_back=discarded.get(row.id))
            for row in rows
        ]
    return tuple(sorted(found, key=lambda one: one.on))


def _notice(row: Row[Any], asked: list[PastLine], told: list[PastMessage], announced: date | None) -> PastNotice:
    order = row.channels.split()
    return PastNotice(
        key=row.key,
        run_id=row.run_id,
        on=date.fromisoformat(row.as_of),
        purpose=row.purpose,
        segment=row.segment,
        sequence=row.sequence,
        step=row.step,
        level=row.level,
        recipient=row.recipient,
        respond_by=date.fromisoformat(row.respond_by) if row.respond_by else None,
        voided=row.voided,
        lines=tuple(sorted(asked, key=lambda one: one.invoice_id)),  # databases have orders of their own
        messages=tuple(sorted(told, key=lambda one: order.index(one.channel) if one.channel in order else 9)),
        announced=announced,
    )


def _discarded(connection: Connection, some: Sequence[int], day: str) -> dict[int, TakenBack]:
    """When and by whom each notice was taken back, alone or with its run; the first time is what counts."""
    query = (
        select(notices.c.id, discards.c.discarded_on, discards.c.discarded_by, discards.c.text)
        .select_from(notices)
        .join(deliveries)
        .join(discards, discards.c.run_id == deliveries.c.run_id)
        .join(discard_results)
        .where(
            notices.c.id.in_(some), notices.c.voided, discards.c.discarded_on <= day,
            or_(discards.c.notice_id.is_(None), discards.c.notice_id == notices.c.id),
        )
        .order_by(discards.c.id.desc())
    )  # fmt: skip
    rows = connection.execute(query)
    return {number: TakenBack(date.fromisoformat(on), by, text) for number, on, by, text in rows}


def _lines(connection: Connection, some: Sequence[int]) -> dict[int, list[PastLine]]:
    found: dict[int, list[PastLine]] = defaultdict(list)
    columns = lines.c.notice_id, lines.c.invoice_id, lines.c.role, lines.c.balance, lines.c.currency
    query = select(*columns).where(lines.c.notice_id.in_(some))
    for notice_id, invoice_id, role, balance, currency in connection.execute(query):
        found[notice_id].append(PastLine(invoice_id, role, Decimal(balance), currency))
    return found


def _messages(connection: Connection, some: Sequence[int]) -> dict[int, list[PastMessage]]:
    query = (
        select(messages.c.notice_id, messages.c.channel, deliveries.c.id, deliveries.c.kind, deliveries.c.run_id)
        .join(deliveries, deliveries.c.id == messages.c.delivery_id)
        .where(messages.c.notice_id.in_(some))
    )
    rows = connection.execute(query).all()
    stand = _stand(connection, sorted({row.id for row in rows}))
    found: dict[int, list[PastMessage]] = defaultdict(list)
    for notice_id, channel, delivery_id, kind, run_id in rows:
        state, detail = stand[delivery_id]
        found[notice_id].append(PastMessage(channel, state, kind, run_id, detail))
    return found


def _stand(connection: Connection, delivery_ids: Sequence[int]) -> dict[int, tuple[State, str]]:
    """Where each of these deliveries stands, and why."""
    told = connection.execute(
        select(delivery_states.c.delivery_id, delivery_states.c.state, delivery_states.c.detail)
        .where(delivery_states.c.delivery_id.in_(delivery_ids))
        .order_by(delivery_states.c.delivery_id, delivery_states.c.ordinal)
    )
    return {delivery_id: (State(state), detail) for delivery_id, state, detail in told}


def _announced(connection: Connection, some: Sequence[int]) -> dict[int, date]:
    query = select(follow_ups.c.notice_id, follow_ups.c.day).where(follow_ups.c.notice_id.in_(some))
    return {notice_id: date.fromisoformat(day) for notice_id, day in connection.execute(query)}


def _theirs(connection: Connection, table: Table, whose: Whose) -> Iterator[Row[Any]]:
    """The rows of a table that stand under the ids of somebody."""
    yield from connection.execute(select(table).where(table.c.customer_id.in_(sorted(whose.customers))))
    for customer_id, invoice_id in sorted(whose.invoices):
        one = table.c.customer_id == customer_id, table.c.invoice_id == invoice_id
        yield from connection.execute(select(table).where(*one))


def _sightings(connection: Connection, whose: Whose, day: str) -> Iterator[PastSighting]:
    for row in _theirs(connection, sightings, whose):
        if row.opened_on <= day:
            yield sighting_of(row, until=day)


def sighting_of(row: Sequence[str | None], *, until: str) -> PastSighting:
    """A row of `sightings` as it was known on a day."""
    customer_id, invoice_id, opened_on, closed_on, how, _, due, amount, currency, balance = (cell or "" for cell in row)
    closed = closed_on if closed_on and closed_on <= until else None
    return PastSighting(
        customer_id,
        invoice_id,
        date.fromisoformat(opened_on),
        date.fromisoformat(closed) if closed else None,
        cast("Any", how) if closed else None,
        date.fromisoformat(due),
        Decimal(amount),
        currency,
        Decimal(balance),
    )


def _identities(connection: Connection, whose: Whose, day: str) -> Iterator[PastIdentity]:
    """Those of their invoices, whichever of both ids is theirs."""
    own = sorted(whose.customers)
    known = or_(identities.c.customer_id.in_(own), identities.c.first_customer_id.in_(own))
    query = select(identities).where(known, identities.c.since <= day).order_by(identities.c.since)
    for customer_id, invoice_id, first_customer_id, first_invoice_id, since in connection.execute(query):
        yield PastIdentity(customer_id, invoice_id, first_customer_id, first_invoice_id, date.fromisoformat(since))


def _rests(connection: Connection, whose: Whose, day: str) -> Iterator[Rest]:
    for row in _theirs(connection, rests, whose):
        if row.since <= day:
            ended = date.fromisoformat(row.until) if row.until and row.until <= day else None
            key = RestKey(row.customer_id, row.invoice_id, cast("Cause", row.cause))
            yield Rest(key, date.fromisoformat(row.since), ended)


def _flags(connection: Connection, whose: Whose, day: str) -> Iterator[PastFlag]:
    """Each while in which one run after the other raised a flag; runs that never ended say nothing."""
    finished = connection.execute(
        select(runs.c.run_id, runs.c.as_of).join(run_results).where(runs.c.as_of <= day).order_by(runs.c.id)
    ).all()
    places = {row.run_id: place for place, row in enumerate(finished)}
    raised: dict[Key, list[int]] = defaultdict(list)
    for row in _theirs(connection, run_flags, whose):
        if row.run_id in places:
            raised[row.code, row.invoice_id].append(places[row.run_id])
    for (code, invoice_id), its_places in sorted(raised.items()):
        for first, last in _rows_of(sorted(set(its_places))):
            until = finished[last + 1].as_of if last + 1 < len(finished) else None
            since = date.fromisoformat(finished[first].as_of)
            yield PastFlag(code, invoice_id, since, date.fromisoformat(until) if until else None)


def _rows_of(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last of each unbroken row of numbers."""
    first = last = places[0]
    for place in places[1:]:
        if place != last + 1:
            yield first, last
            first = place
        last = place
    yield first, last


_WITH_INVOICES = (notes, sightings, lines)


def read_called(connection: Connection, word: str) -> tuple[list[str], list[Key]]:
    """Customers and invoices whose number is that word, else but for capitals and leading zeros."""
    for exactly in (True, False):
        customers, invoices = _called(connection, word, exactly=exactly)
        if customers or invoices:
            return customers, invoices
    return [], []


def _called(connection: Connection, word: str, *, exactly: bool) -> tuple[list[str], list[Key]]:
    def fits(column: Any) -> Any:
        if exactly:
            return column == word
        return func.ltrim(func.lower(column), "0") == word.lower().lstrip("0")

    people = union(
        *(select(table.c.customer_id).where(fits(table.c.customer_id)) for table in (*_WITH_INVOICES, notices))
    )
    numbers = union(
        *(
            select(table.c.customer_id, table.c.invoice_id).where(fits(table.c.invoice_id), table.c.invoice_id != "")
            for table in _WITH_INVOICES
        )
    )
    invoices = [(customer_id, invoice_id) for customer_id, invoice_id in connection.execute(numbers)]
    return sorted(connection.scalars(people)), sorted(invoices)
