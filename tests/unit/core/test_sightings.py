"""What one more export does to what is known of an invoice, whichever export comes first."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindr.core.sightings import Export, Facts, How, Look, Sighting, observe

FIRST = date(2026, 3, 2)
FACTS = Facts("2026-02-01", "2026-03-01", "120.0000", "GBP", "120.0000")
PART_PAID = Facts("2026-02-01", "2026-03-01", "120.0000", "GBP", "20.0000")


def week(number: int) -> date:
    return FIRST + timedelta(weeks=number)


def seen(opened: int, closed: int | None = None, how: How | None = None, facts: Facts = FACTS) -> Sighting:
    return Sighting(week(opened), None if closed is None else week(closed), how, facts)


def learn(looks: dict[int, Look], order: Sequence[int]) -> tuple[Sighting, ...]:
    """What is known after the exports of these weeks were read in this order."""
    known: tuple[Sighting, ...] = ()
    for place, number in enumerate(order):
        others = [week(other) for other in order[:place]]
        day = week(number)
        before, after = [one for one in others if one < day], [one for one in others if one > day]
        export = Export(day, max(before, default=None), min(after, default=None))
        if looks[number] == "open" or known:
            known = observe(known, export, looks[number], FACTS)
    return known


def in_order(*looks: Look) -> tuple[Sighting, ...]:
    return learn(dict(enumerate(looks)), range(len(looks)))


def test_an_open_invoice_is_seen_from_its_first_export_on() -> None:
    assert in_order("open", "open", "open") == (seen(0),)


@pytest.mark.parametrize("how", ["settled", "missing"])
def test_a_while_ends_with_the_first_export_that_does_not_show_it_open(how: How) -> None:
    assert in_order("open", "open", how, how) == (seen(0, 2, how),)


def test_an_invoice_that_comes_back_is_open_anew() -> None:
    assert in_order("open", "missing", "open") == (seen(0, 1, "missing"), seen(2))


def test_a_second_export_of_a_day_replaces_the_first() -> None:
    assert observe([seen(0)], Export(week(0)), "settled", FACTS) == (seen(0, 0, "settled"),)
    assert observe([seen(0)], Export(week(0)), "missing", FACTS) == ()
    assert observe([seen(0, 1, "missing")], Export(week(1), week(0)), "open", FACTS) == (seen(0),)
    assert observe([seen(0, 1, "missing")], Export(week(1), week(0)), "settled", FACTS) == (seen(0, 1, "settled"),)


def test_the_facts_are_those_of_the_last_export_that_showed_it_open() -> None:
    known = observe([seen(0)], Export(week(2), week(0)), "open", PART_PAID)
    assert known == (seen(0, facts=PART_PAID),)
    assert observe(known, Export(week(1), week(0), week(2)), "open", FACTS) == known
    assert observe(known, Export(week(2), week(0)), "open", PART_PAID) == known


def test_an_older_export_tells_nothing_of_an_invoice_that_it_shows_settled() -> None:
    assert observe([seen(4)], Export(week(1), None, week(4)), "settled", FACTS) == (seen(4),)


LOOKS = st.lists(st.sampled_from(["open", "settled", "missing"]), min_size=1, max_size=6)


@given(LOOKS, st.data())
def test_the_order_of_reading_changes_no_day(looks: list[Look], data: st.DataObject) -> None:
    told = dict(enumerate(looks))
    order = data.draw(st.permutations(range(len(looks))))
    assert days(learn(told, order)) == days(learn(told, range(len(looks))))


def test_every_order_of_a_year_with_a_gap_is_the_same() -> None:
    looks: dict[int, Look] = {0: "open", 1: "missing", 2: "open", 3: "settled"}
    assert {days(learn(looks, order)) for order in permutations(range(4))} == {
        ((week(0), week(1)), (week(2), week(3))),
    }


def days(known: tuple[Sighting, ...]) -> tuple[tuple[date, date | None], ...]:
    return tuple((one.opened_on, one.closed_on) for one in known)
