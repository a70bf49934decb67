"""load → history → segment → schedule → compose: what every customer hears at T, and why others hear nothing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter

from remindr.core.announced import CallDays
from remindr.core.attaching import Attaching
from remindr.core.calendar import Calendar, Calendars
from remindr.core.calls import MOST_DAYS_BACK, are_rung_again
from remindr.core.compose import ComposeError, Composer
from remindr.core.contact import unreachable
from remindr.core.contended import CallList, Contender, Place, is_shared, one_an_address
from remindr.core.credits import covers_all
from remindr.core.moving import moving_flags
from remindr.core.rules import Facts
from remindr.core.schedule import Decision, Scheduler
from remindr.core.segment import Classifier
from remindr.core.told import flag_words
from remindr.errors import Problem, Refused
from remindr.journal.claim import recipient_hash
from remindr.journal.flags import FlagKey
from remindr.model.approvals import Together, Waiting
from remindr.model.book import Account, Customer
from remindr.model.classification import Classification, History, MetricValue
from remindr.model.plan import Blocker, Flag, Message, Notice, Plan, Skipped
from remindr.pipeline.attachments import InvoiceFiles
from remindr.pipeline.remembered import NO_PROGRESS
from remindr.pipeline.station import Station
from remindr.pipeline.thanks import thankful

_OF_AN_INVOICE = frozenset({Blocker.SEQUENCE_USED_UP, Blocker.IN_DOUBT, Blocker.NEEDS_APPROVAL, Blocker.NO_ATTACHMENT})
_A_PERSONS = _OF_AN_INVOICE | {Blocker.NO_CONTACT_DETAILS, Blocker.UNKNOWN_CUSTOMER, Blocker.BEFORE_START}
_ADDRESSED = "SELECT 1 FROM customers WHERE concat(email, phone, address) <> '' LIMIT 1"
_HELD_SHARE, _HELD_AT_LEAST = 100, 3  # more than 1 % and more than 3 notices that cannot be rendered stop the run


@dataclass(frozen=True, slots=True)
class Held:
    """A notice that could not be put into words."""

    notice: Notice
    problem: Problem


@dataclass(frozen=True, slots=True)
class Decided:
    """What one customer hears at T, in words, and what is left alone or for a person to look at.

    `more` are other reminders of the day, where they were put together; `seen` are flags that were acknowledged.
    """

    customer_id: str
    notice: Notice | None
    messages: tuple[Message, ...]
    skipped: tuple[Skipped, ...]
    flags: tuple[Flag, ...]
    held: Held | None
    more: tuple[Notice, ...] = ()
    seen: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan with its messages by notice key, leading channel first, and the notices that found no words."""

    plan: Plan
    messages: Mapping[str, tuple[Message, ...]]
    held: tuple[Held, ...]


def segments(at: Station, only: str | None = None) -> Iterator[tuple[Customer, dict[str, MetricValue], Classification]]:
    """Every customer, or only one, with the facts and the classification, by customer id."""
    classifier = Classifier(at.policy)
    for customer, history in at.view.histories(customers=None if only is None else [only]):
        facts = at.facts(customer.id, history)
        yield customer, facts, classifier.classify(customer.id, facts, at.today, at.reviewed.get(customer.id))


def decisions(at: Station, only: str | None = None) -> Iterator[Decided]:
    """What every customer with something open, or only one, hears at T, rendered.

    They come by customer id, but for those who compete with others for a call or share an address: they come last,
    and after them calls that were announced and thanks. A notice that cannot be rendered is held; the others are not
    affected.
    """
    desk = _Desk(at)
    for one in _in_turn(at, desk):
        if only in (None, one.customer_id):
            yield desk.put_into_words(one)


def _in_turn(at: Station, desk: "_Desk") -> Iterator[Contender]:
    """Every decision, each made once those that it depends on are in words."""
    waiting = []
    for account, history in at.view.accounts():
        one = desk.decide(account, history)
        if desk.is_contended(one):
            waiting.append(one)
        else:
            yield from map(desk.promise, _one_by_one(one))
    for one in desk.settle(waiting):
        yield from map(desk.promise, _one_by_one(one))
    yield from desk.announced()
    yield from desk.thanked()


def _one_by_one(one: Contender) -> Iterator[Contender]:
    """The decision as one for each notice; what is left alone stands beside the first."""
    if not one.decision.more:
        yield one
        return
    yield replace(one, decision=replace(one.decision, more=()))
    yield from (replace(one, decision=Decision(notice)) for notice in one.decision.more)


def contacts(at: Station) -> Iterator[Notice]:
    """Every reminder and every announced call that `decisions` would put into words; thanks are left out."""
    desk = _Desk(at)
    for one in _in_turn(at, desk):
        notice = one.decision.notice
        if notice is not None and notice.purpose != "thank_you":
            desk.rung(one)
            yield notice


def decided_by_customer(at: Station, only: str | None = None) -> dict[str, Decided]:
    """What `decisions` says of each customer, or of one, in one piece.

    Thanks and announced calls stand beside what is left alone; beside a reminder such a call is one more message, and
    so is another reminder.
    """
    found: dict[str, Decided] = {}
    for one in decisions(at, only):
        earlier = found.get(one.customer_id)
        found[one.customer_id] = _together(earlier, one) if earlier else one
    return found


def _together(first: Decided, second: Decided) -> Decided:
    if first.notice is None:
        return replace(second, skipped=first.skipped, flags=first.flags, seen=first.seen)
    more = (second.notice,) if second.notice and second.notice.purpose == "reminder" else ()
    return replace(
        first,
        messages=(*first.messages, *second.messages),
        held=first.held or second.held,
        more=(*first.more, *more),
    )


def _listed_today(at: Station) -> int:
    """How many calls take room today already: listed by an earlier run of the day, or once more after no answer."""
    if at.policy.project.calls.capacity is None:
        return 0
    listed = at.journal.listed_calls(since=at.today - MOST_DAYS_BACK, today=at.today)
    again = are_rung_again(listed, at.progress, at.today, Calendars(at.policy.project).home)
    return at.journal.calls_on(at.today) + again


def scheduler_of(at: Station) -> Scheduler:
    """What decides at T who hears what; it serves all customers."""
    unreadable = at.book.unreadable_customers
    return Scheduler(at.policy, at.today, unreadable=unreadable, run_days=at.run_days, first_live=at.first_live)


def waiting_steps(at: Station) -> Iterator[Waiting]:
    """Every step that waits for a person's word, those that one has refused included, by customer id."""
    desk = _Desk(at)
    for account, history in at.view.accounts():
        yield from desk.waiting(desk.decide(account, history))


def waiting_words(at: Station, customers: Collection[str]) -> Iterator[tuple[Notice, Message]]:
    """What these customers would read today if what waits for a person's word went out by itself; unworded left out."""
    desk = _Desk(at)
    for account, history in at.view.accounts():
        if account.customer.id in customers:
            yield from desk.asked(desk.decide(account, history))


class _Desk:
    """A station's rules and words at hand, to decide customer by customer."""

    def __init__(self, at: Station) -> None:
        self._at = at
        self._classifier = Classifier(at.policy)
        self._scheduler = scheduler_of(at)
        self._calls = CallList(at.policy, listed=_listed_today(at))
        contacts = at.policy.project.contacts
        self._shared = at.view.shared_addresses(also=contacts.above if contacts else None)
        self._days: CallDays | None = None
        self._noticed: set[str] = set()
        self._announced: dict[str, Contender] = {}
        self._attaching = _attaching(at)

    @cached_property
    def _composer(self) -> Composer:
        """Made for the first notice: whoever only counts notices needs no words."""
        return Composer(self._at.policy, self._at.counted_until)

    @cached_property
    def _has_addresses(self) -> bool:
        """Whether the exports have any address; where they have none it is nothing that sets a customer apart."""
        return self._at.book.connection.execute(_ADDRESSED).fetchone() is not None

    def thanked(self) -> Iterator[Contender]:
        """Those who are thanked today: nobody for whom there is another notice, and nobody twice."""
        return thankful(self._at, self._classifier, self._scheduler.calendar, self._noticed)

    def announced(self) -> Iterator[Contender]:
        """Those who are rung today because they were told so; not those for whom another call is on the list."""
        yield from tuple(self._announced.values())

    def decide(self, account: Account, history: History) -> Contender:
        """What a customer would hear if there were no others."""
        customer_id = account.customer.id
        progress = self._at.progress.get(customer_id, NO_PROGRESS)
        facts = self._at.facts(customer_id, history)
        reviewed = self._at.reviewed.get(customer_id)
        classification = self._classifier.classify(customer_id, facts, self._at.today, reviewed)
        decision = self._attached(self._scheduler.decide(account, classification, facts, progress))
        one = Contender(account, classification, facts, progress, decision)
        if call := self._scheduler.announced(account, classification, facts, progress) if progress.announced else None:
            self._announced[customer_id] = replace(one, decision=Decision(call))
        return one

    def promise(self, one: Contender) -> Contender:
        """The decision, final now, with any call that its notice announces on a day that has room."""
        notice = one.decision.notice
        if notice is None or not notice.follow_ups:
            return one
        if self._days is None:
            announced = (call for progress in self._at.progress.values() for call in progress.announced)
            self._days = CallDays(self._at.policy.project.calls, announced)
        return replace(one, decision=replace(one.decision, notice=self._days.promise(notice, self._calendar(one))))

    def is_contended(self, one: Contender) -> bool:
        """Whether the decision depends on those for others."""
        return (self._calls.is_limited and one.call is not None) or is_shared(one.decision, self._shared)

    def settle(self, waiting: list[Contender]) -> Iterator[Contender]:
        """Decides between those who compete, by customer id."""
        full = self._calls.beyond((one for one in waiting if one.call), promised=self._announced)
        rung = [self._without_call(one) if one.customer_id in full else one for one in waiting]
        settled = one_an_address(rung, self._shared, self._at.today, self._calendar, self._went_today)
        yield from sorted(settled, key=attrgetter("customer_id"))

    def _went_today(self, place: Place) -> str | None:
        """The customer whose reminder an earlier run of the day has sent to an address; None if there is none."""
        address, about = place
        return self._gone.get((recipient_hash(address), about))

    @cached_property
    def _gone(self) -> Mapping[Place, str]:
        """Where reminders went today, copies too, by the hash of the address, with whose they were."""
        at, contacts = self._at, self._at.policy.project.contacts
        reminders = at.journal.reminded_on(at.today)
        gone = {(one.recipient, one.about): one.customer_id for one in reminders}
        if contacts and contacts.above:
            above = at.view.column_of(contacts.above, [one.customer_id for one in reminders])
            for one in reminders:
                if one.level >= contacts.escalate_from and one.channel == "email" and one.customer_id in above:
                    gone.setdefault((recipient_hash(above[one.customer_id]), one.about), one.customer_id)
        return gone

    def _without_call(self, one: Contender) -> Contender:
        decision = self._scheduler.decide(one.account, one.classification, one.facts, one.progress, calls_full=True)
        return replace(one, decision=self._attached(decision))

    def _attached(self, decision: Decision) -> Decision:
        return self._attaching.beside(decision) if self._attaching else decision

    def _calendar(self, one: Contender) -> Calendar:
        return self._scheduler.calendar(one.account.customer)

    def put_into_words(self, one: Contender) -> Decided:
        """The decision with its messages and flags."""
        notice, skipped = one.decision.notice, one.decision.skipped
        told = one.customer_id in self._noticed or (notice is not None and notice.purpose != "reminder")
        every = () if told else tuple(self._flags(one))
        seen = tuple(flag for flag in every if self._at.notebook.has_seen(flag_key(flag)))
        flags = tuple(flag for flag in every if flag not in seen)
        if notice is None:
            return Decided(one.customer_id, None, (), skipped, flags, None, seen=seen)
        if notice.purpose == "reminder" and one.call and (announced := self._announced.get(one.customer_id)):
            notice = replace(notice, why=(*notice.why, *_first_reason(announced)))
        self._noticed.add(one.customer_id)
        try:
            messages = tuple(self._composer.compose(notice, one.facts, one.progress))
        except ComposeError as error:
            return Decided(one.customer_id, None, (), skipped, flags, Held(notice, error.problem), seen=seen)
        self.rung(one)
        return Decided(one.customer_id, notice, messages, skipped, flags, None, seen=seen)

    def waiting(self, one: Contender) -> Iterator[Waiting]:
        """The steps that wait for a person's word, each with the notice it would go out in."""
        waiting = [skipped.waiting for skipped in one.decision.skipped if skipped.waiting]
        notices = tuple(self._asked(one)) if waiting else ()
        for step in waiting:
            takes = (notice for notice in notices if step.invoice_id in {line.invoice.id for line in notice.taken})
            notice = next(takes, None)
            yield replace(step, notice=_together_in(notice)) if notice else step

    def asked(self, one: Contender) -> Iterator[tuple[Notice, Message]]:
        """The notices that wait for a person's word, each with its leading message."""
        for notice in self._asked(one):
            with suppress(ComposeError):
                yield notice, self._composer.compose(notice, one.facts, one.progress)[0]

    def _asked(self, one: Contender) -> Iterator[Notice]:
        return self._scheduler.asked(one.account, one.classification, one.facts, one.progress)

    def rung(self, one: Contender) -> None:
        """Takes down that a customer who is rung today needs no announced call beside it."""
        if one.call:
            self._announced.pop(one.customer_id, None)

    def _flags(self, one: Contender) -> Iterator[Flag]:
        currency = self._at.policy.project.company.currency
        yield from _flags(self._classifier, one.classification, one.facts, currency)
        yield from moving_flags(self._at.policy, one.classification)
        waiting = tuple(_persons(one.decision.skipped))
        yield from waiting
        nowhere = unreachable(one.account, self._at.today)
        if nowhere and self._has_addresses and all(flag.code != nowhere.code for flag in waiting):
            yield nowhere
        if covered := covers_all(one.account):
            yield covered
        yield from self._at.learned.flags.get(one.customer_id, ())
        yield from one.progress.noted.flags


def _attaching(at: Station) -> Attaching | None:
    """What puts files beside notices, if the project wants that."""
    wish = at.policy.project.delivery.email.attach
    return Attaching(wish, InvoiceFiles(at.root, wish.pattern, at.book.connection).find) if wish else None


def _together_in(notice: Notice) -> Together:
    numbers = tuple(line.invoice.id for line in notice.asked)
    return Together(notice.step, numbers, notice.total)


def flag_key(flag: Flag) -> FlagKey:
    """By what the journal knows a flag."""
    return flag.code, flag.customer_id, flag.invoice_id or ""


def _first_reason(one: Contender) -> tuple[str, ...]:
    return one.decision.notice.why[:1] if one.decision.notice else ()


def make_plan(at: Station) -> Outcome:
    """The whole plan at T with its messages; Refused if too many notices cannot be put into words."""
    decided = sorted(decisions(at), key=attrgetter("customer_id"))
    notices = tuple(one.notice for one in decided if one.notice)
    held = tuple(one.held for one in decided if one.held)
    refuse_if_too_many(held, len(notices))
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
            refused = reason.code == Blocker.NEEDS_APPROVAL and one.waiting and one.waiting.refused
            if reason.code in _A_PERSONS and not refused and (reason.code, invoice_id) not in told:
                told.add((reason.code, invoice_id))
                yield Flag(reason.code.value, one.customer_id, reason.detail, invoice_id)


def _flags(classifier: Classifier, classification: Classification, facts: Facts, currency: str) -> Iterator[Flag]:
    for name in classifier.flags(classification, facts):
        seen = classifier.tell_flag(name, classification, facts)
        yield Flag(name, classification.customer_id, flag_words(seen, facts, currency))


def refuse_if_too_many(held: Sequence[Held], composed: int) -> None:
    """More than a few notices without words are a mistake in a template, not in one customer's data."""
    total = composed + len(held)
    if len(held) > _HELD_AT_LEAST and len(held) * _HELD_SHARE > total:
        first = held[0].problem
        raise Refused(
            [Problem(f"{len(held)} of {total} notices cannot be put into words; nothing was sent. The first:"), first]
        )
