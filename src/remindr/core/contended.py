"""What customers compete for: the calls that fit into a day, and an address that stands on file under several ids."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from remindr.core.blockers import ONE_DAY
from remindr.core.calendar import Calendar
from remindr.core.rules import Facts
from remindr.core.schedule import Decision
from remindr.model.book import Account
from remindr.model.classification import Classification
from remindr.model.outcome import Progress
from remindr.model.plan import Blocker, Notice, Reason, Skipped
from remindr.model.policy import Policy


@dataclass(frozen=True, slots=True)
class Contender:
    """A customer with a decision, and what it rests on, so that it can be made again."""

    account: Account
    classification: Classification
    facts: Facts
    progress: Progress
    decision: Decision

    @property
    def customer_id(self) -> str:
        """Whose decision it is."""
        return self.account.customer.id

    @property
    def is_call(self) -> bool:
        """Whether it is a notice led by a call."""
        return self.decision.notice is not None and self.decision.notice.channels[0] == "call"


class CallList:
    """The calls of a day, in the order of `calls.first`, cut at `calls.capacity`."""

    def __init__(self, policy: Policy) -> None:
        self._calls = policy.project.calls
        self._traits = frozenset(policy.project.traits)
        self._currency = policy.project.company.currency

    @property
    def is_limited(self) -> bool:
        """Whether more calls could be due than fit into a day."""
        return self._calls.capacity is not None

    def beyond(self, called: Iterable[Contender], *, promised: Collection[str] = ()) -> frozenset[str]:
        """The customers for whose calls there is no room today; those who were `promised` one take it first."""
        if self._calls.capacity is None:
            return frozenset()
        ranked = sorted((one for one in called if one.customer_id not in promised), key=self._rank)
        return frozenset(one.customer_id for one in ranked[max(0, self._calls.capacity - len(promised)) :])

    def _rank(self, one: Contender) -> tuple[object, ...]:
        """Smaller is rung sooner: traits that apply, high figures; unknown figures come last."""
        notice = one.decision.notice
        return (*(self._place(name, one, notice) for name in self._calls.first), one.customer_id)

    def _place(self, name: str, one: Contender, notice: Notice | None) -> tuple[bool, Decimal]:
        if name in self._traits:
            return name not in one.classification.traits, Decimal(0)
        if name == "broken_promise":
            return not one.facts.get("broken_promises"), Decimal(0)
        value = notice.total.get(self._currency) if name == "balance" and notice else one.facts.get(name)
        known = isinstance(value, Decimal | int | float)
        return not known, -Decimal(str(value)) if known else Decimal(0)


def address_of(decision: Decision) -> str:
    """Where a notice goes, in the form in which addresses are compared; empty without one."""
    return decision.notice.to.casefold() if decision.notice else ""


def one_an_address(
    contenders: Iterable[Contender], shared: Collection[str], today: date, calendar_of: Callable[[Contender], Calendar]
) -> Iterator[Contender]:
    """Each contender; of several who share an address the one waiting longest keeps the notice, the others wait."""
    by_address: dict[str, list[Contender]] = {}
    for one in contenders:
        address = address_of(one.decision)
        if address in shared:
            by_address.setdefault(address, []).append(one)
        else:
            yield one
    for group in by_address.values():
        first, *others = sorted(group, key=_waiting_since)
        yield first
        for other in others:
            yield replace(other, decision=_resting(other, first, today, calendar_of(other)))


def _waiting_since(one: Contender) -> tuple[date, date, str]:
    notice = one.decision.notice
    oldest = min((line.invoice.due_date for line in notice.invoices), default=date.max) if notice else date.max
    return max(one.progress.overdue_contact_days, default=date.min), oldest, one.customer_id


def _resting(one: Contender, instead: Contender, today: date, calendar: Calendar) -> Decision:
    notice = one.decision.notice
    lines = (*notice.invoices, *notice.also_due, *notice.upcoming) if notice else ()
    detail = f"a notice to {instead.account.customer.name} ({instead.customer_id}) goes to the same address today"
    tomorrow = today + ONE_DAY
    reasons = (Reason(Blocker.WAITING, detail, tomorrow),)
    contact = calendar.next_sending_day(tomorrow)
    silent = (Skipped(one.customer_id, line.invoice.id, reasons, contact, line.step) for line in lines)
    return Decision(None, (*silent, *one.decision.skipped))
