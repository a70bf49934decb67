"""Which tests decided a segment, and which ones nearly did.

A rule is many tests; people want to hear the two or three numbers without which the answer were another.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from remindr.core.rules import Facts, Traits, compile_rule, evidence
from remindr.model.classification import Evidence, MetricValue
from remindr.model.policy import Project
from remindr.model.rule import All, AnyOf, Comparison, Named, Not, Rule

_TIGHT = Decimal("0.1")  # of the limit
_HAIR = Decimal("1e-9")  # far below what any metric is rounded to


@dataclass(frozen=True, slots=True)
class Near:
    """A number so close to its limit that a little more, or less, of it makes another segment."""

    test: Evidence
    segment: str

    @property
    def distance(self) -> Decimal:
        """How far the number is from its limit."""
        return abs(self.test.margin or Decimal(0))


def deciding(rule: Rule, facts: Facts, traits: Traits, segment: str) -> tuple[Evidence, ...]:
    """The tests that made a rule pass or not; of several that each suffice, the first."""
    match rule:
        case All(rules):
            return _joined(rules, facts, traits, segment, all_needed=True)
        case AnyOf(rules):
            return _joined(rules, facts, traits, segment, all_needed=False)
        case Not(inner):
            return deciding(inner, facts, traits, segment)
        case Named(name):
            return deciding(traits[name], facts, traits, segment)
        case Comparison():
            return tuple(evidence(rule, facts, traits, segment))


def _joined(
    rules: tuple[Rule, ...], facts: Facts, traits: Traits, segment: str, *, all_needed: bool
) -> tuple[Evidence, ...]:
    answers = [(inner, compile_rule(inner, traits)(facts)) for inner in rules]
    alone = [inner for inner, answer in answers if answer is not all_needed and answer is not None]
    unknown = [inner for inner, answer in answers if answer is None]
    told = alone[:1] or unknown or list(rules)
    return tuple(test for inner in told for test in deciding(inner, facts, traits, segment))


def decisive(project: Project, segment: str, facts: Facts) -> tuple[Evidence, ...]:
    """The tests that put a customer into a segment: its own, or what kept the customer out of those above.

    Each metric is named once; what is nearest to the segment comes first.
    """
    names = [one.name for one in project.segments]
    above = project.segments[: names.index(segment)]
    own = project.segments[len(above)]
    tried = [own] if own.when is not None else [*reversed(above)]
    told: dict[str, Evidence] = {}
    for one in tried:
        if one.when is not None:
            for test in deciding(one.when, facts, project.traits, one.name):
                told.setdefault(test.metric, test)
    return tuple(told.values())


def near(tests: tuple[Evidence, ...], facts: Facts, answer: Callable[[Facts], str]) -> Iterator[Near]:
    """The numbers close to a limit beyond which `answer` gives another segment."""
    now = answer(facts)
    for test in tests:
        if not _is_tight(test):
            continue
        other = answer({**facts, test.metric: _beyond(test)})
        if other != now:
            yield Near(test, other)


def _is_tight(test: Evidence) -> bool:
    if test.margin is None or not isinstance(test.value, float | Decimal):  # counts move by whole steps anyway
        return False
    limit = Decimal(str(test.value)) - _signed(test)
    return abs(test.margin) <= abs(limit) * _TIGHT


def _signed(test: Evidence) -> Decimal:
    """How far the value lies above its limit."""
    margin = test.margin or Decimal(0)
    return margin if test.operator in (">", ">=") else -margin


def _beyond(test: Evidence) -> MetricValue:
    """The value just on the other side of its limit."""
    limit = Decimal(str(test.value)) - _signed(test)
    upwards = test.passed is (test.operator in ("<", "<="))
    moved = limit + (_HAIR if upwards else -_HAIR)
    return moved if isinstance(test.value, Decimal) else float(moved)
