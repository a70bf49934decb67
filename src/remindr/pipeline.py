"""The path, in order: load → history → segment → schedule → compose → deliver → record.

`segments` stops after segment, `make_plan` after compose, `run` goes to the end. All three stand on one
`Station`: the project, its book as of a date, and the journal. Rendering happens while the plan is made, and
everything is rendered before anything is passed on.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path

from remindr.channels.outbox import Outbox, settle, sweep
from remindr.core.calendar import Calendars
from remindr.core.compose import ComposeError, Composer
from remindr.core.guards import apart, clock, refusals, shrunk, stale
from remindr.core.rules import Facts
from remindr.core.schedule import Scheduler
from remindr.core.segment import Classifier
from remindr.errors import Problem, Refused
from remindr.history.history import RECENT_DAYS, HistoryView
from remindr.journal.database import open_journal
from remindr.journal.journal import Journal
from remindr.journal.lock import run_lock
from remindr.journal.records import RunRecord, RunStart
from remindr.model.book import Customer
from remindr.model.classification import Classification, History, MetricValue
from remindr.model.outcome import Progress, RunSummary, State
from remindr.model.plan import Flag, Message, Notice, Plan, Skipped
from remindr.model.policy import Policy
from remindr.sources.book import Book, load_book

_NO_PROGRESS = Progress()
_HELD_SHARE, _HELD_AT_LEAST = 100, 3  # more than 1 % and more than 3 notices that cannot be rendered stop the run


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


@dataclass(slots=True)
class Outcome:
    """A plan with what happened while its messages were composed."""

    plan: Plan
    held: list[Held] = field(default_factory=list)


@contextmanager
def station(root: Path, policy: Policy, today: date, *, writing: bool, at: str = "") -> Iterator[Station]:
    """The project ready to be asked.

    `writing` creates the journal and settles what a crash left behind, recorded as of the moment `at`.
    """
    with ExitStack() as stack:
        book = stack.enter_context(load_book(root, policy.project, today=today))
        journal = stack.enter_context(open_journal(policy.project.journal, root, create=writing))
        if writing:
            recover(journal, root / policy.project.delivery.email.dir, at)
        view = HistoryView(book.connection, today, policy.project.company.currency)
        window = max(RECENT_DAYS, policy.project.reminding.at_most.days)
        since = date.fromordinal(today.toordinal() - window)
        progress = journal.progress(view.open_items(), today=today, contacts_since=since)
        yield Station(root, policy, today, book, journal, view, progress)


def segments(at: Station) -> Iterator[tuple[Customer, dict[str, MetricValue], Classification]]:
    """Every customer with the facts and the classification, by customer id."""
    classifier = Classifier(at.policy)
    for customer, history in at.view.histories():
        facts = at.facts(customer.id, history)
        yield customer, facts, classifier.classify(customer.id, facts, at.today)


def make_plan(at: Station, each: Callable[[Message], None]) -> Outcome:
    """The plan at T, every message of it rendered and handed to `each` as it is made.

    Notices that cannot be rendered are held and leave the plan; too many of them are a mistake in a template,
    and Refused says so.
    """
    classifier = Classifier(at.policy)
    scheduler = Scheduler(at.policy, at.today, unreadable=at.book.unreadable_customers)
    counted_until = min(at.book.exported_on, at.today)
    composer = Composer(at.policy, counted_until)
    notices: list[Notice] = []
    skipped: list[Skipped] = []
    flags: list[Flag] = []
    held: list[Held] = []
    for account, history in at.view.accounts():
        customer_id = account.customer.id
        progress = at.progress.get(customer_id, _NO_PROGRESS)
        facts = at.facts(customer_id, history)
        classification = classifier.classify(customer_id, facts, at.today)
        flags += _flags(classifier, classification, facts)
        decision = scheduler.decide(account, classification, facts, progress)
        skipped += decision.skipped
        if decision.notice is None:
            continue
        try:
            for message in composer.compose(decision.notice, facts, progress):
                each(message)
        except ComposeError as error:
            held.append(Held(decision.notice, error.problem))
        else:
            notices.append(decision.notice)
    _refuse_if_too_many(held, len(notices))
    plan = Plan(at.today, counted_until, tuple(notices), tuple(skipped), tuple(flags), at.book.quarantined)
    return Outcome(plan, held)


def _flags(classifier: Classifier, classification: Classification, facts: Facts) -> Iterator[Flag]:
    for name in classifier.flags(classification, facts):
        seen = classifier.tell_flag(name, classification, facts)
        detail = "; ".join(f"{test.metric} {test.value} ({test.operator} {test.threshold})" for test in seen)
        yield Flag(name, classification.customer_id, detail)


def _refuse_if_too_many(held: list[Held], composed: int) -> None:
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


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did, the plan it did it for, and what reading the files left to say."""

    summary: RunSummary
    outcome: Outcome
    warnings: tuple[str, ...]
    newly_quarantined: bool

    @property
    def person_needed(self) -> bool:
        """Whether somebody should look: flags, held notices, rows that could not be read."""
        return bool(self.outcome.plan.flags or self.outcome.held or self.outcome.plan.quarantined)


def run(root: Path, policy: Policy, today: date, order: RunOrder) -> RunResult:
    """Makes today's plan and passes it on: every notice once, in a folder that appears whole or not at all."""
    with run_lock(root), station(root, policy, today, writing=True, at=order.at) as here:
        last = here.journal.last_run()
        _guard(here, order, last)
        start = RunStart(
            run_id=here.journal.next_run_id(today),
            as_of=today,
            invoice_rows=_invoice_rows(here.book),
            open_invoices=len(here.view.open_items()),
            exported_on=here.book.exported_on,
            quarantine=_quarantine_mark(here.book),
            fingerprint=policy.fingerprint,
            tool_version=order.version,
        )
        outcome, outbox = _deliver(here, order, start)
        summary = RunSummary(
            run_id=start.run_id,
            as_of=today,
            sent=dict(Counter(channel for notice in outcome.plan.notices for channel in notice.channels)),
            failed=0,
            uncertain=0,
            held=len(outcome.held),
            skipped=len(outcome.plan.skipped),
            outbox=outbox,
        )
        here.journal.finish_run(
            start.run_id,
            at=order.at,
            sent=summary.sent,
            failed=summary.failed,
            uncertain=summary.uncertain,
            held=summary.held,
            skipped=summary.skipped,
        )
        new_rows = bool(start.quarantine) and (last is None or last.quarantine != start.quarantine)
        return RunResult(summary, outcome, here.book.warnings, new_rows)


def _deliver(here: Station, order: RunOrder, start: RunStart) -> tuple[Outcome, str | None]:
    """Renders everything into a hidden folder, claims it in the journal, and lets it appear."""
    folder = here.policy.project.delivery.email.dir
    outbox = Outbox(here.root / folder, start.run_id, here.policy.project.company)
    with outbox.stage():
        outcome = make_plan(here, outbox.add)
        notices = outcome.plan.notices
        if not notices:
            here.journal.begin(start, at=order.at)
            return outcome, None
        outbox.finish()
        claimed = ((notice, notice.channels) for notice in notices)
        delivery = here.journal.claim(start, claimed, target=start.run_id, at=order.at)
        here.journal.record(delivery, State.COMMITTING, at=order.at)
        outbox.publish()
        here.journal.record(delivery, State.SENT, at=order.at)
    return outcome, f"{folder}/{start.run_id}"


def recover(journal: Journal, outbox: Path, at: str) -> None:
    """Settles what a crash left behind: a whole folder appears, half a one goes and its notices are free again."""
    for delivery in journal.unfinished():
        state = settle(outbox, delivery.target, delivery.state)
        journal.record(delivery.delivery_id, state, at=at, detail="settled by the next run")
    sweep(outbox)


def _guard(here: Station, order: RunOrder, last: RunRecord | None) -> None:
    sources = here.policy.project.sources
    calendar = Calendars(here.policy.project).home
    found = refusals(
        (
            ("stale", stale(here.book.exported_on, here.today, sources.max_age, calendar)),
            ("stale", apart(file.exported_on for file in here.book.files)),
            ("shrunk", shrunk(_invoice_rows(here.book), last.invoice_rows if last else None)),
            ("clock", clock(here.today, here.journal.highest_as_of())),
        ),
        order.allowed,
    )
    problems = list(found)
    if problems:
        raise Refused(problems)


def _invoice_rows(book: Book) -> int:
    return sum(file.rows_read for file in book.files if file.role == "invoices")


def _quarantine_mark(book: Book) -> str:
    """The same text for the same unreadable cells, wherever they stand in the file; empty when there are none."""
    cells = sorted(f"{cell.column}\0{cell.value}\0{cell.customer_id}" for cell in book.quarantined)
    return blake2b("\n".join(cells).encode(), digest_size=12).hexdigest() if cells else ""
