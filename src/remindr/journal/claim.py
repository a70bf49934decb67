"""A claim as rows: what is kept of each notice, and what it says when one of them is already taken."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.exc import IntegrityError

from remindr.errors import Refused
from remindr.journal.engine import bulk_insert, many_values
from remindr.journal.records import RunStart
from remindr.journal.schema import deliveries, delivery_states, follow_ups, lines, messages, notices
from remindr.model.outcome import State
from remindr.model.plan import ChannelName, Notice

Row = tuple[Any, ...]


class Claimed(NamedTuple):
    """A notice to be claimed, with its channels.

    `mails` is how many times its e-mail is sent by itself, to the customer first and then to those who get a copy; 0 if
    it goes into the folder of its run with everything else.
    """

    notice: Notice
    channels: Sequence[ChannelName]
    mails: int = 0


_AT_A_TIME = 10_000  # notices looked at together


class AlreadyTaken(Exception):
    """One of these notices ran into a wall of the journal; the transaction is lost."""

    def __init__(self, claimed: Sequence[Notice]) -> None:
        self.notices = claimed
        super().__init__()


def recipient_hash(address: str) -> str:
    """What the journal keeps of an address: enough to recognise it, not to write to it."""
    return sha256(address.strip().casefold().encode()).hexdigest()[:32]


class _Numbered(NamedTuple):
    """What is claimed with its number, and the number of its e-mail's delivery: the run's folder, or one of its own."""

    id: int
    mail: int
    claimed: Claimed


def store_notices(connection: Connection, run: RunStart, delivery_id: int, claimed: Iterable[Claimed], at: str) -> None:
    """Stores a run's notices with their lines and messages as they come; AlreadyTaken if one may not be.

    `delivery_id` is the run's folder. E-mails that are sent by themselves have deliveries of their own, whose numbers
    follow it in that order.
    """
    source = _numbered(connection, delivery_id, claimed)
    with many_values():
        while batch := list(islice(source, _AT_A_TIME)):
            _store_mails(connection, run, batch, at)
            _store_batch(connection, run, delivery_id, batch)


def _numbered(connection: Connection, delivery_id: int, claimed: Iterable[Claimed]) -> Iterator[_Numbered]:
    mail = delivery_id + 1
    for number, one in enumerate(claimed, (connection.scalar(select(func.max(notices.c.id))) or 0) + 1):
        yield _Numbered(number, mail if one.mails else delivery_id, one)
        mail += one.mails


def _store_mails(connection: Connection, run: RunStart, batch: Sequence[_Numbered], at: str) -> None:
    mails = [
        (one.mail + copy, run.run_id, "copy" if copy else "email", one.claimed.notice.key)
        for one in batch
        for copy in range(one.claimed.mails)
    ]
    bulk_insert(connection, deliveries, mails)
    bulk_insert(connection, delivery_states, ((mail[0], 1, State.CLAIMED.value, at, "") for mail in mails))


def _store_batch(connection: Connection, run: RunStart, delivery_id: int, batch: Sequence[_Numbered]) -> None:
    try:
        bulk_insert(connection, notices, (_notice_row(one, run, delivery_id) for one in batch))
    except IntegrityError as error:
        raise AlreadyTaken([one.claimed.notice for one in batch]) from error
    bulk_insert(connection, lines, (row for one in batch for row in _line_rows(one.id, one.claimed.notice)))
    by_channel = (
        (one.id, channel, one.mail if channel == "email" else delivery_id)
        for one in batch
        for channel in one.claimed.channels
    )
    bulk_insert(connection, messages, by_channel)
    announced = ((one.id, told) for one in batch for told in one.claimed.notice.follow_ups)
    rows = ((id_, told.channel, told.on.isoformat(), told.key, told.step) for id_, told in announced)
    bulk_insert(connection, follow_ups, rows)


def _notice_row(one: _Numbered, run: RunStart, delivery_id: int) -> Row:
    notice = one.claimed.notice
    return (
        one.id,
        notice.key,
        one.mail if one.claimed.mails else delivery_id,
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
