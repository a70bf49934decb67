import pytest

from remindr.history.metrics import METRICS
from remindr.project.near import did_you_mean, nearest


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("avg_day_late", "avg_days_late"),
        ("avg_late_days", "avg_days_late"),
        ("average_days_late", "avg_days_late"),
        ("Avg_Days_Late", "avg_days_late"),
        ("avg-days-late", "avg_days_late"),
        ("days_late_avg", "avg_days_late"),
        ("broken_promise", "broken_promises"),
        ("prefered_channel", "preferred_channel"),
        ("oldest_overdue", "oldest_overdue_days"),
        ("lifetimevalue", "lifetime_value"),
    ],
)
def test_slip_of_the_pen_finds_the_metric(written: str, meant: str) -> None:
    assert nearest(written, METRICS) == meant


@pytest.mark.parametrize("written", ["xyz", "", "weather", "😀"])
def test_strange_word_finds_nothing(written: str) -> None:
    assert nearest(written, METRICS) is None


def test_few_words_are_all_listed_and_many_are_not() -> None:
    assert did_you_mean("smss", ["sms", "email"]) == "did you mean 'sms'? known: email, sms"
    assert did_you_mean("weather", METRICS) is None
    assert did_you_mean("weather", []) is None
