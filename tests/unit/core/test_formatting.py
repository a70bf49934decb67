"""Money and dates as the customer's own country writes them, held against Babel."""

import re
from datetime import date
from decimal import Decimal

import pytest
from babel.dates import format_date as babel_date
from babel.numbers import format_currency
from hypothesis import given, settings
from hypothesis import strategies as st
from messages import NBSP

from remindr.core.formatting import format_date, format_money, join_words, locale_of
from remindr.core.told import money_words
from remindr.model.money import NO_CURRENCY

LOCALES = (
    "en", "en_GB", "en_US", "en_IE", "en_AU", "en_CA", "en_DE", "en_IN", "en_ZA", "en_CH", "de", "de_DE", "de_AT",
    "de_CH", "fr", "fr_FR", "fr_CA", "fr_CH", "fr_BE", "es", "es_ES", "es_MX", "nl", "nl_NL", "nl_BE", "it", "pt",
    "pt_PT", "pt_BR", "sv", "pl", "da", "nb", "fi", "cs", "ja", "zh", "tr", "el", "hi",
)  # fmt: skip
CURRENCIES = ("EUR", "GBP", "USD", "CHF", "JPY", "KWD", "CAD", "PLN", "SEK")
AMOUNTS = (
    "0",
    "0.01",
    "0.005",
    "0.015",
    "9.99",
    "999.995",
    "1000",
    "1154.61",
    "12345.6",
    "1234567.89",
    "-1154.61",
    "0.5",
)


def as_babel_writes(amount: Decimal, currency: str, locale: str) -> str:
    """Babel leaves out the space that Unicode asks for between the letters of a currency and digits."""
    return re.sub(r"(?<=[^\W\d_])(?=\d)", NBSP, format_currency(amount, currency, locale=locale))


@pytest.mark.parametrize("locale", LOCALES)
def test_money_reads_as_babel_writes_it(locale: str) -> None:
    for currency in CURRENCIES:
        for text in AMOUNTS:
            amount = Decimal(text)
            assert format_money(amount, currency, locale) == as_babel_writes(amount, currency, locale)


@settings(deadline=None)
@given(
    st.decimals(-(10**14), 10**14, places=4),
    st.sampled_from(LOCALES),
    st.sampled_from(CURRENCIES),
)
def test_any_amount_reads_as_babel_writes_it(amount: Decimal, locale: str, currency: str) -> None:
    assert format_money(amount, currency, locale) == as_babel_writes(amount, currency, locale)


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("1154.61", "GBP", "en_GB", "£1,154.61"),
        ("1154.61", "EUR", "de_DE", f"1.154,61{NBSP}€"),
        ("1154.61", "EUR", "fr_FR", f"1\u202f154,61{NBSP}€"),
        ("1154.61", "CHF", "de_CH", f"CHF{NBSP}1\u2019154.61"),
        ("1154.61", "CHF", "en_GB", f"CHF{NBSP}1,154.61"),
        ("1154.61", "USD", "en_GB", "US$1,154.61"),
        ("1154", "JPY", "en_GB", "JP¥1,154"),
        ("1154.6", "KWD", "en_US", f"KWD{NBSP}1,154.600"),
        ("1234567", "INR", "en_IN", "₹12,34,567.00"),
        ("5", "XXY", "en_GB", f"XXY{NBSP}5.00"),
    ],
)
def test_money_reads_as_people_there_write_it(amount: str, currency: str, locale: str, text: str) -> None:
    assert format_money(Decimal(amount), currency, locale) == text


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize("locale", ["en_GB", "en_IN"])
def test_what_is_no_number_is_no_amount_of_money(amount: str, locale: str) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        format_money(Decimal(amount), "EUR", locale)


@settings(deadline=None)
@given(st.dates(), st.sampled_from(LOCALES))
def test_dates_read_as_babel_writes_them(day: date, locale: str) -> None:
    assert format_date(day, locale) == babel_date(day, "long", locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("en_GB", "20 November 2026"),
        ("en_US", "November 20, 2026"),
        ("de_DE", "20. November 2026"),
        ("es_ES", "20 de noviembre de 2026"),
        ("ja", "2026年11月20日"),
    ],
)
def test_dates_read_as_people_there_write_them(locale: str, text: str) -> None:
    assert format_date(date(2026, 11, 20), locale) == text


@pytest.mark.parametrize(
    ("language", "country", "locale"),
    [
        ("en", "GB", "en_GB"),
        ("en", "US", "en_US"),
        ("de", "AT", "de_AT"),
        ("de-AT", None, "de_AT"),
        ("DE", "Germany", "de_DE"),
        ("German", "DE", "de_DE"),
        ("Deutsch", "Deutschland", "de_DE"),
        ("français", "France", "fr_FR"),
        (None, "US", "en_US"),
        ("", " uk ", "en_GB"),
        ("de", "GB", "de"),
        ("de", None, "de"),
        (None, None, "en_GB"),
        ("klingon", "Atlantis", "en_GB"),
        ("../../etc", "x" * 300, "en_GB"),
        ("en", None, "en_GB"),
    ],
)
def test_a_customers_locale_comes_from_language_and_country(
    language: str | None, country: str | None, locale: str
) -> None:
    assert locale_of(language, country, home="en_GB") == locale


def test_a_company_without_a_country_still_has_a_locale() -> None:
    assert locale_of("en", None) == "en"
    assert locale_of("no such language", None) == "en"


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_an_export_says_there_is_a_locale_that_babel_knows(language: str, country: str) -> None:
    locale = locale_of(language, country, home="en_GB")
    assert format_money(Decimal(1), "EUR", locale)
    assert format_date(date(2026, 11, 20), locale)


def test_several_amounts_are_joined_as_a_phrase() -> None:
    assert join_words([], "en_GB") == ""
    assert join_words(["£120.00"], "en_GB") == "£120.00"
    assert join_words(["£120.00", "€35.00"], "en_GB") == "£120.00 and €35.00"
    assert join_words(["a", "b"], "de") == "a und b"


def test_amount_in_no_currency_is_a_number() -> None:
    assert format_money(Decimal("-1154.6"), NO_CURRENCY, "en_GB") == "-1,154.60"
    assert format_money(Decimal("1154.6"), NO_CURRENCY, "de_DE") == "1.154,60"
    assert money_words(Decimal("1154.6"), NO_CURRENCY) == "1,154.60"
