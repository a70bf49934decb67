"""deliver → record: passes the plan on and remembers it."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, count, islice
from pathlib import Path

from remindr.channels.base import Sender
from remindr.channels.discarding import withdraw
from remindr.channels.gate import NotReleased
from remindr.channels.outbox import Outbox, remove_if_empty
from remindr.core.addresses import mailbox
from remindr.core.cleaning import one_line
from remindr.errors import DataError, Exit, Problem, Refused, RemindrError
from remindr.journal.claim import Claimed
from remindr.journal.lock import run_lock
from remindr.journal.records import RunStart, moment
from remindr.model.book import Quarantined
from remindr.model.money import total_by_currency
from remindr.model.outcome import RunSummary, State
from remindr.model.plan import Flag, Message
from remindr.model.policy import Policy
from remindr.pipeline.attachments import with_files
from remindr.pipeline.guarded import invoice_rows, quarantine_mark, refuse_changed, refuse_unusual, refused_by
from remindr.pipeline.learn import remember
from remindr.pipeline.notes import remember_notes
from remindr.pipeline.plan import Decided, Held, contacts, decisions, flag_key, refuse_if_too_many
from remindr.pipeline.retention import back_up, clear_old
from remindr.pipeline.sending import Posted, PostOffice
from remindr.pipeline.station import Station, station


@dataclass(frozen=True, slots=True)
class FirstPlan:
    """What the first run of a project would write: messages by channel, to how many customers, about how much."""

    messages: Mapping[str, int]
    customers: int
    totals: Mapping[str, Decimal]
    live: bool


@dataclass(frozen=True, slots=True)
class RunOrder:
    """How a run was asked for: when it is, what it may override, which version of remindr runs it."""

    now: datetime
    version: str
    allowed: frozenset[str] = frozenset()
    ask: Callable[[FirstPlan], bool] | None = None  # a person at the terminal, who is asked before the first run
    most: int | None = None  # notices that may go; the others are left for the next run
    sends: bool = True  # e-mails may leave by themselves, where the project says so; else they are drafts

    @property
    def at(self) -> str:
        """The moment of the run as UTC text."""
        return moment(self.now)


@dataclass(slots=True)
class Tally:
    """What a run passes on and what it leaves, counted while it goes by; only what a person must see is kept."""

    sent: Counter[str] = field(default_factory=Counter)
    notices: int = 0
    posted: Posted = field(default_factory=Posted)
    left: int = 0  # notices for the next run
    skipped: int = 0
    flags: list[Flag] = field(default_factory=list)
    seen: list[Flag] = field(default_factory=list)  # acknowledged: recorded, not listed
    held: list[Held] = field(default_factory=list)
    waiting: int = 0  # steps that a person has to approve
    outbox: str | None = None  # the folder that people see, once they see it

    def add(self, decided: Decided) -> None:
        """Counts one customer."""
        self.skipped += len(decided.skipped)
        self.waiting += sum(one.waiting is not None and not one.waiting.refused for one in decided.skipped)
        self.flags += decided.flags
        self.seen += decided.seen
        if decided.held:
            self.held.append(decided.held)
        if decided.notice:
            self.notices += 1
            self.sent.update(decided.notice.channels)

    def leave(self, decided: Decided) -> None:
        """Counts one customer whose notice is left for the next run."""
        self.left += 1
        self.add(replace(decided, notice=None, messages=()))


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run did, and what is left for people to see."""

    summary: RunSummary
    flags: tuple[Flag, ...]
    new_flags: tuple[Flag, ...]  # those that the last run that came to its end did not raise
    held: tuple[Held, ...]
    quarantined: tuple[Quarantined, ...]
    warnings: tuple[str, ...]
    asides: tuple[str, ...]  # told with -v alone: what nobody can know of how customers pay, columns nobody reads
    newly_quarantined: bool
    waiting: int = 0  # steps that a person has to approve
    posted: Posted = field(default_factory=Posted)  # e-mails that left by themselves

    @property
    def is_partial(self) -> bool:
        """Whether something of it could not be done: notices without words, messages that failed or are in doubt."""
        posted = self.posted
        failed = self.summary.failed or self.summary.uncertain or posted.copies or posted.stopped
        return bool(self.held or self.newly_quarantined or failed)

    @property
    def person_needed(self) -> bool:
        """Whether somebody should look at something that is new: a flag, a held notice, rows or messages in doubt."""
        return bool(self.new_flags) or self.is_partial


def run(root: Path, policy: Policy, today: date, order: RunOrder) -> RunResult:
    """Makes today's plan and passes it on: every notice once, in a folder that appears whole or not at all."""
    tally = Tally()
    with (
        run_lock(root, policy.project.journal_in_use),
        station(root, policy, today, writing=True, at=order.at) as found,
        _errors_tell_what_was_done(found, tally),
    ):
        here = found if order.sends else replace(found, first_live=False)  # drafts are approved by being sent
        last = here.journal.last_run()
        if problems := refused_by(here, order.allowed):
            raise Refused(problems)
        is_first = here.first_live or not here.journal.has_delivered()
        let_go = _approved_by_a_person(here, order) if is_first else here
        start = _start(here, order)
        remember(here.learned.compared, here.journal, at=order.at)
        remember_notes(here.notebook, here.book, here.journal, at=order.at)
        _deliver(let_go, order, start, tally)
        left = tally.left + tally.posted.untried
        summary = RunSummary(
            start.run_id, today, dict(tally.sent), failed=len(tally.posted.failed),
            skipped=tally.skipped,
            held=len(tally.held) + tally.waiting,
            uncertain=len(tally.posted.uncertain)
            + sum(one.messages for one in here.settled if one.state is State.UNCERTAIN),
            outbox=tally.outbox, left=left if left or order.most is not None else None,
        )  # fmt: skip
        known = here.journal.flags_raised()
        here.journal.finish_run(
            start.run_id, at=order.at, sent=summary.sent, failed=summary.failed, uncertain=summary.uncertain,
            held=summary.held, skipped=summary.skipped, flags=map(flag_key, (*tally.flags, *tally.seen)),
        )  # fmt: skip
        return RunResult(
            summary,
            tuple(tally.flags),
            tuple(flag for flag in tally.flags if flag_key(flag) not in known),
            tuple(tally.held),
            here.book.quarantined,
            (*(one.told for one in here.settled), *here.notes, *back_up(here)),
            (*here.learned.warnings, *here.book.asides, *clear_old(here)),
            waiting=tally.waiting,
            posted=tally.posted,
            newly_quarantined=bool(start.quarantine) and (last is None or last.quarantine != start.quarantine),
        )


def _approved_by_a_person(here: Station, order: RunOrder) -> Station:
    """The station whose whole plan a person at the terminal lets go, DataError if not; as it is if nobody is there."""
    if order.ask is None:
        return here
    opened = replace(here, first_live=False)
    notices = list(islice(contacts(opened), order.most))
    messages = Counter[str](channel for one in notices for channel in one.channels)
    totals = total_by_currency(pair for one in notices for pair in one.total.items())
    plan = FirstPlan(messages, len({one.customer.id for one in notices}), totals, here.first_live)
    if notices and not order.ask(plan):
        raise DataError("nothing was written", hint="remindr preview shows every message")
    return opened


def _start(here: Station, order: RunOrder) -> RunStart:
    return RunStart(
        run_id=_free_run_id(here),
        as_of=here.today,
        invoice_rows=invoice_rows(here.book),
        open_invoices=here.view.open_invoices(),
        exported_on=here.book.exported_on,
        quarantine=quarantine_mark(here.book),
        fingerprint=here.policy.fingerprint,
        tool_version=order.version,
    )


def _free_run_id(here: Station) -> str:
    """The id of the next run; a folder that a lost journal has left keeps its own."""
    folder = here.root / here.policy.project.delivery.email.outbox
    day, number = here.journal.next_run_id(here.today).rsplit("-", 1)
    return next(name for one in count(int(number)) if not (folder / (name := f"{day}-{one}")).exists())


def _deliver(here: Station, order: RunOrder, start: RunStart, tally: Tally) -> None:
    """Renders everything into a hidden folder, claims it in the journal, sends what is sent, and lets the rest appear.

    The mail server is greeted before anything is claimed: if it takes nothing, nothing has happened.
    """
    email = here.policy.project.delivery.email
    outbox = Outbox(here.root / email.outbox, start.run_id, _sender(here, order))
    with outbox.stage(), ExitStack() as stack:
        office = None
        if here.policy.project.delivery.is_live and order.sends:
            office = PostOffice(here, outbox.hidden, order.at)
            stack.callback(office.close)
        claims = _staged(here, order, outbox, tally, office)
        first = next(claims, None)
        if first is None:
            here.journal.begin(start, at=order.at)
            here.journal.seal(at=order.at)
            return
        delivery = here.journal.claim(start, chain([first], claims), target=start.run_id, at=order.at)
        here.journal.seal(at=order.at)
        here.journal.record(delivery, State.COMMITTING, at=order.at)
        if office:
            tally.posted = office.posted
            office.send(delivery + 1)
            tally.sent = office.went(tally.sent)
            withdraw(outbox.hidden, tally.posted.back)
        _publish(outbox, f"{email.outbox}/{start.run_id}", tally)
        here.journal.record(delivery, State.SENT, at=order.at)
        if tally.posted.back and remove_if_empty(here.root / email.outbox, start.run_id):
            tally.outbox = None


def _sender(here: Station, order: RunOrder) -> Sender:
    """Who writes, and how the e-mails of this run leave."""
    delivery, company = here.policy.project.delivery, here.policy.project.company
    redirect = delivery.email.redirect_all_to
    to = mailbox(redirect) if redirect else None
    if not (delivery.is_live and order.sends):
        return Sender(company, redirect_to=to)
    return Sender(company, drafts=False, sees_blind=delivery.email.via == "command", redirect_to=to, at=order.now)


def _publish(outbox: Outbox, shown: str, tally: Tally) -> None:
    """Lets the folder appear; people are told of it even if something goes wrong after that."""
    try:
        outbox.publish()
    finally:
        if outbox.path.exists():
            tally.outbox = shown


def _needs_approval(steps: int, *, anew: bool) -> Refused:
    """The refusal of a first live run, of a project or with a journal that was put back, that nobody has approved."""
    first = "the first live run with a journal that was put back" if anew else "the first live run of a project"
    waits = "1 step waits" if steps == 1 else f"{steps:,} steps wait"
    what = f"{first} waits for one approval of its whole plan: {waits} for it; nothing was sent"
    return Refused(what, hint="remindr approve lists them; remindr approve --all, and then remindr run, sends them")


def _staged(
    here: Station, order: RunOrder, outbox: Outbox, tally: Tally, office: PostOffice | None
) -> Iterator[Claimed]:
    """Each notice to be claimed, once its messages are written; all of them are durable when it ends.

    The journal draws from here inside one transaction, so that neither messages nor notices pile up in memory,
    and nothing is claimed unless everything could be rendered and written.
    """
    for made in decisions(here):
        if made.notice and tally.notices == order.most:
            tally.leave(made)
            continue
        decided, mail = _written(made, outbox, here.root)
        tally.add(decided)
        mails = office.take(*mail) if office and mail else 0
        if decided.notice:
            yield Claimed(decided.notice, decided.notice.channels, mails)
    if here.first_live and tally.waiting:
        raise _needs_approval(tally.waiting, anew=here.restored is not None)
    refuse_if_too_many(tally.held, tally.notices + tally.left)
    refuse_unusual(here, tally.notices, order.allowed)
    if tally.notices:
        refuse_changed(here)
        outbox.finish()


def _written(decided: Decided, outbox: Outbox, root: Path) -> tuple[Decided, tuple[Message, str] | None]:
    """The decision with its messages in the outbox, and its e-mail with its file.

    It is held, like one without words, if its e-mail may not be released.

    The leading message is written first, and an e-mail that has a letter beside it leads.
    """
    mail = None
    try:
        for message in decided.messages:
            file = outbox.add(with_files(message, root))
            if file and message.channel == "email":
                mail = message, file
    except NotReleased as error:
        if decided.notice is None:
            raise
        what = f"customer {one_line(decided.customer_id)}: {error}"
        held = Held(decided.notice, Problem(what, hint="this customer gets nothing; others are not affected"))
        return replace(decided, notice=None, messages=(), held=held), None
    return decided, mail


_ONE_MORE = ", and one more was on its way"


@contextmanager
def _errors_tell_what_was_done(here: Station, tally: Tally) -> Iterator[None]:
    """An error that comes after something was passed on tells that, too, and the run is one done in part."""
    try:
        yield
    except RemindrError as error:
        error.problems += tuple(Problem(one.told) for one in here.settled)
        if tally.posted.sent or tally.posted.on_its_way:
            what = f"{tally.posted.sent} e-mails had been sent by then{_ONE_MORE if tally.posted.on_its_way else ''}"
            error.problems += (Problem(what, hint="the next run says what became of the others"),)
        if tally.outbox:
            hint = "pass it on; the next run brings the journal up to date"
            error.problems += (Problem("everything was written all the same", file=tally.outbox, hint=hint),)
        if isinstance(error, DataError) and (
            tally.outbox
            or tally.posted.sent
            or tally.posted.on_its_way
            or any(one.state is State.SENT for one in here.settled)
        ):
            error.exit_code = Exit.PARTIAL
        raise
