"""What goes out as one text message: at most 160 signs of the alphabet that every telephone has.

One sign outside of it, and only 70 fit; one sign too many, and it is two messages. A name is shortened before
anything else is, because amounts, dates and invoice numbers have to be whole.
"""

from unicodedata import normalize

LONGEST = 160
_ONCE = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = frozenset("^{}\\[~]|€")
_ALPHABET = _ONCE | _TWICE
_SHORTEST_NAME = 11  # as long as the name of a sender may be in the networks
_SIGNS = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "ł": "l",
        "Ł": "L",
    }
)


def text_message(text: str, sender: str) -> str:
    """The text in plain signs, its sender's name shortened as far as that helps it into one message."""
    text, sender = _plain(text), _plain(sender)
    over = length(text) - LONGEST
    if over <= 0 or len(sender) <= _SHORTEST_NAME:
        return text
    return text.replace(sender, sender[: max(len(sender) - over, _SHORTEST_NAME)].rstrip(" &,.-"), 1)


def length(text: str) -> int:
    """How much room the text takes; some signs count twice."""
    return len(text) + sum(sign in _TWICE for sign in text)


def _plain(text: str) -> str:
    """The text with the nearest sign of the alphabet for each outside of it; what has none stays."""
    text = text.translate(_SIGNS)
    return text if _ALPHABET.issuperset(text) else "".join(map(_nearest, text))


def _nearest(sign: str) -> str:
    base = normalize("NFKD", sign)[:1]
    return base if sign not in _ALPHABET and base in _ALPHABET else sign
