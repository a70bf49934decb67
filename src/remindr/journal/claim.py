"""A claim as rows: what is kept of each notice, and what it says when one of them is already taken."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.exc import IntegrityError

from remindr.errors import Refused
from remindr.journal.engine import bulk_insert, many_values
from remindr.journal.records import RunStart
from remindr.journal.schema import deliveries, follow_ups, lines, messages, notices
from remindr.model.plan import ChannelName, Notice

Row = tuple[Any, ...]
Claimed = tuple[Notice, Sequence[ChannelName]]

_AT_A_TIME = 10_000  # notices looked at together


class AlreadyTaken(Exception):
    """One of these notices ran into a wall of the journal; the transaction is lost."""

    def __init__(self, claimed: Sequence[Notice]) -> None:
        self.notices = claimed
        super().__init__()


def recipient_hash(address: str) -> str:
    """What the journal keeps of an address: enough to recognise it, not to write to it."""
    return sha256(address.strip().casefold().encode()).hexdigest()[:32]


def store_notices(connection: Connection, run: RunStart, delivery_id: int, claimed: Iterable[Claimed]) -> None:
    """Stores a delivery's notices with their lines and messages as they come; AlreadyTaken if one may not be."""
    first = (connection.scalar(select(func.max(notices.c.id))) or 0) + 1
    source = enumerate(claimed, first)
    with many_values():
        while batch := list(islice(source, _AT_A_TIME)):
            _store_batch(connection, run, delivery_id, batch)


def _store_batch(connection: Connection, run: RunStart, delivery_id: int, batch: list[tuple[int, Claimed]]) -> None:
    try:
        bulk_insert(connection, notices, (_notice_row(id_, notice, run, delivery_id) for id_, (notice, _) in batch))
    except IntegrityError as error:
        raise AlreadyTaken([notice for _, (notice, _) in batch]) from error
    bulk_insert(connection, lines, (row for id_, (notice, _) in batch for row in _line_rows(id_, notice)))
    by_channel = ((id_, channel, delivery_id) for id_, (_, channels) in batch for channel in channels)
    bulk_insert(connection, messages, by_channel)
    announced = ((id_, one) for id_, (notice, _) in batch for one in notice.follow_ups)
    rows = ((id_, one.channel, one.on.isoformat(), one.key, one.step) for id_, one in announced)
    bulk_insert(connection, follow_ups, rows)


def _notice_row(id_: int, notice: Notice, run: RunStart, delivery_id: int) -> Row:
    return (
        id_,
        notice.key,
        delivery_id,
        notice.customer.id,
        notice.as_of.isoformat(),
        notice.purpose,
        notice.segment,
        notice.sequence,
        notice.step,
        int(notice.level),  # a plain int: SQLite is slow to take an enum
        notice.purpose == "reminder" and any(line.level for line in notice.invoices + notice.also_due),
        " ".join(notice.channels),
        recipient_hash(notice.to),
        notice.respond_by and notice.respond_by.isoformat(),
        run.step_fingerprints.get((notice.sequence, notice.step), run.fingerprint),
        ", ".join([f"{currency} {amount}" for currency, amount in notice.total.items()]),
        False,
        notice.about,
    )


def _line_rows(notice_id: int, notice: Notice) -> list[Row]:
    return [
        (
            line.invoice.customer_id,
            line.invoice.id,
            notice_id,
            role,
            line.invoice.issue_date and line.invoice.issue_date.isoformat(),
            line.sequence,
            line.step,
            line.repeat,
            None if line.level is None else int(line.level),
            str(line.invoice.balance),
            line.invoice.currency,
        )
        for role, lines_in_it in (
            ("due", notice.invoices),
            ("also_due", notice.also_due),
            ("also_open", notice.also_open),
            ("upcoming", notice.upcoming),
        )
        for line in lines_in_it
    ]


_wall = (notices.c.customer_id, notices.c.as_of, notices.c.purpose, notices.c.about)


def refusal(connection: Connection, claimed: Sequence[Notice]) -> Refused:
    """What to tell people when notices of a run are already in the journal, or twice in the run itself."""
    wanted = or_(
        notices.c.key.in_([notice.key for notice in claimed]),
        notices.c.customer_id.in_([notice.customer.id for notice in claimed])
        & notices.c.as_of.in_({notice.as_of.isoformat() for notice in claimed}),
    )
    found = connection.execute(
        select(*_wall, notices.c.key, deliveries.c.run_id)
        .join(deliveries)
        .where(wanted, ~notices.c.voided)
        .order_by(notices.c.id)
    ).all()
    keys = {row.key: row for row in found}
    days = {tuple(row[: len(_wall)]): row for row in found}
    for notice in claimed:
        day = (notice.customer.id, notice.as_of.isoformat(), notice.purpose, notice.about)
        taken = keys.get(notice.key) or days.get(day)
        if taken:
            return Refused(
                f"customer '{notice.customer.id}' already has this notice: {taken.purpose} of {taken.as_of}, "
                f"claimed by run {taken.run_id}",
                hint="nothing was sent; another run was at work meanwhile. Run remindr again: it plans without "
                "what is claimed",
            )
    return Refused("this run has two notices for one decision; nothing was sent")
