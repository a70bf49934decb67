"""File names for messages: readable, alike on every system, and never made of raw ids."""

import re
import unicodedata
from hashlib import sha256

from remindr.model.plan import Notice

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def file_name(number: int, notice: Notice, ending: str) -> str:
    """`0007-smith-and-sons-3f9a1c22b0d4.eml`: the number in the run, a name for people, a hash for machines."""
    return f"{number:04d}-{slug(notice.customer.name)}-{fingerprint(notice.key)[:12]}{ending}"


def fingerprint(key: str) -> str:
    """32 digits that stand for a notice's key and tell nothing of it."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def slug(name: str) -> str:
    """The name in small letters and digits with hyphens between; `customer` if nothing is left of it."""
    text = name[: 4 * _LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return _OTHER.sub("-", text.lower())[:_LONGEST].strip("-") or "customer"
