"""Ten thousand customers' lives of at least thirty days each, with everything that happens to books and policies.

Payments, part payments, disputes that come and go, credits, holds, machines that are off for up to sixty days, segments
that change, policies that are edited on the way. After every day the plan keeps its promises. A failure names the
seed: `life(seed)` lives it again.
"""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from cases import STEADY, customer, decide, policy

from remindr.core.calendar import Calendars
from remindr.core.schedule import Decision
from remindr.model.book import Customer, Invoice
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import Notice
from remindr.model.policy import Policy, Sequence
from remindr.model.terms import Level

LIVES, AT_ONCE = 10_000, 500
START = date(2026, 3, 2)
GENTLE: list[dict[str, Any]] = [
    {"id": "soon", "at": "on due", "by": "email", "level": "heads-up"},
    {"id": "nudge", "at": "7 days after due", "by": "preferred", "level": "friendly"},
    {"id": "again", "at": "20 days after due", "by": "email", "level": "firm", "respond_within": "5 days"},
    {"id": "formal", "at": "40 days after due", "by": "email", "level": "formal", "respond_within": "7 days"},
]
CALLED: list[dict[str, Any]] = [
    {"id": "hello", "at": "4 days before due", "by": "email", "level": "heads-up"},
    {"id": "first", "at": "2 working days after due", "by": "email", "level": "friendly"},
    {"id": "ring", "at": "8 days after due", "sooner": "3 days after due if balance >= 5000", "by": "call",
     "level": "firm"},
    {"id": "final", "at": "15 days after due", "by": "letter", "level": "final", "respond_within": "3 working days"},
]  # fmt: skip
RENAMED = [
    {**step, "id": "gentle-nudge", "renamed_from": "nudge"} if step["id"] == "nudge" else step for step in GENTLE
]
SHORTER = [step for step in GENTLE if step["id"] != "again"]
LONGER = [
    *GENTLE[:2],
    {"id": "between", "at": "12 days after due", "by": "email", "if": "amount >= 300", "level": "firm"},
    {**GENTLE[3]},
]
SEQUENCES = {"gentle": GENTLE, "steady": STEADY, "called": CALLED}
_REMINDING = {"holidays": "GB-ENG", "at_most": "4 contacts in 30 days", "ignore_below": "5 GBP"}


def project(gentle: list[dict[str, Any]], *, repeat: bool = False, **reminding: Any) -> Policy:
    made = policy(sequences={**SEQUENCES, "gentle": gentle}, reminding={**_REMINDING, **reminding}, calls={"on": "tue"})
    if not repeat:
        return made
    again = {"name": "steady", "about": "x", "tone": "plain", "steps": STEADY, "entry": "by_age",
             "after_last": "repeat final every 10 days, at most 2 times"}  # fmt: skip
    return replace(made, sequences={**made.sequences, "steady": Sequence.model_validate(again)})


EDITS = (
    project(GENTLE),
    project(RENAMED),
    project(SHORTER),
    project(LONGER),
    project(GENTLE, repeat=True),
    project(GENTLE, wait_between_contacts="9 days"),
    project(GENTLE, start_from="2026-02-20"),
)
HOME = Calendars(EDITS[0].project).home
_STANDING = {"nudge": "gentle-nudge"}  # one step under two names


@dataclass
class Debt:
    """An invoice as the world knows it; the export shows it so, or as it was some days ago."""

    number: str
    due: date
    amount: Decimal
    left: Decimal
    disputed: bool = False
    hold: str | None = None


@dataclass
class Life:
    """One customer over time, with the journal that remembers what was said."""

    random: Random
    who: Customer
    debts: list[Debt]
    today: date = START
    credit: Decimal = Decimal(0)
    contacts: dict[str, list[Contact]] = field(default_factory=lambda: defaultdict(list))
    overdue_days: list[date] = field(default_factory=list)
    segment: str = "gentle"
    rules: Policy = EDITS[0]

    def happen(self) -> None:
        """What a day brings."""
        for debt in self.debts:
            luck = self.random.random()
            if luck < 0.02:
                debt.left = Decimal(0)
            elif luck < 0.03:
                debt.left = (debt.left / 2).quantize(Decimal("0.01"))
            elif luck < 0.04:
                debt.disputed = not debt.disputed
            elif luck < 0.045:
                debt.hold = None if debt.hold else "talks"
        if self.random.random() < 0.02:
            self.credit = Decimal(self.random.choice([0, 40, 2000]))
        if self.random.random() < 0.03:
            self.segment = self.random.choice(list(SEQUENCES))
        if self.random.random() < 0.02:
            self.rules = self.random.choice(EDITS)

    def open(self) -> list[Invoice]:
        """What the export shows."""
        return [
            Invoice(debt.number, "C1", debt.due - timedelta(days=30), debt.due, debt.amount, debt.left, "GBP",
                    disputed=debt.disputed, hold=debt.hold)
            for debt in self.debts
            if debt.left > 0
        ]  # fmt: skip

    def progress(self) -> Progress:
        return Progress(
            {number: tuple(steps) for number, steps in self.contacts.items()},
            tuple(self.overdue_days),
            any(one.on == self.today for steps in self.contacts.values() for one in steps),
        )

    def decide(self, invoices: list[Invoice]) -> Decision:
        return decide(
            *invoices, today=self.today, policy=self.rules, who=self.who, after=self.progress(), segment=self.segment,
            credit={"GBP": str(self.credit)} if self.credit else None,
        )  # fmt: skip

    def record(self, notice: Notice) -> None:
        for line in (*notice.invoices, *notice.also_due, *notice.upcoming):
            taken = Contact(
                line.invoice.id, line.sequence or "", line.step or "", int(line.level or 0), self.today, line.repeat,
                notice.respond_by,
            )  # fmt: skip
            self.contacts[line.invoice.id].append(taken)
        if any(line.level for line in (*notice.invoices, *notice.also_due)):
            self.overdue_days.append(self.today)


def born(seed: int) -> Life:
    random = Random(seed)  # noqa: S311 - the same life for the same seed is what it is for
    who = customer(
        email=random.choice(["ap@oak.example", "ap@oak.example", None]),
        phone=random.choice(["+44 20 7946 0018", None]),
        address=random.choice(["1 Oak Lane, Leeds", None]),
        preferred_channel=random.choice([None, "phone", "letter"]),
    )
    debts = []
    for number in range(random.randint(1, 4)):
        amount = Decimal(random.choice([3, 40, 400, 8000]))
        debts.append(Debt(f"INV-{number}", START + timedelta(random.randint(-60, 25)), amount, amount))
    return Life(random, who, debts, segment=random.choice(list(SEQUENCES)), rules=random.choice(EDITS))


def life(seed: int) -> int:
    """Lives one life; how many notices came of it."""
    one = born(seed)
    days, notices = one.random.randint(30, 50), 0
    while days > 0:
        away = one.random.choice([1, 1, 1, 1, 2, 3, one.random.randint(1, 60)])
        for _ in range(away):
            one.today += timedelta(days=1)
            one.happen()
        days -= away
        notices += run(one)
    return notices


def run(one: Life) -> int:
    invoices = one.open()
    decision = one.decide(invoices) if invoices else None
    if decision is None:
        return 0
    check_everything_is_accounted_for(one, invoices, decision)
    if decision.notice is None:
        return 0
    check_notice(one, decision.notice)
    one.record(decision.notice)
    assert one.decide(invoices).notice is None, "a second notice on one day"
    return 1


def check_everything_is_accounted_for(one: Life, invoices: list[Invoice], decision: Decision) -> None:
    """Every open invoice is told, waits with a date, or is in front of a person: nothing is forgotten."""
    notice = decision.notice
    told = {line.invoice.id for line in (*notice.invoices, *notice.also_due, *notice.upcoming)} if notice else set()
    silent = {skipped.invoice_id: skipped for skipped in decision.skipped}
    assert told | silent.keys() == {invoice.id for invoice in invoices}
    assert not told & silent.keys()
    for skipped in silent.values():
        assert skipped.reasons
        if skipped.next_contact is None:
            assert any(reason.until is None for reason in skipped.reasons), "silence without a date or a reason"
        else:
            assert skipped.next_contact > one.today, "a date that is no promise"
            assert HOME.is_sending_day(skipped.next_contact)


def check_notice(one: Life, notice: Notice) -> None:
    assert HOME.is_sending_day(one.today)
    if notice.channels[0] == "call":
        assert one.today.weekday() == 1, "a call on no calling day"
    if notice.level >= Level.FORMAL:
        assert notice.channels[0] in ("email", "letter"), "formal, and not in writing"
    stern = {number for number, steps in one.contacts.items() if any(step.level >= Level.FORMAL for step in steps)} & {
        line.invoice.id for line in (*notice.invoices, *notice.also_due, *notice.also_open)
    }
    for line in (*notice.invoices, *notice.also_due, *notice.upcoming):
        check_line(one, line.invoice, line.step or "", line.level or 0, line.repeat, line.days_past_due)
        if stern and line.level == 0:
            pytest.fail("a heads-up beside a formal matter")
    overdue = any(line.level for line in (*notice.invoices, *notice.also_due))
    if overdue and one.overdue_days:
        wait = one.rules.project.reminding.wait_between_contacts.days
        assert (one.today - one.overdue_days[-1]).days >= wait, "sooner than the wait"
    if overdue:
        recent = [day for day in one.overdue_days if (one.today - day).days < 30]
        assert len(recent) < 4, "more than at_most allows"
    assert all(total >= 0 for total in notice.total.values())


def check_line(one: Life, invoice: Invoice, step: str, level: int, repeat: int, days_past_due: int) -> None:
    assert not invoice.disputed
    assert invoice.hold is None
    before = one.contacts[invoice.id]
    names = {_STANDING.get(taken.step, taken.step) for taken in before if taken.repeat == repeat}
    if level == 0:
        assert days_past_due <= 0
        assert not any(taken.level for taken in before), "a heads-up after a reminder"
        return
    assert days_past_due > 0
    assert not any(taken.level > level for taken in before), "the tone dropped"
    if any(taken.level == level for taken in before):
        assert repeat, "a level again that is no repeat"
    assert _STANDING.get(step, step) not in names or repeat, "a step again"
    assert all(taken.respond_by is None or taken.respond_by < one.today for taken in before), "before the date given"


@pytest.mark.parametrize("first", range(0, LIVES, AT_ONCE))
def test_every_day_of_every_life_keeps_its_promises(first: int) -> None:
    notices = 0
    for seed in range(first, first + AT_ONCE):
        try:
            notices += life(seed)
        except AssertionError as error:
            raise AssertionError(f"life({seed}): {error}") from error
    assert notices > AT_ONCE, "hardly anybody was reminded: the lives prove nothing"
