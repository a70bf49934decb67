"""The journal: who was reminded of what, and how it ended. What it has recorded survives a power cut.

Every method is one transaction. A claim is durable before anything is delivered, each change of a delivery's
state before the next thing is done; a notice is claimed once, whatever else happens.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Column, ColumnElement, Connection, RowMapping, case, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from remindr.core.past import Past, Whose
from remindr.core.rests import Rest
from remindr.errors import Problem, Refused
from remindr.journal import sqlite
from remindr.journal.announced import Key
from remindr.journal.approvals import read_approvals, store_approvals
from remindr.journal.claim import AlreadyTaken, Claimed, refusal, store_notices
from remindr.journal.discards import (
    BuiltOn,
    Discard,
    WrittenNotice,
    is_discarded,
    read_begun,
    read_built_on,
    read_written,
    store_discard,
    store_end,
    was_taken_back,
)
from remindr.journal.engine import bulk_insert, damaged, explained, explained_places
from remindr.journal.flags import FlagKey, read_flags_raised, read_flags_since
from remindr.journal.forgetting import blank_out, read_keys
from remindr.journal.listed import read_listed
from remindr.journal.notes import (
    Acknowledged,
    Owed,
    read_acknowledged,
    read_notes,
    read_owed,
    store_notes,
    store_owed,
    store_undo,
)
from remindr.journal.past import read_called, read_past, read_whose
from remindr.journal.progress import current_states, read_progress
from remindr.journal.records import ReminderOfDay, RunRecord, RunStart, UnfinishedDelivery
from remindr.journal.rests import read_rests
from remindr.journal.schema import (
    deliveries,
    delivery_states,
    journal_identity,
    lines,
    messages,
    notices,
    run_flags,
    run_results,
    runs,
)
from remindr.journal.seals import Seals
from remindr.journal.sightings import (
    ExportSeen,
    Remembered,
    count_remembered,
    read_exports,
    read_identities,
    read_sightings,
    store_export,
)
from remindr.journal.uncertain import InDoubt, read_in_doubt
from remindr.model.approvals import Approval
from remindr.model.notes import Note
from remindr.model.outcome import PUT_OFF, AnnouncedCall, Progress, State

_FREES = frozenset({State.FAILED, State.ABANDONED})  # nobody was reminded, so the notices may be planned again
_LEFT = (State.CLAIMED, State.COMMITTING)  # by a crash

# What may follow a state; what is uncertain only a person settles. Nothing leads back.
_NEXT: Mapping[State, frozenset[State]] = {
    State.CLAIMED: frozenset({State.COMMITTING, State.FAILED, State.ABANDONED, State.UNCERTAIN}),
    State.COMMITTING: frozenset({State.SENT, State.FAILED, State.UNCERTAIN}),
    State.UNCERTAIN: frozenset({State.SENT, State.FAILED}),
}

_NEWEST_RUNS = (
    select(runs, *(column for column in run_results.c if column.name != "run_id"))
    .outerjoin(run_results)
    .order_by(runs.c.id.desc())
)

_later = delivery_states.alias("later")

_UNFINISHED = (
    select(
        deliveries,
        delivery_states.c.state,
        case(
            (
                deliveries.c.kind == "outbox",
                select(func.count()).where(messages.c.delivery_id == deliveries.c.id).scalar_subquery(),
            ),
            else_=1,
        ).label("messages"),
    )
    .join(delivery_states)
    .join(runs)
    .outerjoin(run_results)
    .where(
        run_results.c.at.is_(None),  # a run that came to its end has left nothing
        delivery_states.c.state.in_(_LEFT),
        ~exists().where(
            _later.c.delivery_id == delivery_states.c.delivery_id, _later.c.ordinal > delivery_states.c.ordinal
        ),
    )
    .order_by(deliveries.c.id)
)


class Journal:
    """An open journal. `name` is how people know it: its location as written in remindr.yaml."""

    def __init__(self, connection: Connection, name: str, seals: Seals, file: Path | None) -> None:
        self._connection = connection
        self._name = name
        self._seals = seals
        self._file = file  # None on a server
        self._formerly: Mapping[Key, Iterable[Key]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the database."""
        self._connection.close()
        self._connection.engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._transaction(writes=False) as connection:
                yield connection
        except ValueError as error:  # a day or a state that is none
            raise damaged(self._name, str(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        if self._connection.in_transaction():  # part of something larger
            yield self._connection
            return
        with explained(self._name):
            self._connection.execution_options(writes=writes)
            with self._connection.begin():
                yield self._connection

    def last_run(self) -> RunRecord | None:
        """The run recorded last; None before the first."""
        with self._reading() as connection:
            row = connection.execute(_NEWEST_RUNS.limit(1)).mappings().first()
            if row is None:
                return None
            last_delivery = connection.scalar(
                select(deliveries.c.id).where(deliveries.c.run_id == row["run_id"], deliveries.c.kind == "outbox")
            )
            states = current_states(connection, [last_delivery]) if last_delivery else {}
            taken_back = is_discarded(connection, row["run_id"])
            left = _abandoned_mails(connection, row["run_id"])
            return replace(_run_record(row, states.get(last_delivery or 0)), taken_back=taken_back, left=left)

    def has_delivered(self, *, live: bool = False) -> bool:
        """Whether any run has passed on a notice that was not taken back; if `live`, an e-mail that left by itself."""
        query = select(notices.c.id).where(~notices.c.voided)
        if live:
            query = query.join(deliveries).where(deliveries.c.kind == "email")
        with self._reading() as connection:
            return connection.scalar(query.limit(1)) is not None

    def next_run_id(self, as_of: date) -> str:
        """`2026-11-20-1` for the first run as of that day, and so on."""
        with self._reading() as connection:
            recorded = connection.scalar(select(func.count()).where(runs.c.as_of == as_of.isoformat()))
        return f"{as_of.isoformat()}-{(recorded or 0) + 1}"

    def highest_as_of(self) -> date | None:
        """The latest day any run was made for; None before the first."""
        with self._reading() as connection:
            highest = connection.scalar(select(func.max(runs.c.as_of)))
            return date.fromisoformat(highest) if highest else None

    def restored(self) -> Problem | None:
        """What speaks for this not being the journal of the last run here; None if it is, as far as can be told."""
        return self._seals.against(*self._identity())

    def seal(self, *, at: str) -> None:
        """Lets this be the journal of the last run here, begun at that moment; from now on an older one is noticed."""
        with explained_places(self._name):
            self._seals.put_on(*self._identity(), at)

    def _identity(self) -> tuple[str, int]:
        with self._reading() as connection:
            own = connection.scalar(select(journal_identity.c.id)) or ""
            return own, connection.scalar(select(func.max(runs.c.id))) or 0

    def notices_by_day(self, until: date, count: int) -> list[tuple[date, int]]:
        """The newest days up to one for which a run came to its end, newest first, with how many notices were to go.

        Those whose e-mail did not go out count, for they are planned again; those that were taken back do not.
        """
        of_runs = select(runs.c.as_of).join(run_results).where(runs.c.as_of <= until.isoformat()).distinct()
        with self._reading() as connection:
            days = list(connection.scalars(of_runs.order_by(runs.c.as_of.desc()).limit(count)))
            meant = (
                select(notices.c.as_of, func.count(notices.c.key.distinct()))
                .join(deliveries)
                .where(notices.c.as_of >= min(days, default=""), ~was_taken_back())
                .group_by(notices.c.as_of)
            )
            counted = {row.as_of: row[1] for row in connection.execute(meant)} if days else {}
            return [(date.fromisoformat(day), counted.get(day, 0)) for day in days]

    def begin(self, run: RunStart, *, at: str) -> None:
        """Records a run that has nothing to deliver."""
        with self._writing() as connection:
            _store_run(connection, run, at)

    def claim(self, run: RunStart, claimed: Iterable[Claimed], *, target: str, at: str) -> int:
        """Records a run with these notices, and the folder `target` that they go into; the id of its delivery.

        E-mails that are sent by themselves have deliveries of their own; their ids follow that one, in this order.

        All of it is durable when this returns, or none of it. Refused when a notice is already claimed, or its
        customer has one of the same purpose that day.
        """
        try:
            with self._writing() as connection:
                _store_run(connection, run, at)
                delivery_id = _next_id(connection, deliveries.c.id)
                connection.execute(
                    insert(deliveries).values(id=delivery_id, run_id=run.run_id, kind="outbox", target=target)
                )
                _store_state(connection, delivery_id, 1, State.CLAIMED, at, "")
                store_notices(connection, run, delivery_id, claimed, at)
        except AlreadyTaken as error:
            with self._reading() as connection:
                raise refusal(connection, error.notices) from error
        return delivery_id

    def unfinished(self) -> list[UnfinishedDelivery]:
        """The deliveries that a run left behind before their end, oldest first."""
        with self._reading() as connection:
            return [
                UnfinishedDelivery(row.id, row.run_id, row.kind, row.target, State(row.state), row.messages)
                for row in connection.execute(_UNFINISHED)
            ]

    def in_doubt(self) -> list[InDoubt]:
        """The notices of which nobody knows whether they went out, oldest first."""
        with self._reading() as connection:
            return list(read_in_doubt(connection))

    def record(self, delivery_id: int, state: State, *, at: str, detail: str = "") -> None:
        """Records where a delivery stands now; a failed or abandoned one frees its notices to be planned again.

        Refused when the delivery has meanwhile gone another way, so that two runs cannot both finish it.
        """
        with self._writing() as connection:
            so_far = _states_so_far(connection, delivery_id)
            if not so_far or state not in _NEXT.get(so_far[-1], ()):
                stands = so_far[-1] if so_far else "unknown"
                raise Refused(
                    f"delivery {delivery_id} cannot be recorded as {state}: in the journal it is {stands}",
                    hint="another run has settled it meanwhile; run remindr again",
                )
            _store_state(connection, delivery_id, len(so_far) + 1, state, at, detail)
            if state in _FREES:
                connection.execute(update(notices).where(*_notices_of(connection, delivery_id)).values(voided=True))

    def days_put_off(self, customer_id: str, invoice_id: str, key: str) -> int:
        """On how many days the e-mail of a notice about an invoice was put off."""
        query = (
            select(func.count(notices.c.as_of.distinct()))
            .select_from(lines)
            .join(notices, notices.c.id == lines.c.notice_id)
            .join(delivery_states, delivery_states.c.delivery_id == notices.c.delivery_id)
            .where(
                lines.c.customer_id == customer_id, lines.c.invoice_id == invoice_id, notices.c.key == key,
                delivery_states.c.state == State.FAILED, delivery_states.c.detail.startswith(PUT_OFF),
            )
        )  # fmt: skip
        with self._reading() as connection:
            return connection.scalar(query) or 0

    def finish_run(
        self,
        run_id: str,
        *,
        at: str,
        sent: Mapping[str, int],
        failed: int,
        uncertain: int,
        held: int,
        skipped: int,
        flags: Iterable[FlagKey] = (),
    ) -> None:
        """Records that a run came to its end, what it did, and the flags it raised."""
        with self._writing() as connection:
            connection.execute(
                insert(run_results).values(
                    run_id=run_id,
                    at=at,
                    sent=json.dumps(dict(sent)),
                    failed=failed,
                    uncertain=uncertain,
                    held=held,
                    skipped=skipped,
                )
            )
            bulk_insert(connection, run_flags, ((run_id, *flag) for flag in sorted(set(flags))))

    def flags_raised(self) -> frozenset[FlagKey]:
        """The flags that stood at the end of the newest run that came to its end."""
        with self._reading() as connection:
            return read_flags_raised(connection)

    def flags_since(self) -> dict[FlagKey, date]:
        """The same flags, each with the day of the first run of the unbroken row of runs that raised it."""
        with self._reading() as connection:
            return read_flags_since(connection)

    def know_formerly(self, formerly: Mapping[Key, Iterable[Key]]) -> None:
        """From now on what was said about invoices under former ids counts for the ids that they have now."""
        self._formerly = formerly

    def progress(self, open_items: Iterable[Key], *, today: date, contacts_since: date) -> dict[str, Progress]:
        """What was already said to the customers of these (customer id, invoice id) pairs; nothing is left out.

        Contacts are those about the given invoices; days of overdue contacts are counted from `contacts_since`.
        """
        with self._reading() as connection:
            return read_progress(connection, open_items, self._formerly, today=today, contacts_since=contacts_since)

    def calls_on(self, day: date) -> int:
        """How many calls stand on the list of a day already."""
        query = select(func.count()).where(
            notices.c.as_of == day.isoformat(), notices.c.channels.startswith("call"), ~notices.c.voided
        )
        with self._reading() as connection:
            return connection.scalar(query) or 0

    def reminded_on(self, day: date) -> list[ReminderOfDay]:
        """The reminders of a day."""
        query = select(
            notices.c.customer_id, notices.c.recipient, notices.c.about, notices.c.level, notices.c.channels
        ).where(notices.c.as_of == day.isoformat(), notices.c.purpose == "reminder", ~notices.c.voided)
        with self._reading() as connection:
            found = connection.execute(query).all()
        return [ReminderOfDay(*row[:4], row.channels.partition(" ")[0]) for row in found]

    def channel_days(self, since: date) -> Mapping[str, Mapping[str, tuple[date, ...]]]:
        """The days of contacts about overdue money from a day on, and of announced calls, by customer and channel."""
        query = select(notices.c.customer_id, notices.c.as_of, notices.c.channels).where(
            notices.c.as_of >= since.isoformat(),
            notices.c.overdue | (notices.c.purpose == "announced_call"),
            ~notices.c.voided,
        )
        found: dict[str, dict[str, tuple[date, ...]]] = {}
        with self._reading() as connection:
            for customer_id, on, channels in connection.execute(query.order_by(notices.c.as_of)):
                own = found.setdefault(customer_id, {})
                for channel in channels.split():
                    own[channel] = (*own.get(channel, ()), date.fromisoformat(on))
        return found

    def run_days(self, since: date) -> frozenset[date]:
        """The days from a day on for which there was a run."""
        with self._reading() as connection:
            days = connection.scalars(select(runs.c.as_of).where(runs.c.as_of >= since.isoformat()))
            return frozenset(map(date.fromisoformat, days))

    def exports(self) -> list[date]:
        """The days of the exports that were seen, in order."""
        with self._reading() as connection:
            return read_exports(connection)

    def sightings(self, *, closed_since: date | None) -> list[str]:
        """What exports showed of invoices, as texts: all, or what lasted into `closed_since` or went missing."""
        with self._reading() as connection:
            return read_sightings(connection, closed_since=closed_since)

    def identities(self) -> list[str]:
        """The ids that invoices had beside their first ones, as texts."""
        with self._reading() as connection:
            return read_identities(connection)

    def rests(self, *, ended_since: date) -> list[Rest]:
        """Disputes and holds that exports showed: those that last, and those that ended since a day."""
        with self._reading() as connection:
            return read_rests(connection, ended_since=ended_since)

    def listed_calls(self, *, since: date, today: date) -> dict[str, tuple[AnnouncedCall, ...]]:
        """The calls that runs have listed on these days, oldest first, by customer."""
        with self._reading() as connection:
            return read_listed(connection, since=since, today=today)

    def whose(self, customers: Iterable[str]) -> Whose:
        """Under what is remembered what belongs to a customer of these ids."""
        with self._reading() as connection:
            return read_whose(connection, customers)

    def past(self, whose: Whose, today: date) -> Past:
        """All that is remembered of a customer up to a day."""
        with self._reading() as connection:
            return read_past(connection, whose, today)

    def called(self, word: str) -> tuple[list[str], list[Key]]:
        """The customers and the invoices that have that number, else but for capitals and leading zeros."""
        with self._reading() as connection:
            return read_called(connection, word)

    def notes(self, today: date) -> list[Note]:
        """What people noted up to a day, without what they had taken back by then, oldest first."""
        with self._reading() as connection:
            return read_notes(connection, today)

    def note(self, new: Iterable[Note], *, at: str) -> list[Note]:
        """Records notes, each once; those that are new, with their numbers."""
        with self._writing() as connection:
            return store_notes(connection, new, at)

    def take_back(self, note: Note, *, on: date, by: str, at: str) -> None:
        """Records that a note does not count from a day on."""
        with self._writing() as connection:
            store_undo(connection, note, on=on, by=by, at=at)

    def approvals(self, today: date) -> list[Approval]:
        """What people approved and refused up to a day, oldest first.

        In a journal that was put back only what was said after the last run that is known counts: what was approved
        before may have gone out since.
        """
        after = self._seals.last_run_at if self.restored() else ""
        with self._reading() as connection:
            return read_approvals(connection, today, after=after)

    def approve(self, new: Iterable[Approval], *, at: str) -> list[Approval]:
        """Records approvals and refusals; they come back with their numbers."""
        with self._writing() as connection:
            return store_approvals(connection, new, at)

    def written(self, run_id: str | None = None, *, key: str | None = None) -> list[WrittenNotice]:
        """The notices that a run wrote, or those with a key, oldest first; all of them without either."""
        with self._reading() as connection:
            return read_written(connection, run_id, key=key)

    def built_on(self, taken: Sequence[WrittenNotice]) -> list[BuiltOn]:
        """The notices among these that something later rests on, and what it is."""
        with self._reading() as connection:
            return list(read_built_on(connection, taken))

    def begin_discard(self, run_id: str, notice: int | None, *, on: date, by: str, text: str, at: str) -> Discard:
        """Records that a run, or one notice of it, is being taken back."""
        with self._writing() as connection:
            number = store_discard(connection, run_id, notice, on=on, by=by, text=text, at=at)
            return Discard(number, run_id, notice)

    def begun_discards(self) -> list[Discard]:
        """What was begun to be taken back and never came to its end, oldest first."""
        with self._reading() as connection:
            return read_begun(connection)

    def end_discard(self, discard: Discard, *, at: str) -> None:
        """Records that its files are out of the way: its steps count as not taken."""
        with self._writing() as connection:
            store_end(connection, discard, at)

    def keys_of(self, customers: Collection[str]) -> list[str]:
        """The keys of all notices to customers, also of those that were taken back."""
        with self._reading() as connection:
            return read_keys(connection, customers)

    def back_up(self, today: date) -> None:
        """Leaves a copy of a journal in a file beside it once a week, and keeps two; DataError if it cannot.

        A database on a server is backed up where it is.
        """
        if self._file is None:
            return
        with self._reading() as connection:
            first = connection.scalar(select(func.min(runs.c.as_of)))
        if first is not None:
            name = f"{self._name}.{today}.backup"
            with explained_places(name), explained(name):
                sqlite.back_up_weekly(self._connection, self._file, today, date.fromisoformat(first))

    def forget(self, customers: Collection[str]) -> int:
        """Empties what people wrote about customers, and the marks of their addresses; how many texts that were.

        Nothing of it is left in the journal's file, nor in the copies that upgrades left beside it.
        """
        with self._writing() as connection:
            emptied = blank_out(connection, customers)
        if self._file:
            with explained_places(self._name), explained(self._name):
                sqlite.rewrite(self._connection, self._file, self._name)
        return emptied

    def ended(self, run_ids: Collection[str]) -> set[str]:
        """Those of these runs that came to their end, and left nothing in doubt."""
        doubtful = select(deliveries.c.run_id).join(delivery_states).where(delivery_states.c.state == State.UNCERTAIN)
        query = select(run_results.c.run_id).where(run_results.c.run_id.not_in(doubtful))
        with self._reading() as connection:
            return set(run_ids) & set(connection.scalars(query))

    def has_run(self, run_id: str) -> bool:
        """Whether a run of that id is recorded."""
        with self._reading() as connection:
            return connection.scalar(select(runs.c.id).where(runs.c.run_id == run_id)) is not None

    def recent_runs(self, count: int) -> list[str]:
        """The ids of the last runs, the newest first."""
        with self._reading() as connection:
            return list(connection.scalars(select(runs.c.run_id).order_by(runs.c.id.desc()).limit(count)))

    def promised_owed(self) -> Owed:
        """What exports showed to be still owed of what promises are about, by their keys."""
        with self._reading() as connection:
            return read_owed(connection)

    def remember_owed(self, day: date, owed: Mapping[str, Decimal]) -> None:
        """Records what an export showed to be owed of what promises are about."""
        with self._writing() as connection:
            store_owed(connection, day, owed)

    def acknowledged(self, today: date) -> frozenset[Acknowledged]:
        """The flags that a person has seen and whose cause has not ended since."""
        with self._reading() as connection:
            return read_acknowledged(connection, today)

    def remembered(self) -> Remembered:
        """How much is known from exports."""
        with self._reading() as connection:
            return count_remembered(connection)

    def remember(self, seen: ExportSeen, *, at: str) -> None:
        """Records what an export showed."""
        with self._writing() as connection:
            store_export(connection, seen, at)

    @contextmanager
    def together(self) -> Iterator[None]:
        """A while whose changes are recorded as a whole when it ends, or not at all when it breaks off."""
        with self._writing():
            yield


def _next_id(connection: Connection, column: Column[int]) -> int:
    return (connection.scalar(select(func.max(column))) or 0) + 1


def _store_run(connection: Connection, run: RunStart, at: str) -> None:
    row = insert(runs).values(
        id=_next_id(connection, runs.c.id),
        run_id=run.run_id,
        as_of=run.as_of.isoformat(),
        started_at=at,
        exported_on=run.exported_on.isoformat() if run.exported_on else None,
        invoice_rows=run.invoice_rows,
        open_invoices=run.open_invoices,
        quarantine=run.quarantine,
        fingerprint=run.fingerprint,
        tool_version=run.tool_version,
    )
    try:
        connection.execute(row)
    except IntegrityError as error:
        raise Refused(
            f"run {run.run_id} is already in the journal",
            hint="another run was at work meanwhile; run remindr again",
        ) from error


def _states_so_far(connection: Connection, delivery_id: int) -> list[State]:
    told = connection.scalars(
        select(delivery_states.c.state)
        .where(delivery_states.c.delivery_id == delivery_id)
        .order_by(delivery_states.c.ordinal)
    )
    return [State(state) for state in told]


def _notices_of(connection: Connection, delivery_id: int) -> tuple[ColumnElement[bool], ...]:
    """What tells the notices of a delivery; that of an e-mail is found by its key, without looking at all others."""
    kind, target = connection.execute(
        select(deliveries.c.kind, deliveries.c.target).where(deliveries.c.id == delivery_id)
    ).one()
    own = notices.c.delivery_id == delivery_id
    return (own, notices.c.key == target, ~notices.c.voided) if kind == "email" else (own,)


def _store_state(
    connection: Connection, delivery_id: int, ordinal: int, state: State, at: str, detail: str = ""
) -> None:
    connection.execute(
        insert(delivery_states).values(delivery_id=delivery_id, ordinal=ordinal, state=state, at=at, detail=detail)
    )


def _abandoned_mails(connection: Connection, run_id: str) -> int:
    query = select(func.count()).select_from(deliveries).join(delivery_states)
    of_run = deliveries.c.run_id == run_id, deliveries.c.kind == "email"
    return connection.scalar(query.where(*of_run, delivery_states.c.state == State.ABANDONED)) or 0


def _run_record(row: RowMapping, state: State | None) -> RunRecord:
    return RunRecord(
        run_id=row["run_id"],
        as_of=date.fromisoformat(row["as_of"]),
        started_at=row["started_at"],
        exported_on=date.fromisoformat(row["exported_on"]) if row["exported_on"] else None,
        invoice_rows=row["invoice_rows"],
        open_invoices=row["open_invoices"],
        quarantine=row["quarantine"],
        fingerprint=row["fingerprint"],
        tool_version=row["tool_version"],
        state=state,
        finished_at=row["at"],
        sent=json.loads(row["sent"] or "{}"),
        failed=row["failed"] or 0,
        uncertain=row["uncertain"] or 0,
        held=row["held"] or 0,
        skipped=row["skipped"] or 0,
    )
