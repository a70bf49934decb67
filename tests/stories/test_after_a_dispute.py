"""When a dispute or a hold is over, the customer has three working days before the next word from us."""

from datetime import date, timedelta
from typing import Any

from cases import FRIDAY, contact, decide, invoice, policy, progress, said, silent

from remindr.core.rests import Rest, RestKey, ended, observe
from remindr.model.outcome import Ended, Progress
from remindr.model.plan import Blocker
from remindr.model.terms import Level

PLAIN = policy(reminding={"holidays": "GB-ENG"})
MONDAY, THURSDAY = date(2026, 11, 16), date(2026, 11, 19)
DISPUTE = RestKey("C1", "INV-1", "dispute")


def resting(cause: Any = "dispute", on: date = THURSDAY, number: str = "INV-1") -> Progress:
    return Progress(ended={number: Ended(cause, on)})


def ago(days: int) -> date:
    return FRIDAY - timedelta(days=days)


def test_after_a_dispute_the_next_step_waits_three_working_days_and_says_so() -> None:
    decision = decide(invoice(due=ago(30)), policy=PLAIN, after=resting())
    (skipped,) = decision.skipped
    (reason,) = skipped.reasons
    assert reason.code == Blocker.WAITING
    assert reason.detail == "the dispute ended on 2026-11-19; customers get 3 working days"
    assert reason.until == skipped.next_contact == date(2026, 11, 24)
    later = decide(invoice(due=ago(30)), policy=PLAIN, after=resting(), today=date(2026, 11, 24))
    assert said(later) == ("first", ["INV-1"])


def test_public_holidays_are_no_working_days() -> None:
    """A dispute that ended on Christmas Eve: Christmas and Boxing Day are holidays, and Monday stands in for one."""
    christmas_eve = date(2026, 12, 24)
    decision = decide(invoice(due=ago(30)), policy=PLAIN, after=resting(on=christmas_eve), today=christmas_eve)
    assert decision.skipped[0].next_contact == date(2026, 12, 31)


def test_a_hold_of_the_whole_customer_gives_all_invoices_their_days() -> None:
    invoices = (invoice("A", due=ago(30)), invoice("B", due=ago(20)))
    decision = decide(*invoices, policy=PLAIN, after=resting("hold", number=""))
    assert silent(decision) == {"A": ["waiting"], "B": ["waiting"]}
    assert decision.skipped[0].reasons[0].detail == "the hold ended on 2026-11-19; customers get 3 working days"


def test_the_customers_other_invoices_do_not_wait_and_this_one_is_not_named() -> None:
    decision = decide(invoice("A", due=ago(30)), invoice("INV-1", due=ago(20)), policy=PLAIN, after=resting())
    assert said(decision) == ("first", ["A"])
    assert decision.notice is not None
    assert decision.notice.also_open == ()
    assert silent(decision) == {"INV-1": ["waiting"]}


def test_a_step_that_comes_later_anyway_waits_for_its_own_day() -> None:
    known = progress(contact("first", Level.FRIENDLY, THURSDAY))
    after = Progress(known.contacts, known.overdue_contact_days, ended=resting().ended)
    decision = decide(invoice(due=ago(30)), policy=PLAIN, after=after)
    assert silent(decision) == {"INV-1": ["next_step_later"]}
    assert decision.skipped[0].next_contact == date(2026, 11, 26)


def test_a_dispute_ends_with_the_first_export_without_it() -> None:
    begun = observe([], {DISPUTE}, MONDAY)
    assert begun.new == (Rest(DISPUTE, MONDAY),)
    assert not observe(begun.new, {DISPUTE}, THURSDAY)
    over = observe(begun.new, set(), THURSDAY)
    assert over.gone == begun.new
    assert over.new == (Rest(DISPUTE, MONDAY, THURSDAY),)
    assert ended(over.new, FRIDAY) == {"C1": {"INV-1": Ended("dispute", THURSDAY)}}
    assert ended(over.new, MONDAY) == {}


def test_another_export_of_the_same_day_can_take_the_end_back() -> None:
    over = Rest(DISPUTE, MONDAY, THURSDAY)
    again = observe([over], {DISPUTE}, THURSDAY)
    assert again.gone == (over,)
    assert again.new == (Rest(DISPUTE, MONDAY),)


def test_a_dispute_that_comes_back_is_a_new_one() -> None:
    over = Rest(DISPUTE, MONDAY, THURSDAY)
    assert observe([over], {DISPUTE}, FRIDAY).new == (Rest(DISPUTE, FRIDAY),)


def test_a_dispute_in_a_row_that_cannot_be_read_goes_on() -> None:
    assert not observe([Rest(DISPUTE, MONDAY)], set(), THURSDAY, unseen={"C1"})


def test_a_hold_of_a_customer_is_dated_by_the_file_of_customers() -> None:
    hold = RestKey("C1", "", "hold")
    changes = observe([Rest(hold, MONDAY)], set(), THURSDAY, customers_of=FRIDAY)
    assert changes.new == (Rest(hold, MONDAY, FRIDAY),)
