"""Files that stop in the last cell of their last row."""

from collections.abc import Callable
from typing import Any

import pytest

from remindr.errors import Refused
from remindr.sources.book import Book

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("header", "whole", "half"),
    [
        ("Email", "ap@ada.example", "ap@bo.exam"),
        ("Phone", "+44 1422 496001", "+44 1422"),
        ("Client", "Ada", "B"),
        ("Balance", "1200", "12"),
        ("Currency", "EUR", ""),
    ],
)
def test_row_whose_last_cell_may_go_on_is_set_aside(
    load: Load, invoices: Rows, header: str, whole: str, half: str
) -> None:
    head = "Customer No,Invoice No,Due Date,Amount," + header
    book = load(f"{head}\n1,A-1,2026-10-01,1200,{whole}\n2,A-2,2026-10-01,1200,{half}")
    assert [row["invoice_id"] for row in invoices(book)] == ["A-1"]
    assert [row.row for row in book.quarantined] == [3]
    assert book.unreadable_customers == {"2"}


def test_last_cell_that_other_rows_have_is_whole(load: Load, invoices: Rows) -> None:
    row = "2026-10-01,1200,ap@ada.example"
    book = load(f"Customer No,Invoice No,Due Date,Amount,Email\n1,A-1,{row}\n1,A-2,{row}")
    assert [one["invoice_id"] for one in invoices(book)] == ["A-1", "A-2"]


@pytest.mark.parametrize("day", ["9/30/20", "2026-10-0"])
def test_a_day_that_stands_alone_and_may_go_on_is_refused(load: Load, day: str) -> None:
    with pytest.raises(Refused, match="the file ends in the middle of this row"):
        load(f"Customer,Invoice No,Amount,Due Date\nAda,A-1,12.00,{day}")
    with load("Customer,Invoice No,Amount,Due Date\nAda,A-1,12.00,2026-10-01") as book:
        assert not book.quarantined
