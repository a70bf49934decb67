import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindr.model.rule import All, AnyOf, Comparison, Named, Not, leaves, parse_comparison, parse_rule
from remindr.model.terms import Miswritten, Quantity

words = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)


def value_of(text: str) -> Any:
    rule = parse_comparison(text)
    assert isinstance(rule, Comparison)
    return rule.value


def test_list_means_all_of_them() -> None:
    rule = parse_rule(["avg_days_late > 3", "high_value"])
    assert isinstance(rule, All)
    assert [type(inner) for inner in rule.rules] == [Comparison, Named]


def test_all_any_and_not_nest() -> None:
    rule = parse_rule({"any": [{"all": ["a > 1", "b > 2"]}, {"not": "c"}]})
    assert isinstance(rule, AnyOf)
    assert [leaf.text for leaf in leaves(rule)] == ["a > 1", "b > 2", "c"]


def test_not_before_a_trait_negates_it() -> None:
    assert parse_rule("not high_value") == Not(Named("high_value", "not high_value"))


@pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
def test_spaces_around_an_operator_do_not_matter(operator: str) -> None:
    tight, wide = parse_comparison(f"a{operator}3"), parse_comparison(f"  a  {operator}   3 ")
    assert isinstance(tight, Comparison)
    assert isinstance(wide, Comparison)
    assert (tight.metric, tight.operator, tight.value) == (wide.metric, wide.operator, wide.value)


@pytest.mark.parametrize("word", ["notable", "issue", "inside", "hash", "is_new", "in-house"])
def test_names_that_begin_like_operators_stay_names(word: str) -> None:
    assert parse_comparison(word) == Named(word, word)
    assert parse_comparison(f"{word} > 3") == Comparison(word, ">", Quantity.parse("3"), f"{word} > 3")


def test_text_may_hold_the_words_and_or_and_not() -> None:
    assert value_of("industry is Travel and Leisure") == "Travel and Leisure"
    assert value_of("industry in [Food and Drink, Bed or Breakfast]") == ("Food and Drink", "Bed or Breakfast")
    assert value_of("industry is not Not for Profit") == "Not for Profit"


def test_quotes_around_a_text_are_not_part_of_it() -> None:
    assert value_of("industry is 'retail trade'") == "retail trade"
    assert value_of('industry in ["retail trade", construction]') == ("retail trade", "construction")


@pytest.mark.parametrize(
    ("text", "within", "hint"),
    [
        ("a => 3", "=>", "did you mean '>='?"),
        ("a = 3", "=", "did you mean 'is'?"),
        ("a != 3", "!=", "did you mean 'is not'?"),
        ("a ≥ 3", "≥", "did you mean '>='?"),
        ("a above 3", "above", "did you mean '>'?"),
        ("a IS b", "IS", "did you mean 'is'?"),
        ("a is in [b]", "is in", "did you mean 'in'?"),
        ("a is  not   in [b]", "is not in", "did you mean 'not in'?"),
        ("a between 3", "between", "known: >"),
    ],
)
def test_unknown_operator_is_named_with_the_one_that_was_meant(text: str, within: str, hint: str) -> None:
    with pytest.raises(Miswritten, match="unknown operator") as caught:
        parse_rule(text)
    assert caught.value.within == within
    assert caught.value.hint
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize("text", ["a > 3 and b > 4", "a is x or b is y", "high_value and prefers_phone", "a > 3 or b"])
def test_rules_in_one_line_are_sent_to_lines_of_their_own(text: str) -> None:
    with pytest.raises(Miswritten, match=r"one rule a line|is not a number"):
        parse_rule(text)


@pytest.mark.parametrize("written", [None, 5, True, {}, {"all": []}, {"all": "a"}, {"one": ["a"]}, [], [[]], "", "> 3"])
def test_what_is_no_rule_is_refused(written: Any) -> None:
    with pytest.raises(Miswritten):
        parse_rule(written)


@given(words, st.sampled_from([">", ">=", "<", "<="]), st.integers(0, 10**9))
def test_every_comparison_keeps_its_parts(metric: str, operator: str, number: int) -> None:
    rule = parse_comparison(f"{metric} {operator} {number:,}")
    assert rule == Comparison(metric, operator, Quantity.parse(str(number)), f"{metric} {operator} {number:,}")  # type: ignore[arg-type]


@given(st.text())
def test_any_text_is_a_rule_or_a_mistake_with_words(text: str) -> None:
    with contextlib.suppress(Miswritten):
        assert list(leaves(parse_rule(text)))
