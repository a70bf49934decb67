"""The page about the metrics says what the code says."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from remindr.history.metrics import METRICS, Metric
from remindr.history.reference import page
from remindr.model.policy import MetricSettings, Rates
from remindr.model.rule import Comparison, parse_comparison
from remindr.project.rules import Names, leaves_of_project
from remindr.project.sense import mistakes_in
from remindr.project.yaml import parse_yaml

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "metrics.md"
NOTHING_ELSE = Names(frozenset(), (), "GBP")


def test_page_is_current() -> None:
    """`make docs` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_example_is_a_rule_about_the_metric_that_could_be_used(metric: Metric) -> None:
    rule = parse_comparison(metric.example)
    assert isinstance(rule, Comparison)
    assert rule.metric == metric.name
    document = parse_yaml(f"flags:\n  example: {metric.example}\n", "remindr.yaml")
    assert not list(mistakes_in(leaves_of_project(document), NOTHING_ELSE))


def test_settings_on_the_page_could_be_used() -> None:
    said = parse_yaml(page().partition("```yaml\n")[2].partition("```")[0], "remindr.yaml").data
    assert MetricSettings.model_validate(said["metrics"]) == MetricSettings()
    currencies: TypeAdapter[dict[str, Rates]] = TypeAdapter(dict[str, Rates])
    assert [len(rates) for rates in currencies.validate_python(said["currencies"]).values()] == [1, 2]
