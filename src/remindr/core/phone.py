"""Telephone numbers as machines dial them and as people at home write them."""

import re

# Calling codes with the digit that is left out after them; empty where none is.
_CODES = {
    "AT": ("43", "0"), "AU": ("61", "0"), "BE": ("32", "0"), "CA": ("1", ""), "CH": ("41", "0"), "CZ": ("420", ""),
    "DE": ("49", "0"), "DK": ("45", ""), "ES": ("34", ""), "FI": ("358", "0"), "FR": ("33", "0"), "GB": ("44", "0"),
    "IE": ("353", "0"), "IT": ("39", ""), "LU": ("352", ""), "NL": ("31", "0"), "NO": ("47", ""), "NZ": ("64", "0"),
    "PL": ("48", ""), "PT": ("351", ""), "SE": ("46", "0"), "US": ("1", ""), "ZA": ("27", "0"),
}  # fmt: skip
_LEAST, _MOST = 7, 15  # digits


def e164(number: str, country: str | None) -> str | None:
    """`+442079460001` for `020 7946 0001` in GB; None where the number or its country cannot be told."""
    text = re.sub(r"\(0\)", "", number.strip())
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        found = digits
    elif digits.startswith("00"):
        found = digits[2:]
    elif country in _CODES:
        code, trunk = _CODES[country]
        found = code + (digits.removeprefix(trunk) if trunk else digits)
    else:
        return None
    return f"+{found}" if _LEAST <= len(found) <= _MOST and len(digits) > 4 else None


def locally(number: str, home: str | None) -> str:
    """The number as people in the country `home` write it: `020 7946 0001` for `+44 20 7946 0001`."""
    text = number.strip()
    code, trunk = _CODES.get(home or "", ("", ""))
    marked = re.match(rf"(?:\+|00){code}(?!\d*$)[\s./-]*(?:\(0\))?\s*", text) if code else None
    if marked is None and code and text.startswith((f"+{code}", f"00{code}")):
        marked = re.match(rf"(?:\+|00){code}", text)
    return f"{trunk}{text[marked.end() :]}" if marked else text
