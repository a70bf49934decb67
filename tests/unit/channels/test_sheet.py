"""Cells of a list cannot be run by a spreadsheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindr.channels.sheet import harmless

WIDE = "\uff1d\uff0b\uff0d\uff20"  # full-width = + - @
SMALL = "\ufe66\ufe62\ufe63\ufe6b"
FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "   +1", "\u00a0=1", "\u3000=1", "\v=1"),
    *('=HYPERLINK("http://evil.example")', "=cmd|' /C calc'!A0", "+44 20 7946 0018", "-2+3+cmd|' /C calc'!A0"),
    *(f"{sign}1" for sign in WIDE + SMALL),
)


@pytest.mark.parametrize("cell", FORMULAS)
def test_what_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize(
    "cell", ["", "Oak", "1,154.61", "£1,154.61", "2026-11-20", "a=b", "'x", "(1)", " Oak", "Ö", "020 7946"]
)
def test_everything_else_is_left_alone(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.text())
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    assert not harmless(cell).lstrip().startswith(tuple("=+-@" + WIDE + SMALL))
