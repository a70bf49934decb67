"""Amounts as people and packages write them; the decimal mark is one decision for a whole column.

A column of a million amounts has few *shapes*: `1.154,61` and `2.300,99` are both `9.999,99`. Shapes decide
the mark in Python, SQL then reads the column.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

Mark = Literal["point", "comma"]
SIGN: Final[dict[Mark, str]] = {"point": ".", "comma": ","}
MOST_DECIMALS: Final = 4
MOST_DIGITS: Final = 14  # before the decimal mark

# Written as escapes, for they look alike: no-break and thin spaces, the typographic apostrophe, dashes and minus.
SPACES: Final = " \t\u00a0\u202f\u2009"
APOSTROPHES: Final = "'\u2019"
DASHES: Final = "\u2010-\u2015\u2212"

NO_CENTS: Final = rf"[.,][-{DASHES}]{{1,2}}$"  # 1.500,- is fifteen hundred, not minus fifteen hundred
_MINUS = rf"[-{DASHES}]"
_WORD = r"[^\W\d_]+\.?"
_SYMBOL = rf"[^\w\s.,()+\-{APOSTROPHES}{DASHES}]+"
_UNIT = rf"(?:{_WORD}|{_SYMBOL}|[{SPACES}])*+"  # possessive: an address is seen to be no amount at once
_AMOUNT = re.compile(
    rf"(?P<before>{_UNIT})(?P<open>\()?(?P<minus>{_MINUS})?\+?(?P<before2>{_UNIT})(?P<minus2>{_MINUS})?"
    rf"(?P<number>\d[\d.,{APOSTROPHES}{SPACES}]*|[.,]\d+)"
    rf"(?P<after>{_UNIT})(?P<minus3>{_MINUS})?(?P<close>\))?(?P<after2>{_UNIT})"
)
_DASH_FOR_NOUGHT = re.compile(rf"{_UNIT}{_MINUS}{{1,2}}{_UNIT}")


@dataclass(frozen=True, slots=True)
class Written:
    """An amount taken apart: its digits and marks, whether it is negative, and the word or symbol beside it."""

    number: str
    negative: bool
    unit: str


def take_apart(text: str) -> Written | None:
    """The parts of an amount as written; None if the text is not one amount. A lone dash is nought."""
    text = text.strip(SPACES)
    if _DASH_FOR_NOUGHT.fullmatch(text):
        return Written("0", False, "")
    match = _AMOUNT.fullmatch(re.sub(NO_CENTS, "", text))
    if not match or bool(match["open"]) != bool(match["close"]):
        return None
    minuses = [match["minus"], match["minus2"], match["minus3"], match["open"]]
    units = [match[part].strip(SPACES) for part in ("before", "before2", "after", "after2")]
    if sum(map(bool, minuses)) > 1 or sum(map(bool, units)) > 2:
        return None
    return Written(match["number"].strip(SPACES), any(minuses), " ".join(filter(None, units)))


def plain_number(number: str, mark: Mark) -> str | None:
    """The digits with a decimal point and nothing else, if they can be read under this decimal mark."""
    whole, found, cents = number.partition(SIGN[mark])
    if found and not cents.isdecimal():
        return None
    pieces = re.split(r"(\D)", whole)
    groups, separators = pieces[0::2], set(pieces[1::2])
    if separators and not (len(separators) == 1 and _grouped(groups)):
        return None
    digits = "".join(groups) or ("0" if found else "")
    if not digits or len(digits.lstrip("0")) > MOST_DIGITS:
        return None
    return f"{digits}.{cents}" if found else digits


def _grouped(groups: list[str]) -> bool:
    """Thousands, or lakhs and crores: the last group has three digits, the first does not begin with nought."""
    first, *middle, last = groups
    sizes = {len(group) for group in middle}
    return 1 <= len(first) <= 3 and first[0] != "0" and len(last) == 3 and (sizes <= {3} or sizes <= {2})


def decimals(plain: str) -> int:
    """How many decimals count: noughts at the end do not."""
    return len(plain.partition(".")[2].rstrip("0"))


def parse_amount(text: str, mark: Mark) -> Decimal | None:
    """The amount that a text names under a decimal mark; None if it names none or has more than four decimals."""
    written = take_apart(text)
    plain = plain_number(written.number, mark) if written else None
    if written is None or plain is None or decimals(plain) > MOST_DECIMALS:
        return None
    return -Decimal(plain) if written.negative else Decimal(plain)


def readings(text: str) -> frozenset[Decimal]:
    """Every amount that a text can name, under the one decimal mark or the other; empty if it names none."""
    return frozenset(found for mark in SIGN if (found := parse_amount(text, mark)) is not None)


def why_no_amount(text: str) -> str:
    """Why a text is not an amount, in words for a bookkeeper."""
    written = take_apart(text)
    numbers = [plain for mark in SIGN if written and (plain := plain_number(written.number, mark))]
    if numbers and all(decimals(plain) > MOST_DECIMALS for plain in numbers):
        return "an amount with more than four decimals"
    return "not an amount"


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
        if written := take_apart(shape):
            point, comma = plain_number(written.number, "point"), plain_number(written.number, "comma")
            if point != comma:
                found.setdefault("comma" if point is None else "point" if comma is None else "either", shape)
    return Marks(found.get("point"), found.get("comma"), found.get("either"))
