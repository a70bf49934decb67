"""Which test fits which metric; the wording is held fast in tests/errors/project."""

import pytest

from remindr.history.metrics import METRICS
from remindr.project.rules import Names, leaves_of_project, leaves_of_sequence
from remindr.project.sense import INVOICE_FIELDS, circles, mistakes_in
from remindr.project.yaml import parse_yaml

NAMES = Names(traits=frozenset({"high_value"}), segments=("slow", "reliable"), currency="GBP")


def told_of_trait(rule: str) -> list[str]:
    document = parse_yaml(f"traits:\n  t:\n    - {rule}\n", "remindr.yaml")
    return [problem.what for problem in mistakes_in(leaves_of_project(document), NAMES)]


def told_of_step(rule: str) -> list[str]:
    document = parse_yaml(f"steps:\n  - if: {rule}\n", "steady.yaml")
    return [problem.what for problem in mistakes_in(leaves_of_sequence(document), NAMES)]


GOOD = {
    "days": ["> 10", "<= 14 days", "is 0", "is not 5"],
    "count": [">= 3", "is 0"],
    "months": ["< 12"],
    "share": ["> 40%", ">= 0.4", "is 1", "< 120%"],
    "times": ["> 150%", ">= 1.5", "< 3"],
    "money": [">= 5000", "< 5,000 GBP", "is 0"],
    "text": ["is x", "is not x", "in [x, y]", "not in [x]", "has x", "is 30 days", "is 5", "has 2024"],
}
BAD = {
    "days": ["> 10%", "> 10 GBP", "in [1]", "has 1", "is late"],
    "count": ["> 3 days", "> 3%", "> 3 GBP", "not in [3]", "is many"],
    "months": ["> 3 days", "> 3%", "has x"],
    "share": ["> 40", "> 3 days", "> 3 GBP", "is high"],
    "times": ["> 3 days", "> 3 GBP", "in [2]"],
    "money": ["> 5%", "> 30 days", "> 5 EUR", "is low", "in [5, 6]"],
    "text": ["> 5", "<= 3 days"],
}


@pytest.mark.parametrize("metric", METRICS)
def test_metric_takes_what_fits_its_unit_and_nothing_else(metric: str) -> None:
    unit = METRICS[metric].unit
    assert [told_of_trait(f"{metric} {test}") for test in GOOD[unit]] == [[] for _ in GOOD[unit]]
    assert [len(told_of_trait(f"{metric} {test}")) for test in BAD[unit]] == [1 for _ in BAD[unit]]


@pytest.mark.parametrize(("field", "unit"), INVOICE_FIELDS.items())
def test_invoice_field_is_for_steps_and_takes_what_fits_its_unit(field: str, unit: str) -> None:
    assert [told_of_step(f"{field} {test}") for test in GOOD[unit]] == [[] for _ in GOOD[unit]]
    assert [len(told_of_step(f"{field} {test}")) for test in BAD[unit]] == [1 for _ in BAD[unit]]
    if field not in METRICS:
        assert "belongs to an invoice" in told_of_trait(f"{field} {GOOD[unit][0]}")[0]


@pytest.mark.parametrize("rule", ["high_value", "not high_value"])
def test_trait_is_used_by_its_name(rule: str) -> None:
    assert told_of_trait(rule) == told_of_step(rule) == []


def test_only_a_flag_may_ask_for_the_segment() -> None:
    document = parse_yaml(
        "flags:\n  f:\n    - segment in [slow, reliable]\n    - segment is not slow\n", "remindr.yaml"
    )
    assert not list(mistakes_in(leaves_of_project(document), NAMES))
    assert told_of_trait("segment is slow")
    assert told_of_step("segment is slow")


def test_test_below_any_all_and_not_is_told_at_its_own_line() -> None:
    text = "traits:\n  t:\n    any:\n      - all:\n          - not: nothing > 1\n      - neither\n"
    problems = mistakes_in(leaves_of_project(parse_yaml(text, "remindr.yaml")), NAMES)
    assert [(problem.line, problem.what) for problem in problems] == [
        (5, "unknown metric 'nothing'"),
        (6, "unknown trait 'neither'"),
    ]


def test_long_circle_is_told_once_and_diamond_is_none() -> None:
    traits = {"a": "b", "b": "c", "c": "a", "top": "[left, right]", "left": "end", "right": "end", "end": "x > 1"}
    text = "traits:\n" + "".join(f"  {name}: {rule}\n" for name, rule in traits.items())
    leaves = list(leaves_of_project(parse_yaml(text, "remindr.yaml")))
    assert [problem.what for problem in circles(leaves, traits)] == [
        "traits ask for each other in a circle: a → b → c → a"
    ]
