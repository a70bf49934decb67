"""What everything that people write is made of: the strict base, fields that are phrases, fields that have a shape."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
    model_validator,
)

from remindr.model.rule import Rule, parse_rule
from remindr.model.terms import Level, Miswritten, Quantity, Span, StepTime

LONGEST_LATE = 90  # days late are counted up to here, so that one old debt does not drown the rest
ChannelWord = Literal["email", "call", "sms", "letter"]
STEP_CHANNELS = ("email", "call", "sms", "letter", "preferred")


class Written(BaseModel):
    """Base of everything people write: frozen, and an unknown key is a mistake.

    A number where a text belongs is the text of that number. A key with nothing behind it counts as not
    written, so that all lines below it can be commented out.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        populate_by_name=True,
        coerce_numbers_to_str=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, written: Any) -> Any:
        if not isinstance(written, dict) or None not in written.values():
            return written
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in written.items() if value is not None or key not in known}


def phrase(parse: Callable[[str], Any], *examples: str, numbers: bool = False) -> tuple[Any, ...]:
    """Annotations of a field that people write as a phrase and that `parse` turns into a value."""

    def read(value: Any) -> Any:
        if isinstance(value, bool | list | dict):
            raise Miswritten("this is written in words", hint=f"write it like '{examples[0]}'")
        return parse(str(value)) if isinstance(value, str | int) else value

    schema = {"type": ["string", "number"] if numbers else "string", "examples": list(examples)}
    return BeforeValidator(read), PlainSerializer(str), WithJsonSchema(schema)


def shaped(pattern: str, what: str, hint: str, *examples: str) -> tuple[Any, ...]:
    """Annotations of a text that has to look a certain way."""
    shape = re.compile(pattern)

    def check(value: str) -> str:
        if not shape.search(value):
            raise Miswritten(f"'{value}' is not {what}", hint=hint)
        return value

    schema = {"type": "string", "pattern": pattern, "examples": list(examples)}
    return AfterValidator(check), WithJsonSchema(schema)


def parse_timezone(text: str) -> str:
    """The time zone, if there is one of that name."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise Miswritten(f"unknown time zone '{text}'") from None
    return text


def parse_money(text: str) -> Quantity:
    """An amount that is not below zero."""
    quantity = Quantity.parse(text)
    if quantity.unit in ("%", "days") or quantity.number < 0:
        raise Miswritten(f"'{text}' is not an amount of money", hint="write it like 10 or 10 GBP")
    return quantity


def parse_date(text: str) -> date:
    """A day written as year-month-day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Miswritten(f"'{text}' is not a date", hint="write it as year-month-day: 2026-12-31") from None


def parse_window(text: str) -> Span:
    """Calendar days, at least one."""
    window = parse_calendar_days(text)
    if not window.days:
        raise Miswritten("a window of no days holds no invoices", hint="write it like '365 days'")
    return window


def parse_grace(text: str) -> Span:
    """Calendar days, fewer than days late are counted."""
    grace = parse_calendar_days(text)
    if grace.days >= LONGEST_LATE:
        what = f"days late are counted up to {LONGEST_LATE}, so with this grace nobody is ever late"
        raise Miswritten(what, hint="write it like '3 days'")
    return grace


def parse_calendar_days(text: str) -> Span:
    """Days that are not working days."""
    span = Span.parse(text)
    if span.working:
        raise Miswritten(f"'{text}': days late are calendar days", within="working", hint=f"write '{span.days} days'")
    return span


def parse_rate(text: str) -> Decimal:
    """What a unit of another currency is worth."""
    if not _RATE.fullmatch(text) or not Decimal(text):
        hint = "write what one unit is worth in the company's currency: 0.79"
        raise Miswritten(f"'{text}' is not a rate", hint=hint)
    return Decimal(text)


_RATE = re.compile(r"\d{1,6}(\.\d{1,8})?")


def parse_interest(text: str) -> Quantity:
    """Interest a year in per cent."""
    found = _INTEREST.fullmatch(text.strip())
    if found is None:
        raise Miswritten(f"'{text}' is not a rate of interest", hint="write what a year costs, with the sign: 9.5 %")
    rate = Quantity(Decimal(found[1]), "%")
    if not 0 <= rate.number <= 100:
        raise Miswritten(f"'{text}' is not between 0 % and 100 %", hint="write what a year costs: 9.5 %")
    return rate


_INTEREST = re.compile(r"(-?\d{1,6}(?:\.\d{1,6})?)\s*%")


def parse_late_level(text: str) -> Level:
    """A level above heads-up."""
    level = Level.parse(text)
    if level == Level.HEADS_UP:
        raise Miswritten("a heads-up comes before anything is late", hint="write a level from friendly to final")
    return level


def parse_step_time(text: str) -> StepTime:
    """When a step comes, which no payment decides."""
    time = StepTime.parse(text)
    if time.anchor == "payment":
        raise Miswritten(f"'{text}': a step cannot wait for a payment", hint="write it like '3 days after due'")
    return time


RuleField = Annotated[Rule, BeforeValidator(parse_rule), WithJsonSchema({"x-remindr": "rule"})]
SpanField = Annotated[Span, *phrase(Span.parse, "4 days", "2 working days")]
StepTimeField = Annotated[StepTime, *phrase(parse_step_time, "3 days after due", "5 days before due", "on due")]
MoneyField = Annotated[Quantity, *phrase(parse_money, "10 GBP", numbers=True)]
RateNumber = Annotated[Decimal, *phrase(parse_rate, "0.79", numbers=True)]
LevelField = Annotated[
    Level,
    BeforeValidator(lambda value: value if isinstance(value, Level) else Level.parse(str(value))),
    PlainSerializer(lambda level: level.word),
    WithJsonSchema({"enum": [level.word for level in Level]}),
]
LATE_LEVELS = [level.word for level in Level if level > Level.HEADS_UP]
LateLevelField = Annotated[
    Level,
    BeforeValidator(lambda value: value if isinstance(value, Level) else parse_late_level(str(value))),
    PlainSerializer(lambda level: level.word),
    WithJsonSchema({"enum": LATE_LEVELS}),
]
DateField = Annotated[date, *phrase(parse_date, "2026-12-31")]
Name = Annotated[
    str,
    *shaped(
        r"^[a-z][a-z0-9_-]{0,59}$", "a name", "a name begins with a small letter and has only a-z, 0-9, '-' and '_'"
    ),
]
Currency = Annotated[
    str, *shaped(r"^[A-Z]{3}$", "a currency", "write its code of three capital letters: GBP, EUR", "EUR")
]
Country = Annotated[str, *shaped(r"^[A-Z]{2}$", "a country", "write its code of two capital letters: GB, DE", "GB")]
Language = Annotated[str, *shaped(r"^[a-z]{2,3}([-_][A-Z]{2})?$", "a language", "write its code: en, de, pt-BR", "en")]
EmailAddress = Annotated[
    str,
    *shaped(
        r"^[^@\s<>,;]+@[^@\s<>,;]+$", "an e-mail address", "write the address alone: accounts@example.com",
        "accounts@example.com",
    ),
]  # fmt: skip
WebAddress = Annotated[
    str,
    *shaped(r"^https?://\S+$", "a web address", "it begins with https://", "https://pay.example.com/{invoice_id}"),
]
