"""What customers compete for: the calls that fit into a day, and an address that stands on file under several ids."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
    def call(self) -> Notice | None:
        """The notice that is led by a call, if there is one; there are never two."""
        return next((one for one in self.decision.notices if one.channels[0] == "call"), None)


class CallList:
    """The calls of a day, in the order of `calls.first`, cut at `calls.capacity`."""

    def __init__(self, policy: Policy, *, listed: int = 0) -> None:
        """`listed` calls stand on today's list already, from an earlier run."""
        self._listed = listed
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
        room = self._calls.capacity - self._listed - len(promised)
        ranked = sorted((one for one in called if one.customer_id not in promised), key=self._rank)
        return frozenset(one.customer_id for one in ranked[max(0, room) :])

    def in_order(self, called: Iterable[Contender]) -> list[Contender]:
        """Whom to ring first."""
        return sorted(called, key=self._rank)

    def _rank(self, one: Contender) -> tuple[object, ...]:
        """Smaller is rung sooner: traits that apply, high figures; unknown figures come last."""
        notice = one.call or one.decision.notice
        return (*(self._place(name, one, notice) for name in self._calls.first), one.customer_id)

    def _place(self, name: str, one: Contender, notice: Notice | None) -> tuple[bool, Decimal]:
        if name in self._traits:
            return name not in one.classification.traits, Decimal(0)
        if name == "broken_promise":
            return not one.progress.noted.unkept, Decimal(0)
        value = notice.total.get(self._currency) if name == "balance" and notice else one.facts.get(name)
        known = isinstance(value, Decimal | int | float)
        return not known, -Decimal(str(value)) if known else Decimal(0)


def is_shared(decision: Decision, shared: Collection[str]) -> bool:
    """Whether something goes to one of the shared addresses, which stand there as they are compared."""
    return any(address.casefold() in shared for notice in decision.notices for address in (notice.to, *notice.cc))


def _places(notice: Notice) -> "list[Place]":
    """Where there is room for one notice a day: each address, or an address for an invoice that has its own."""
    return [(address.casefold(), notice.about) for address in (notice.to, *notice.cc)]


Place = tuple[str, str]


def _nobody(_: Place) -> str | None:
    return None


def one_an_address(
    contenders: Iterable[Contender],
    shared: Collection[str],
    today: date,
    calendar_of: Callable[[Contender], Calendar],
    went_today: Callable[[Place], str | None] = _nobody,
) -> Iterator[Contender]:
    """Each contender; of several who share an address the one waiting longest keeps the notice, the others wait.

    `went_today` tells the customer whose notice has gone to a place already, in an earlier run of the day.
    """
    sharing = []
    for one in contenders:
        if is_shared(one.decision, shared):
            sharing.append(one)
        else:
            yield one
    first_at: dict[Place, str] = {}
    for one in sorted(sharing, key=_waiting_since):
        taken = {notice.key: _taken_by(one, notice, first_at, went_today) for notice in one.decision.notices}
        goes = [notice for notice in one.decision.notices if taken[notice.key] is None]
        waits = [notice for notice in one.decision.notices if taken[notice.key] is not None]
        if waits:
            detail = taken[waits[0].key] or ""
            yield replace(one, decision=_resting(one, goes, waits, detail, today, calendar_of(one)))
        else:
            yield one
        told = f"a notice to {one.account.customer.name} ({one.customer_id}) goes to the same address today"
        first_at |= {place: told for notice in goes for place in _places(notice)}


def _taken_by(
    one: Contender, notice: Notice, first_at: Mapping[Place, str], went_today: Callable[[Place], str | None]
) -> str | None:
    """What keeps a notice from one of its addresses today; None if nothing does."""
    for place in _places(notice):
        if place in first_at:
            return first_at[place]
        customer_id = went_today(place)
        if customer_id and customer_id != one.customer_id:
            return f"a notice to customer {customer_id} went to the same address today"
    return None


def _waiting_since(one: Contender) -> tuple[date, date, str]:
    lines = (line for notice in one.decision.notices for line in notice.invoices)
    oldest = min((line.invoice.due_date for line in lines), default=date.max)
    return max(one.progress.overdue_contact_days, default=date.min), oldest, one.customer_id


def _resting(
    one: Contender, goes: Sequence[Notice], waits: Sequence[Notice], detail: str, today: date, calendar: Calendar
) -> Decision:
    lines = [line for notice in waits for line in notice.taken]
    tomorrow = today + ONE_DAY
    reasons = (Reason(Blocker.WAITING, detail, tomorrow),)
    contact = calendar.next_sending_day(tomorrow)
    silent = (Skipped(one.customer_id, line.invoice.id, reasons, contact, line.step) for line in lines)
    return Decision(goes[0] if goes else None, (*silent, *one.decision.skipped), tuple(goes[1:]))
