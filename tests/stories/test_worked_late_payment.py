"""Late payment worked out by hand: the European Union, Germany and the United Kingdom, as the guide shows them.

Nothing here is computed by the code under test: each sum is balance · (rate · days, added up) / 100 / 365, and the
arithmetic stands above its line. The rates are those in force at the time.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from cases import contact, decide, invoice, policy, progress

from remindr.model.plan import Charge
from remindr.model.terms import Level
from remindr.project.yaml import parse_yaml

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "late-payment.md").read_text(encoding="utf-8")

# The main refinancing rate of the European Central Bank on 1 January and 1 July, and 8 points more.
EU = """\
late_payment:
  interest:
    - from: 2023-01-01
      rate: 10.5 %
    - from: 2023-07-01
      rate: 12 %
    - from: 2024-01-01
      rate: 12.5 %
    - from: 2024-07-01
      rate: 12.25 %
    - from: 2025-01-01
      rate: 11.15 %
    - from: 2025-07-01
      rate: 10.15 %
  fees:
    formal: 40 EUR
"""

# The Basiszinssatz and 9 points for businesses, 5 for consumers; the lump sum is for businesses alone.
GERMANY = """\
traits:
  consumer: tags has private
late_payment:
  interest:
    - from: 2023-01-01
      rate: 10.62 %
    - from: 2023-07-01
      rate: 12.12 %
    - from: 2024-01-01
      rate: 12.62 %
    - from: 2024-07-01
      rate: 12.37 %
    - from: 2025-01-01
      rate: 11.27 %
    - from: 2025-07-01
      rate: 10.27 %
  fees:
    formal: 40 EUR
  consumers:
    interest:
      - from: 2023-01-01
        rate: 6.62 %
      - from: 2023-07-01
        rate: 8.12 %
      - from: 2024-01-01
        rate: 8.62 %
      - from: 2024-07-01
        rate: 8.37 %
      - from: 2025-01-01
        rate: 7.27 %
      - from: 2025-07-01
        rate: 6.27 %
"""

# The Bank of England's base rate on 31 December and 30 June, and 8 points more; it stays what it was on the first day.
UK = """\
late_payment:
  interest:
    - from: 2023-01-01
      rate: 11.5 %
    - from: 2023-07-01
      rate: 13 %
    - from: 2024-01-01
      rate: 13.25 %
    - from: 2025-01-01
      rate: 12.75 %
    - from: 2025-07-01
      rate: 12.25 %
  rate_of: first day
  fees:
    formal:
      - 40 GBP
      - from: 1,000 GBP
        fee: 70 GBP
      - from: 10,000 GBP
        fee: 100 GBP
"""


@dataclass(frozen=True, slots=True)
class Worked:
    """One line of a table: an open balance, its due date, and what is asked for on a day."""

    what: str
    terms: str
    balance: str
    due: str
    asked_on: str
    interest: str
    fee: str
    consumer: bool = False
    amount: str = ""  # of the invoice, where a part of it is paid

    @property
    def currency(self) -> str:
        """The currency of the table."""
        return "GBP" if self.terms == UK else "EUR"

    @property
    def row(self) -> str:
        """The line as the guide has it."""
        cells = (
            self.what,
            f"{Decimal(self.balance):,}",
            self.due,
            self.asked_on,
            f"{Decimal(self.interest):,}",
            self.fee,
        )
        return f"| {' | '.join(cells)} |"


TABLE = [
    # 91 days (1 April to 30 June) · 10.5 + 184 · 12 + 182 (a leap year's half) · 12.5 + 61 (to 30 August) · 12.25
    # = 955.5 + 2208 + 2275 + 747.25 = 6185.75;  10,000 · 6185.75 / 36,500 = 1694.726…
    Worked("four half-years", EU, "10000.00", "2023-03-31", "2024-08-30", "1694.73", "40.00"),
    # 14 days · 11.15 + 31 · 10.15 = 156.1 + 314.65 = 470.75;  2,500 · 470.75 / 36,500 = 32.243…
    Worked("a change of rate", EU, "2500.00", "2025-06-16", "2025-07-31", "32.24", "40.00"),
    # 30 days (29 of February, 1 of March) · 12.5 = 375;  3,650 · 375 / 36,500 = 37.50
    Worked("over 29 February", EU, "3650.00", "2024-01-31", "2024-03-01", "37.50", "40.00"),
    # 182 days · 12.5 + 184 · 12.25 = 2275 + 2254 = 4529, 366 days of 365ths;  8,000 · 4529 / 36,500 = 992.657…
    Worked("a whole leap year", EU, "8000.00", "2023-12-31", "2024-12-31", "992.66", "40.00"),
    # What is left of 10,000: 70 days (28 + 31 + 11) · 11.15 = 780.5;  4,000 · 780.5 / 36,500 = 85.534…
    Worked("6,000.00 of it paid", EU, "4000.00", "2025-01-31", "2025-04-11", "85.53", "40.00", amount="10000.00"),
    # 30 days of June · 12.62 + 31 of July · 12.37 = 378.6 + 383.47 = 762.07;  1,800 · 762.07 / 36,500 = 37.581…
    Worked("a business", GERMANY, "1800.00", "2024-05-31", "2024-07-31", "37.58", "40.00"),
    # 30 days · 8.62 + 31 · 8.37 = 258.6 + 259.47 = 518.07;  1,800 · 518.07 / 36,500 = 25.548…
    Worked("a consumer", GERMANY, "1800.00", "2024-05-31", "2024-07-31", "25.55", "0.00", consumer=True),
    # 46 days (16 of May, 30 of June) · 10.62 + 184 · 12.12 + 60 (31 + 29) · 12.62
    # = 488.52 + 2230.08 + 757.2 = 3475.8;  1,234.56 · 3475.8 / 36,500 = 117.563…
    Worked("a business, three half-years", GERMANY, "1234.56", "2023-05-15", "2024-02-29", "117.56", "40.00"),
    # From 30 November: 91 days (1 + 31 + 31 + 28) · 13.25, also those of 2025, = 1205.75
    # 999.99 · 1205.75 / 36,500 = 33.033…;  1,000 gives 33.034…, 9,999.99 gives 330.342…, 10,000 gives 330.342…
    Worked("below the first tier", UK, "999.99", "2024-11-29", "2025-02-28", "33.03", "40.00"),
    Worked("at the first tier", UK, "1000.00", "2024-11-29", "2025-02-28", "33.03", "70.00"),
    Worked("below the second tier", UK, "9999.99", "2024-11-29", "2025-02-28", "330.34", "70.00"),
    Worked("at the second tier", UK, "10000.00", "2024-11-29", "2025-02-28", "330.34", "100.00"),
    # Interest begins on 1 January: 59 days (31 + 28) · 12.75 = 752.25;  1,000 · 752.25 / 36,500 = 20.609…
    Worked("due on 31 December", UK, "1000.00", "2024-12-31", "2025-02-28", "20.61", "70.00"),
    # Begins on 30 June: 120 days (1 + 31 + 31 + 30 + 27) · 11.5 = 1380;  2,400 · 1380 / 36,500 = 90.739…
    Worked("from 30 June", UK, "2400.00", "2023-06-29", "2023-10-27", "90.74", "70.00"),
    # A day later: 119 days · 13 = 1547;  2,400 · 1547 / 36,500 = 101.720…
    Worked("from 1 July", UK, "2400.00", "2023-06-30", "2023-10-27", "101.72", "70.00"),
    # 366 days · 13.25 = 4849.5;  5,000 · 4849.5 / 36,500 = 664.315…
    Worked("a whole leap year", UK, "5000.00", "2023-12-31", "2024-12-31", "664.32", "70.00"),
    # What is left of 10,000: 7,500 · 1205.75 / 36,500 = 247.756…
    Worked("2,500.00 of it paid", UK, "7500.00", "2024-11-29", "2025-02-28", "247.76", "70.00", amount="10000.00"),
]  # fmt: skip


def asked(one: Worked, reached: tuple[tuple[str, Level], ...] = (("second", Level.FIRM),)) -> Charge:
    """What the next message asks for on top, after the steps that the invoice has had."""
    today, due = date.fromisoformat(one.asked_on), date.fromisoformat(one.due)
    contacts = (
        contact(step, level, today - timedelta(10 * ago)) for ago, (step, level) in enumerate(reversed(reached), 1)
    )
    owed = invoice(due=due, balance=one.balance, amount=Decimal(one.amount or one.balance), currency=one.currency)
    rules = policy(**parse_yaml(one.terms, "remindr.yaml").data)
    traits = ("consumer",) if one.consumer else ()
    notice = decide(owed, today=today, policy=rules, after=progress(*contacts), traits=traits).notice
    assert notice is not None
    (charge,) = notice.charges
    return charge


def names(one: Worked) -> str:
    return f"{ {EU: 'EU', GERMANY: 'Germany', UK: 'UK'}[one.terms] }: {one.what}"


@pytest.mark.parametrize("one", TABLE, ids=names)
def test_it_comes_to_what_was_worked_out_by_hand(one: Worked) -> None:
    charge = asked(one)
    assert (f"{charge.interest:.2f}", f"{charge.fee:.2f}", str(charge.earlier_fees)) == (one.interest, one.fee, "0")


@pytest.mark.parametrize("one", [TABLE[0], TABLE[8]], ids=names)
def test_the_fee_is_asked_for_once_and_stands_in_later_messages(one: Worked) -> None:
    later = asked(one, (("second", Level.FIRM), ("formal", Level.FORMAL)))
    assert (f"{later.fee:.2f}", f"{later.earlier_fees:.2f}") == ("0.00", "40.00")


def test_the_reasons_name_the_size_of_the_debt() -> None:
    assert asked(TABLE[9]).told.endswith("; fee for formal 70.00 GBP (for debts from 1,000.00 GBP on)")
    assert asked(TABLE[8]).told.endswith("; fee for formal 40.00 GBP")


def test_a_part_payment_brings_the_fee_of_what_is_left_for_earlier_messages_too() -> None:
    left = Worked("300.00 of it paid", UK, "900.00", "2024-11-29", "2025-02-28", "", "", amount="1200.00")
    assert f"{asked(left, (('second', Level.FIRM), ('formal', Level.FORMAL))).earlier_fees:.2f}" == "40.00"


def test_a_debt_that_is_older_than_the_first_rate_bears_nothing_where_that_of_the_first_day_counts() -> None:
    old = Worked("before the table", UK, "1000.00", "2022-12-30", "2023-10-27", "0.00", "70.00")
    assert (int(asked(old).interest), int(asked(old).fee)) == (0, 70)


@pytest.mark.parametrize("terms", [EU, GERMANY, UK], ids=["EU", "Germany", "UK"])
def test_the_guide_has_the_same_settings_and_the_same_table(terms: str) -> None:
    assert f"```yaml\n# remindr.yaml\n{terms}```" in GUIDE
    lines = GUIDE.splitlines()
    places = [lines.index(one.row) for one in TABLE if one.terms == terms]
    assert places == list(range(places[0], places[0] + len(places)))
