"""One customer as `remindr segment CUSTOMER` shows them: every rule tried, every metric."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from remindr.cli.segment_book import balance_words
from remindr.cli.terminal import tell, tell_table
from remindr.core.explain import segment_place
from remindr.core.review import objecting_review
from remindr.core.told import day_words, margin_words, near_words, unit_words, value_words
from remindr.history.metrics import METRICS, Metric

if TYPE_CHECKING:
    from remindr.model.classification import Evidence, MetricValue
    from remindr.pipeline.audit import Audited, Auditor

_OTHER = "From the customers file"
_JOURNAL = "What remindr did"
_GROUPS = {"book": "Beside the book", "journal": _JOURNAL, "field": _OTHER}


def tell_customer(auditor: "Auditor", one: "Audited") -> None:
    """Everything about one customer's segment."""
    tell(f"{one.customer.name} ({one.customer.id}), as of {day_words(auditor.at.today)}")
    tell()
    tell_table(("", ""), [(f"  {name}", text) for name, text in _standing(auditor, one)], heading=False)
    if one.classification.override is None:
        _tell_rules(auditor, one)
    _tell_metrics(one.facts, auditor.at.policy.project.company.currency)


def _standing(auditor: "Auditor", one: "Audited") -> Iterator[tuple[str, str]]:
    policy, classification = auditor.at.policy, one.classification
    yield "segment", f"{classification.segment} ({segment_place(policy, classification.segment)})"
    if classification.override is not None:
        yield "", f"set by a person: {classification.override}"
    if classification.since is not None:
        yield "judged", f"on {day_words(classification.reviewed_on)}, found so since {day_words(classification.since)}"
    if objection := objecting_review(classification, auditor.at.today, policy.project.review.every):
        yield "", f"the review of {day_words(objection)} found otherwise, but one alone changes nothing"
    if classification.next_review is not None:
        yield "next review", day_words(classification.next_review)
    if classification.moving_to is not None:
        yield "moving to", f"{classification.moving_to}, by the numbers of today"
    currency = policy.project.company.currency
    for near in auditor.near(one):
        yield "close", near_words(near, currency)
    sequence = policy.segment(classification.segment).sequence
    yield "sequence", f"{sequence} ({policy.place('sequences', sequence)})"
    yield "owes", balance_words(one.balances)
    yield "traits", ", ".join(f"{name} ({policy.place('traits', name)})" for name in classification.traits) or "none"
    for name in one.flags:
        yield "flag", f"{name} ({policy.place('flags', name)}): {auditor.flag_words(one, name)}"


def _tell_rules(auditor: "Auditor", one: "Audited") -> None:
    judged_on, today = one.classification.reviewed_on, auditor.at.today
    seen = "" if judged_on == today else f", as the review of {day_words(judged_on)} saw them"
    policy, tests = auditor.at.policy, auditor.tried(one)
    currency = policy.project.company.currency
    tell()
    tell(f"Rules, in the order they were tried{seen}")
    rows: list[tuple[str, ...]] = []
    for name, tried in groupby(tests, key=lambda test: test.segment):
        fits = "fits" if name == one.classification.segment else "does not fit"
        rows.append((f"  {name}", f"{fits} ({segment_place(policy, name)})", "", ""))
        rows += [_test(test, currency) for test in tried]
    if not any(test.segment == one.classification.segment for test in tests):
        place = segment_place(policy, one.classification.segment)
        rows.append((f"  {one.classification.segment}", f"takes everybody else ({place})", "", ""))
    tell_table(("  segment", "test", "found", "margin"), rows, right=("found",))


def _test(test: "Evidence", currency: str) -> tuple[str, ...]:
    verdict = "yes" if test.passed else "no"
    rule = f"{test.metric} {test.operator} {test.threshold}"
    return f"    {verdict}", rule, value_words(test, currency, counted=False), margin_words(test, currency)


def _tell_metrics(facts: "Mapping[str, MetricValue]", currency: str) -> None:
    grouped: dict[str, list[tuple[str, str, str]]] = {}
    for name, value in facts.items():
        metric = METRICS.get(name)
        told = unit_words(value, metric.unit if metric else "text", currency)
        grouped.setdefault(_group(metric), []).append((f"  {name}", told, metric.meaning if metric else ""))
    for title, rows in grouped.items():
        tell()
        known = [row for row in rows if title != _OTHER or row[1] != "unknown"]
        tell(title if known else f"{title}: nothing")
        if known:
            tell_table(("  metric", "value", "meaning"), known, right=("value",))


def _group(metric: Metric | None) -> str:
    if metric is None:
        return _OTHER
    owed = metric.name.startswith(("open_", "overdue_", "oldest_"))
    return _GROUPS.get(metric.scope) or ("What they owe and buy" if owed or metric.unit == "money" else "How they pay")
