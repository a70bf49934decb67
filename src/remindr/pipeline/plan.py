"""load → history → segment → schedule → compose: what every customer hears at T, and why others hear nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from remindr.core.compose import ComposeError, Composer
from remindr.core.moving import moving_flags
from remindr.core.rules import Facts
from remindr.core.schedule import Scheduler
from remindr.core.segment import Classifier
from remindr.core.told import flag_words
from remindr.errors import Problem, Refused
from remindr.model.book import Customer
from remindr.model.classification import Classification, MetricValue
from remindr.model.plan import Blocker, Flag, Message, Notice, Plan, Skipped
from remindr.pipeline.remembered import NO_PROGRESS
from remindr.pipeline.station import Station

_OF_AN_INVOICE = frozenset({Blocker.SEQUENCE_USED_UP, Blocker.IN_DOUBT})
_A_PERSONS = _OF_AN_INVOICE | {Blocker.NO_CONTACT_DETAILS, Blocker.UNKNOWN_CUSTOMER, Blocker.BEFORE_START}
_HELD_SHARE, _HELD_AT_LEAST = 100, 3  # more than 1 % and more than 3 notices that cannot be rendered stop the run


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


def segments(at: Station, only: str | None = None) -> Iterator[tuple[Customer, dict[str, MetricValue], Classification]]:
    """Every customer, or only one, with the facts and the classification, by customer id."""
    classifier = Classifier(at.policy)
    for customer, history in at.view.histories():
        if only not in (None, customer.id):
            continue
        facts = at.facts(customer.id, history)
        yield customer, facts, classifier.classify(customer.id, facts, at.today, at.reviewed.get(customer.id))


def decisions(at: Station, only: str | None = None) -> Iterator[Decided]:
    """What every customer with something open, or only one, hears at T, rendered, by customer id.

    A notice that cannot be rendered is held; the others are not affected.
    """
    classifier = Classifier(at.policy)
    scheduler = Scheduler(at.policy, at.today, unreadable=at.book.unreadable_customers)
    composer = Composer(at.policy, at.counted_until)
    currency = at.policy.project.company.currency
    for account, history in at.view.accounts():
        customer_id = account.customer.id
        if only not in (None, customer_id):
            continue
        progress = at.progress.get(customer_id, NO_PROGRESS)
        facts = at.facts(customer_id, history)
        classification = classifier.classify(customer_id, facts, at.today, at.reviewed.get(customer_id))
        decision = scheduler.decide(account, classification, facts, progress)
        flags = (
            *_flags(classifier, classification, facts, currency),
            *moving_flags(at.policy, classification),
            *_persons(decision.skipped),
            *at.learned.flags.get(customer_id, ()),
        )
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
            if reason.code in _A_PERSONS and (reason.code, invoice_id) not in told:
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
