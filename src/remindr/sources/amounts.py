"""Amounts as people and packages write them; the decimal mark is one decision for a whole column.

A column of a million amounts has few *shapes*: `1.154,61` and `2.300,00` are both `9.999,99`. Shapes decide
the mark in Python, SQL then reads the column.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Mark = Literal["point", "comma"]
SIGN: Final[dict[Mark, str]] = {"point": ".", "comma": ","}
MOST_DECIMALS = 4

_SPACES = " \u00a0\u202f\u2009"
_NO_CENTS = re.compile(r"[.,][-\u2010-\u2015]{1,2}\s*$")  # 1.500,- is fifteen hundred, not minus fifteen hundred
_WORD = r"[^\W\d_]+\.?"
_SYMBOL = r"[^\w\s.,'’()+\-\u2010-\u2015\u2212]+"
_UNIT = rf"(?:{_WORD}|{_SYMBOL}|[{_SPACES}])*"
_MINUS = r"[-\u2010-\u2015\u2212]"
_AMOUNT = re.compile(
    rf"(?P<open>\()?(?P<minus>{_MINUS})?\+?{_UNIT}(?P<minus2>{_MINUS})?"
    rf"(?P<number>\d[\d.,'’{_SPACES}]*|[.,]\d+)"
    rf"{_UNIT}(?P<minus3>{_MINUS})?(?P<close>\))?"
)


@dataclass(frozen=True, slots=True)
class Written:
    """An amount taken apart: its digits and marks, whether it is negative, and the word or symbol beside it."""

    number: str
    negative: bool
    unit: str


def take_apart(text: str) -> Written | None:
    """The parts of an amount as written; None if the text is not one amount."""
    match = _AMOUNT.fullmatch(_NO_CENTS.sub("", text.strip()).strip())
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [match["minus"], match["minus2"], match["minus3"]]
    if sum(map(bool, signs)) > 1:
        return None
    unit = (match[0][: match.start("number")] + match[0][match.end("number") :]).strip(f"()+-\u2212{_SPACES}")
    number = match["number"].strip(_SPACES)
    return Written(number, any(signs) or bool(match["open"]), unit.strip("-\u2010\u2011\u2012\u2013\u2014\u2015 "))


def plain_number(number: str, mark: Mark) -> str | None:
    """The digits with a decimal point and nothing else, if they can be read under this decimal mark."""
    whole, found, cents = number.partition(SIGN[mark])
    if found and not cents.isdecimal():
        return None
    groups = re.split(r"(\D)", whole)
    separators = set(groups[1::2])
    digits = groups[0::2]
    if len(separators) > 1 or not all(group.isdecimal() for group in digits if group or len(digits) > 1):
        return None
    if separators and not _grouped(digits):
        return None
    joined = "".join(digits)
    return (joined or "0") + (f".{cents}" if found else "") if joined or found else None


def _grouped(groups: list[str]) -> bool:
    """Thousands, or lakhs and crores: the last group has three digits, the first does not begin with nought."""
    first, *middle, last = groups
    sizes = {len(group) for group in middle}
    return 1 <= len(first) <= 3 and first[0] != "0" and len(last) == 3 and (sizes <= {3} or sizes <= {2})


def marks_of(number: str) -> set[Mark]:
    """The decimal marks under which digits can be read; both only if they would mean different amounts."""
    readings = {mark: plain_number(number, mark) for mark in SIGN}
    possible = {mark for mark, reading in readings.items() if reading is not None}
    return possible


def same_either_way(number: str) -> bool:
    """Whether the decimal mark makes no difference to this number."""
    return plain_number(number, "point") == plain_number(number, "comma")


def parse_amount(text: str, mark: Mark) -> Decimal | None:
    """The amount that a text names under a decimal mark; None if it names none or has more than four decimals."""
    written = take_apart(text)
    plain = plain_number(written.number, mark) if written else None
    if plain is None or written is None or decimals(plain) > MOST_DECIMALS:
        return None
    return -Decimal(plain) if written.negative else Decimal(plain)


def decimals(plain: str) -> int:
    """How many decimals count: noughts at the end do not."""
    return len(plain.partition(".")[2].rstrip("0"))


@dataclass(frozen=True, slots=True)
class Marks:
    """What the shapes of a column say together: an example of each mark, one that can be read either way."""

    point: str | None = None
    comma: str | None = None
    either: str | None = None

    @property
    def mark(self) -> Mark | None:
        """The decimal mark, if the column tells it."""
        if bool(self.point) == bool(self.comma):
            return None
        return "point" if self.point else "comma"


def count_marks(shapes: Iterable[str]) -> Marks:
    """The marks over all shapes of a column."""
    found: dict[str, str] = {}
    for shape in shapes:
        written = take_apart(shape)
        if written is None or same_either_way(written.number):
            continue
        possible = marks_of(written.number)
        if possible:
            found.setdefault(next(iter(possible)) if len(possible) == 1 else "either", shape)
    return Marks(found.get("point"), found.get("comma"), found.get("either"))
