"""What a late payment costs beside the balance: interest by the day, and a fee once per invoice and level."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache

from remindr.core.blockers import ONE_DAY
from remindr.core.cases import Case
from remindr.core.told import days_words
from remindr.model.outcome import State
from remindr.model.plan import Charge, Notice
from remindr.model.policy import CONSUMER, LatePayment, LateTerms
from remindr.model.terms import Level

_NOTHING = Decimal(0)
_EXACT = 60  # digits, so that nothing is rounded before the end

Period = tuple[Decimal, int]  # a rate in percent a year, and for how many days
Tier = tuple[Decimal, Decimal]  # the least debt, and the fee for it


class LateCharges:
    """What a project asks for late payment at a date: consumers may be asked for something else than businesses."""

    def __init__(self, written: LatePayment, home: str, today: date) -> None:
        """`home` is the currency of fees that name none: the company's."""
        self._of_businesses = Charges(written, home, today)
        self._of_consumers = Charges(written.consumers or written, home, today)

    def beside(self, notice: Notice, cases: Iterable[Case]) -> Notice:
        """The notice with what it asks for on top of the balances."""
        charges = self._of_consumers if CONSUMER in notice.traits else self._of_businesses
        return charges.beside(notice, cases)


class Charges:
    """Interest and fees at a date, ready to be put beside notices."""

    def __init__(self, written: LateTerms, home: str, today: date) -> None:
        """`home` is the currency of fees that name none: the company's."""
        self._rates = tuple((one.since, one.rate.number) for one in written.interest or ())
        self._days_in_year = written.days_in_year
        self._starts_at = written.starts_at
        self._rate_of_first_day = written.rate_of == "first day"
        self._fees: dict[tuple[int, str], list[Tier]] = defaultdict(list)
        for level, fees in written.fees.items():
            for one in sorted(fees, key=lambda one: one.size.number):
                self._fees[int(level), one.fee.unit or home].append((one.size.number, one.fee.number))
        self._tomorrow = today + ONE_DAY

    def beside(self, notice: Notice, cases: Iterable[Case]) -> Notice:
        """The notice with what it asks for on top of the balances, and among its reasons how that comes about.

        A notice that takes no step, such as an announced call, repeats what was asked for before.
        """
        by_number = {case.invoice.id: case for case in cases}
        lines = notice.asked
        steps = notice.purpose == "reminder"
        found = (self._charge(by_number[line.invoice.id], line.level if steps else None) for line in lines)
        charges = tuple(charge for charge in found if charge.told)
        told = (f"{charge.invoice_id}: {charge.told}" for charge in charges)
        return replace(notice, charges=charges, why=(*notice.why, *told)) if charges else notice

    def _charge(self, case: Case, level: int | None) -> Charge:
        """What one invoice costs, at the level of the step that it takes now."""
        currency, net = case.invoice.currency, case.invoice.balance - case.credit
        before = _levels_before(case)
        now = set() if level is None else {level} - before
        earlier, fee = self._fees_at(before, net, currency), self._fees_at(now, net, currency)
        periods: list[Period] = []
        if max(before | now, default=0) >= self._starts_at:
            periods = list(self._periods(case.invoice.due_date))
        interest = self._interest(net, periods, currency)
        told = [_tell_interest(net, periods, interest, currency)] if interest else []
        told += [_tell_fee(one, tier, currency) for one, tier in (*earlier, *fee)]
        return Charge(case.invoice.id, currency, interest, _sum(fee), _sum(earlier), "; ".join(told))

    def _fees_at(self, levels: Iterable[int], debt: Decimal, currency: str) -> list[tuple[int, Tier]]:
        """The fees of these levels for a debt in that currency, mildest level first."""
        found = ((level, _tier(self._fees.get((level, currency), ()), debt)) for level in sorted(levels))
        return [(level, tier) for level, tier in found if tier and tier[1]]

    def _periods(self, due: date) -> Iterator[Period]:
        """Each rate with the days that it bears interest for, from the day after the due date through today."""
        first = due + ONE_DAY
        rates = self._rates
        if self._rate_of_first_day:
            rates = tuple(one for one in rates if one[0] <= first)[-1:]
        ends = (*(since for since, _ in rates[1:]), self._tomorrow)
        for (since, rate), end in zip(rates, ends, strict=False):
            days = (min(end, self._tomorrow) - max(since, first)).days
            if days > 0:
                yield rate, days

    def _interest(self, net: Decimal, periods: Iterable[Period], currency: str) -> Decimal:
        """Simple interest, rounded half up once, to the smallest unit of the currency."""
        with localcontext(prec=_EXACT):
            shares = sum((rate * days for rate, days in periods), _NOTHING)
            return (net * shares / (100 * self._days_in_year)).quantize(_smallest_unit(currency), ROUND_HALF_UP)


def _levels_before(case: Case) -> set[int]:
    """The overdue levels that our own notices are known to have reached with the invoice."""
    return {one.level for one in case.contacts if one.level and one.sequence and one.state is State.SENT}


def _tier(tiers: Iterable[Tier], debt: Decimal) -> Tier | None:
    """The tier of the largest size that the debt comes up to."""
    return max((tier for tier in tiers if tier[0] <= debt), default=None)


def _sum(fees: Iterable[tuple[int, Tier]]) -> Decimal:
    return sum((amount for _, (_, amount) in fees), _NOTHING)


def _tell_interest(net: Decimal, periods: list[Period], interest: Decimal, currency: str) -> str:
    """`9.5 % a year on 1,200.00 GBP for 34 days: 10.62 GBP`."""
    (rate, days), *others = periods
    told = f"{rate.normalize():f} % a year on {_money(net, currency)} for {days_words(days)}"
    told += "".join(f", {other.normalize():f} % for {days_words(more)}" for other, more in others)
    return f"{told}: {_money(interest, currency)}"


def _tell_fee(level: int, tier: Tier, currency: str) -> str:
    """`fee for final 70.00 GBP (for debts from 1,000.00 GBP on)`."""
    size, amount = tier
    told = f"fee for {Level(level).word} {_money(amount, currency)}"
    return f"{told} (for debts from {_money(size, currency)} on)" if size else told


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount.quantize(_smallest_unit(currency)):,f} {currency}"


@cache
def _smallest_unit(currency: str) -> Decimal:
    """One cent, or what the currency has instead."""
    from babel.numbers import get_currency_precision

    return Decimal(1).scaleb(-get_currency_precision(currency))
