"""The metrics once more, slowly and in plain Python: what the SQL is compared with.

Written from the definitions, invoice by invoice, with exact fractions; it shares no code with the query.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor


@dataclass(frozen=True)
class Entry:
    """A row of the book: an invoice, or a credit."""

    customer_id: str
    invoice_id: str
    kind: str
    issue_date: date | None
    due_date: date | None
    amount: Decimal
    balance: Decimal
    currency: str
    cleared_on: date | None = None
    disputed: bool = False


@dataclass(frozen=True)
class Paid:
    """A payment towards an invoice."""

    customer_id: str
    invoice_id: str
    paid_on: date
    amount: Decimal
    currency: str = "EUR"


@dataclass(frozen=True)
class Terms:
    """What the project says: rates are dated, the newest one from a day on or before T is in force."""

    currency: str = "EUR"
    window: int = 365
    grace: int = 0
    ignore_below: Decimal = Decimal(0)
    rates: Mapping[str, Sequence[tuple[date, Decimal]]] = field(default_factory=dict)

    def rate(self, currency: str, today: date) -> Fraction | None:
        """The rate in force at T."""
        if currency == self.currency:
            return Fraction(1)
        known = sorted(pair for pair in self.rates.get(currency, ()) if pair[0] <= today)
        return Fraction(known[-1][1]) if known else None

    def threshold(self, entry: Entry, today: date) -> Fraction:
        """The rest of an entry that counts as paid lies below this."""
        rate = self.rate(entry.currency, today)
        least = Fraction(self.ignore_below) / rate if rate else Fraction(0)
        return max(least, _NOTHING) if entry.amount >= least else _NOTHING


_NOTHING = Fraction(1, 10000)


@dataclass
class Standing:
    """An entry as it stood at T."""

    entry: Entry
    open: Decimal
    threshold: Fraction
    own: list[Paid]
    cleared: date | None = None
    unpaid: bool = False
    credited: Decimal = Decimal(0)
    met: bool = False
    met_on: date | None = None

    @property
    def owed(self) -> Decimal:
        """What is open less the credit it receives."""
        return self.open - self.credited

    @property
    def due(self) -> date:
        """The due date of an invoice."""
        assert self.entry.due_date is not None
        return self.entry.due_date

    @property
    def disputed_now(self) -> bool:
        """Whether a dispute is open."""
        return self.entry.disputed and self.open > 0


def half_up(value: Fraction, places: int) -> float:
    """The value rounded half up to so many places."""
    scale = 10**places
    return float(Fraction(floor(value * scale + Fraction(1, 2)), scale))


def cents(value: Fraction) -> Decimal:
    """The amount rounded half up, away from zero, to the cent."""
    size = Decimal(floor(abs(value) * 100 + Fraction(1, 2))) / 100
    return size if value >= 0 else -size


def paid_off(amount: Decimal, own: list[Paid], threshold: Fraction, today: date) -> date | None:
    """The day from which on what was left stayed below the threshold, as known at T."""
    since, left = None, amount
    for day in sorted({paid.paid_on for paid in own if paid.paid_on <= today}):
        left -= sum(paid.amount for paid in own if paid.paid_on == day)
        since = (since or day) if left < threshold else None
    return since


def standing_at(entry: Entry, payments: Iterable[Paid], today: date, terms: Terms) -> Standing | None:
    """How an entry stood at T by itself; None if it did not exist yet."""
    if entry.issue_date is not None and entry.issue_date > today:
        return None
    whose = (entry.customer_id, entry.invoice_id, entry.currency)
    own = [paid for paid in payments if entry.kind == "invoice" and _whose(paid) == whose]
    one = Standing(entry, entry.balance, terms.threshold(entry, today), own)
    settled_on = entry.cleared_on or max((paid.paid_on for paid in own), default=None)
    if entry.balance == 0 and settled_on is not None and settled_on > today:
        known = sum((paid.amount for paid in own if paid.paid_on <= today), Decimal(0))
        one.open = max(entry.amount - known, Decimal(0))
    if entry.kind == "credit":
        return one
    if entry.balance >= one.threshold:
        one.unpaid = True
        return one
    by_payment = paid_off(entry.amount, own, one.threshold, today)
    day = min((day for day in (settled_on, by_payment) if day is not None), default=None)
    if day is not None and day <= today:
        one.cleared = day
    one.unpaid = day is not None and day > today and one.open > 0
    return one


def _whose(paid: Paid) -> tuple[str, str, str]:
    return paid.customer_id, paid.invoice_id, paid.currency


def pour_credits(standings: list[Standing], today: date) -> None:
    """Credits meet invoices one by one: the earliest credit the oldest due first, per currency, disputed ones none."""
    poured = [one for one in standings if one.entry.kind == "credit"]
    for credit in sorted(poured, key=lambda one: (one.entry.issue_date is None, one.entry.issue_date or today)):
        left = credit.open
        for one in sorted(
            (one for one in standings if one.entry.kind == "invoice" and one.entry.currency == credit.entry.currency),
            key=lambda one: (one.due, one.entry.invoice_id),
        ):
            gift = Decimal(0) if one.entry.disputed else min(left, one.owed)
            one.credited += gift
            left -= gift
            if gift and not one.met and one.open >= one.threshold > one.owed:
                one.met, one.met_on = True, credit.entry.issue_date
    for one in standings:
        if one.met:
            _settle_by_credit(one, today)


def _settle_by_credit(one: Standing, today: date) -> None:
    """An invoice met by credit is cleared on the later of that and the last payment it needed."""
    if one.entry.amount - one.credited >= one.threshold:
        day = paid_off(one.entry.amount, one.own, one.threshold + Fraction(one.credited), today)
        last = day or max((paid.paid_on for paid in one.own), default=None)
        one.met_on = max(last, one.met_on) if last and one.met_on else None
    if one.met_on is not None and one.met_on > today:
        return
    one.unpaid = False
    if one.met_on is not None:
        one.cleared = min(one.cleared, one.met_on) if one.cleared else one.met_on


def days_late(one: Standing, today: date) -> int:
    """Days from due to cleared, or to today while unpaid; between 0 and 90."""
    return min(max(((one.cleared or today) - one.due).days, 0), 90)


def counts(one: Standing, today: date, terms: Terms) -> bool:
    """Whether an invoice says something about how its customer pays, were it not for a dispute."""
    if one.entry.kind != "invoice" or one.due >= today:
        return False
    return one.unpaid or (one.cleared is not None and (today - one.due).days <= terms.window)


def _median(values: list[Fraction]) -> Fraction:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _share(part: Sequence[object], whole: Sequence[object]) -> float | None:
    return half_up(Fraction(len(part), len(whole)), 4) if whole else None


def _late_rate(history: list[Standing], today: date, terms: Terms) -> float | None:
    judged = [one for one in history if not one.unpaid or days_late(one, today) > terms.grace]
    return _share([one for one in judged if days_late(one, today) > terms.grace], judged)


def own_metrics(standings: list[Standing], today: date, terms: Terms) -> dict[str, object]:
    """The metrics of one customer that need no other customer."""
    pour_credits(standings, today)
    concerned = [one for one in standings if counts(one, today, terms)]
    history = [one for one in concerned if not one.disputed_now]
    recent_ones = [one for one in history if (today - one.due).days <= 90]
    late = [days_late(one, today) for one in history]
    recent = [days_late(one, today) for one in recent_ones]
    invoices = [one for one in standings if one.entry.kind == "invoice"]
    chased = [one for one in invoices if one.unpaid and not one.entry.disputed and not one.met and one.due < today]
    issued = [one.entry.issue_date for one in invoices if one.entry.issue_date is not None]
    open_amount = _owed(invoices, today, terms)
    overdue_amount = _owed([one for one in invoices if one.due < today], today, terms)
    share = Fraction(overdue_amount) / Fraction(open_amount) if open_amount and overdue_amount is not None else None
    typical = _typical(history, today, terms)
    beside = Fraction(open_amount) / Fraction(typical) if typical and open_amount is not None else None
    return {
        "paid_invoices": sum(one.cleared is not None for one in invoices),
        "due_invoices": len(history),
        "due_invoices_90d": len(recent),
        "avg_days_late": half_up(Fraction(sum(late), len(late)), 2) if late else None,
        "avg_days_late_90d": half_up(Fraction(sum(recent), len(recent)), 2) if recent else None,
        "median_days_late": float(_median([Fraction(days) for days in late])) if late else None,
        "p90_days_late": sorted(late)[ceil(Fraction(9 * len(late), 10)) - 1] if late else None,
        "worst_days_late": max(late, default=None),
        "late_rate": _late_rate(history, today, terms),
        "late_rate_90d": _late_rate(recent_ones, today, terms),
        "months_known": _months(min(issued), today) if issued else None,
        "lifetime_value": _lifetime(standings, today, terms),
        "typical_invoice": typical,
        "open_amount": open_amount,
        "open_vs_typical": None if beside is None else half_up(beside, 4),
        "overdue_amount": overdue_amount,
        "open_invoices": sum(one.open > 0 for one in invoices),
        "overdue_share": None if share is None else half_up(share, 4),
        "oldest_overdue_days": (today - min(one.due for one in chased)).days if chased else None,
        "open_disputes": sum(one.disputed_now for one in invoices),
        "dispute_rate": _share([one for one in concerned if one.entry.disputed], concerned),
        "_late_sum": sum(late),
    }


def _worth(amount: Decimal, entry: Entry, today: date, terms: Terms) -> Fraction | None:
    rate = terms.rate(entry.currency, today)
    return None if rate is None else Fraction(amount) * rate


def _total(amounts: Iterable[Fraction | None]) -> Decimal | None:
    known = list(amounts)
    if any(amount is None for amount in known):
        return None
    return cents(sum((amount for amount in known if amount is not None), Fraction(0)))


def _owed(invoices: list[Standing], today: date, terms: Terms) -> Decimal | None:
    return _total(_worth(one.owed, one.entry, today, terms) for one in invoices if one.owed > 0)


def _lifetime(standings: list[Standing], today: date, terms: Terms) -> Decimal | None:
    return _total(
        _worth(-one.entry.amount if one.entry.kind == "credit" else one.entry.amount, one.entry, today, terms)
        for one in standings
        if one.entry.amount
    )


def _typical(history: list[Standing], today: date, terms: Terms) -> Decimal | None:
    amounts = [_worth(one.entry.amount, one.entry, today, terms) for one in history]
    known = [amount for amount in amounts if amount is not None]
    return cents(_median(known)) if known and len(known) == len(amounts) else None


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def metrics(
    customers: Iterable[str], entries: Iterable[Entry], payments: Iterable[Paid], today: date, terms: Terms
) -> Mapping[str, dict[str, object]]:
    """Every metric of every customer at T, by customer id."""
    paid: dict[str, list[Paid]] = defaultdict(list)
    for payment in payments:
        paid[payment.customer_id].append(payment)
    known: dict[str, list[Standing]] = {customer: [] for customer in customers}
    for entry in entries:
        standing = standing_at(entry, paid[entry.customer_id], today, terms)
        if standing is not None:
            known[entry.customer_id].append(standing)
    own = {customer: own_metrics(standings, today, terms) for customer, standings in known.items()}
    book = _book(own)
    for facts in own.values():
        average = facts["avg_days_late"]
        hundredths = round(average * 100) if isinstance(average, float) else None
        facts["book_days_late"] = book / 100
        facts["days_late_vs_book"] = None if hundredths is None else half_up(Fraction(hundredths, max(book, 100)), 4)
        late_sum, due = facts.pop("_late_sum"), facts["due_invoices"]
        assert isinstance(late_sum, int)
        assert isinstance(due, int)
        facts["risk_score"] = half_up(Fraction(100 * late_sum + 2 * book, 100 * (due + 2)), 2)
    return own


def _book(own: Mapping[str, dict[str, object]]) -> int:
    """Hundredths of a day: the mean over customers with enough history, 6 days where there are too few of them."""
    averages = [
        round(facts["avg_days_late"] * 100)  # type: ignore[operator]
        for facts in own.values()
        if facts["paid_invoices"] >= 3 and facts["avg_days_late"] is not None  # type: ignore[operator]
    ]
    if len(averages) < 5:
        return 600
    return floor(Fraction(sum(averages), len(averages)) + Fraction(1, 2))
