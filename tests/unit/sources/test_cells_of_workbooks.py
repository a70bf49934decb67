"""Cells of a workbook as the text a person means by them."""

from datetime import date, datetime, time

import pytest

from remindr.sources.workbook import cell_text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("00042", "00042"),
        (123.0, "123"),
        (1154.61, "1154.61"),
        (0.1 + 0.2, "0.3"),
        (-0.00001, "-0.00001"),
        (2960623488012345678.0, "2.96062348801235e+18"),
        (999999999999999.0, "999999999999999"),
        (7, "7"),
        (True, "true"),
        (date(2026, 10, 1), "2026-10-01"),
        (datetime(2026, 10, 1), "2026-10-01"),  # noqa: DTZ001 - a sheet knows no zones
        (datetime(2026, 10, 1, 13, 5), "2026-10-01 13:05:00"),  # noqa: DTZ001
        (time(13, 5), "13:05:00"),
        ("1 Quay\r\nLeeds", "1 Quay\nLeeds"),
        (None, ""),
    ],
)
def test_cell(cell: object, text: str) -> None:
    assert cell_text(cell) == text
