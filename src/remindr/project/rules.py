"""Do rules ask for things that exist, in a way that can have an answer.

Every test of every rule is looked at where it is written, whether or not the rest of its file could be read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from remindr.errors import Problem
from remindr.history.metrics import METRICS
from remindr.model.rule import ORDERINGS, Comparison, Named, leaves, parse_comparison
from remindr.model.terms import Miswritten, Quantity
from remindr.project.near import did_you_mean
from remindr.project.yaml import Document, Keys

Kind = Literal["segment", "trait", "flag", "step"]

# What a step can ask about the invoice it would go out for, with the unit it is measured in.
INVOICE_FIELDS = {
    "amount": "money",
    "balance": "money",
    "days_past_due": "days",
    "tags": "text",
    "terms": "text",
    "currency": "text",
}
# What each unit can be compared with; None is a bare number.
_UNITS: dict[str, tuple[str | None, ...]] = {
    "days": (None, "days"),
    "count": (None,),
    "months": (None,),
    "share": (None, "%"),
    "times": (None, "%"),
}
_LIKE = {
    "days": "10 or 10 days",
    "count": "3",
    "months": "12",
    "share": "40%",
    "times": "150% or 1.5",
    "money": "5,000 or 5,000 {currency}",
}
_TEXT_OPERATORS = ("is", "is not", "in", "not in", "has")


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison or trait of a rule, and where it is written."""

    document: Document
    path: Keys
    kind: Kind
    said: Comparison | Named

    @property
    def name(self) -> str:
        """The metric, field or trait it asks for."""
        return self.said.name if isinstance(self.said, Named) else self.said.metric

    def problem(self, what: str, hint: str | None = None, *, within: str | None = None) -> Problem:
        """A problem with this test, pointing at the name unless told otherwise."""
        return self.document.problem(self.path, what, hint=hint, within=within or self.name)


@dataclass(frozen=True, slots=True)
class Names:
    """What the rules of a project can refer to."""

    traits: Mapping[str, Any]
    segments: tuple[str, ...]
    currency: str | None


def tests_of_project(document: Document) -> Iterator[Test]:
    """Every test in the segments, traits and flags of remindr.yaml."""
    for index, segment in enumerate(entries(document.data, "segments")):
        yield from _tests(document, ("segments", index, "when"), "segment", segment.get("when"))
    for name, rule in mapping(document.data, "traits").items():
        yield from _tests(document, ("traits", name), "trait", rule)
    for name, rule in mapping(document.data, "flags").items():
        yield from _tests(document, ("flags", name), "flag", rule)


def tests_of_sequence(document: Document) -> Iterator[Test]:
    """Every test in the steps of a sequence."""
    for index, step in enumerate(entries(document.data, "steps")):
        yield from _tests(document, ("steps", index, "if"), "step", step.get("if"))
        sooner = step.get("sooner")
        if isinstance(sooner, str):
            yield from _tests(document, ("steps", index, "sooner"), "step", sooner.partition(" if ")[2])


def _tests(document: Document, path: Keys, kind: Kind, written: Any) -> Iterator[Test]:
    if isinstance(written, list):
        for index, inner in enumerate(written):
            yield from _tests(document, (*path, index), kind, inner)
    elif isinstance(written, dict):
        for word, inner in written.items():
            yield from _tests(document, (*path, word), kind, inner)
    elif isinstance(written, str):
        try:
            rule = parse_comparison(written)
        except Miswritten:
            return
        for said in leaves(rule):
            yield Test(document, path, kind, said)


def mistakes_in(tests: Iterable[Test], names: Names) -> Iterator[Problem]:
    """Every test that asks for something unknown, or compares it with something it cannot be compared with."""
    for test in tests:
        if isinstance(test.said, Named):
            yield from _trait(test, test.said, names)
        elif test.name == "segment":
            yield from _segment(test, test.said, names)
        else:
            yield from _comparison(test, test.said, names)


def _trait(test: Test, said: Named, names: Names) -> Iterator[Problem]:
    if said.name in names.traits:
        return
    if said.name in METRICS or said.name in INVOICE_FIELDS or said.name == "segment":
        yield test.problem(f"'{said.name}' is compared with nothing", _example(said.name, names))
        return
    yield test.problem(f"unknown trait '{said.name}'", did_you_mean(said.name, [*names.traits, *METRICS], limit=0))


def _example(name: str, names: Names) -> str:
    unit = _unit(name)
    if unit == "text":
        return f"write it like '{name} is …'"
    return f"write it like '{name} > {_like(unit, names).partition(' or ')[0]}'"


def _segment(test: Test, said: Comparison, names: Names) -> Iterator[Problem]:
    if test.kind == "segment":
        yield test.problem("a segment's rule cannot ask for the segment", "segments are read from the top anyway")
    elif said.operator not in ("is", "is not", "in", "not in"):
        yield test.problem("a segment is a name", "write 'segment is …' or 'segment in […]'", within=said.operator)
    else:
        values = said.value if isinstance(said.value, tuple) else (str(said.value),)
        for value in values:
            if value not in names.segments:
                yield test.problem(f"unknown segment '{value}'", did_you_mean(value, names.segments), within=value)


def _comparison(test: Test, said: Comparison, names: Names) -> Iterator[Problem]:
    if said.metric in names.traits:
        yield test.problem(
            f"'{said.metric}' is a trait and compared with nothing", f"write '{said.metric}' or 'not {said.metric}'"
        )
    elif said.metric not in METRICS and said.metric not in INVOICE_FIELDS:
        known = [*METRICS, *names.traits, *(INVOICE_FIELDS if test.kind == "step" else ()), "segment"]
        yield test.problem(f"unknown metric '{said.metric}'", did_you_mean(said.metric, known, limit=0))
    elif said.metric not in METRICS and test.kind != "step":
        yield test.problem(
            f"'{said.metric}' belongs to an invoice, and this rule is about a customer",
            "a step's if: and sooner: can ask for it",
        )
    else:
        unit = INVOICE_FIELDS.get(said.metric) if test.kind == "step" else None
        yield from _fits(test, said, unit or _unit(said.metric), names)


def _unit(name: str) -> str:
    if name in METRICS:
        return METRICS[name].unit
    return INVOICE_FIELDS.get(name, "text")


def _fits(test: Test, said: Comparison, unit: str, names: Names) -> Iterator[Problem]:
    if unit == "text":
        if said.operator in ORDERINGS:
            what = f"'{said.metric}' is a text and cannot be compared with '{said.operator}'"
            yield test.problem(what, f"known for texts: {', '.join(_TEXT_OPERATORS)}", within=said.operator)
        return
    like = f"write it like '{said.metric} > {_like(unit, names).partition(' or ')[0]}'"
    if said.operator in ("in", "not in", "has"):
        what = f"'{said.metric}' is a number and cannot be compared with '{said.operator}'"
        yield test.problem(what, like, within=said.operator)
    elif not isinstance(said.value, Quantity):
        yield test.problem(f"'{said.metric}' is a number, and '{said.value}' is none", like, within=str(said.value))
    else:
        yield from _measured(test, said.metric, said.value, unit, names)


def _measured(test: Test, metric: str, value: Quantity, unit: str, names: Names) -> Iterator[Problem]:
    shown = _value_as_written(test)
    if unit == "money":
        yield from _money(test, metric, value, shown, names)
    elif value.unit not in _UNITS[unit]:
        what = f"'{metric}' is {_MEASURED_IN[unit]} and cannot be compared with '{shown}'"
        yield test.problem(what, f"write it like {_like(unit, names)}", within=shown)
    elif unit == "share" and value.unit is None and abs(value.number) > 1:
        what = f"'{metric}' is a share: {value.number:f} would be {value.number * 100:,f}%"
        yield test.problem(what, f"did you mean '{value.number:f}%'?", within=shown)


_MEASURED_IN = {
    "days": "a number of days",
    "count": "a count",
    "months": "a number of months",
    "share": "a share",
    "times": "a ratio",
}


def _money(test: Test, metric: str, value: Quantity, shown: str, names: Names) -> Iterator[Problem]:
    if value.unit in ("%", "days"):
        what = f"'{metric}' is an amount of money and cannot be compared with '{shown}'"
        yield test.problem(what, f"write it like {_like('money', names)}", within=shown)
    elif value.unit and names.currency and value.unit != names.currency:
        what = f"'{metric}' is in {names.currency}, the company's currency; {value.unit} needs exchange rates"
        yield test.problem(what, f"write the amount in {names.currency}", within=shown)


def _value_as_written(test: Test) -> str:
    """The value as it stands in the file: what follows the operator."""
    return test.said.text.removeprefix(test.name).lstrip().removeprefix(getattr(test.said, "operator", "")).lstrip()


def _like(unit: str, names: Names) -> str:
    return _LIKE[unit].format(currency=names.currency or "EUR")


def circles(tests: Iterable[Test], traits: Iterable[str]) -> Iterator[Problem]:
    """Every trait that asks for itself by way of others, and every segment that asks for its own answer."""
    asks: dict[str, dict[str, Test]] = {name: {} for name in traits}
    by_segments: dict[str, Test] = {}
    for test in tests:
        if test.kind == "trait":
            asks[str(test.path[1])].setdefault(test.name, test)
        elif test.kind == "segment" and isinstance(test.said, Named):
            by_segments.setdefault(test.name, test)
    told: set[frozenset[str]] = set()
    for trait in asks:
        way = _way(asks, trait, trait)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            yield asks[trait][way[0]].problem(f"traits ask for each other in a circle: {' → '.join((trait, *way))}")
    for trait, test in by_segments.items():
        if trait in asks and (way := _way(asks, trait, "segment")):
            what = f"this asks for the segment it decides: {' → '.join((trait, *way))}"
            yield test.problem(what, "a trait that asks for the segment can be used in flags and steps only")


def _way(asks: Mapping[str, Mapping[str, Test]], start: str, goal: str) -> tuple[str, ...]:
    """The names that lead from a trait to a goal, the goal last; empty if none do."""
    seen = {start}
    ways: list[tuple[str, ...]] = [(start,)]
    for way in ways:
        for name in asks.get(way[-1], ()):
            if name == goal:
                return (*way[1:], name)
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()


def mapping(data: Any, key: str) -> dict[str, Any]:
    """The mapping behind a key; empty where the file has something else there."""
    found = data.get(key) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def entries(data: Any, key: str) -> list[dict[str, Any]]:
    """The mappings of the list behind a key, an empty one for each item that is something else."""
    found = data.get(key) if isinstance(data, dict) else None
    return [item if isinstance(item, dict) else {} for item in found] if isinstance(found, list) else []
