"""Rules against facts: three-valued, so that unknown never passes, nor does its opposite.

A rule is compiled once into a function of a customer's facts that answers True, False or None (unknown);
only True passes. Evidence is the same rule told test by test, built only for customers who are shown.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from remindr.model.classification import Evidence, MetricValue
from remindr.model.rule import ORDERINGS, All, AnyOf, Comparison, Named, Not, Rule
from remindr.model.terms import Quantity

Facts = Mapping[str, MetricValue]
Test = Callable[[Facts], bool | None]
Traits = Mapping[str, Rule]


def compile_rule(rule: Rule, traits: Traits) -> Test:
    """The function that judges a rule; traits named in it are looked up in `traits` (KeyError if absent)."""
    match rule:
        case All(rules):
            return _all([compile_rule(inner, traits) for inner in rules])
        case AnyOf(rules):
            return _any([compile_rule(inner, traits) for inner in rules])
        case Not(inner):
            return _not(compile_rule(inner, traits))
        case Named(name):
            return compile_rule(traits[name], traits)
        case Comparison():
            return _comparison(rule)


def _all(tests: list[Test]) -> Test:
    def judge(facts: Facts) -> bool | None:
        answer: bool | None = True
        for test in tests:
            passed = test(facts)
            if passed is False:
                return False
            if passed is None:
                answer = None
        return answer

    return judge


def _any(tests: list[Test]) -> Test:
    def judge(facts: Facts) -> bool | None:
        answer: bool | None = False
        for test in tests:
            passed = test(facts)
            if passed:
                return True
            if passed is None:
                answer = None
        return answer

    return judge


def _not(test: Test) -> Test:
    def judge(facts: Facts) -> bool | None:
        passed = test(facts)
        return None if passed is None else not passed

    return judge


def _comparison(rule: Comparison) -> Test:
    metric, operator, value = rule.metric, rule.operator, rule.value
    if isinstance(value, Quantity):
        return _numeric(metric, operator, value)
    words = frozenset(word.casefold() for word in ((value,) if isinstance(value, str) else value))
    if operator == "has":
        return lambda facts: _known(facts.get(metric), lambda text: not words.isdisjoint(_items(text)))
    if operator in ("is not", "not in"):
        return lambda facts: _known(facts.get(metric), lambda text: text.casefold() not in words)
    return lambda facts: _known(facts.get(metric), lambda text: text.casefold() in words)


def _items(text: str) -> list[str]:
    return [item.strip().casefold() for item in text.replace(";", ",").split(",")]


def _known(value: MetricValue, judge: Callable[[str], bool]) -> bool | None:
    return None if value is None or value == "" else judge(str(value))


def threshold_of(quantity: Quantity) -> Decimal:
    """The number a metric is compared with: `40%` is 0.4."""
    return quantity.number / 100 if quantity.unit == "%" else quantity.number


_ORDERED: dict[str, Callable[[float | Decimal, float | Decimal], bool]] = {
    ">": lambda value, threshold: value > threshold,
    ">=": lambda value, threshold: value >= threshold,
    "<": lambda value, threshold: value < threshold,
    "<=": lambda value, threshold: value <= threshold,
    "is": lambda value, threshold: value == threshold,
    "is not": lambda value, threshold: value != threshold,
}


def _numeric(metric: str, operator: str, quantity: Quantity) -> Test:
    if operator == "has":
        return lambda facts: _known(facts.get(metric), lambda text: str(quantity).casefold() in _items(text))
    exact = threshold_of(quantity)
    rounded = float(exact)  # a float metric is compared with the float that prints the same
    ordered = _ORDERED[operator]

    def judge(facts: Facts) -> bool | None:
        value = facts.get(metric)
        if isinstance(value, Decimal):
            return ordered(value, exact)
        if isinstance(value, int | float):
            return ordered(value, rounded)
        if isinstance(value, str) and value:  # a customer field that happens to hold a number
            return None if operator in ORDERINGS else (value == str(quantity)) is (operator == "is")
        return None

    return judge


def evidence(rule: Rule, facts: Facts, traits: Traits, segment: str) -> Iterator[Evidence]:
    """Every comparison of a rule with what it found, in the order written."""
    match rule:
        case All(rules) | AnyOf(rules):
            for inner in rules:
                yield from evidence(inner, facts, traits, segment)
        case Not(inner):
            yield from evidence(inner, facts, traits, segment)
        case Named(name):
            yield from evidence(traits[name], facts, traits, segment)
        case Comparison():
            yield _tell(rule, facts, segment)


def _tell(rule: Comparison, facts: Facts, segment: str) -> Evidence:
    value = facts.get(rule.metric)
    threshold = "[" + ", ".join(rule.value) + "]" if isinstance(rule.value, tuple) else str(rule.value)
    passed = _comparison(rule)(facts) is True
    return Evidence(segment, rule.metric, rule.operator, threshold, value, passed, _margin(rule, value))


def _margin(rule: Comparison, value: MetricValue) -> Decimal | None:
    if not isinstance(rule.value, Quantity) or rule.operator not in ORDERINGS:
        return None
    if value is None or isinstance(value, str | date):
        return None
    distance = Decimal(str(value)) - threshold_of(rule.value)
    return distance if rule.operator in (">", ">=") else -distance
