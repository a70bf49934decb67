"""The day a report says it is of."""

from datetime import date

import pytest

from remindr.sources.dates import DAY_FIRST
from remindr.sources.find import date_in_name, date_of_report


@pytest.mark.parametrize(
    "text",
    [
        "Tuesday, September 29, 2026 09:30 PM GMT-04:00", "As of September 29, 2026", "As at 29 September 2026",
        "Stand: 29.09.2026", "Offene Posten per 29.09.2026", "Printed on 2026-09-29", "Situation au 29/09/2026",
        "Invoice Ninja v4.5.17 - September 29, 2026 11:28 pm", "Report date: 29th September 2026",
    ],
)  # fmt: skip
def test_report_tells_its_day(text: str) -> None:
    assert date_of_report(["Quay Ltd", text], DAY_FIRST) == date(2026, 9, 29)


def test_period_of_a_report_is_not_its_day() -> None:
    assert date_of_report(["January 1-September 29, 2026", "Invoice List by Date", "per customer"], None) is None


@pytest.mark.parametrize(
    "name", ["invoices-2026-09-29.csv", "20260929_op.csv", "OP 29.09.2026.xlsx", "x_2026_09_29 (2).csv"]
)
def test_name_tells_its_day(name: str) -> None:
    assert date_in_name(name) == date(2026, 9, 29)


@pytest.mark.parametrize(
    "name", ["invoices.csv", "invoices-2026-13-45.csv", "order 4711000000.csv", "invoices-29-09-26.csv"]
)
def test_other_digits_in_a_name_are_no_day(name: str) -> None:
    assert date_in_name(name) is None
