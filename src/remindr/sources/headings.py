"""Customers in rows above their invoices: which heading is open, and whose job it is."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_TOTAL_WORD: Final = re.compile(
    r"(?:grand\s+)?(?:sub-?)?(?:totals?|totaal|summe|zwischensumme)\s+(?:(?:for|pour|para|voor|f[üu]r)\s+)?",
    re.IGNORECASE,
)
_WITH_JOBS: Final = re.compile(r"\s+with\s+sub-\w+(?:\s\w+)?$", re.IGNORECASE)


def named_in_total(label: str) -> str:
    """Whose total a row is: `Total for Acme with sub-customers` is Acme's; empty if it is nobody's."""
    word = _TOTAL_WORD.match(label)
    return _WITH_JOBS.sub("", label[word.end() :]).strip() if word else ""


class Headings:
    """The headings above a row, the outermost first. Each ends with its total, or with the next one if it has none.

    `labels` are the first cells of the whole file: only they tell which headings have a total.
    """

    def __init__(self, labels: Iterable[str], *, jobs: bool) -> None:
        counted = Counter(labels)
        self._ahead = Counter[str]()
        for label, count in counted.items():
            if (name := named_in_total(label)) in counted:  # a customer called Totals & Sons is no total of & Sons
                self._ahead[name] += count
        self._have_totals = bool(self._ahead)
        self._jobs = jobs
        self._open: list[str] = []
        self._left = ""  # a heading that ended without its total
        self._bare = False  # no row has come since the last heading

    @property
    def customer(self) -> str:
        """Whose rows these are: where headings in a customer's group are jobs, the outermost heading's."""
        return "" if not self._open else self._open[0] if self._jobs else self._open[-1]

    def has(self, name: str) -> bool:
        """Whether a heading is open."""
        return name in self._open

    def begin(self, name: str) -> None:
        """Notes a heading. One right below another is a job of it."""
        while self._open and not self._ahead[self._open[-1]] and not (self._jobs and self._bare):
            self._left = self._open.pop()
        self._open.append(name)
        self._bare = True

    def take_row(self) -> None:
        """Notes a row."""
        self._bare = False

    @property
    def unfinished(self) -> str:
        """A customer whose total is missing although others follow, in a report that has totals; else empty."""
        return self._left if self._jobs and self._have_totals else ""

    def end(self, label: str) -> None:
        """Notes a total. One that names no open heading ends them all."""
        name = named_in_total(label)
        self._bare = False
        self._ahead[name] -= 1
        if name not in self._open:
            self._open.clear()
        elif self._ahead[name] <= 0:
            del self._open[self._open.index(name) :]
