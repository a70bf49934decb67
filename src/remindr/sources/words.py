"""The words in cells: status, type, yes and no, currency, terms, channel, language."""

import re
from collections.abc import Mapping
from typing import Any, Final

from remindr.sources.folding import fold
from remindr.sources.vocabulary import (
    AT_ONCE,
    CHANNELS,
    CURRENCIES,
    KINDS,
    LANGUAGES,
    NO,
    SHARED_SYMBOLS,
    STATES,
    STEMS,
    SYMBOLS,
    YES,
)  # fmt: skip


def _lookup(table: Mapping[Any, tuple[str, ...]]) -> dict[str, str]:
    return {fold(word): meaning for meaning, words in table.items() for word in words}


_STATE_OF = _lookup(STATES)
_KIND_OF = _lookup(KINDS)
_CHANNEL_OF = _lookup(CHANNELS)
_LANGUAGE_OF = _lookup(LANGUAGES)
_YES_WORDS, _NO_WORDS = frozenset(map(fold, YES)), frozenset(map(fold, NO))
_AT_ONCE_WORDS = frozenset(map(fold, AT_ONCE))


def state_of(text: str, more: Mapping[str, str] | None = None) -> str | None:
    """What a status word means, None if it is not known. `more` are a package's own words, folded.

    Words that are not in the table but speak of an end, a draft, a dispute or the lawyers are taken at their word:
    that silences, and silence is the safer mistake.
    """
    word = fold(text)
    known = (more or {}).get(word) or _STATE_OF.get(word)
    return known or next((state for stem, state in STEMS if stem in word), None)


def kind_of(text: str, more: Mapping[str, str] | None = None) -> str | None:
    """What a document type means, None if it is not known. In `more` a `*`, folded to nothing, is every other word."""
    word, own = fold(text), more or {}
    return own.get(word) or own.get("") or _KIND_OF.get(word)


def says_yes(text: str) -> bool | None:
    """True or False for a word of yes or no; None for anything else, a reason perhaps."""
    word = fold(text)
    if word in _YES_WORDS:
        return True
    return False if word in _NO_WORDS or not word else None


def channel_of(text: str) -> str | None:
    """email, phone, sms or letter."""
    return _CHANNEL_OF.get(fold(text))


def language_of(text: str) -> str | None:
    """A language code such as `de` or `de-AT` from a code or a language's name."""
    code = re.fullmatch(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?", text.strip())
    if code:
        return code[1].lower() + (f"-{code[2].upper()}" if code[2] else "")
    return _LANGUAGE_OF.get(fold(text))


def currency_of(text: str, company: str) -> str | None:
    """The ISO code behind a code, a symbol or a name such as `Swedish Krona - SEK`; None if it is not known.

    A symbol of several currencies is taken for the company's own.
    """
    word = text.strip()
    if word.upper() in CURRENCIES:
        return word.upper()
    symbol = word.lower()
    if symbol in SYMBOLS:
        return SYMBOLS[symbol]
    if symbol in SHARED_SYMBOLS:
        shared = SHARED_SYMBOLS[symbol]
        if company in shared:
            return company
        return shared[0] if len(shared) == 1 or symbol == "$" else None
    code = re.search(r"(?:^|[\s(\-])([A-Z]{3})\)?$", word) or re.match(r"([A-Z]{3})[\s\-]", word)
    return code[1] if code and code[1] in CURRENCIES else None


def currency_in(header: str, company: str) -> str | None:
    """The currency that a header names, as in `Amount (EUR)`."""
    words = re.findall(r"(?<![A-Z])[A-Z]{3}(?![A-Za-z])|[€£]", header)
    return next((code for word in words if (code := currency_of(word, company))), None)


def hold_reason(text: str) -> str:
    """The reason for a hold that a cell gives; empty for a word of no."""
    yes = says_yes(text)
    return text if yes is None else "on hold in the export" if yes else ""


def level_in(text: str) -> int:
    """The level in `2`, `Stufe 2` or `1. Mahnung`; 0 where there is none, as in a date or a number."""
    found = re.search(r"(?<![\d.,/-])\d(?![\d,/-]|\.\d)", text)
    return int(found[0]) if found else 0


def days_of_terms(text: str) -> int | None:
    """Days until payment: `Net 30`, `2% 10, net 30`, `30 Tage netto`, `Due on receipt`, `14`; None for other terms."""
    if fold(text) in _AT_ONCE_WORDS:
        return 0
    match = _NET.search(text) or _DAYS_ALONE.fullmatch(text.strip())
    return int(match[1]) if match else None


_NET: Final = re.compile(r"\b(?:net|netto|n)\s?\.?(\d{1,3})\b(?!\s*%)", re.IGNORECASE)
_DAYS_ALONE: Final = re.compile(
    r"(?:\w+ )?(\d{1,3})\s*(?:calendar |kalender)?(?:days?|tagen?|dagen|jours?|d[ií]as?|d)?"
    r"(?:\s+(?:net|netto|rein|from invoice date|na factuurdatum|nach rechnungsdatum|date de facture))?",
    re.IGNORECASE,
)
