"""`remindr segment`: who is classified how, and why."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from remindr.cli.options import AsJson, AsOf, Directory, Quiet, Verbose
from remindr.cli.terminal import plural, say, tell, tell_json, tell_table
from remindr.errors import DataError, Exit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from remindr.core.segment import Classifier
    from remindr.model.book import Customer
    from remindr.model.classification import Classification, Evidence, MetricValue
    from remindr.pipeline.station import Station

    Row = tuple[Customer, dict[str, MetricValue], Classification]

CustomerId = Annotated[str | None, typer.Argument(help="Only this customer, with every metric and every test.")]


def main(
    customer: CustomerId = None,
    directory: Directory = Path(),
    as_of: AsOf = None,
    json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Show each customer's segment and why.

    For one customer, or with -v, every metric and every test.
    """
    from remindr.cli.session import open_session, tell_warnings
    from remindr.core.segment import Classifier
    from remindr.pipeline.plan import segments
    from remindr.pipeline.station import station

    session = open_session(directory, as_of)
    with station(session.root, session.policy, session.today, thorough=True) as at:
        rows = [row for row in segments(at) if customer in (None, row[0].id)]
        tell_warnings(at.book.warnings, quiet=quiet or json)
        if customer is not None and not rows:
            raise DataError(f"no customer '{customer}' in the exports", hint="remindr segment lists them all")
        classifier = Classifier(at.policy)
        if json:
            tell_json(_document(at, rows, classifier))
        elif customer is not None or verbose:
            for row in rows:
                _tell_one(at, row, classifier)
        else:
            _tell_all(at, rows, classifier)
    return Exit.DONE


def _document(at: "Station", rows: "Iterable[Row]", classifier: "Classifier") -> object:
    from remindr.cli.views import segmented_customer

    return {
        "schema": "remindr.segments/1",
        "as_of": at.today.isoformat(),
        "customers": [
            segmented_customer(
                customer,
                classification,
                at.policy.segment(classification.segment).sequence,
                facts,
                classifier.because(classification, at.deciding_facts(classification, facts)),
            )
            for customer, facts, classification in rows
        ],
    }


def _tell_all(at: "Station", rows: "list[Row]", classifier: "Classifier") -> None:
    compared = at.view.customers_compared
    basis = (
        f"on average customers here pay {at.view.book_days_late:g} days late"
        if compared >= 5
        else f"only {plural(compared, 'customer')} with enough history; {at.view.book_days_late:g} days late is assumed"
    )
    tell(f"{plural(len(rows), 'customer')} as of {at.today}; {basis}")
    tell()
    names = [segment.name for segment in at.policy.project.segments]
    currency = at.policy.project.company.currency
    tell_table(
        ("segment", "customers", f"open {currency}", f"overdue {currency}", "sequence"),
        [_totals(name, rows, at.policy.segment(name).sequence) for name in names],
        right=("customers", f"open {currency}", f"overdue {currency}"),
    )
    if any(facts["open_amount"] is None for _, facts, _ in rows):
        say(f"note: amounts in other currencies than {currency} are not counted in this table")
    tell()
    shown = [
        _line(at, row, classifier) for row in sorted(rows, key=lambda row: (names.index(row[2].segment), row[0].id))
    ]
    tell_table(("customer", "", "segment", "because"), shown)


def _totals(name: str, rows: "list[Row]", sequence: str) -> tuple[str, ...]:
    members = [facts for _, facts, classification in rows if classification.segment == name]
    return (name, f"{len(members):,}", _sum(members, "open_amount"), _sum(members, "overdue_amount"), sequence)


def _sum(members: "Iterable[Mapping[str, MetricValue]]", metric: str) -> str:
    known = (facts[metric] for facts in members)
    return f"{sum((value for value in known if isinstance(value, Decimal)), Decimal(0)):,.2f}"


def _line(at: "Station", row: "Row", classifier: "Classifier") -> tuple[str, ...]:
    customer, facts, classification = row
    name = customer.name if customer.name != customer.id else ""
    if classification.override is not None:
        return customer.id, name, classification.segment, f"set by hand: {classification.override}"
    because = classifier.because(classification, at.deciding_facts(classification, facts))
    own = [test for test in because if test.segment == classification.segment and test.passed]
    if own:
        return customer.id, name, classification.segment, ", ".join(_short(test) for test in own)
    seen = {test.metric: f"{test.metric} {show(test.value, test.threshold)}" for test in because}
    return customer.id, name, classification.segment, f"no rule above fits: {', '.join(seen.values())}"


def _short(test: "Evidence") -> str:
    return f"{test.metric} {show(test.value, test.threshold)} ({test.operator} {test.threshold})"


def show(value: "MetricValue", threshold: str = "") -> str:
    """A metric as people read it; as a percentage beside a threshold that is one."""
    if value is None:
        return "unknown"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, float):
        return f"{value:.0%}" if threshold.endswith("%") else f"{value:g}"
    return str(value)


def _tell_one(at: "Station", row: "Row", classifier: "Classifier") -> None:
    customer, facts, classification = row
    tell(f"{customer.name} ({customer.id}): {classification.segment}")
    if classification.override is not None:
        tell(f"  set by hand: {classification.override}")
    for test in classifier.because(classification, at.deciding_facts(classification, facts)):
        mark = "yes" if test.passed else "no "
        tell(f"  {mark} {test.segment}: {test.metric} {test.operator} {test.threshold}, "
             f"is {show(test.value, test.threshold)}")  # fmt: skip
    tell(f"  traits: {', '.join(classification.traits) or 'none'}")
    tell_table(("  metric", "value"), [(f"  {name}", show(value)) for name, value in facts.items()], right=("value",))
    tell()
