"""One spelling for words that people write in many ways."""

import re
import unicodedata
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]\s*$")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "#": "number"})


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """A word without case, accents, spaces and punctuation, so that spellings of one word are equal."""
    if text.isascii():
        return _SIGNS.sub("", text.casefold().translate(_GERMAN))
    composed = unicodedata.normalize("NFC", text.casefold())
    plain = unicodedata.normalize("NFKD", composed.translate(_GERMAN))
    return _SIGNS.sub("", "".join(mark for mark in plain if not unicodedata.combining(mark)))


def bare(header: str) -> str:
    """A folded header without what stands in brackets after it: `Amount (EUR)`, `Due Date (UTC)`."""
    return fold(_BRACKETS.sub("", header))
