"""Reviews: segments change on review days only, and only when reviews agree.

Nothing is remembered for it: the answers of earlier reviews are found by looking back in time, so they are the
same on every day and on every machine until the next review.
"""

from collections.abc import Collection, Sequence
from datetime import date

from remindr.model.classification import Classification
from remindr.model.policy import Every

LOOKED_BACK = 7  # reviews; whoever changes at each of them keeps the answer of the oldest
_MONTHS: dict[Every, int] = {"month": 1, "quarter": 3}


def review_days(today: date, every: Every, count: int = LOOKED_BACK) -> tuple[date, ...]:
    """The last `count` review days up to and with `today`, newest first: the first day of each month or quarter."""
    newest = _month_number(today) // _MONTHS[every]
    return tuple(_first_of((newest - back) * _MONTHS[every]) for back in range(count))


def next_review(today: date, every: Every) -> date:
    """The first review day after `today`."""
    return _first_of((_month_number(today) // _MONTHS[every] + 1) * _MONTHS[every])


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _first_of(month_number: int) -> date:
    return date(month_number // 12, month_number % 12 + 1, 1)


def deciding(answers: Sequence[str | None], provisional: Collection[str], agree: int) -> int | None:
    """Which of a customer's answers is in force, as an index; None while more of them have to be looked up.

    Answers are the segments found at each review, newest first, None where the customer had no invoice yet. In
    force is the newest answer that the reviews before it share, `agree` in all, or that follows a provisional
    segment. A first answer has nothing before it to be compared with. The newest one must not be None.
    """
    for index, answer in enumerate(answers[:LOOKED_BACK]):
        if index == LOOKED_BACK - 1:
            return index
        before = answers[index + 1 : min(index + agree, LOOKED_BACK)]
        if len(before) < min(agree, LOOKED_BACK - index) - 1:
            return None
        known = [one for one in before if one is not None]
        if all(one == answer for one in known) or (known and before[0] in provisional):
            return index
    return None


def moving_day(
    answers: Sequence[str | None], goal: str, provisional: Collection[str], agree: int, today: date, every: Every
) -> date:
    """The review after `today` from which `goal` is in force, if every review until then finds it.

    `answers` are those of the reviews up to `today`, newest first.
    """
    known, day = list(answers), today
    for _ in range(agree):
        known, day = [goal, *known], next_review(day, every)
        index = deciding(known, provisional, agree)
        if index is not None and known[index] == goal:
            break
    return day


def objecting_review(classification: Classification, today: date, every: Every) -> date | None:
    """The newest review, if it found another segment than the one in force, which an older one decided."""
    newest = review_days(today, every, 1)[0]
    return newest if classification.since is not None and classification.reviewed_on < newest else None


def run_start(answers: Sequence[str | None], index: int) -> int:
    """The index of the oldest answer in the unbroken run of equal answers that `index` stands in."""
    while index + 1 < len(answers) and answers[index + 1] == answers[index]:
        index += 1
    return index
