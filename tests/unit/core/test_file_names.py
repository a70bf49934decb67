"""Which file is whose: numbers that are no names, and names that hold several numbers."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remindr.core.file_names import Shape, alike_sql, as_name, only_longest


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("INV-1", "INV-1"),
        ("2026/17", "2026-17"),
        ("RE 2026\\17:a*?", "RE 2026-17-a--"),
        ("Ö-17", "Ö-17"),
        ("a..b", "a..b"),
        ("../../etc/passwd", "..-..-etc-passwd"),
        ("/etc/passwd", "-etc-passwd"),
        ("a\nb\0c", "a-b-c"),
        ("..", ""),
        (".", ""),
        (" . ", ""),
        ("", ""),
        ("x" * 201, ""),
    ],
)
def test_a_number_stands_in_a_name_as_far_as_it_can(number: str, name: str) -> None:
    assert as_name(number) == name


@given(st.text())
def test_no_number_leads_anywhere(number: str) -> None:
    name = as_name(number)
    assert not set(name) & set('/\\:\0\n*?"<>|')
    assert name not in {".", ".."}


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5), min_size=2, max_size=2))
def test_sql_finds_alike_what_is_alike_as_a_name(numbers: list[str]) -> None:
    first, second = numbers
    if as_name(first) and as_name(first) == as_name(second):
        query = f"SELECT {alike_sql('a')} = {alike_sql('b')} FROM (SELECT $1 AS a, $2 AS b)"
        assert duckdb.execute(query, [first.strip(), second.strip()]).fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("pattern", "path", "numbers"),
    [
        ("in/*{invoice_id}.pdf", "in/INV-10.pdf", {"10", "INV-10", "-10"}),
        ("in/{invoice_id}*.pdf", "in/INV-10.pdf", {"INV", "INV-", "INV-10"}),
        ("in/RE{invoice_id}_*.pdf", "in/RE10_Oak.pdf", {"10"}),
        ("in/*/{invoice_id}.pdf", "in/2026/INV-1.pdf", {"INV-1"}),
        ("in/*/{invoice_id}.pdf", "in/INV-1.pdf", set()),
        ("in/*_{invoice_id}_*.pdf", "in/a_1_b.pdf", {"1"}),
    ],
)
def test_a_path_is_read_for_the_numbers_it_may_hold(pattern: str, path: str, numbers: set[str]) -> None:
    assert set(Shape(pattern).numbers_in(path)) == numbers


def test_a_file_is_of_the_longest_number_in_its_name_and_of_nobody_with_two() -> None:
    assert only_longest(frozenset({"1", "INV-1"})) == "INV-1"
    assert only_longest(frozenset({"2026", "INV-1"})) is None
    assert only_longest(frozenset()) is None
