"""Interest is what adding it up day by day comes to, in fractions, rounded half up once at the end."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from cases import contact, decide, invoice, policy, progress
from hypothesis import given
from hypothesis import strategies as st

from remindr.model.policy import LatePayment, Policy
from remindr.model.terms import Level

FRIDAY = date(2026, 11, 20)
RULES = policy(reminding={"ignore_below": "0"})
DIGITS = {"JPY": 0, "GBP": 2, "KWD": 3}

percents = st.integers(0, 1_000_000).map(lambda n: Decimal(n).scaleb(-4))
days = st.integers(-40, 2_000).map(lambda n: FRIDAY - timedelta(n))
rates = st.dictionaries(days, percents, min_size=1, max_size=6).map(lambda found: sorted(found.items()))


def by_the_day(net: Fraction, due: date, table: list[tuple[date, Decimal]], year: int) -> Fraction:
    """One day after the other, each with the newest rate that has begun by it."""
    owed = Fraction(0)
    day = due + timedelta(1)
    while day <= FRIDAY:
        begun = [rate for since, rate in table if since <= day]
        if begun:
            owed += net * Fraction(begun[-1]) / 100 / year
        day += timedelta(1)
    return owed


def half_up(amount: Fraction, digits: int) -> Decimal:
    return Decimal(floor(amount * 10**digits + Fraction(1, 2))).scaleb(-digits)


@given(
    balance=st.decimals("0.01", "999999999.99", places=2),
    credit=st.decimals("0", "1000", places=2),
    late=st.integers(17, 1_500),
    table=rates,
    year=st.sampled_from([365, 360]),
    currency=st.sampled_from(sorted(DIGITS)),
)
def test_interest_is_the_sum_of_its_days(
    balance: Decimal, credit: Decimal, late: int, table: list[tuple[date, Decimal]], year: int, currency: str
) -> None:
    written: dict[str, Any] = {
        "interest": [{"from": str(since), "rate": f"{rate} %"} for since, rate in table],
        "days_in_year": year,
    }
    project = RULES.project.model_copy(update={"late_payment": LatePayment.model_validate(written)})
    owed = invoice(due=FRIDAY - timedelta(late), balance=str(balance), currency=currency)
    decision = decide(
        owed,
        policy=Policy(project, RULES.sequences, RULES.templates),
        after=progress(contact("first", Level.FRIENDLY, FRIDAY - timedelta(10))),
        credit={currency: str(credit)},
    )
    net = balance - min(credit, balance)
    expected = half_up(by_the_day(Fraction(net), owed.due_date, table, year), DIGITS[currency])
    asked = decision.notice.charges if decision.notice else ()
    assert sum((one.interest for one in asked), Decimal(0)) == expected
