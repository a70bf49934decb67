"""The customers of `remindr segment` for a spreadsheet: a row each, the same columns every time."""

import csv
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from remindr.channels.sheet import harmless
from remindr.cli.terminal import iso, safe
from remindr.cli.views import fact
from remindr.core.explain import decision_words
from remindr.core.told import money_words
from remindr.history.metrics import METRICS

if TYPE_CHECKING:
    from remindr.model.classification import MetricValue
    from remindr.pipeline.audit import Audited, Auditor

COLUMNS = (
    "customer_id", "customer_name", "segment", "since", "reviewed_on", "moving_to", "next_review", "override",
    "sequence", "traits", "flags", "open", "overdue", "because",
)  # fmt: skip


def print_csv(auditor: "Auditor", only: str | None = None) -> None:
    """RFC 4180 on stdout; no cell can be a formula. Unknown metrics are empty."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *METRICS))
    for one in auditor.customers(only):
        told = [harmless(safe(cell)) for cell in _cells(auditor, one)]
        writer.writerow((*told, *(_metric(one.facts.get(name)) for name in METRICS)))


def _cells(auditor: "Auditor", one: "Audited") -> Iterator[str]:
    policy, classification = auditor.at.policy, one.classification
    yield from (one.customer.id, one.customer.name, classification.segment)
    for day in (classification.since, classification.reviewed_on):
        yield iso(day) or ""
    yield classification.moving_to or ""
    yield iso(classification.next_review) or ""
    yield classification.override or ""
    yield policy.segment(classification.segment).sequence
    yield ", ".join(classification.traits)
    yield ", ".join(one.flags)
    yield " + ".join(money_words(balance.open, currency) for currency, balance in one.balances.items())
    yield " + ".join(money_words(balance.overdue, currency) for currency, balance in one.balances.items())
    tests = auditor.decisive(one)
    currency = policy.project.company.currency
    yield decision_words(classification.segment, tests, auditor.judged(one), currency) if tests else ""


def _metric(value: "MetricValue") -> str:
    told = fact(value)
    return "" if told is None else harmless(safe(told))
