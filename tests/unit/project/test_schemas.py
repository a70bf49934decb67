from typing import Any

import pytest
from jsonschema import Draft202012Validator

from remindr.model.policy import InterestRate, LateFee, LatePayment, Project, Segment, Sequence, Step
from remindr.model.written import Written
from remindr.project.schemas import project_schema, sequence_schema
from remindr.project.starter import starter_files, starter_settings
from remindr.project.yaml import parse_yaml

PROJECT: dict[str, Any] = parse_yaml(starter_settings(), "remindr.yaml").data


def accepts(schema: dict[str, Any], data: Any) -> bool:
    Draft202012Validator.check_schema(schema)
    return bool(Draft202012Validator(schema).is_valid(data))


def test_schema_accepts_the_starter_settings() -> None:
    assert accepts(project_schema(), PROJECT)


@pytest.mark.parametrize("name", [path for path, _ in starter_files() if path.suffix == ".yaml"])
def test_schema_accepts_the_starter_sequences(name: Any) -> None:
    text = dict(starter_files())[name]
    assert accepts(sequence_schema(), parse_yaml(text, str(name)).data)


@pytest.mark.parametrize(
    "change",
    [
        {"versoin": 1},
        {"version": 2},
        {"segments": []},
        {"reminding": {"wait": "4 days"}},
        {"traits": {"high_value": {"al": ["a > 1"]}}},
        {"traits": {"high_value": {"all": ["a > 1"], "any": ["b > 2"]}}},
        {"traits": {"high_value": []}},
        {"traits": {"high_value": 5}},
        {"late_payment": {"interest": 9}},
        {"late_payment": {"interest": [{"rate": "9 %"}]}},
        {"late_payment": {"days_in_year": 364}},
        {"late_payment": {"starts_at": "heads-up"}},
        {"late_payment": {"fees": {"heads-up": "5 GBP"}}},
        {"late_payment": {"fees": {"final": []}}},
        {"late_payment": {"fees": {"final": {"from": "1,000 GBP", "fee": "70 GBP"}}}},
        {"late_payment": {"fees": {"final": [{"fee": "70 GBP"}]}}},
        {"late_payment": {"rate_of": "last day"}},
    ],
)
def test_schema_refuses_what_the_loader_refuses(change: dict[str, Any]) -> None:
    assert not accepts(project_schema(), {**PROJECT, **change})


@pytest.mark.parametrize("amount", [10, "10", "10 GBP"])
def test_bare_number_is_an_amount(amount: Any) -> None:
    assert accepts(project_schema(), {**PROJECT, "reminding": {"ignore_below": amount}})


def test_interest_and_fees_may_be_written_short_or_long() -> None:
    table = [{"from": "2026-01-01", "rate": "9.5 %"}]
    fees = {"formal": 15, "final": ["40 GBP", "45 EUR"]}
    assert accepts(
        project_schema(), {**PROJECT, "late_payment": {"interest": table, "starts_at": "firm", "fees": fees}}
    )
    assert accepts(project_schema(), {**PROJECT, "late_payment": {"interest": "9.5 %", "days_in_year": 360}})
    by_size = {"rate_of": "first day", "fees": {"final": ["40 GBP", {"from": "1,000 GBP", "fee": 70}]}}
    assert accepts(project_schema(), {**PROJECT, "late_payment": by_size})


def test_rules_may_nest_as_deep_as_they_like() -> None:
    rule = {"any": [{"all": ["a > 1", {"not": {"any": ["b", "not c"]}}]}, ["d is e"]]}
    assert accepts(project_schema(), {**PROJECT, "traits": {"t": rule}})


@pytest.mark.parametrize("model", [Project, LatePayment, LateFee, InterestRate, Segment, Sequence, Step])
def test_every_key_says_what_it_is_for(model: type[Written]) -> None:
    own_words = {name for name, field in model.model_fields.items() if field.description}
    sections = {"company", "sources", "review", "reminding", "calls", "delivery"}
    assert own_words | sections >= model.model_fields.keys()


def test_step_is_described_with_the_key_people_write() -> None:
    step = sequence_schema()["$defs"]["Step"]["properties"]
    assert "if" in step
    assert "condition" not in step
    assert step["by"]["enum"] == ["email", "call", "sms", "letter", "preferred"]


def test_defaults_are_written_as_people_would() -> None:
    reminding = project_schema()["$defs"]["Reminding"]["properties"]
    assert reminding["wait_between_contacts"]["default"] == "4 days"
    assert reminding["at_most"]["default"] == "6 contacts in 30 days"
    assert project_schema()["$defs"]["LatePayment"]["properties"]["starts_at"]["default"] == "firm"
