"""The small phrases people write in YAML: `3 days after due`, `4 working days`, `5,000 EUR`, `mon-fri`.

Each phrase is a frozen value with a `parse` that raises Miswritten with a message a person can act on, and
`parse(str(value)) == value`.
"""

import re
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from enum import IntEnum
from typing import Literal, Self


class Miswritten(ValueError):
    """What somebody wrote cannot be read: what is wrong, the part at fault if it is only a part, how to write it."""

    def __init__(self, what: str, *, within: str | None = None, hint: str | None = None) -> None:
        super().__init__(f"{what}; {hint}" if hint else what)
        self.what, self.within, self.hint = what, within, hint


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Level(IntEnum):
    """How firmly a step speaks."""

    HEADS_UP = 0
    FRIENDLY = 1
    FIRM = 2
    FORMAL = 3
    FINAL = 4

    @property
    def word(self) -> str:
        """The word people write: `heads-up`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The level that a word names."""
        for level in cls:
            if level.word == text:
                return level
        raise Miswritten(f"unknown level '{text}'", hint=f"known: {', '.join(level.word for level in cls)}")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time in calendar days, or in working days."""

    days: int
    working: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """`4 days`, `2 working days`."""
        match = _SPAN.fullmatch(text.strip())
        if not match:
            raise Miswritten(f"'{text}' is not a length of time", hint="write it like '4 days' or '2 working days'")
        return cls(int(match[1]), working=bool(match[2]))

    def __str__(self) -> str:
        return f"{self.days} {'working ' if self.working else ''}day{'' if self.days == 1 else 's'}"


_SPAN = re.compile(r"(\d{1,4})\s+(working\s+)?days?")

Anchor = Literal["due", "issue", "end of the due month", "payment"]


@dataclass(frozen=True, slots=True)
class StepTime:
    """When a step is reached: so many days from an anchor; negative means before it."""

    anchor: Anchor
    offset: int = 0
    working: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """`5 days before due`, `on due`, `3 working days after issue`, `end of the due month + 10 days`."""
        phrase = " ".join(text.split())
        if phrase == "on due":
            return cls("due")
        if match := _BESIDE.fullmatch(phrase):
            days = int(match[1])
            if match[3] == "before":
                if match[4] != "due":
                    raise Miswritten(
                        f"'{text}': only the due date can be counted back from", hint=f"write '{days} days before due'"
                    )
                days = -days
            return cls(match[4], days, working=bool(match[2]))  # type: ignore[arg-type]
        if match := _MONTH_END.fullmatch(phrase):
            return cls("end of the due month", int(match[1] or 0), working=bool(match[2]))
        raise Miswritten(
            f"'{text}' is not a time for a step",
            hint="write it like '5 days before due', 'on due', '3 days after due', '10 days after issue' or "
            "'end of the due month + 5 days'",
        )

    def __str__(self) -> str:
        unit = f"{'working ' if self.working else ''}day{'' if abs(self.offset) == 1 else 's'}"
        if self.anchor == "end of the due month":
            return f"{self.anchor} + {self.offset} {unit}"
        if self == StepTime("due"):
            return "on due"
        side = "before" if self.offset < 0 else "after"
        return f"{abs(self.offset)} {unit} {side} {self.anchor}"


_BESIDE = re.compile(r"(\d{1,4}) (working )?days? (before|after) (due|issue|payment)")
_MONTH_END = re.compile(r"end of the due month(?: \+ (\d{1,4}) (working )?days?)?")


@dataclass(frozen=True, slots=True)
class Size:
    """A size of files."""

    bytes: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`5 MB`, `750 kB`; a megabyte is a million bytes."""
        match = _SIZE.fullmatch(text.strip())
        size = round(Decimal(match[1]) * _BYTES[match[2].upper()]) if match else 0
        if not size:
            raise Miswritten(f"'{text}' is not a size", hint="write it like '5 MB' or '750 kB'")
        return cls(size)

    def __str__(self) -> str:
        if self.bytes < _BYTES["MB"]:
            return f"{-(-self.bytes // _BYTES['KB'])} kB"
        return f"{Decimal(self.bytes) / _BYTES['MB']:.1f}".removesuffix(".0") + " MB"


_SIZE = re.compile(r"(\d{1,4}(?:\.\d)?) ?(kB|KB|kb|MB|mb)")
_BYTES = {"KB": 1_000, "MB": 1_000_000}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for somebody's answer."""

    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`10 minutes`, `60 seconds`; from a second to an hour."""
        match = _PATIENCE.fullmatch(text.strip())
        seconds = int(match[1]) * (60 if match[2] == "minute" else 1) if match else 0
        if not 1 <= seconds <= _LONGEST_PATIENCE:
            raise Miswritten(f"'{text}' is no time to wait", hint="write it like '10 minutes' or '60 seconds'")
        return cls(seconds)

    def __str__(self) -> str:
        number, unit = (self.seconds // 60, "minute") if self.seconds % 60 == 0 else (self.seconds, "second")
        return f"{number} {unit}{'' if number == 1 else 's'}"


_PATIENCE = re.compile(r"(\d{1,4}) (second|minute)s?")
_LONGEST_PATIENCE = 3600


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """`09:00-17:00`."""
        match = _HOURS.fullmatch(text.strip())
        hint = "write it like '09:00-17:00'"
        try:
            start, end = (time(int(match[at]), int(match[at + 1])) for at in (1, 3)) if match else (time(0), time(0))
        except ValueError:
            raise Miswritten(f"'{text}' has an hour that no day has", hint=hint) from None
        if start >= end:
            raise Miswritten(f"'{text}' is no part of a day", hint=hint)
        return cls(start, end)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many contacts within so many days."""

    contacts: int
    days: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`6 contacts in 30 days`."""
        match = re.fullmatch(r"(\d{1,4}) contacts? in (\d{1,4}) days?", " ".join(text.split()))
        if not match or not int(match[1]) or not int(match[2]):
            raise Miswritten(f"'{text}' is not a budget", hint="write it like '6 contacts in 30 days'")
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.contacts} contacts in {self.days} days"


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Days of the week, Monday is 0."""

    days: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """`mon-fri`, `tue, thu`."""
        days: set[int] = set()
        for part in text.replace(" ", "").lower().split(","):
            first, dash, last = part.partition("-")
            if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
                raise Miswritten(f"'{text}' is not a choice of weekdays", hint="write it like 'mon-fri' or 'tue, thu'")
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days.update((start + step) % 7 for step in range((end - start) % 7 + 1))
        return cls(frozenset(days))

    def __str__(self) -> str:
        days = sorted(self.days)
        if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
            return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
        return ", ".join(WEEKDAYS[day] for day in days)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as people write it, with its unit: `40%`, `14 days`, `5,000`, `5000 EUR`.

    `number` is the number as written (40 for `40%`); `unit` is None, `%`, `days` or a currency code.
    """

    number: Decimal
    unit: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The quantity that a text stands for."""
        match = _QUANTITY.fullmatch(text.strip())
        if not match:
            raise Miswritten(f"'{text}' is not a number", within=text, hint=_how_to_write(text))
        if _AMBIGUOUS.fullmatch(match[1]):
            thousands, plain = match[1].replace(".", ","), f"{Decimal(match[1]).normalize():f}"
            hint = f"write {thousands} or {plain}"
            raise Miswritten(f"'{text}' could be {thousands} or {plain}", within=text, hint=hint)
        unit = match[2]
        return cls(Decimal(match[1].replace(",", "")), "days" if unit in ("day", "days") else unit)

    def __str__(self) -> str:
        number = f"{self.number:,f}"
        return number + ("%" if self.unit == "%" else f" {self.unit}" if self.unit else "")


_QUANTITY = re.compile(r"(-?(?:[1-9]\d{0,2}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?)\s*(%|days?|[A-Z]{3})?")
_AMBIGUOUS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")  # thousands in half of Europe, a fraction elsewhere
_CURRENCY_ELSEWHERE = re.compile(r"\W?[$€£¥]|.*[$€£¥]|[A-Za-z]{3}\s*\d|.*\d\s*[a-z]{3}$")


def _how_to_write(text: str) -> str:
    if _CURRENCY_ELSEWHERE.match(text):
        return "write the currency as three capital letters after the number: 5000 EUR"
    return "write it like 10, 5,000, 40%, 14 days or 5000 EUR"


_REPEAT = re.compile(r"repeat (?P<step>[a-z][\w-]*) every (?P<days>\d{1,3}) days?, at most (?P<times>\d{1,2}) times?")


@dataclass(frozen=True, slots=True)
class Repeat:
    """What comes after the last step: that step again so many times, so many days apart; `times` 0 asks a person."""

    step: str = ""
    days: int = 0
    times: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """`ask`, or `repeat final every 14 days, at most 2 times`."""
        if text.strip() == "ask":
            return cls()
        found = _REPEAT.fullmatch(" ".join(text.split()))
        if found is None or not int(found["days"]) or not int(found["times"]):
            hint = "write 'ask', or like 'repeat final every 14 days, at most 2 times'"
            raise Miswritten(f"'{text}' is not what can come after the last step", hint=hint)
        return cls(found["step"], int(found["days"]), int(found["times"]))

    def __str__(self) -> str:
        if not self.times:
            return "ask"
        return f"repeat {self.step} every {_counted(self.days, 'day')}, at most {_counted(self.times, 'time')}"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'}"
