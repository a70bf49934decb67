"""Of all tests of a policy, those without which the answer were another."""

from datetime import date
from typing import Any

import pytest

from remindr.core.decided import deciding, decisive, near
from remindr.core.segment import Classifier
from remindr.model.policy import Policy, Project
from remindr.model.rule import parse_rule

TODAY = date(2026, 11, 20)
PROJECT = {
    "version": 1,
    "company": {"name": "H", "email": "a@h.example", "currency": "GBP", "timezone": "Europe/London"},
    "sources": {"invoices": "i.csv"},
    "segments": [
        {"name": "new", "when": "paid_invoices < 3", "sequence": "s"},
        {
            "name": "problem",
            "when": {"any": [{"all": ["avg_days_late > 10", "days_late_vs_book > 150%"]}, "broken_promises >= 2"]},
            "sequence": "s",
        },
        {"name": "slow", "when": ["avg_days_late > 3", "days_late_vs_book > 50%"], "sequence": "s"},
        {"name": "reliable", "default": True, "sequence": "s"},
    ],
}


@pytest.fixture
def project() -> Project:
    return Project.model_validate(PROJECT)


def facts(late: float | None, beside: float | None = 1.0, paid: int = 9, broken: int = 0) -> dict[str, Any]:
    return {"avg_days_late": late, "days_late_vs_book": beside, "paid_invoices": paid, "broken_promises": broken}


def names(rule: Any, **given: Any) -> list[str]:
    return [test.metric for test in deciding(parse_rule(rule), given, {}, "s")]


def test_all_of_a_passed_list_and_the_first_that_failed() -> None:
    assert names(["a > 1", "b > 1"], a=2, b=2) == ["a", "b"]
    assert names(["a > 1", "b > 1", "c > 1"], a=2, b=0, c=0) == ["b"]


def test_the_first_that_passed_of_several_and_all_that_failed() -> None:
    assert names({"any": ["a > 1", "b > 1", "c > 1"]}, a=0, b=2, c=2) == ["b"]
    assert names({"any": ["a > 1", "b > 1"]}, a=0, b=0) == ["a", "b"]


def test_what_is_unknown_decides_where_nothing_else_does() -> None:
    assert names(["a > 1", "b > 1"], a=2) == ["b"]
    assert names({"not": ["a > 1", "b > 1"]}, b=0) == ["b"]


def test_a_branch_that_failed_is_not_named(project: Project) -> None:
    """12 days late is not why: the promises are."""
    told = decisive(project, "problem", facts(12.0, 1.2, broken=2))
    assert [test.metric for test in told] == ["broken_promises"]


def test_the_default_is_told_by_what_kept_the_customer_out_nearest_first(project: Project) -> None:
    told = decisive(project, "reliable", facts(3.2, 0.4))
    assert [(test.segment, test.metric) for test in told] == [
        ("slow", "days_late_vs_book"),
        ("problem", "avg_days_late"),
        ("problem", "broken_promises"),
        ("new", "paid_invoices"),
    ]


@pytest.mark.parametrize(
    ("late", "beside", "expected"),
    [
        (2.8, 1.0, [("avg_days_late", "slow")]),  # below the limit, and the other test passes
        (2.8, 0.2, []),  # days alone would not do it
        (3.2, 1.0, [("avg_days_late", "reliable")]),  # just above it
        (5.0, 1.0, []),
        (10.4, 1.6, [("avg_days_late", "slow"), ("days_late_vs_book", "slow")]),
    ],
)
def test_a_tight_number_names_the_segment_beyond(
    project: Project, late: float, beside: float, expected: list[tuple[str, str]]
) -> None:
    judge = Classifier(Policy(project, {}))
    known = facts(late, beside)
    tests = judge.because(judge.classify("C1", known, TODAY), known)
    assert [(one.test.metric, one.segment) for one in near(tests, known, judge.answer)] == expected
