"""Amounts as people and packages write them."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remindr.sources.amounts import Mark, count_marks, parse_amount, take_apart, why_no_amount


@pytest.mark.parametrize(
    ("text", "mark", "amount"),
    [
        ("1154.61", "point", "1154.61"), ("1,154.61", "point", "1154.61"), ("1.154,61", "comma", "1154.61"),
        ("1 154,61", "comma", "1154.61"), ("1\u202f154,61", "comma", "1154.61"), ("1'154.61", "point", "1154.61"),
        ("1\u2019154.61", "point", "1154.61"), ("20 160,0", "comma", "20160"), ("12,34,567.50", "point", "1234567.5"),
        ("£1,154.61", "point", "1154.61"), ("1.154,61 €", "comma", "1154.61"), ("EUR 1.154,61", "comma", "1154.61"),
        ("Fr. 20.05", "point", "20.05"), ("Rs.500", "point", "500"), ("kr 1 500,00", "comma", "1500"),
        ("$-142.85", "point", "-142.85"), ("-$142.85", "point", "-142.85"), ("142.85-", "point", "-142.85"),
        ("\u2212142.85", "point", "-142.85"), ("($400.00)", "point", "-400"), ("(420.81)", "point", "-420.81"),
        ("$(400.00)", "point", "-400"), ("1.500,-", "comma", "1500"), ("1.500,--", "comma", "1500"),
        ("1,500.-", "point", "1500"), ("$13.50 ", "point", "13.5"), (".5", "point", "0.5"), ("0", "comma", "0"),
        ("-", "point", "0"), (" $ -   ", "point", "0"), ("+5.00", "point", "5"), ("0.125", "point", "0.125"),
        ("1.0000", "point", "1"), ("10.123400", "point", "10.1234"),
    ],
)  # fmt: skip
def test_amount_is_read_exactly(text: str, mark: Mark, amount: str) -> None:
    assert parse_amount(text, mark) == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "1.2.3", "1,23,4", "12 34", "(5.00", "5.00)", "--5", "(-5)", "1e5", "10.12345", "5%5", "1.", "9" * 15],
)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    assert parse_amount(text, "point") is None


def test_grouping_has_to_be_right() -> None:
    assert parse_amount("1.154,61", "point") is None
    assert parse_amount("0.125", "comma") is None
    assert parse_amount("1234.567", "comma") is None
    assert parse_amount("1.1544", "comma") is None


def test_shapes_tell_the_mark_unless_every_one_can_be_read_both_ways() -> None:
    assert count_marks(["9.999", "99.99"]).mark == "point"
    assert count_marks(["9.999", "99,99"]).mark == "comma"
    assert count_marks(["9,999", "0.999"]).mark == "point"
    assert count_marks(["9.999.999"]).mark == "comma"
    assert count_marks(["9.999"]).mark is None
    assert count_marks(["9.999"]).either == "9.999"
    assert count_marks(["999", "-9", "€ 9"]) == count_marks([])
    torn = count_marks(["9.99", "9,99"])
    assert (torn.mark, torn.point, torn.comma) == (None, "9.99", "9,99")


def test_word_beside_an_amount_is_told() -> None:
    assert [written.unit for text in ("£5", "5 EUR", "5", "US$ 5.00") if (written := take_apart(text))] == [
        "£",
        "EUR",
        "",
        "US$",
    ]


def test_reason_tells_too_many_decimals_from_no_amount() -> None:
    assert why_no_amount("10.123456") == "an amount with more than four decimals"
    assert why_no_amount("soon") == "not an amount"


def grouped(whole: int, separator: str) -> str:
    return f"{whole:,}".replace(",", separator)


@given(
    cents=st.integers(-(10**12), 10**12),
    mark=st.sampled_from(["point", "comma"]),
    separator=st.sampled_from(["", " ", "\u00a0", "'", "other"]),
    sign=st.sampled_from(["-{}", "({})", "{}-", "\u2212{}"]),
    unit=st.sampled_from(["{}", "{} €", "£{}", "USD {}", "{} CHF", " {} "]),
)
def test_an_amount_in_any_style_is_read_back_exactly(
    cents: int, mark: Mark, separator: str, sign: str, unit: str
) -> None:
    assume(cents % 100 or separator != "other")
    decimal, other = (".", ",") if mark == "point" else (",", ".")
    whole = grouped(abs(cents) // 100, other if separator == "other" else separator)
    written = f"{whole}{decimal}{abs(cents) % 100:02}"
    signed = sign.format(written) if cents < 0 else written
    assert parse_amount(unit.format(signed), mark) == Decimal(cents) / 100


def test_an_address_is_seen_at_once_to_be_no_amount() -> None:
    assert take_apart("14 Ropewalk\nLeeds LS9 8AB, care of the accounts payable department") is None
