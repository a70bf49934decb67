"""2,000 customers and one person who rings for ninety minutes on Tuesdays and Thursdays: twelve calls a day.

Three weeks on the real path: exports, `remindr run`, the call sheet filled in, `remindr calls import`. Who is worth a
call gets one, everybody else hears in writing, and nobody is forgotten for want of time.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from office import Office
from projects import COMPANY, starter, write_files

CUSTOMERS, CAPACITY = 2_000, 12
DAYS = ("2026-10-20", "2026-10-29", "2026-11-03", "2026-11-05", "2026-11-10", "2026-11-12")  # Tuesdays and Thursdays
SETTINGS = (
    COMPANY
    + """\
sources:
  invoices: exports/invoices*.csv
  max_age: 30 days
segments:
  - name: slow
    when: avg_days_late > 3
    sequence: steady
  - name: reliable
    default: true
    sequence: gentle
traits:
  high_value: open_amount >= 5000
reminding:
  on: mon-fri
calls:
  on: tue, thu
  capacity: 12
  first: broken_promise, high_value, balance
"""
)
HEAD = ("Invoice Number", "Customer Number", "Customer Name", "Email", "Phone", "Invoice Date", "Due Date", "Paid Date",
        "Amount", "Balance")  # fmt: skip


@dataclass
class Debt:
    """One invoice of the book, and the day it is paid."""

    customer: int
    number: str
    due: date
    amount: int
    paid: date

    def row(self, seen: str) -> tuple[str, ...]:
        is_paid = self.paid.isoformat() < seen
        return (
            self.number, f"{self.customer:05}", f"Customer {self.customer} Ltd", f"ap@c{self.customer}.example",
            f"+4420794{self.customer:05}", str(self.due - timedelta(30)), str(self.due),
            str(self.paid) if is_paid else "", f"{self.amount}.00", "0.00" if is_paid else f"{self.amount}.00",
        )  # fmt: skip


def book(random: Random) -> Iterator[Debt]:
    """Three paid invoices each, and for a quarter of the customers one that has been due for one to four weeks."""
    for customer in range(1, CUSTOMERS + 1):
        slow = customer % 3 == 0
        for at in range(3):
            due = date(2026, 5, 4) + timedelta(45 * at + random.randrange(20))
            yield Debt(customer, f"{customer:05}-{at}", due, 500, due + timedelta(12 if slow else 0))
        if customer % 4 == 0:
            due = date(2026, 9, 28) + timedelta(random.randrange(20))
            pays = date(2026, 10, 25) + timedelta(random.randrange(60))
            yield Debt(customer, f"{customer:05}-3", due, random.choice([300, 900, 2_500, 8_000]), pays)


class Weeks:
    """The company's days: the export, the run, the calls, and what came of them."""

    def __init__(self, root: Path, debts: list[Debt]) -> None:
        self.office = Office(write_files(root, starter() | {"remindr.yaml": SETTINGS}))
        self.debts = debts
        self.rows: dict[str, int] = {}  # of the call sheet, by day

    def export(self, day: str) -> None:
        target = self.office.root / "exports" / f"invoices-{day}.csv"
        target.parent.mkdir(exist_ok=True)
        with target.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([HEAD, *(debt.row(day) for debt in self.debts)])

    def live(self, day: str, random: Random) -> Mapping[str, Any]:
        """One day; returns its plan as it was before the run."""
        self.export(day)
        plan: Mapping[str, Any] = self.office.plan(day)
        self.office.does("run", on=day)
        sheet = self.office.root / f"calls-{day}.csv"
        self.office.does("calls --csv", str(sheet), on=day)
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row["Outcome"] = random.choice(["reached", "promise", "promise", "no answer"])
            row["Promised date"] = str(date.fromisoformat(day) + timedelta(7)) if row["Outcome"] == "promise" else ""
        self.rows[day] = len(rows)
        if not rows:
            return plan
        with sheet.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        self.office.does("calls import", str(sheet), on=day)
        return plan


def called(plan: Mapping[str, Any]) -> list[Any]:
    return [notice for notice in plan["notices"] if notice["channels"][0] == "call"]


def turned_away(plan: Mapping[str, Any]) -> set[str]:
    return {
        one["customer_id"] for one in plan["skipped"] if any(why["code"] == "calls_full" for why in one["blockers"])
    }


@dataclass(frozen=True)
class Lived:
    """What the days came to: each day's plan before its run, and how many rows its call sheet had."""

    weeks: Weeks
    plans: list[Mapping[str, Any]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    random = Random(5)  # noqa: S311  # the same weeks each time
    weeks = Weeks(tmp_path_factory.mktemp("ninety"), list(book(random)))
    return Lived(weeks, [weeks.live(day, random) for day in DAYS])


def test_no_day_has_more_calls_than_fit(lived: Lived) -> None:
    """With those that are rung again because nobody answered."""
    assert max(lived.weeks.rows.values()) == CAPACITY
    assert sum(len(called(plan)) for plan in lived.plans) >= 2 * CAPACITY


def test_those_who_are_rung_owe_at_least_as_much_as_those_who_wait(lived: Lived) -> None:
    owed = {f"{debt.customer:05}": debt.amount for debt in lived.weeks.debts if debt.number.endswith("-3")}
    waited = 0
    for plan in lived.plans:
        rung, waits = [one["customer_id"] for one in called(plan)], turned_away(plan)
        waited += len(waits)
        assert not waits or min(owed[one] for one in rung) >= max(owed[one] for one in waits)
    assert waited > 100


def test_whoever_waited_twice_hears_in_writing_on_the_third_day(lived: Lived) -> None:
    waited: Counter[str] = Counter()
    instead = 0
    for plan in lived.plans:
        open_still = {one["customer_id"] for one in (*plan["notices"], *plan["skipped"])}
        heard = {one["customer_id"]: one["channels"] for one in plan["notices"]}
        for customer in (one for one, times in waited.items() if times == 2 and one in open_still):
            waited[customer] += 1
            instead += heard[customer] == ["email"]
            assert customer in heard
        waited.update(turned_away(plan))
    assert max(waited.values()) == 3
    assert instead > 50


def test_what_customers_promised_on_the_telephone_lets_them_rest(lived: Lived) -> None:
    resting = {
        one["customer_id"]
        for one in lived.plans[-1]["skipped"]
        if any(why["code"] == "promised" for why in one["blockers"])
    }
    rung = {one["customer_id"] for plan in lived.plans for one in called(plan)}
    assert resting
    assert resting <= rung
