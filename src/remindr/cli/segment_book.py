"""The whole book as `remindr segment` shows it: segments added up, then the customers to look at first."""

from collections.abc import Iterator
from heapq import nsmallest
from typing import TYPE_CHECKING

from remindr.cli.terminal import plural, tell, tell_table, tell_wrapped
from remindr.core.audit import Audit, Balance, Balances, Totals, habits, urgency
from remindr.core.explain import decision_words
from remindr.core.review import next_review, objecting_review
from remindr.core.told import day_words, days_words, money_words, near_words, number_words
from remindr.history.history import CUSTOMERS_TO_COMPARE, PAID_TO_BE_TYPICAL

if TYPE_CHECKING:
    from remindr.pipeline.audit import Audited, Auditor

SHOWN = 20  # customers, two lines each: a screenful
_ALL = "in all"


def tell_book(auditor: "Auditor", *, verbose: bool) -> None:
    """The summary, and as many customers as fit on a screen, or all of them."""
    project = auditor.at.policy.project
    audit = Audit((segment.name for segment in project.segments), paid=PAID_TO_BE_TYPICAL)
    rows = _counted(auditor, audit)
    shown = sorted(rows, key=_urgency) if verbose else nsmallest(SHOWN, rows, key=_urgency)
    if not verbose:
        auditor.recall(shown)
    _tell_title(auditor, audit)
    _tell_totals(auditor, audit)
    _tell_habits(auditor, audit)
    _tell_customers(auditor, shown, audit.all.customers)


def _counted(auditor: "Auditor", audit: Audit) -> Iterator["Audited"]:
    for one in auditor.customers():
        audit.add(one.classification, one.facts, one.balances)
        yield one


def _urgency(one: "Audited") -> tuple[object, ...]:
    return urgency(one.classification, one.flags, one.balances)


def _tell_title(auditor: "Auditor", audit: Audit) -> None:
    at = auditor.at
    then = day_words(next_review(at.today, at.policy.project.review.every))
    judged = f"judged on {day_words(at.reviews.days[0])}, " if at.reviewed else ""
    tell(f"{plural(audit.all.customers, 'customer')} as of {day_words(at.today)}; {judged}next on {then}")
    tell()


def _tell_totals(auditor: "Auditor", audit: Audit) -> None:
    rows = [
        row
        for name, totals in (*audit.segments.items(), (_ALL, audit.all))
        for row in _rows(name, totals, audit.all.customers, _sequence(auditor, name))
    ]
    columns = ("segment", "customers", "share", "days late", "", "open", "overdue", "sequence")
    tell_table(columns, rows, right=("customers", "share", "days late", "open", "overdue"))


def _sequence(auditor: "Auditor", name: str) -> str:
    return "" if name == _ALL else auditor.at.policy.segment(name).sequence


def _rows(name: str, totals: Totals, customers: int, sequence: str) -> Iterator[tuple[str, ...]]:
    """A row for a segment, and one more for each further currency."""
    share = f"{totals.customers / customers:.0%}" if customers else ""
    late = "unknown" if totals.average is None else number_words(totals.average)
    first = (name, f"{totals.customers:,}", share, late)
    for currency, balance in sorted(totals.balances.items()) or [("", Balance())]:
        yield (*first, currency, f"{balance.open:,.2f}", f"{balance.overdue:,.2f}", sequence)
        first, sequence = ("", "", "", ""), ""


def _tell_habits(auditor: "Auditor", audit: Audit) -> None:
    """What the names of the segments mean in this book, and how late its customers pay."""
    view = auditor.at.view
    tell()
    averages = [(name, totals.average) for name, totals in audit.segments.items()]
    told = [f"'{name}' {days_words(average)}" for name, average in reversed(averages) if average is not None]
    if told:
        tell_wrapped(f"Segments are relative to your book. Days late on average here: {', '.join(told)}.", rest="")
    if view.customers_compared < CUSTOMERS_TO_COMPARE:
        people = plural(view.customers_compared, "customer")
        few = f"Only {people} paid three or more invoices: too few to compare with"
        nobody = "No customer has paid three or more invoices yet: there is nobody to compare with"
        compared = few if view.customers_compared else nobody
        tell_wrapped(f"{compared}, so {days_words(view.book_days_late)} late is taken as usual.", rest="")
        return
    tell_wrapped(
        f"The {view.customers_compared:,} customers who paid three or more invoices are "
        f"{days_words(view.book_days_late)} late on average: {habits(audit)}",
        rest="",
    )


def _tell_customers(auditor: "Auditor", shown: "list[Audited]", customers: int) -> None:
    if not shown:
        return
    tell()
    order = "those on the way to another segment first, then flagged ones, then by what is overdue"
    tell_wrapped(f"Customers, {order}:", rest="")
    tell()
    for one in shown:
        tell_wrapped(f"{one.customer.id}  {_standing(one)}", rest="    ")
        for line in _reasons(auditor, one):
            tell_wrapped(line, first="    ", rest="    ")
    if len(shown) < customers:
        rest = plural(customers - len(shown), "more customer")
        tell()
        tell_wrapped(f"{rest}: remindr segment -v lists all, --csv prints them for a spreadsheet.", rest="")


def _standing(one: "Audited") -> str:
    name = f"{one.customer.name}: " if one.customer.name != one.customer.id else ""
    classification = one.classification
    moving = f", moving to {classification.moving_to}" if classification.moving_to else ""
    return f"{name}{classification.segment}{moving}; {balance_words(one.balances)}"


def balance_words(balances: Balances) -> str:
    """`120.00 GBP overdue`, `80.00 GBP open`, or `nothing open`."""
    overdue = [money_words(one.overdue, currency) for currency, one in balances.items() if one.overdue]
    if overdue:
        return f"{' and '.join(overdue)} overdue"
    open_ = [money_words(one.open, currency) for currency, one in balances.items() if one.open]
    return f"{' and '.join(open_)} open, none overdue" if open_ else "nothing open"


def _reasons(auditor: "Auditor", one: "Audited") -> Iterator[str]:
    currency = auditor.at.policy.project.company.currency
    if one.classification.override is not None:
        yield f"set by a person: {one.classification.override}"
    else:
        told = decision_words(one.classification.segment, auditor.decisive(one), auditor.judged(one), currency, most=2)
        tight = "".join(f"; {near_words(near, currency)}" for near in auditor.near(one)[:1])
        yield f"{told}{tight}"
        every = auditor.at.policy.project.review.every
        if objection := objecting_review(one.classification, auditor.at.today, every):
            judged_on = day_words(one.classification.reviewed_on)
            newest = day_words(objection)
            yield f"judged on {judged_on}; the review of {newest} found otherwise, but one alone changes nothing"
    if one.classification.moving_to is not None:
        goal = one.classification.moving_to
        yield f"today: {decision_words(goal, auditor.heading(one), one.facts, currency, most=2)}"
    for name in one.flags:
        yield f"flag {name}: {auditor.flag_words(one, name)}"
