"""First match wins, a person's word before it."""

from datetime import date
from typing import Any

from cases import FRIDAY, STEADY, policy

from remindr.core.segment import Classifier

SEGMENTS = [
    {"name": "new", "when": "paid_invoices < 3", "sequence": "steady"},
    {"name": "problem", "when": ["avg_days_late > 10", "days_late_vs_book > 150%"], "sequence": "steady"},
    {"name": "slow", "when": "avg_days_late > 3", "sequence": "steady"},
    {"name": "reliable", "default": True, "sequence": "steady"},
]
FACTS: dict[str, Any] = {"paid_invoices": 5, "avg_days_late": 12.0, "days_late_vs_book": 1.2}


def classifier(**settings: Any) -> Classifier:
    return Classifier(policy(STEADY, **{"segments": SEGMENTS, **settings}))


def test_the_first_rule_that_passes_wins() -> None:
    assert classifier().classify("C1", FACTS, FRIDAY).segment == "slow"
    assert classifier().classify("C1", {**FACTS, "days_late_vs_book": 1.6}, FRIDAY).segment == "problem"
    assert classifier().classify("C1", {**FACTS, "paid_invoices": 2}, FRIDAY).segment == "new"


def test_unknown_facts_fall_through_to_the_default() -> None:
    assert classifier().classify("C1", {"paid_invoices": 9}, FRIDAY).segment == "reliable"


def test_a_person_may_decide_until_a_day_and_is_named() -> None:
    given = {"C1": {"segment": "problem", "reason": "insolvency rumour", "until": "2026-11-20"}}
    decided = classifier(overrides=given).classify("C1", FACTS, FRIDAY)
    assert (decided.segment, decided.override) == ("problem", "insolvency rumour")
    assert classifier(overrides=given).classify("C1", FACTS, date(2026, 11, 21)).segment == "slow"
    assert classifier(overrides=given).because(decided, FACTS) == ()


def test_the_evidence_ends_with_the_segment_that_took_the_customer() -> None:
    judge = classifier()
    because = judge.because(judge.classify("C1", FACTS, FRIDAY), FACTS)
    assert [(test.segment, test.metric, test.passed) for test in because] == [
        ("new", "paid_invoices", False),
        ("problem", "avg_days_late", True),
        ("problem", "days_late_vs_book", False),
        ("slow", "avg_days_late", True),
    ]


def test_traits_lie_over_segments() -> None:
    judge = classifier(traits={"high_value": "open_amount >= 10000", "calm": "not high_value"})
    assert judge.classify("C1", {**FACTS, "open_amount": 12000}, FRIDAY).traits == ("high_value",)
    assert judge.classify("C1", {**FACTS, "open_amount": 10}, FRIDAY).traits == ("calm",)
    assert judge.classify("C1", FACTS, FRIDAY).traits == ()


def test_flags_may_ask_for_the_segment() -> None:
    judge = classifier(flags={"turning_late": ["segment is slow", "avg_days_late > 10"]})
    decided = judge.classify("C1", FACTS, FRIDAY)
    assert judge.flags(decided, FACTS) == ("turning_late",)
    assert [test.metric for test in judge.tell_flag("turning_late", decided, FACTS)] == ["segment", "avg_days_late"]
