"""Rules are data, never code: comparisons joined by all, any and not.

What people write (`avg_days_late > 10`, a list, a mapping with any/all/not) becomes one of the four
frozen values below. Whether a metric of that name exists is for the project check to say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from remindr.model.terms import Quantity

Operator = Literal[">", ">=", "<", "<=", "is", "is not", "in", "not in", "has"]
OPERATORS: tuple[Operator, ...] = (">", ">=", "<", "<=", "is", "is not", "in", "not in", "has")
ORDERINGS = frozenset({">", ">=", "<", "<="})

Value = Quantity | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`metric operator value`; `text` is the rule as written."""

    metric: str
    operator: Operator
    value: Value
    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A trait by its name, as in `high_value`; `not high_value` is `Not(Named(...))`."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these."""

    rules: tuple["Rule", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """None of what the inner rule says; unknown stays unknown."""

    rule: "Rule"


Rule = Comparison | Named | All | AnyOf | Not

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_COMPARISON = re.compile(
    r"(?P<metric>[A-Za-z_][\w-]*)\s*"
    r"(?P<op>>=|<=|>|<|==|=|!=|\bis\s+not\b|\bis\b|\bnot\s+in\b|\bin\b|\bhas\b)\s*"
    r"(?P<value>.*)"
)
_MISWRITTEN = {"=": "is", "==": "is", "!=": "is not"}


def parse_rule(written: Any) -> Rule:
    """The rule that a YAML value stands for; ValueError with a message for a person if it is none."""
    if isinstance(written, str):
        return parse_comparison(written)
    if isinstance(written, list):
        return All(_each(written, parse_rule))
    if isinstance(written, dict) and len(written) == 1:
        ((word, inner),) = written.items()
        if word in ("all", "any"):
            if not isinstance(inner, list):
                raise ValueError(f"'{word}:' takes a list of rules, one a line with '- ' before it")
            return (All if word == "all" else AnyOf)(_each(inner, parse_rule))
        if word == "not":
            return Not(parse_rule(inner))
        raise ValueError(f"unknown word '{word}' in a rule; known: all, any, not")
    raise ValueError("a rule is 'metric operator value', a list of rules, or one of all:, any:, not:")


def _each(written: list[Any], parse: Callable[[Any], Rule]) -> tuple[Rule, ...]:
    if not written:
        raise ValueError("an empty list of rules would let everybody pass; write at least one rule")
    return tuple(parse(item) for item in written)


def parse_comparison(text: str) -> Rule:
    """`avg_days_late > 10`, `industry in [retail, construction]`, `high_value`, `not high_value`."""
    phrase = " ".join(text.split())
    if phrase.startswith("not ") and _WORD.fullmatch(phrase[4:]):
        return Not(Named(phrase[4:], phrase))
    if _WORD.fullmatch(phrase):
        return Named(phrase, phrase)
    match = _COMPARISON.fullmatch(phrase)
    if not match:
        known = ", ".join(OPERATORS)
        raise ValueError(f"'{text}' is not a rule; write it like 'avg_days_late > 10' (operators: {known})")
    operator = " ".join(match["op"].split())
    if operator in _MISWRITTEN:
        raise ValueError(f"unknown operator '{operator}'; did you mean '{_MISWRITTEN[operator]}'?")
    if not match["value"]:
        raise ValueError(f"'{text}' ends before its value")
    return Comparison(match["metric"], operator, _value(operator, match["value"]), phrase)  # type: ignore[arg-type]


def _value(operator: str, text: str) -> Value:
    if operator in ORDERINGS:
        return Quantity.parse(text)
    if operator in ("in", "not in"):
        if not (text.startswith("[") and text.endswith("]")):
            raise ValueError(f"'{operator}' takes a list like [retail, construction]")
        return tuple(item.strip() for item in text[1:-1].split(",") if item.strip())
    try:
        return Quantity.parse(text)
    except ValueError:
        return text


def leaves(rule: Rule) -> Iterator[Comparison | Named]:
    """Every comparison and trait of a rule, in the order written."""
    match rule:
        case All(rules) | AnyOf(rules):
            for inner in rules:
                yield from leaves(inner)
        case Not(inner):
            yield from leaves(inner)
        case _:
            yield rule
