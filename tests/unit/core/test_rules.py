"""Rules judge in three values: yes, no, and not known."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindr.core.rules import compile_rule, evidence
from remindr.model.rule import parse_rule

TRAITS = {"high_value": parse_rule({"any": ["lifetime_value >= 50000", "open_amount >= 10000"]})}
KNOWN: dict[str, Any] = {
    "avg_days_late": 7.25,
    "days_late_vs_book": 0.5,
    "lifetime_value": Decimal("50000.00"),
    "open_amount": Decimal("12.00"),
    "paid_invoices": 3,
    "industry": "Retail",
    "tags": "vip, Wholesale; north",
    "unknown_number": None,
    "unknown_text": None,
}


def judged(written: Any) -> bool | None:
    return compile_rule(parse_rule(written), TRAITS)(KNOWN)


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("avg_days_late > 7.25", False),
        ("avg_days_late >= 7.25", True),
        ("avg_days_late < 8 days", True),
        ("days_late_vs_book > 50%", False),
        ("days_late_vs_book >= 50%", True),
        ("paid_invoices is 3", True),
        ("paid_invoices is not 3", False),
        ("lifetime_value >= 50,000", True),
        ("lifetime_value >= 50000.01 EUR", False),
        ("industry is retail", True),
        ("industry in [construction, retail]", True),
        ("industry not in [construction]", True),
        ("tags has wholesale", True),
        ("tags has whole", False),
        ("high_value", True),
        ("not high_value", False),
        (["paid_invoices >= 3", "industry is retail"], True),
        ({"any": ["paid_invoices > 3", "industry is retail"]}, True),
        ({"not": "industry is retail"}, False),
    ],
)
def test_known_facts_are_judged(rule: Any, answer: bool) -> None:
    assert judged(rule) is answer


@pytest.mark.parametrize(
    "rule",
    [
        "unknown_number > 0",
        "unknown_number <= 0",
        "unknown_number is 0",
        "unknown_number is not 0",
        "unknown_text is retail",
        "unknown_text is not retail",
        "unknown_text not in [retail]",
        {"not": "unknown_number > 0"},
        {"not": {"not": "unknown_number > 0"}},
        ["paid_invoices is 3", "unknown_number > 0"],
        {"any": ["paid_invoices > 3", "unknown_number > 0"]},
        {"not": ["paid_invoices is 3", "unknown_number > 0"]},
        "never_heard_of_it > 0",
    ],
)
def test_unknown_never_passes_nor_does_its_opposite(rule: Any) -> None:
    assert judged(rule) is None


def test_what_is_known_decides_where_the_unknown_cannot() -> None:
    assert judged({"any": ["unknown_number > 0", "paid_invoices is 3"]}) is True
    assert judged(["unknown_number > 0", "paid_invoices > 3"]) is False


leaf = st.sampled_from(
    ["avg_days_late > 5", "avg_days_late > 9", "unknown_number > 0", "industry is retail", "unknown_text is x"]
)
rules = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: {"any": items}),
        inner.map(lambda item: {"not": item}),
    ),
    max_leaves=8,
)


@given(rule=rules)
def test_learning_a_fact_never_turns_a_decided_rule_around(rule: Any) -> None:
    """Kleene's logic: an answer given without a fact is the answer given with it, whatever the fact is."""
    answer = judged(rule)
    test = compile_rule(parse_rule(rule), TRAITS)
    learned = [test({**KNOWN, "unknown_number": number, "unknown_text": text}) for number in (0, 1) for text in "xy"]
    if answer is not None:
        assert set(learned) == {answer}


def told(written: Any) -> list[tuple[str, bool, Decimal | None]]:
    return [(test.metric, test.passed, test.margin) for test in evidence(parse_rule(written), KNOWN, TRAITS, "slow")]


def test_evidence_tells_every_test_with_its_margin() -> None:
    assert told(["avg_days_late > 3", "days_late_vs_book > 75%", "industry is retail"]) == [
        ("avg_days_late", True, Decimal("4.25")),
        ("days_late_vs_book", False, Decimal("-0.25")),
        ("industry", True, None),
    ]


def test_the_margin_is_positive_when_a_test_for_less_passes() -> None:
    assert told("avg_days_late < 10") == [("avg_days_late", True, Decimal("2.75"))]


def test_evidence_of_a_trait_is_that_of_its_rule() -> None:
    assert [metric for metric, _, _ in told("high_value")] == ["lifetime_value", "open_amount"]


def test_a_float_that_prints_like_the_threshold_is_equal_to_it() -> None:
    """3.33 as a float is a hair more than the decimal 3.33; people see the same number."""
    facts = {"avg_days_late": 333 / 100}
    assert compile_rule(parse_rule("avg_days_late > 3.33"), {})(facts) is False
    assert compile_rule(parse_rule("avg_days_late <= 3.33"), {})(facts) is True
