"""However payers waver, looking back further changes no decision, and no change of segment is undone within 30 days."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from remindr.core.review import LOOKED_BACK, deciding, review_days

PROVISIONAL = frozenset({"new"})
SEGMENTS = ("new", "problem", "slow", "reliable")


@st.composite
def lives(draw: st.DrawFn) -> list[str | None]:
    """What 18 reviews in a row said of a customer, newest first: rarely something else than the time before."""
    changes = draw(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(SEGMENTS)), min_size=1, max_size=9))
    told = [segment for length, segment in changes for _ in range(length)][:18]
    return [*told, *([None] * (18 - len(told)))]


@given(lives(), st.integers(1, 4))
def test_more_answers_never_overturn_a_decision(answers: list[str | None], agree: int) -> None:
    whole = deciding(answers[:LOOKED_BACK], PROVISIONAL, agree)
    assert whole is not None
    for count in range(1, LOOKED_BACK):
        assert deciding(answers[:count], PROVISIONAL, agree) in (None, whole)


def settles(answers: list[str | None]) -> bool:
    """Whether two of the seven reviews before any of these agree, so that the oldest never has to decide alone."""
    return all(
        any(first == second for first, second in zip(answers[at:], answers[at + 1 : at + LOOKED_BACK], strict=False))
        for at in range(len(answers) - LOOKED_BACK)
    )


@given(lives().filter(settles))
def test_no_change_is_undone_within_thirty_days(answers: list[str | None]) -> None:
    days = review_days(date(2026, 11, 20), "month", len(answers))
    in_force: list[tuple[date, str]] = []
    for at in reversed(range(len(answers) - LOOKED_BACK)):
        looked = answers[at : at + LOOKED_BACK]
        if looked[0] is None:
            continue
        index = deciding(looked, PROVISIONAL, 2)
        assert index is not None
        segment = looked[index]
        if segment and (not in_force or in_force[-1][1] != segment):
            in_force.append((days[at], segment))
    for (_, first), (changed, second), (again, third) in zip(in_force, in_force[1:], in_force[2:], strict=False):
        assert first != third or (again - changed).days > 30 or second == "new"  # which one review ends
