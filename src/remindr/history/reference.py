"""docs/reference/metrics.md, written from the metrics themselves: `make docs` brings it up to date."""

import sys
from collections.abc import Iterator

from remindr.history.metrics import METRICS, Metric, Scope

_HEAD = """# Metrics

What rules can ask about a customer. This page is written from the code by `make docs`.

**The history** of a customer, as of a day T, is every invoice that was due before T and either fell due within the last
365 days (`metrics: window`) or is still unpaid. Drafts, void invoices and credit notes are not in it, nor are invoices
with a dispute that is open at T.

**Days late** run from the due date to the day the invoice was cleared, or to T while it is unpaid: from 0 to 90. An
invoice is **cleared** on the day its balance, less the credit that meets it, fell below `ignore_below`. Payments and
credit notes give that day. Credit meets the oldest due invoice first, in its own currency, and never a disputed one. An
invoice that is settled, but nobody knows since when, is not in the history.

**Unknown is not zero.** A metric without evidence is unknown, and a test on it never passes, nor under `not`.

Amounts are in the company's currency and rounded to the cent. Other currencies are converted at the rate that is in
force at T, if there is one. Everything about it in `remindr.yaml`, with what holds if it is left out:

```yaml
reminding:
  ignore_below: 10 GBP      # a smaller rest counts as paid; nothing is ignored
metrics:
  window: 365 days          # paid invoices that fell due earlier are left out
  grace: 0 days             # not late in late_rate if paid within it
currencies:                 # none
  USD: 0.79                 # what one dollar is worth in the company's currency
  EUR:
    - from: 2025-01-01
      rate: 0.84
    - from: 2026-01-01
      rate: 0.86
```
"""
_UNITS = {
    "days": "days",
    "count": "a number",
    "share": "a share, in percent or as a fraction",
    "times": "a ratio, in percent or as a factor",
    "money": "an amount in the company's currency",
    "months": "months",
    "text": "a text",
}
_OWN = """Any other column can be asked for, too, by the words of its header in small letters, joined by `_`: the column
*Account Manager (UK)* by `account_manager_uk is Maria Lopez`. The customers file is looked at, or the invoice file
where there is none. What such a column holds is a text; an empty cell is unknown. Beside these, remindr knows:
"""
_SECTIONS: tuple[tuple[str, str, tuple[Scope, ...]], ...] = (
    ("From the invoices", "", ("invoice", "customer", "book")),
    ("From what remindr did", "", ("journal",)),
    ("From the customers file", _OWN, ("field",)),
)


def page() -> str:
    """The page: every metric with its unit, its meaning, an example and when it is unknown."""
    return "\n".join([_HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for title, text, scopes in _SECTIONS:
        yield f"## {title}\n"
        if text:
            yield text
        for metric in METRICS.values():
            if metric.scope in scopes:
                yield _entry(metric)


def _entry(metric: Metric) -> str:
    return (
        f"### {metric.name}\n\n{metric.meaning[0].upper()}{metric.meaning[1:]}.\n\n"
        f"- Unit: {_UNITS[metric.unit]}\n"
        f"- Example: `{metric.example}`\n"
        f"- Unknown: {f'if {metric.unknown}' if metric.unknown else 'never'}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(page())
