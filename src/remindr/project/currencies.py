"""Currencies of the invoices that the settings say nothing of."""

from collections.abc import Iterable, Iterator

from remindr.errors import Problem
from remindr.model.policy import Project
from remindr.project.yaml import Document


def currencies_not_held(document: Document, project: Project, currencies: Iterable[str]) -> Iterator[Problem]:
    """A warning if small sums are ignored, but in some currencies of the invoices there is no telling what is small."""
    home = project.company.currency
    known = {home, *project.currencies, *(least.unit or home for least in project.reminding.ignore_below)}
    lacking = sorted(set(currencies) - known)
    if project.reminding.ignore_below and lacking:
        what = f"invoices in {' and '.join(lacking)} are chased however small they are"
        first = project.reminding.ignore_below[0].number
        hint = (
            f"write one amount for each currency: [{first} {home}, {first} {lacking[0]}], or rates under 'currencies:'"
        )
        yield document.problem(("reminding", "ignore_below"), what, hint=hint)
