"""Money and dates as a customer reads them at home.

Babel knows how, but takes its time over every single value. Here each locale and currency is asked once for
its pattern and symbols, and what is left to do for a value is Python's own number formatting. Tests hold the
results against Babel's.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date as babel_date
from babel.lists import format_list
from babel.localedata import exists
from babel.numbers import (
    get_currency_precision,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)

from remindr.model.money import NO_CURRENCY

NO_BREAK_SPACE = "\u00a0"
_FALLBACK = "en"
_CODE = re.compile(r"[a-z]{2,3}")


def format_money(amount: Decimal, currency: str, locale: str) -> str:
    """The amount as people of that locale write it: `£1,154.61`, `1.154,61 €`."""
    return money_formatter(locale, currency)(amount)


@cache
def money_formatter(locale: str, currency: str) -> Callable[[Decimal], str]:
    """A function from an amount to its text; it raises ValueError for what is no finite number."""
    style = Locale.parse(locale).currency_formats["standard"]
    symbol = "" if currency == NO_CURRENCY else get_currency_symbol(currency, locale)
    before, before_negative = (_with_symbol(affix, symbol, at_start=True) for affix in style.prefix)
    after, after_negative = (_with_symbol(affix, symbol, at_start=False) for affix in style.suffix)
    number = _number_formatter(locale, currency)

    def write(amount: Decimal) -> str:
        if not amount.is_finite():
            raise ValueError(f"{amount} is not an amount of money")
        if amount >= 0:
            return f"{before}{number(amount)}{after}"
        return f"{before_negative}{number(-amount)}{after_negative}"

    return write


def _with_symbol(affix: str, symbol: str, *, at_start: bool) -> str:
    """The text beside the digits. Letters never touch them: `CHF 12.50`, as Unicode's rules ask."""
    text = affix.replace("¤", symbol) if symbol else affix.replace("¤", "").strip()
    edge = text[-1:] if at_start else text[:1]
    if not edge.isalpha():
        return text
    return text + NO_BREAK_SPACE if at_start else NO_BREAK_SPACE + text


def _number_formatter(locale: str, currency: str) -> Callable[[Decimal], str]:
    """A function from an amount that is not negative to its digits with the locale's marks."""
    digits = get_currency_precision(currency)
    last, others = Locale.parse(locale).currency_formats["standard"].grouping
    marks = str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})
    if (last, others) != (3, 3):
        return lambda amount: _grouped(f"{amount:.{digits}f}", last, others).translate(marks)
    spec = f",.{digits}f"
    if marks == {ord(","): ",", ord("."): "."}:
        return lambda amount: format(amount, spec)
    return lambda amount: format(amount, spec).translate(marks)


def _grouped(number: str, last: int, others: int) -> str:
    """The digits in groups from the right: the last of one size, the others of another, as in 12,34,567."""
    whole, point, fraction = number.partition(".")
    groups = [whole[-last:]]
    rest = whole[:-last]
    while rest:
        groups.insert(0, rest[-others:])
        rest = rest[:-others]
    return ",".join(groups) + point + fraction


@lru_cache(maxsize=20_000)
def format_date(day: date, locale: str) -> str:
    """The date in words: `20 November 2026`, `November 20, 2026`, `20. November 2026`."""
    return babel_date(day, "long", locale)


@lru_cache(maxsize=2000)
def format_weekday(day: date, locale: str) -> str:
    """The date with its weekday: `Friday, 20 November 2026`."""
    return babel_date(day, "full", locale)


def join_words(items: Sequence[str], locale: str) -> str:
    """Several things as one phrase: `£120.00 and €35.00`; empty text for none."""
    return format_list(list(items), locale=locale) if len(items) > 1 else "".join(items)


@lru_cache(maxsize=4096)
def locale_of(language: str | None, country: str | None, home: str = _FALLBACK) -> str:
    """The locale of a customer who speaks `language` and lives in `country`, both as an export has them.

    `home` is the company's own locale: it is used for customers whose language is not known, and it says
    which English is meant where a customer's country has none of its own.
    """
    home_language = home.partition("_")[0]
    spoken = _language_code(language) or home_language
    region = _country_code(country) or _country_in(language)
    tries = [f"{spoken}_{region}"] if region else []
    if spoken == home_language:
        tries.append(home)
    for name in (*tries, spoken, home):
        if exists(name):
            return name
    return _FALLBACK


def _language_code(text: str | None) -> str | None:
    """`de` for `de`, `DE`, `de-AT`, `German` and `Deutsch`; None for what is no language we know."""
    if not text or not text.strip():
        return None
    word = re.split(r"[-_]", text.strip().lower())[0]
    if _CODE.fullmatch(word) and exists(word):
        return word
    return _names("languages").get(text.strip().casefold())


def _country_code(text: str | None) -> str | None:
    """`GB` for `GB`, `uk` and `United Kingdom`; None for what is no country we know."""
    if not text or not text.strip():
        return None
    word = text.strip()
    code = {"UK": "GB"}.get(word.upper(), word.upper())
    if len(code) == 2 and code in Locale.parse(_FALLBACK).territories:
        return code
    return _names("territories").get(word.casefold())


def _country_in(language: str | None) -> str | None:
    """`AT` for the language `de-AT`."""
    parts = re.split(r"[-_]", (language or "").strip())
    return _country_code(parts[-1]) if len(parts) > 1 and len(parts[-1]) == 2 else None


@cache
def _names(kind: str) -> dict[str, str]:
    """Codes by the names they have in English and in the larger languages of Europe."""
    codes: dict[str, str] = {}
    for language in ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "pl"):
        for code, name in getattr(Locale.parse(language), kind).items():
            if exists(code) or (kind == "territories" and len(code) == 2 and code.isalpha()):
                codes.setdefault(name.casefold(), code)
    return codes
