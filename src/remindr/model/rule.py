"""Rules are data, never code: comparisons joined by all, any and not.

What people write (`avg_days_late > 10`, a list, a mapping with any/all/not) becomes one of the four
frozen values below. Whether a metric of that name exists is for the project check to say.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from remindr.model.terms import Miswritten, Quantity

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

_WORD = re.compile(r"[A-Za-z][\w-]*")
_LONGEST = 1_000
_COMPARISON = re.compile(
    r"(?P<metric>[A-Za-z_][\w-]*)\s*"
    r"(?P<operator>(?:is\s+not|is|not)\s+in\b|is\s+not\b|(?:is|in|has)\b|[<>=!≤≥≠]+|[A-Za-z]+\b)\s*"
    r"(?P<value>.*)"
)
_MEANT = {
    "=": "is", "==": "is", "===": "is", "equals": "is", "equal": "is", "are": "is",
    "!=": "is not", "<>": "is not", "≠": "is not", "isnt": "is not", "not": "is not",
    "=>": ">=", "≥": ">=", "above": ">", "over": ">", "exceeds": ">",
    "=<": "<=", "≤": "<=", "below": "<", "under": "<",
    "is in": "in", "is not in": "not in", "contains": "has", "includes": "has",
}  # fmt: skip
_JOINED = re.compile(r"^[\w-]+ (?P<first>and|or) |\s(?P<later>and|or) (?:not )?[\w-]+ ?(?:[<>=!]|is |has |in )")


def parse_rule(written: Any) -> Rule:
    """The rule that a YAML value stands for; Miswritten with a message for a person if it is none."""
    if isinstance(written, str):
        return parse_comparison(written)
    if isinstance(written, list):
        return All(_each(written, parse_rule))
    if isinstance(written, dict) and len(written) == 1:
        ((word, inner),) = written.items()
        if word in ("all", "any"):
            if not isinstance(inner, list):
                raise Miswritten(f"'{word}:' takes a list of rules", hint="write one a line with '- ' before it")
            return (All if word == "all" else AnyOf)(_each(inner, parse_rule))
        if word == "not":
            return Not(parse_rule(inner))
        raise Miswritten(f"unknown word '{word}' in a rule", within=str(word), hint="known: all, any, not")
    raise Miswritten("not a rule", hint="write 'metric operator value', a list of rules, or one of all:, any:, not:")


def _each(written: list[Any], parse: Callable[[Any], Rule]) -> tuple[Rule, ...]:
    if not written:
        raise Miswritten("an empty list of rules would let everybody pass", hint="write at least one rule")
    return tuple(parse(item) for item in written)


def parse_comparison(text: str) -> Rule:
    """`avg_days_late > 10`, `industry in [retail, construction]`, `high_value`, `not high_value`."""
    phrase = " ".join(text.split())
    if phrase.startswith("not ") and _WORD.fullmatch(phrase[4:]):
        return Not(Named(phrase[4:], phrase))
    if _WORD.fullmatch(phrase):
        return Named(phrase, phrase)
    if joined := _JOINED.search(phrase):
        word = joined["first"] or joined["later"]
        hint = "write one rule a line with '- ' before it, below all: or any:"
        raise Miswritten(f"'{text}' joins rules with '{word}'", within=word, hint=hint)
    match = _COMPARISON.fullmatch(phrase) if len(phrase) <= _LONGEST else None
    if not match:
        raise Miswritten(
            f"'{text}' is not a rule",
            hint=f"write it like 'avg_days_late > 10' (operators: {', '.join(OPERATORS)})",
        )
    operator = " ".join(match["operator"].split())
    if operator not in OPERATORS:
        raise _unknown_operator(operator, match["operator"])
    if not match["value"]:
        raise Miswritten(f"'{text}' ends before its value")
    return Comparison(match["metric"], operator, _value(operator, match["value"]), phrase)


def _unknown_operator(operator: str, written: str) -> Miswritten:
    known = f"known: {', '.join(OPERATORS)}"
    meant = _MEANT.get(operator.lower(), operator.lower() if operator.lower() in OPERATORS else None)
    hint = f"did you mean '{meant}'? {known}" if meant else known
    return Miswritten(f"unknown operator '{operator}'", within=written, hint=hint)


def _value(operator: str, text: str) -> Value:
    if operator in ORDERINGS:
        return Quantity.parse(text)
    listed = text.startswith("[") and text.endswith("]")
    if operator in ("in", "not in"):
        items = tuple(_unquoted(item) for item in text[1:-1].split(",") if item.strip()) if listed else ()
        if not items:
            raise Miswritten(f"'{operator}' takes a list", within=text, hint="write it like [retail, construction]")
        return items
    if listed:
        instead = "not in" if operator == "is not" else "in"
        raise Miswritten(f"'{operator}' takes one value, not a list", within=text, hint=f"did you mean '{instead}'?")
    try:
        return Quantity.parse(text)
    except Miswritten:
        return _unquoted(text)


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"" else text


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
