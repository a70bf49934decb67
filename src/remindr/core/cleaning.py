"""Text from exports without the characters that have no business in a message.

Control characters, stray surrogates and the marks that turn the direction of writing have no honest use in a
name or an invoice number, but can make a message read as something else.
"""

import re

_UNWANTED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"[\t\r\n \u2028\u2029]+")


def one_line(text: str | None) -> str:
    """The text on one line; empty for None."""
    if not text:
        return ""
    if text.isprintable():
        return text.strip()
    return _UNWANTED.sub("", _SPACES.sub(" ", text)).strip()


def lines(text: str | None) -> str:
    """The text with its line breaks, empty lines left out; empty for None."""
    if not text:
        return ""
    if text.isprintable():
        return text.strip()
    return "\n".join(line for line in map(one_line, text.splitlines()) if line)
