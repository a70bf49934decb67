"""Do rules ask for things that exist, in a way that can have an answer."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from remindr.errors import Problem
from remindr.history.metrics import METRICS
from remindr.model.rule import ORDERINGS, Comparison, Named
from remindr.model.terms import Quantity
from remindr.project.near import did_you_mean
from remindr.project.rules import Leaf, Names

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


def mistakes_in(leaves: Iterable[Leaf], names: Names) -> Iterator[Problem]:
    """Every test that asks for something unknown, or compares it with something it cannot be compared with."""
    for leaf in leaves:
        if isinstance(leaf.said, Named):
            yield from _trait(leaf, leaf.said, names)
        elif leaf.name == "segment":
            yield from _segment(leaf, leaf.said, names)
        else:
            yield from _comparison(leaf, leaf.said, names)


def _trait(leaf: Leaf, said: Named, names: Names) -> Iterator[Problem]:
    if said.name in names.traits:
        return
    if is_taken(said.name):
        yield leaf.problem(f"'{said.name}' is compared with nothing", _example(said.name, names))
        return
    yield leaf.problem(f"unknown trait '{said.name}'", did_you_mean(said.name, [*names.traits, *METRICS], limit=0))


def _example(name: str, names: Names) -> str:
    unit = _unit(name)
    if unit == "text":
        return f"write it like '{name} is …'"
    return f"write it like '{name} > {_like(unit, names).partition(' or ')[0]}'"


def _segment(leaf: Leaf, said: Comparison, names: Names) -> Iterator[Problem]:
    if leaf.kind != "flag":
        yield leaf.problem("only a flag can ask for the segment", _WITHOUT_SEGMENT[leaf.kind])
    elif said.operator not in ("is", "is not", "in", "not in"):
        yield leaf.problem("a segment is a name", "write 'segment is …' or 'segment in […]'", within=said.operator)
    else:
        values = said.value if isinstance(said.value, tuple) else (str(said.value),)
        for value in values:
            if value not in names.segments:
                yield leaf.problem(f"unknown segment '{value}'", did_you_mean(value, names.segments), within=value)


_WITHOUT_SEGMENT = {
    "segment": "segments are read from the top: none above this one has taken the customer",
    "trait": "a trait holds in every segment",
    "step": "a segment names its sequence: write one for this segment alone",
}


def _comparison(leaf: Leaf, said: Comparison, names: Names) -> Iterator[Problem]:
    if said.metric in names.traits and not _is_its_own_column(leaf):
        yield leaf.problem(
            f"'{said.metric}' is a trait and compared with nothing", f"write '{said.metric}' or 'not {said.metric}'"
        )
    elif not is_taken(said.metric) and said.metric not in names.columns:
        known = [*METRICS, *names.traits, *names.columns, *(INVOICE_FIELDS if leaf.kind == "step" else ()), "segment"]
        hint = did_you_mean(said.metric, known, limit=0) or "it is no column of the customers' export, either"
        yield leaf.problem(f"unknown metric '{said.metric}'", hint)
    elif said.metric in INVOICE_FIELDS and said.metric not in METRICS and leaf.kind != "step":
        yield leaf.problem(
            f"'{said.metric}' belongs to an invoice, and this rule is about a customer",
            "a step's if: and sooner: can ask for it",
        )
    else:
        unit = INVOICE_FIELDS.get(said.metric) if leaf.kind == "step" else None
        yield from _fits(leaf, said, unit or _unit(said.metric), names)


def _is_its_own_column(leaf: Leaf) -> bool:
    """Whether a trait compares what is called as it is: then a column of the export is meant, not the trait."""
    return leaf.kind == "trait" and isinstance(leaf.said, Comparison) and leaf.path[1] == leaf.name


def _unit(name: str) -> str:
    if name in METRICS:
        return METRICS[name].unit
    return INVOICE_FIELDS.get(name, "text")


def _fits(leaf: Leaf, said: Comparison, unit: str, names: Names) -> Iterator[Problem]:
    if unit == "text":
        if said.operator in ORDERINGS:
            what = f"'{said.metric}' is a text and cannot be compared with '{said.operator}'"
            yield leaf.problem(what, "known for texts: is, is not, in, not in, has", within=said.operator)
        return
    like = f"write it like '{said.metric} > {_like(unit, names).partition(' or ')[0]}'"
    if said.operator in ("in", "not in", "has"):
        what = f"'{said.metric}' is a number and cannot be compared with '{said.operator}'"
        yield leaf.problem(what, like, within=said.operator)
    elif not isinstance(said.value, Quantity):
        yield leaf.problem(f"'{said.metric}' is a number, and '{said.value}' is none", like, within=str(said.value))
    else:
        yield from _measured(leaf, said.metric, said.value, unit, names)


def _measured(leaf: Leaf, metric: str, value: Quantity, unit: str, names: Names) -> Iterator[Problem]:
    shown = _value_as_written(leaf)
    if unit == "money":
        yield from _money(leaf, metric, value, shown, names)
    elif value.unit not in _UNITS[unit]:
        what = f"'{metric}' is {_MEASURED_IN[unit]} and cannot be compared with '{shown}'"
        yield leaf.problem(what, f"write it like {_like(unit, names)}", within=shown)
    elif unit == "share" and value.unit is None and abs(value.number) > 1:
        what = f"'{metric}' is a share: {value.number:f} would be {value.number * 100:,f}%"
        yield leaf.problem(what, f"did you mean '{value.number:f}%'?", within=shown)


_MEASURED_IN = {
    "days": "a number of days",
    "count": "a count",
    "months": "a number of months",
    "share": "a share",
    "times": "a ratio",
}


def _money(leaf: Leaf, metric: str, value: Quantity, shown: str, names: Names) -> Iterator[Problem]:
    if value.unit in ("%", "days"):
        what = f"'{metric}' is an amount of money and cannot be compared with '{shown}'"
        yield leaf.problem(what, f"write it like {_like('money', names)}", within=shown)
    elif value.unit and names.currency and value.unit != names.currency:
        what = f"'{metric}' is in {names.currency}, the company's currency, and cannot be compared with '{shown}'"
        yield leaf.problem(what, f"write the amount in {names.currency}", within=shown)


def _value_as_written(leaf: Leaf) -> str:
    """The value as it stands in the file: what follows the operator."""
    return leaf.said.text.removeprefix(leaf.name).lstrip().removeprefix(getattr(leaf.said, "operator", "")).lstrip()


def _like(unit: str, names: Names) -> str:
    return _LIKE[unit].format(currency=names.currency or "EUR")


def is_taken(name: str) -> bool:
    """Whether a name already means something in rules, so that no trait can have it."""
    return name in METRICS or name in INVOICE_FIELDS or name == "segment"


def asked_columns(leaves: Iterable[Leaf], traits: Collection[str]) -> frozenset[str]:
    """The names in comparisons that mean nothing to remindr itself: columns of the exports, or mistakes."""
    asked = [leaf for leaf in leaves if isinstance(leaf.said, Comparison)]
    named = {leaf.name for leaf in asked if leaf.name not in traits or _is_its_own_column(leaf)}
    return frozenset(name for name in named if not is_taken(name))


def circles(leaves: Iterable[Leaf], traits: Collection[str]) -> Iterator[Problem]:
    """Every trait that asks for itself by way of others."""
    asks: dict[str, dict[str, Leaf]] = {}  # in the order of the file
    for leaf in leaves:
        if leaf.kind == "trait" and leaf.path[1] in traits and not _is_its_own_column(leaf):
            asks.setdefault(str(leaf.path[1]), {}).setdefault(leaf.name, leaf)
    told: set[str] = set()
    for trait in asks:
        way = _way(asks, trait)
        if way and told.isdisjoint(way):
            told.update(way)
            yield asks[trait][way[0]].problem(f"traits ask for each other in a circle: {' → '.join((trait, *way))}")


def _way(asks: Mapping[str, Mapping[str, Leaf]], start: str) -> tuple[str, ...]:
    """The names that lead from a trait back to itself, that trait last; empty if none do."""
    seen: set[str] = set()
    ways: list[tuple[str, ...]] = [()]
    for way in ways:
        for name in asks.get(way[-1] if way else start, ()):
            if name == start:
                return (*way, name)
            if name not in seen:
                seen.add(name)
                ways.append((*way, name))
    return ()
