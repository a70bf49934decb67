import pytest
from hypothesis import given
from hypothesis import strategies as st

from remindr.model.terms import Budget, Level, Miswritten, Quantity, Span, StepTime, Weekdays

numbers = st.integers(0, 9999)
plain_days = st.builds("{} {}".format, numbers, st.sampled_from(["day", "days"]))
spans = plain_days | plain_days.map(lambda text: text.replace(" d", " working d"))
step_times = (
    st.builds("{} after {}".format, spans, st.sampled_from(["due", "issue", "payment"]))
    | st.builds("{} before due".format, spans)
    | st.builds("end of the due month + {}".format, spans)
    | st.sampled_from(["on due", "end of the due month"])
)
amounts = st.decimals(-(10**12), 10**12, places=2).map(lambda number: f"{number:,f}")
quantities = st.builds("{}{}".format, amounts, st.sampled_from(["", "%", " days", " EUR", "GBP"]))
weekdays = st.lists(st.sampled_from(["mon", "tue", "mon-fri", "sat-mon", "thu-thu"]), min_size=1).map(", ".join)


@given(spans)
def test_span_reads_what_it_prints(text: str) -> None:
    span = Span.parse(text)
    assert Span.parse(str(span)) == span


@given(step_times)
def test_step_time_reads_what_it_prints(text: str) -> None:
    time = StepTime.parse(text)
    assert StepTime.parse(str(time)) == time


@given(quantities)
def test_quantity_reads_what_it_prints(text: str) -> None:
    quantity = Quantity.parse(text)
    assert Quantity.parse(str(quantity)) == quantity


@given(st.builds(Quantity, st.decimals(-(10**9), 10**9, places=4), st.sampled_from([None, "%", "days", "SEK"])))
def test_quantity_prints_what_it_reads(quantity: Quantity) -> None:
    assert Quantity.parse(str(quantity)) == quantity


@given(weekdays)
def test_weekdays_read_what_they_print(text: str) -> None:
    days = Weekdays.parse(text)
    assert Weekdays.parse(str(days)) == days


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_budget_reads_what_it_prints(contacts: int, days: int) -> None:
    assert Budget.parse(str(Budget(contacts, days))) == Budget(contacts, days)


@pytest.mark.parametrize("level", Level)
def test_level_reads_its_own_word(level: Level) -> None:
    assert Level.parse(level.word) is level


@pytest.mark.parametrize("text", ["10.000", "1.500 EUR", "-5.250%"])
def test_point_before_three_digits_is_refused_for_it_means_thousands_to_half_of_europe(text: str) -> None:
    with pytest.raises(Miswritten, match="could be"):
        Quantity.parse(text)


@pytest.mark.parametrize("text", ["0.125", "1500.125", "1,500.125", "1.5", "1.50", "1.5000"])
def test_point_that_can_only_be_a_decimal_point_is_read(text: str) -> None:
    assert str(Quantity.parse(text).number) == text.replace(",", "")


@pytest.mark.parametrize("text", ["0,125", "1,50", "12,3456", "1.234,56", "", "EUR", "5 weeks", "1e5", "½"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(Miswritten, match="is not a number"):
        Quantity.parse(text)


@pytest.mark.parametrize("text", ["£5", "5 £", "5 eur", "EUR 5", "US$ 5"])
def test_currency_written_otherwise_gets_a_hint_of_its_own(text: str) -> None:
    with pytest.raises(Miswritten, match="three capital letters after the number"):
        Quantity.parse(text)


def test_week_may_run_over_its_end() -> None:
    assert Weekdays.parse("fri-mon") == Weekdays(frozenset({4, 5, 6, 0}))


def test_only_the_due_date_is_counted_back_from() -> None:
    with pytest.raises(Miswritten, match="only the due date"):
        StepTime.parse("3 days before issue")
