"""Sentences that have to stay true where a book is small: nobody has paid yet, a holiday, numbers that say nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Remindr = Callable[..., Any]
AS_OF = ("--as-of", "2026-11-20")
HEADERS = "Invoice Number,Customer Number,Customer Name,Invoice Date,Due Date,Amount,Balance\n"
OAK = HEADERS + "A-1,2520018000000073022,Oak,2026-10-01,2026-10-31,120.00,120.00\n"


def test_nobody_who_has_paid_often_is_nobody(remindr: Remindr, small: Callable[[str], Path]) -> None:
    told = remindr("segment", "-C", small(OAK), *AS_OF).out
    assert "No customer has paid three or more invoices yet: there is nobody to compare with, so 6 days late is" in told


def test_what_is_late_of_somebody_who_has_paid_nothing_is_what_is_open(
    remindr: Remindr, small: Callable[[str], Path]
) -> None:
    told = remindr("explain", "Oak", "-C", small(OAK), *AS_OF).out
    assert "They have paid no invoices so far; what is open is 20 days late on average" in told


def test_customers_of_the_page_have_open_invoices_and_names(remindr: Remindr, small: Callable[[str], Path]) -> None:
    """Whether they owe anything is another question: a credit may cover it."""
    credit = "C-1,2520018000000073022,Oak,2026-10-02,2026-10-02,-500.00,-500.00\n"
    told = remindr("check", "-C", small(OAK + credit), *AS_OF).out
    assert "1 customer, all of whom have open invoices, none of these with an e-mail address" in told
    assert "nor telephone nor post: 1 (2520018000000073022 Oak)" in told


@pytest.mark.parametrize(("day", "what"), [("2026-11-22", "a Sunday"), ("2026-12-25", "a holiday")])
def test_day_of_rest_is_called_what_it_is(remindr: Remindr, small: Callable[[str], Path], day: str, what: str) -> None:
    project = small(OAK)
    with (project / "remindr.yaml").open("a", encoding="utf-8") as settings:
        settings.write("reminding:\n  holidays: GB-ENG\n")
    told = remindr("preview", "-C", project, "--as-of", day).out
    assert f"{day} is {what}, when nothing is sent; next is " in told


def test_reasons_that_are_more_than_invoices_are_explained(remindr: Remindr, small: Callable[[str], Path]) -> None:
    disputed = OAK.replace("Balance\n", "Balance,Disputed\n").replace("120.00\n", "120.00,yes\n")
    several = remindr("preview", "-C", small(disputed), "--as-of", "2026-11-22").out
    assert "(an invoice can have several reasons)" in several
    assert "several reasons" not in remindr("preview", "-C", small(OAK), "--as-of", "2026-11-22").out
