"""The path, in order: load → history → segment → schedule → compose → deliver → record.

`segments` stops after segment, `make_plan` after compose, `run` goes to the end. All three stand on one
`Station`: the project, its book as of a date, and the journal. Preview and run share `decisions`, customer by
customer, so a preview cannot differ from the run; everything is rendered before anything is passed on.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from itertools import chain
from pathlib import Path

from remindr.channels.outbox import Outbox, settle, sweep
from remindr.core.calendar import Calendars
from remindr.core.compose import ComposeError, Composer
from remindr.core.guards import apart, clock, refusals, shrunk, stale
from remindr.core.mentions import mentioned_metrics
from remindr.core.rules import Facts
from remindr.core.schedule import Scheduler
from remindr.core.segment import Classifier
from remindr.errors import DataError, Exit, Problem, Refused, RemindrError
from remindr.history.history import RECENT_DAYS, HistoryView
from remindr.journal.claim import Claimed
from remindr.journal.database import open_journal
from remindr.journal.journal import FlagKey, Journal
from remindr.journal.lock import run_lock
from remindr.journal.records import RunStart
from remindr.model.book import Customer, Quarantined
from remindr.model.classification import Classification, History, MetricValue
from remindr.model.outcome import Progress, RunSummary, State
from remindr.model.plan import Blocker, Flag, Message, Notice, Plan, Skipped
from remindr.model.policy import Policy
from remindr.sources.book import Book, load_book

_NO_PROGRESS = Progress()
_OF_AN_INVOICE = frozenset({Blocker.SEQUENCE_USED_UP, Blocker.IN_DOUBT})
_A_PERSONS = _OF_AN_INVOICE | {Blocker.NO_CONTACT_DETAILS, Blocker.UNKNOWN_CUSTOMER}
_HELD_SHARE, _HELD_AT_LEAST = 100, 3  # more than 1 % and more than 3 notices that cannot be rendered stop the run


@dataclass(frozen=True, slots=True)
class Settled:
    """An interrupted run that the next one brought to its end: where its messages were to be, and where they stand."""

    run_id: str
    outbox: str
    state: State
    messages: int

    @property
    def told(self) -> str:
        """What people should know of it."""
        what = f"run {self.run_id} had been interrupted"
        messages = f"{self.messages} message{'' if self.messages == 1 else 's'}"
        if self.state is State.SENT:
            return f"{what}; it is complete now, with {messages} in {self.outbox}"
        if self.state is State.ABANDONED:
            return f"{what} before anything was passed on; its notices are planned again"
        return (
            f"{what}, and {self.outbox} is not as it was left: whether its {messages} went out cannot be told, and "
            "nobody gets them again"
        )


@dataclass(frozen=True, slots=True)
class Station:
    """A project loaded at a date: what it says, what is owed, what was done."""

    root: Path
    policy: Policy
    today: date
    book: Book
    journal: Journal
    view: HistoryView
    progress: dict[str, Progress]
    settled: tuple[Settled, ...]

    @property
    def counted_until(self) -> date:
        """The day up to which payments are counted: the export's own, or T in a look back."""
        return min(self.book.exported_on, self.today)

    def facts(self, customer_id: str, history: History) -> dict[str, MetricValue]:
        """A customer's metrics with those that the journal knows."""
        progress = self.progress.get(customer_id, _NO_PROGRESS)
        sent = {contact.notice_key for contacts in progress.contacts.values() for contact in contacts}
        recent = [day for day in progress.overdue_contact_days if (self.today - day).days <= RECENT_DAYS]
        return {**history, "broken_promises": 0, "reminders_open": len(sent), "reminders_90d": len(recent)}


@dataclass(frozen=True, slots=True)
class Held:
    """A notice that could not be put into words."""

    notice: Notice
    problem: Problem


@dataclass(frozen=True, slots=True)
class Decided:
    """What one customer hears at T, in words, and what is left alone or for a person to look at."""

    notice: Notice | None
    messages: tuple[Message, ...]
    skipped: tuple[Skipped, ...]
    flags: tuple[Flag, ...]
    held: Held | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan with its messages by notice key, leading channel first, and the notices that found no words."""

    plan: Plan
    messages: Mapping[str, tuple[Message, ...]]
    held: tuple[Held, ...]


@contextmanager
def station(
    root: Path, policy: Policy, today: date, *, writing: bool = False, at: str = "", every_metric: bool = False
) -> Iterator[Station]:
    """The project ready to be asked.

    `writing` creates the journal and settles what a crash left behind, recorded as of the moment `at`. Only the
    metrics that the policy mentions are computed, unless `every_metric` is asked for.
    """
    with ExitStack() as stack:
        book = stack.enter_context(load_book(root, policy.project, today=today))
        journal = stack.enter_context(open_journal(policy.project.journal, root, create=writing))
        settled = recover(journal, root, policy.project.delivery.email.dir, at) if writing else ()
        only = None if every_metric else mentioned_metrics(policy)
        view = HistoryView(book.connection, today, policy.project.company.currency, only=only)
        window = max(RECENT_DAYS, policy.project.reminding.at_most.days)
        since = date.fromordinal(today.toordinal() - window)
        progress = journal.progress(view.open_items(), today=today, contacts_since=since)
        yield Station(root, policy, today, book, journal, view, progress, settled)


def segments(at: Station) -> Iterator[tuple[Customer, dict[str, MetricValue], Classification]]:
    """Every customer with the facts and the classification, by customer id."""
    classifier = Classifier(at.policy)
    for customer, history in at.view.histories():
        facts = at.facts(customer.id, history)
        yield customer, facts, classifier.classify(customer.id, facts, at.today)


def decisions(at: Station) -> Iterator[Decided]:
    """What every customer with something open hears at T, rendered, by customer id.

    A notice that cannot be rendered is held; the others are not affected.
    """
    classifier = Classifier(at.policy)
    scheduler = Scheduler(at.policy, at.today, unreadable=at.book.unreadable_customers)
    composer = Composer(at.policy, at.counted_until)
    for account, history in at.view.accounts():
        customer_id = account.customer.id
        progress = at.progress.get(customer_id, _NO_PROGRESS)
        facts = at.facts(customer_id, history)
        classification = classifier.classify(customer_id, facts, at.today)
        decision = scheduler.decide(account, classification, facts, progress)
        flags = (*_flags(classifier, classification, facts), *_persons(decision.skipped))
        if decision.notice is None:
            yield Decided(None, (), decision.skipped, flags, None)
            continue
        try:
            messages = tuple(composer.compose(decision.notice, facts, progress))
        except ComposeError as error:
            yield Decided(None, (), decision.skipped, flags, Held(decision.notice, error.problem))
        else:
            yield Decided(decision.notice, messages, decision.skipped, flags, None)


def make_plan(at: Station) -> Outcome:
    """The whole plan at T with its messages; Refused if too many notices cannot be put into words."""
    decided = list(decisions(at))
    notices = tuple(one.notice for one in decided if one.notice)
    held = tuple(one.held for one in decided if one.held)
    _refuse_if_too_many(held, len(notices))
    plan = Plan(
        at.today,
        at.counted_until,
        notices,
        tuple(skipped for one in decided for skipped in one.skipped),
        tuple(flag for one in decided for flag in one.flags),
        at.book.quarantined,
    )
    return Outcome(plan, {one.notice.key: one.messages for one in decided if one.notice}, held)


def _persons(skipped: Sequence[Skipped]) -> Iterator[Flag]:
    """Silence that only a person can end is a flag, so that nothing is forgotten; one a customer where it is theirs."""
    told = set()
    for one in skipped:
        for reason in one.reasons:
            invoice_id = one.invoice_id if reason.code in _OF_AN_INVOICE else None
            if reason.code in _A_PERSONS and (reason.code, invoice_id) not in told:
                told.add((reason.code, invoice_id))
                yield Flag(reason.code.value, one.customer_id, reason.detail, invoice_id)


def _flags(classifier: Classifier, classification: Classification, facts: Facts) -> Iterator[Flag]:
    for name in classifier.flags(classification, facts):
        seen = classifier.tell_flag(name, classification, facts)
        detail = "; ".join(f"{test.metric} {test.value} ({test.operator} {test.threshold})" for test in seen)
        yield Flag(name, classification.customer_id, detail)


def _refuse_if_too_many(held: Sequence[Held], composed: int) -> None:
    """More than a few notices without words are a mistake in a template, not in one customer's data."""
    total = composed + len(held)
    if len(held) > _HELD_AT_LEAST and len(held) * _HELD_SHARE > total:
        first = held[0].problem
        raise Refused(
            [Problem(f"{len(held)} of {total} notices cannot be put into words; nothing was sent. The first:"), first]
        )


@dataclass(frozen=True, slots=True)
class RunOrder:
    """How a run was asked for: when it is, what it may override, which version of remindr runs it."""

    now: datetime
    version: str
    allowed: frozenset[str] = frozenset()

    @property
    def at(self) -> str:
        """The moment of the run as UTC text."""
        return self.now.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Tally:
    """What a run passes on and what it leaves, counted while it goes by; only what a person must see is kept."""

    sent: Counter[str] = field(default_factory=Counter)
    notices: int = 0
    skipped: int = 0
    flags: list[Flag] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    outbox: str | None = None  # the folder that people see, once they see it

    def add(self, decided: Decided) -> None:
        """Counts one customer."""
        self.skipped += len(decided.skipped)
        self.flags += decided.flags
        if decided.held:
            self.held.append(decided.held)
        if decided.notice:
            self.notices += 1
            self.sent.update(decided.notice.channels)


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did, and what is left for people to see."""

    summary: RunSummary
    flags: tuple[Flag, ...]
    new_flags: tuple[Flag, ...]  # those that the run before did not raise
    held: tuple[Held, ...]
    quarantined: tuple[Quarantined, ...]
    warnings: tuple[str, ...]
    newly_quarantined: bool

    @property
    def person_needed(self) -> bool:
        """Whether somebody should look at something that is new: a flag, a held notice, rows or messages in doubt."""
        return bool(self.new_flags or self.held or self.newly_quarantined or self.summary.uncertain)


def run(root: Path, policy: Policy, today: date, order: RunOrder) -> RunResult:
    """Makes today's plan and passes it on: every notice once, in a folder that appears whole or not at all."""
    tally = Tally()
    with (
        run_lock(root),
        station(root, policy, today, writing=True, at=order.at) as here,
        _errors_tell_what_was_done(here, tally),
    ):
        last = here.journal.last_run()
        if problems := refused_by(here, order.allowed):
            raise Refused(problems)
        start = _start(here, order)
        _deliver(here, order, start, tally)
        summary = RunSummary(
            start.run_id, today, dict(tally.sent), failed=0, held=len(tally.held), skipped=tally.skipped,
            uncertain=sum(one.messages for one in here.settled if one.state is State.UNCERTAIN), outbox=tally.outbox,
        )  # fmt: skip
        known = here.journal.flags_of(last.run_id) if last else frozenset()
        here.journal.finish_run(
            start.run_id, at=order.at, sent=summary.sent, failed=0, uncertain=summary.uncertain, held=summary.held,
            skipped=summary.skipped, flags=map(_flag_key, tally.flags),
        )  # fmt: skip
        return RunResult(
            summary,
            tuple(tally.flags),
            tuple(flag for flag in tally.flags if _flag_key(flag) not in known),
            tuple(tally.held),
            here.book.quarantined,
            (*(one.told for one in here.settled), *here.book.warnings),
            newly_quarantined=bool(start.quarantine) and (last is None or last.quarantine != start.quarantine),
        )


def _flag_key(flag: Flag) -> FlagKey:
    return flag.code, flag.customer_id, flag.invoice_id or ""


def _start(here: Station, order: RunOrder) -> RunStart:
    return RunStart(
        run_id=here.journal.next_run_id(here.today),
        as_of=here.today,
        invoice_rows=_invoice_rows(here.book),
        open_invoices=here.view.open_invoices(),
        exported_on=here.book.exported_on,
        quarantine=_quarantine_mark(here.book),
        fingerprint=here.policy.fingerprint,
        tool_version=order.version,
    )


def _deliver(here: Station, order: RunOrder, start: RunStart, tally: Tally) -> None:
    """Renders everything into a hidden folder, claims it in the journal, and lets it appear."""
    folder = here.policy.project.delivery.email.dir
    outbox = Outbox(here.root / folder, start.run_id, here.policy.project.company)
    with outbox.stage():
        claims = _staged(here, outbox, tally)
        first = next(claims, None)
        if first is None:
            here.journal.begin(start, at=order.at)
            return
        delivery = here.journal.claim(start, chain([first], claims), target=start.run_id, at=order.at)
        here.journal.record(delivery, State.COMMITTING, at=order.at)
        try:
            outbox.publish()
        finally:
            if outbox.path.exists():
                tally.outbox = f"{folder}/{start.run_id}"
        here.journal.record(delivery, State.SENT, at=order.at)


def _staged(here: Station, outbox: Outbox, tally: Tally) -> Iterator[Claimed]:
    """Each notice to be claimed, once its messages are written; all of them are durable when it ends.

    The journal draws from here inside one transaction, so that neither messages nor notices pile up in memory,
    and nothing is claimed unless everything could be rendered and written.
    """
    for decided in decisions(here):
        tally.add(decided)
        for message in decided.messages:
            outbox.add(message)
        if decided.notice:
            yield decided.notice, decided.notice.channels
    _refuse_if_too_many(tally.held, tally.notices)
    if tally.notices:
        outbox.finish()


@contextmanager
def _errors_tell_what_was_done(here: Station, tally: Tally) -> Iterator[None]:
    """An error that comes after something was passed on tells that, too, and the run is one done in part."""
    try:
        yield
    except RemindrError as error:
        error.problems += tuple(Problem(one.told) for one in here.settled)
        if tally.outbox:
            hint = "pass it on; the next run brings the journal up to date"
            error.problems += (Problem("everything was written all the same", file=tally.outbox, hint=hint),)
        if isinstance(error, DataError) and (tally.outbox or any(one.state is State.SENT for one in here.settled)):
            error.exit_code = Exit.PARTIAL
        raise


def recover(journal: Journal, root: Path, folder: str, at: str) -> tuple[Settled, ...]:
    """Settles what a crash left behind: a whole folder appears, half a one goes and its notices are free again."""
    settled = []
    for left in journal.unfinished():
        state = settle(root / folder, left.target, left.state)
        journal.record(left.delivery_id, state, at=at, detail="settled by the next run")
        settled.append(Settled(left.run_id, f"{folder}/{left.target}", state, left.messages))
    sweep(root / folder)
    return tuple(settled)


def refused_by(here: Station, allowed: frozenset[str] = frozenset()) -> list[Problem]:
    """What the guards have against a run at T; empty if nothing."""
    sources = here.policy.project.sources
    calendar = Calendars(here.policy.project).home
    last = here.journal.last_run()
    found = refusals(
        (
            ("stale", stale(here.book.exported_on, here.today, sources.max_age, calendar)),
            ("stale", apart(file.exported_on for file in here.book.files)),
            ("shrunk", shrunk(_invoice_rows(here.book), last.invoice_rows if last else None)),
            ("clock", clock(here.today, here.journal.highest_as_of())),
        ),
        allowed,
    )
    return list(found)


def _invoice_rows(book: Book) -> int:
    return sum(file.rows_read for file in book.files if file.role == "invoices")


def _quarantine_mark(book: Book) -> str:
    """The same text for the same unreadable cells, wherever they stand in the file; empty when there are none."""
    cells = sorted(f"{cell.column}\0{cell.value}\0{cell.customer_id}" for cell in book.quarantined)
    return blake2b("\n".join(cells).encode(), digest_size=12).hexdigest() if cells else ""
