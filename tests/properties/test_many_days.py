"""Many simulated days: whatever is paid, missed or moved, nobody hears a step twice or too soon."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from cases import STEADY, customer, decide, policy
from hypothesis import given, settings
from hypothesis import strategies as st

from remindr.core.schedule import Decision
from remindr.model.approvals import Approval
from remindr.model.book import Invoice
from remindr.model.outcome import Contact, Progress
from remindr.model.plan import Notice
from remindr.model.terms import Level

START = date(2026, 3, 2)
GENTLE = [
    {"id": "soon", "at": "on due", "by": "email", "level": "heads-up"},
    {"id": "nudge", "at": "7 days after due", "by": "email", "level": "friendly"},
    {"id": "again", "at": "20 days after due", "by": "email", "level": "firm", "respond_within": "5 days"},
]
POLICY = policy(sequences={"gentle": GENTLE, "steady": STEADY}, reminding={"holidays": "GB-ENG"})
EACH = policy(
    sequences={"gentle": GENTLE, "steady": STEADY},
    reminding={"holidays": "GB-ENG", "one_message_per": "invoice", "at_most": "3 contacts in 30 days"},
)
WAIT = POLICY.project.reminding.wait_between_contacts.days


@dataclass
class Ledger:
    """A journal in memory: what was said about which invoice, and when."""

    contacts: dict[str, list[Contact]] = field(default_factory=lambda: defaultdict(list))
    overdue_days: list[date] = field(default_factory=list)
    noticed: set[date] = field(default_factory=set)

    def progress(self, today: date) -> Progress:
        return Progress(
            {number: tuple(steps) for number, steps in self.contacts.items()},
            tuple(self.overdue_days),
            today in self.noticed,
        )

    def record(self, notice: Notice, today: date) -> None:
        for line in (*notice.invoices, *notice.also_due, *notice.upcoming):
            assert line.sequence is not None
            assert line.step is not None
            assert line.level is not None
            self.contacts[line.invoice.id].append(
                Contact(line.invoice.id, line.sequence, line.step, line.level, today, respond_by=notice.respond_by)
            )
        if notice.level > Level.HEADS_UP:
            self.overdue_days.append(today)
        self.noticed.add(today)


@dataclass(frozen=True)
class Debt:
    """An invoice of the story: when it is due, what it is worth, on which day it is paid or disputed."""

    due: int
    amount: int
    paid: int
    disputed_from: int


debts = st.builds(
    Debt, st.integers(-40, 40), st.integers(1, 9000), st.integers(0, 120), st.sampled_from([999, 999, 999, 10, 30])
)
stories = st.tuples(
    st.lists(debts, min_size=1, max_size=4),
    st.lists(st.integers(1, 9), min_size=20, max_size=45),  # days between runs
    st.lists(st.sampled_from(["gentle", "steady"]), min_size=45, max_size=45),
)


def open_on(number: int, debt: Debt, day: int) -> Invoice | None:
    if day >= debt.paid:
        return None
    due = START + timedelta(days=debt.due)
    return Invoice(
        f"INV-{number}", "C1", due - timedelta(days=30), due, Decimal(debt.amount), Decimal(debt.amount), "GBP",
        disputed=day >= debt.disputed_from,
    )  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(story=stories)
def test_no_customer_hears_too_much_too_soon_or_again(story: tuple[list[Debt], list[int], list[str]]) -> None:
    debts_, gaps, segments = story
    ledger = Ledger()
    day = 0
    for gap, segment in zip(gaps, segments, strict=False):
        day += gap
        today = START + timedelta(days=day)
        invoices = [one for number, debt in enumerate(debts_) if (one := open_on(number, debt, day))]
        if not invoices:
            continue
        decision = decide(
            *invoices, today=today, policy=POLICY, who=customer(), after=ledger.progress(today), segment=segment
        )
        check_nothing_is_forgotten(invoices, decision.notice, {one.invoice_id for one in decision.skipped})
        for skipped in decision.skipped:
            assert skipped.reasons
            assert skipped.next_contact is None or skipped.next_contact > today
            assert skipped.next_contact or any(reason.until is None for reason in skipped.reasons)
        if decision.notice is not None:
            check_notice(decision.notice, ledger, today)
            ledger.record(decision.notice, today)
            again = decide(*invoices, today=today, policy=POLICY, after=ledger.progress(today), segment=segment)
            assert again.notice is None, "a second run on the same day"


def check_nothing_is_forgotten(invoices: list[Invoice], notice: Notice | None, skipped: set[str]) -> None:
    """Every open invoice is in the notice, or waits with its reasons, and never both."""
    told = {line.invoice.id for line in (*notice.invoices, *notice.also_due, *notice.upcoming)} if notice else set()
    assert told | skipped == {one.id for one in invoices}
    assert not told & skipped


@settings(max_examples=120, deadline=None)
@given(story=stories)
def test_one_message_per_invoice_keeps_the_wait_the_budget_and_the_steps(
    story: tuple[list[Debt], list[int], list[str]],
) -> None:
    debts_, gaps, segments = story
    ledger = Ledger()
    day = 0
    for gap, segment in zip(gaps, segments, strict=False):
        day += gap
        today = START + timedelta(days=day)
        invoices = [one for number, debt in enumerate(debts_) if (one := open_on(number, debt, day))]
        decision = decide(*invoices, today=today, policy=EACH, after=ledger.progress(today), segment=segment)
        told = [line.invoice.id for notice in decision.notices for line in notice.invoices]
        assert sorted([*told, *(one.invoice_id for one in decision.skipped)]) == sorted(one.id for one in invoices)
        for notice in decision.notices:
            assert [line.invoice.id for line in notice.invoices] == [notice.about]
            assert notice.also_due == notice.also_open == notice.upcoming == ()
            check_notice(notice, ledger, today)
        for notice in decision.notices:
            ledger.record(notice, today)
        assert sum((today - before).days < 30 for before in ledger.overdue_days) <= 3
        assert not decide(*invoices, today=today, policy=EACH, after=ledger.progress(today), segment=segment).notices


def check_notice(notice: Notice, ledger: Ledger, today: date) -> None:
    assert today.weekday() < 5
    lines = (*notice.invoices, *notice.also_due, *notice.upcoming)
    for line in lines:
        assert not line.invoice.disputed
        assert line.level is not None
        before = ledger.contacts[line.invoice.id]
        assert (line.sequence, line.step) not in {(one.sequence, one.step) for one in before}, "a step again"
        if line.level > Level.HEADS_UP:
            assert line.days_past_due > 0
            assert all(one.level < line.level for one in before), "the tone never drops"
            assert all(one.respond_by is None or one.respond_by < today for one in before)
        else:
            assert line.days_past_due <= 0
    if notice.level > Level.HEADS_UP and ledger.overdue_days:
        assert (today - ledger.overdue_days[-1]).days >= WAIT
    assert notice.total == {"GBP": sum(line.invoice.balance for line in (*notice.invoices, *notice.also_due))}


ASKING = policy(
    sequences={
        "gentle": [*GENTLE[:2], {**GENTLE[2], "approval": "always"}],
        "steady": [
            {**step, **({"approval": "always"} if step["level"] in ("firm", "final") else {})} for step in STEADY
        ],
    },
    reminding={"holidays": "GB-ENG"},
)
ASKS = {(name, step.id) for name, written in ASKING.sequences.items() for step in written.steps if step.approval}
answers = st.lists(st.sampled_from(["yes", "yes", "no", "nothing"]), min_size=45, max_size=45)


@settings(max_examples=120, deadline=None)
@given(story=stories, words=answers)
def test_what_asks_for_an_approval_goes_exactly_once_and_only_with_one(
    story: tuple[list[Debt], list[int], list[str]], words: list[str]
) -> None:
    """A person answers on some days; whatever they say of one step, the others go on."""
    debts_, gaps, segments = story
    ledger, said = Ledger(), dict[str, tuple[Approval, ...]]()
    day = 0
    for gap, segment, word in zip(gaps, segments, words, strict=False):
        day += gap
        today = START + timedelta(days=day)
        invoices = [one for number, debt in enumerate(debts_) if (one := open_on(number, debt, day))]
        known = replace(ledger.progress(today), approvals=said)
        decision = decide(*invoices, today=today, policy=ASKING, who=customer(), after=known, segment=segment)
        waiting = [one.waiting for one in decision.skipped if one.waiting]
        for line in (line for notice in decision.notices for line in (*notice.invoices, *notice.also_due)):
            if (line.sequence, line.step) in ASKS:
                place = (line.sequence, line.step, 0)
                (last,) = [one for one in said[line.invoice.id] if one.bound.place == place][-1:]
                assert last.until is not None, "it was refused"
                assert last.on <= today <= last.until, "it had lapsed"
                assert last.until - last.on >= timedelta(days=7)
        if decision.notice is not None:
            check_notice(decision.notice, ledger, today)
            ledger.record(decision.notice, today)
        else:
            check_that_nothing_else_waits(decision, invoices, today, known, segment)
        for asked in waiting if word != "nothing" else ():
            assert (asked.bound.sequence, asked.bound.step) in ASKS
            assert asked.since <= today < asked.until
            until = asked.until if word == "yes" else None
            given = Approval("C1", asked.invoice_id, asked.bound, today, "Ada", until=until)
            said[asked.invoice_id] = (*said.get(asked.invoice_id, ()), given)


def check_that_nothing_else_waits(
    decision: Decision, invoices: list[Invoice], today: date, known: Progress, segment: str
) -> None:
    """Nobody says less on a day because something of theirs waits for an approval; a friendly step may ride along."""
    waits = {one.invoice_id for one in decision.skipped if one.waiting}
    rest = [one for one in invoices if one.id not in waits]
    alone = decide(*rest, today=today, policy=ASKING, who=customer(), after=known, segment=segment)
    riding = any(reason.code == "rides_along" for one in decision.skipped for reason in one.reasons)
    assert alone.notice is None or riding, "something else would have gone"
