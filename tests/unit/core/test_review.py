"""Segments change on review days, when reviews agree; a customer who moves to a sterner sequence is flagged first."""

from datetime import date

import pytest
from cases import FRIDAY, policy

from remindr.core.moving import moving_flags
from remindr.core.review import LOOKED_BACK, deciding, moving_day, next_review, review_days, run_start
from remindr.core.segment import Classifier
from remindr.model.classification import Reviewed

NEW = frozenset({"new"})


def decides(newest_first: str, *, agree: int = 2) -> int | None:
    """Answers by their first letter: `r` reliable, `s` slow, `p` problem, `n` new, `-` no invoice yet."""
    words = {"r": "reliable", "s": "slow", "p": "problem", "n": "new", "-": None}
    return deciding([words[letter] for letter in newest_first], NEW, agree)


@pytest.mark.parametrize(
    ("newest_first", "index"),
    [
        ("rr", 0),  # two reviews agree
        ("srr", 1),  # one review alone moves nobody
        ("ssr", 0),
        ("srsrss", 4),  # whoever wavers stays what two reviews last agreed on
        ("srsrsrs", 6),  # and whoever never settles is what the oldest review says
        ("sn", 0),  # leaving a provisional segment takes one review
        ("nrr", 1),  # entering it does not
        ("s-", 0),  # a first answer has nothing before it
        ("sr-", 1),
    ],
)
def test_the_answer_in_force(newest_first: str, index: int) -> None:
    assert decides(newest_first) == index


def test_more_reviews_are_asked_for_only_while_they_matter() -> None:
    assert decides("r") is None
    assert decides("sr") is None
    assert decides("sr", agree=1) == 0
    assert decides("ss", agree=3) is None
    assert decides("sss", agree=3) == 0
    assert decides("ssrrr", agree=3) == 2


@pytest.mark.parametrize(
    ("newest_first", "agree", "on"),
    [
        ("rrrrrrr", 2, date(2027, 1, 1)),  # two reviews have to find it
        ("srrrrrr", 2, date(2026, 12, 1)),  # one has
        ("rrrrrrr", 1, date(2026, 12, 1)),
        ("rrrrrrr", 3, date(2027, 2, 1)),
        ("nnnnnnn", 2, date(2026, 12, 1)),  # leaving a provisional segment takes one review
    ],
)
def test_the_day_of_a_move_is_the_review_that_decides_it(newest_first: str, agree: int, on: date) -> None:
    words = {"r": "reliable", "s": "slow", "n": "new"}
    answers = [words[letter] for letter in newest_first]
    assert moving_day(answers, "slow", NEW, agree, FRIDAY, "month") == on


def test_since_is_the_first_review_of_the_unbroken_run() -> None:
    assert run_start(["slow", "reliable", "reliable", "reliable", "slow"], 1) == 3


def test_reviews_are_on_the_first_day_of_a_month_or_quarter() -> None:
    assert review_days(FRIDAY, "month", 3) == (date(2026, 11, 1), date(2026, 10, 1), date(2026, 9, 1))
    assert review_days(date(2026, 1, 1), "month", 2) == (date(2026, 1, 1), date(2025, 12, 1))
    assert review_days(FRIDAY, "quarter", 3) == (date(2026, 10, 1), date(2026, 7, 1), date(2026, 4, 1))
    assert len(review_days(FRIDAY, "month")) == LOOKED_BACK
    assert next_review(date(2026, 12, 1), "month") == date(2027, 1, 1)
    assert next_review(FRIDAY, "quarter") == date(2027, 1, 1)


GENTLE_AND_FIRM = policy(
    sequences={
        "firm": [{"id": "first", "at": "2 days after due", "by": "email", "level": "firm"}],
        "gentle": [{"id": "first", "at": "9 days after due", "by": "email", "level": "firm"}],
    }
)
FOUND_GENTLE = Reviewed("gentle", date(2026, 11, 1), date(2026, 9, 1))


def test_between_reviews_the_segment_stays_and_says_where_it_is_moving() -> None:
    judged = Classifier(GENTLE_AND_FIRM).classify("C1", {"industry": "firm"}, FRIDAY, FOUND_GENTLE)
    assert (judged.segment, judged.moving_to) == ("gentle", "firm")
    assert (judged.since, judged.reviewed_on, judged.next_review) == (
        date(2026, 9, 1),
        date(2026, 11, 1),
        date(2026, 12, 1),
    )


def test_only_a_move_to_a_sterner_sequence_asks_for_a_person() -> None:
    classifier = Classifier(GENTLE_AND_FIRM)
    sterner = classifier.classify("C1", {"industry": "firm"}, FRIDAY, FOUND_GENTLE)
    softer = classifier.classify("C1", {}, FRIDAY, Reviewed("firm", date(2026, 11, 1), date(2026, 9, 1)))
    assert [flag.detail for flag in moving_flags(GENTLE_AND_FIRM, sterner)] == [
        "moving gentle → firm, next review 2026-12-01"
    ]
    assert softer.moving_to == "gentle"
    assert not list(moving_flags(GENTLE_AND_FIRM, softer))
