"""One spelling for words that people write in many ways."""

import re
import unicodedata

_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "#": "number"})


def fold(text: str) -> str:
    """A word without case, accents, spaces and punctuation, so that spellings of one word are equal."""
    composed = unicodedata.normalize("NFC", text.casefold())
    plain = unicodedata.normalize("NFKD", composed.translate(_GERMAN))
    return re.sub(r"[\W_]+", "", "".join(mark for mark in plain if not unicodedata.combining(mark)))
