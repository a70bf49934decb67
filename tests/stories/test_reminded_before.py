"""Invoices that somebody else reminded of before, as exports tell: a reminder level, a date of the last reminder."""

from datetime import date, timedelta

from cases import FRIDAY, contact, decide, invoice, only, policy, progress, said

from remindr.model.terms import Level


def ago(days: int) -> date:
    return FRIDAY - timedelta(days)


def test_the_next_step_is_the_first_above_the_level_that_was_reached() -> None:
    owed = invoice(due=ago(60), reminder_level=2, last_reminded=ago(20))
    assert said(decide(owed, policy=policy())) == ("formal", ["INV-1"])


def test_a_level_without_a_day_holds_nothing_up() -> None:
    assert said(decide(invoice(due=ago(60), reminder_level=1), policy=policy())) == ("second", ["INV-1"])


def test_a_day_without_a_level_was_a_friendly_reminder_and_a_week_has_to_pass() -> None:
    waiting = only(decide(invoice(due=ago(60), last_reminded=ago(4)), policy=policy()))
    assert (waiting.step, waiting.next_contact) == ("second", FRIDAY + timedelta(3))


def test_beyond_the_last_level_a_person_decides() -> None:
    used_up = only(decide(invoice(due=ago(60), reminder_level=5), policy=policy()))
    assert [reason.code.value for reason in used_up.reasons] == ["sequence_used_up"]


def test_level_0_is_no_reminder() -> None:
    assert said(decide(invoice(due=ago(60), reminder_level=0), policy=policy())) == ("first", ["INV-1"])


def test_what_remindr_said_itself_counts_instead() -> None:
    after = progress(contact("first", Level.FRIENDLY, ago(20)))
    owed = invoice(due=ago(60), reminder_level=3, last_reminded=ago(20))
    assert said(decide(owed, policy=policy(), after=after)) == ("second", ["INV-1"])


def test_a_start_date_does_not_stop_what_was_begun() -> None:
    begun = policy(reminding={"start_from": str(ago(10))})
    assert said(decide(invoice(due=ago(60), reminder_level=1), policy=begun)) == ("second", ["INV-1"])
