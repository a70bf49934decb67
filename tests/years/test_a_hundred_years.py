"""A hundred customers over a year of daily runs on the real path: exports, journal and outbox, as a company lives it.

Exports lag by up to three days, the machine is off now and then, once for weeks; people pay, pay in part, dispute. What
the journal holds in the end is held against the rules, and what each export showed against what was said that day.
"""

import csv
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from remindr.core.calendar import Calendars
from remindr.model.policy import Policy
from remindr.pipeline.plan import make_plan
from remindr.pipeline.run import RunOrder, run
from remindr.pipeline.station import station
from remindr.project.init import init_project
from remindr.project.load import load_policy

CUSTOMERS, FIRST, DAYS = 100, date(2025, 1, 2), 365
HEADER = ("Invoice", "Customer No", "Customer", "Email", "Phone", "Invoice Date", "Due Date", "Paid Date", "Amount",
          "Balance", "Disputed")  # fmt: skip


@dataclass
class Debt:
    """An invoice of the story, with the days on which things happen to it."""

    number: str
    customer: int
    issued: date
    due: date
    cents: int
    paid: date
    part_paid: date | None
    disputed: tuple[date, date] | None

    def row(self, seen: date) -> tuple[str, ...] | None:
        """Its row in an export of a day."""
        if self.issued > seen:
            return None
        left = 0 if self.paid <= seen else self.cents // 2 if self.part_paid and self.part_paid <= seen else self.cents
        disputed = self.disputed is not None and self.disputed[0] <= seen <= self.disputed[1]
        return (
            self.number, f"{self.customer:03}", f"Customer {self.customer} Ltd", f"ap@c{self.customer}.example",
            f"+44 20 7946 {self.customer:04}", str(self.issued), str(self.due), str(self.paid) if not left else "",
            f"{self.cents / 100:.2f}", f"{left / 100:.2f}", "yes" if disputed else "no",
        )  # fmt: skip


def debts(random: Random) -> Iterator[Debt]:
    """Two years of invoices: the first gives a history, the second is lived through."""
    for customer in range(CUSTOMERS):
        habit = random.choice([0, 0, 2, 6, 15, 40])
        for month in range(24):
            issued = FIRST + timedelta(30 * month - 365 + random.randint(0, 20))
            due = issued + timedelta(random.choice([14, 30]))
            paid = due + timedelta(max(-10, round(random.gauss(habit, 6)))) + timedelta(random.choice([0] * 9 + [90]))
            part = due + timedelta(3) if random.random() < 0.1 else None
            dispute = (due + timedelta(5), due + timedelta(25)) if random.random() < 0.05 else None
            number = f"{customer:03}-{month:02}"
            yield Debt(number, customer, issued, due, random.randint(2_000, 900_000), paid, part, dispute)


def days_on(random: Random) -> Iterator[date]:
    """The days on which the machine is on: once it is off for six weeks, now and then for a day or ten."""
    off_until = FIRST
    for ordinal in range(DAYS):
        day = FIRST + timedelta(ordinal)
        if ordinal == 200:
            off_until = day + timedelta(42)
        elif random.random() < 0.02:
            off_until = max(off_until, day + timedelta(random.randint(1, 10)))
        if day >= off_until and day.weekday() < 6:
            yield day


def export(project: Path, world: list[Debt], seen: date) -> dict[str, tuple[str, ...]]:
    rows = {debt.number: row for debt in world if (row := debt.row(seen))}
    with (project / "exports" / f"invoices-{seen}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows.values()])
    return rows


@pytest.fixture
def project(tmp_path: Path) -> Path:
    init_project(tmp_path, company={"name": "Quay Ltd", "email": "a@quay.example", "currency": "GBP"})
    settings = tmp_path / "remindr.yaml"
    lines = [line for line in settings.read_text().splitlines() if not line.startswith("  customers:")]
    settings.write_text("\n".join(lines).replace("max_age: 2 working days", "max_age: 9 days") + "\n")
    return tmp_path


def lines_of(project: Path, day: date) -> list[tuple[str, str, int | None]]:
    """(customer, invoice, level) of everything said on a day."""
    with closing(sqlite3.connect(project / ".remindr" / "journal.db")) as journal:
        return journal.execute(
            "SELECT l.customer_id, l.invoice_id, l.level FROM lines l JOIN notices n ON n.id = l.notice_id "
            "WHERE n.as_of = ? AND NOT n.voided AND n.purpose = 'reminder' AND l.role <> 'also_open'",
            [day.isoformat()],
        ).fetchall()


@pytest.mark.parametrize("seed", [1])
def test_a_hundred_customer_years_keep_every_promise(project: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311 - the same year for the same seed
    world = list(debts(random))
    policy = load_policy(project).policy
    runs, seen = 0, FIRST
    for day in days_on(random):
        seen = max(seen, day - timedelta(random.choice([0, 0, 0, 1, 2, 3])))
        shown = export(project, world, seen)
        now = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
        run(project, policy, day, RunOrder(now, "0", frozenset({"shrunk", "volume", "clock"})))
        check_day(shown, lines_of(project, day))
        runs += 1
    assert runs > 200
    check_year(project, policy)
    check_nothing_is_forgotten(project, policy, day)


def check_day(shown: dict[str, tuple[str, ...]], said: list[tuple[str, str, int | None]]) -> None:
    """Nothing is said of what the export shows as settled or disputed."""
    for _, number, _ in said:
        balance, disputed = shown[number][9], shown[number][10]
        assert balance != "0.00", f"{number}: reminded after payment"
        assert disputed == "no", f"{number}: reminded in a dispute"


def check_year(project: Path, policy: Policy) -> None:
    """What the journal holds: each step once, levels that rise, days between contacts, sending days."""
    with closing(sqlite3.connect(project / ".remindr" / "journal.db")) as journal:
        rows = journal.execute(
            "SELECT n.customer_id, n.as_of, l.invoice_id, l.sequence, l.step, l.repeat, l.level FROM notices n "
            "JOIN lines l ON l.notice_id = n.id "
            "WHERE NOT n.voided AND n.purpose = 'reminder' AND l.role <> 'also_open' ORDER BY n.as_of"
        ).fetchall()
    home = Calendars(policy.project).home
    taken: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    levels: dict[str, list[int]] = defaultdict(list)
    contacts: dict[str, set[date]] = defaultdict(set)
    for customer, as_of, number, sequence, step, repeat, level in rows:
        assert home.is_sending_day(date.fromisoformat(as_of))
        assert (sequence, step, repeat) not in taken[number], f"{number}: {step} twice"
        taken[number].append((sequence, step, repeat))
        if level:
            assert all(level > before for before in levels[number]), f"{number}: the tone dropped"
            levels[number].append(level)
            contacts[customer].add(date.fromisoformat(as_of))
    assert sum(map(len, contacts.values())) > 5 * CUSTOMERS, "hardly anybody was reminded: the year proves nothing"
    assert max(max(levels[number], default=0) for number in levels) == 4, "nothing ever got serious"
    wait = policy.project.reminding.wait_between_contacts.days
    for days in map(sorted, contacts.values()):
        assert all((later - earlier).days >= wait for earlier, later in pairwise(days))


def check_nothing_is_forgotten(project: Path, policy: Policy, day: date) -> None:
    """The day after, every open invoice is told, waits with a date, or is in front of a person."""
    with station(project, policy, day + timedelta(1)) as at:
        plan = make_plan(at).plan
        open_now = {number for _, number in at.view.open_items()}
    told = {line.invoice.id for one in plan.notices for line in (*one.invoices, *one.also_due, *one.upcoming)}
    silent = {skipped.invoice_id: skipped for skipped in plan.skipped}
    assert told | silent.keys() >= open_now
    for skipped in silent.values():
        assert skipped.next_contact or any(reason.until is None for reason in skipped.reasons)
