"""What one customer hears on one day, and why not more."""

from datetime import date, timedelta
from typing import Any

import pytest
from cases import FRIDAY, STEADY, contact, customer, decide, invoice, only, policy, progress, said, silent

from remindr.core.schedule import notice_key
from remindr.model.plan import Blocker
from remindr.model.terms import Level

PLAIN = policy()


def days_ago(days: int, today: date = FRIDAY) -> date:
    return today - timedelta(days=days)


def test_the_first_contact_is_the_first_overdue_step_however_old_the_debt_is() -> None:
    assert said(decide(invoice(due=days_ago(200)), policy=PLAIN)) == ("first", ["INV-1"])


def test_a_step_that_is_not_reached_waits_and_says_until_when() -> None:
    skipped = only(decide(invoice(due=days_ago(2)), policy=PLAIN))
    assert skipped.reasons[0].code == Blocker.NEXT_STEP_LATER
    assert skipped.next_contact == date(2026, 11, 23)  # the third day after due is a Saturday


def test_steps_come_one_at_a_time_with_the_sequences_own_spacing() -> None:
    """The second step comes 7 days after the first was sent, for it stands 7 days behind it in the file."""
    late_start = progress(contact("first", Level.FRIENDLY, days_ago(6)))
    assert decide(invoice(due=days_ago(60)), policy=PLAIN, after=late_start).notice is None
    on_time = progress(contact("first", Level.FRIENDLY, days_ago(7)))
    assert said(decide(invoice(due=days_ago(60)), policy=PLAIN, after=on_time))[0] == "second"


def test_a_date_given_to_the_customer_is_waited_for_and_a_working_day_more() -> None:
    """The date to respond by is a Thursday: Friday is the working day after it."""
    after = progress(
        contact("second", Level.FIRM, days_ago(30)),
        contact("formal", Level.FORMAL, days_ago(20), respond_by=date(2026, 11, 19)),
    )
    invoice_ = invoice(due=days_ago(60))
    assert said(decide(invoice_, policy=PLAIN, after=after))[0] == "final"
    assert decide(invoice_, policy=PLAIN, after=after, today=date(2026, 11, 19)).notice is None


def test_a_date_given_to_the_customer_holds_for_the_invoices_that_were_only_announced_then() -> None:
    """The invoice travelled as a heads-up with a notice that asked for an answer by the 19th."""
    after = progress(contact("heads-up", Level.HEADS_UP, days_ago(10), respond_by=date(2026, 11, 19)))
    assert decide(invoice(due=days_ago(6)), policy=PLAIN, after=after, today=date(2026, 11, 19)).notice is None
    assert said(decide(invoice(due=days_ago(6)), policy=PLAIN, after=after))[0] == "first"


def test_a_used_up_sequence_is_a_persons() -> None:
    after = progress(contact("final", Level.FINAL, days_ago(40)))
    assert silent(decide(invoice(due=days_ago(90)), policy=PLAIN, after=after)) == {"INV-1": ["sequence_used_up"]}


def test_a_step_whose_condition_fails_is_passed_over() -> None:
    steps = [
        {"id": "first", "at": "3 days after due", "if": "balance >= 500", "by": "email", "level": "friendly"},
        {"id": "second", "at": "5 days after due", "by": "email", "level": "firm"},
    ]
    small, large = invoice(due=days_ago(6)), invoice(due=days_ago(6), balance="500")
    assert said(decide(small, policy=policy(steps)))[0] == "second"
    assert said(decide(large, policy=policy(steps)))[0] == "first"


def test_a_sooner_time_holds_only_for_invoices_its_rule_picks() -> None:
    steps = [{**STEADY[1], "at": "10 days after due", "sooner": "2 days after due if balance >= 5,000"}]
    assert decide(invoice(due=days_ago(3)), policy=policy(steps)).notice is None
    assert decide(invoice(due=days_ago(3), balance="5000"), policy=policy(steps)).notice is not None


def test_after_a_change_of_sequence_the_next_step_is_the_next_level_a_week_later() -> None:
    both = policy(sequences={"gentle": STEADY[:3], "steady": STEADY})
    after = progress(contact("nudge", Level.FRIENDLY, days_ago(7), sequence="gentle"))
    assert said(decide(invoice(due=days_ago(50)), policy=both, after=after))[0] == "second"
    too_soon = progress(contact("nudge", Level.FRIENDLY, days_ago(6), sequence="gentle"))
    assert decide(invoice(due=days_ago(50)), policy=both, after=too_soon).notice is None


def test_a_step_removed_from_the_file_is_not_sent_again_under_another_name() -> None:
    after = progress(contact("old-name", Level.FIRM, days_ago(30)))
    assert said(decide(invoice(due=days_ago(50)), policy=PLAIN, after=after))[0] == "formal"


def test_one_notice_covers_every_invoice_with_a_step_due() -> None:
    """The firmest step leads; a line two levels below it stands in a list of its own."""
    after = progress(contact("second", Level.FIRM, days_ago(10), number="OLD"))
    decision = decide(
        invoice("OLD", due=days_ago(40)), invoice("NEW", due=days_ago(5)), invoice("YOUNG", due=days_ago(1)),
        policy=PLAIN, after=after,
    )  # fmt: skip
    notice = decision.notice
    assert notice is not None
    assert (notice.step, notice.level) == ("formal", Level.FORMAL)
    assert [line.invoice.id for line in notice.invoices] == ["OLD"]
    assert [(line.invoice.id, line.step) for line in notice.also_due] == [("NEW", "first")]
    assert [line.invoice.id for line in notice.also_open] == ["YOUNG"]
    assert silent(decision) == {"YOUNG": ["next_step_later"]}
    assert notice.total == {"GBP": 200}


def test_ties_are_led_by_the_oldest_then_the_largest_then_the_invoice_number() -> None:
    decision = decide(
        invoice("B", due=days_ago(9)), invoice("A", due=days_ago(9)),
        invoice("C", due=days_ago(9), balance="900"), invoice("D", due=days_ago(8)), policy=PLAIN,
    )  # fmt: skip
    assert said(decision)[1] == ["C", "A", "B", "D"]


def test_waiting_between_contacts_counts_from_the_last_one_to_the_customer() -> None:
    after = progress(contact("first", Level.FRIENDLY, days_ago(3), number="OTHER"))
    skipped = only(decide(invoice(due=days_ago(30)), policy=PLAIN, after=after))
    assert skipped.reasons[0].code == Blocker.WAITING
    assert skipped.reasons[0].until == date(2026, 11, 21)
    assert skipped.next_contact == date(2026, 11, 23)


def test_no_more_contacts_than_the_budget_allows() -> None:
    after = progress(*(contact(f"s{n}", Level.FRIENDLY, days_ago(4 * n), number=f"X{n}") for n in range(1, 7)))
    assert silent(decide(invoice(due=days_ago(30)), policy=PLAIN, after=after)) == {"INV-1": ["over_budget"]}


def test_a_second_notice_on_one_day_waits() -> None:
    after = progress(noticed_today=True)
    skipped = only(decide(invoice(due=days_ago(30)), policy=PLAIN, after=after))
    assert skipped.reasons[0].code == Blocker.WAITING


@pytest.mark.parametrize(
    ("invoice_changes", "customer_changes", "blocker"),
    [
        ({"disputed": True}, {}, "disputed"),
        ({"hold": "in court"}, {}, "on_hold"),
        ({}, {"hold": "insolvent"}, "on_hold"),
        ({}, {"do_not_contact": True}, "do_not_contact"),
        ({}, {"listed": False}, "unknown_customer"),
    ],
)
def test_what_rests_is_silent(invoice_changes: dict[str, Any], customer_changes: dict[str, Any], blocker: str) -> None:
    decision = decide(invoice(due=days_ago(30), **invoice_changes), policy=PLAIN, who=customer(**customer_changes))
    assert silent(decision) == {"INV-1": [blocker]}
    assert only(decision).next_contact is None


def test_a_disputed_invoice_appears_nowhere_in_the_notice_about_the_others() -> None:
    decision = decide(
        invoice("RESTS", due=days_ago(30), disputed=True), invoice("GOES", due=days_ago(30)), policy=PLAIN
    )
    notice = decision.notice
    assert notice is not None
    named = {line.invoice.id for line in (*notice.invoices, *notice.also_due, *notice.also_open, *notice.upcoming)}
    assert named == {"GOES"}


def test_an_unreadable_row_silences_the_customer_named_in_it() -> None:
    decision = decide(invoice(due=days_ago(30)), policy=PLAIN, unreadable=frozenset({"C1"}))
    assert silent(decision) == {"INV-1": ["unreadable_row"]}


def test_credit_meets_the_oldest_invoice_first() -> None:
    """The oldest is covered and takes no step; what is left of the credit stands on the other's notice."""
    decision = decide(
        invoice("OLD", due=days_ago(40), balance="60"), invoice("NEW", due=days_ago(20)), policy=PLAIN,
        credit={"GBP": "75"},
    )  # fmt: skip
    notice = decision.notice
    assert notice is not None
    assert silent(decision) == {"OLD": ["covered_by_credit"]}
    assert notice.credits == {"GBP": 15}
    assert notice.total == {"GBP": 85}


def test_credit_in_another_currency_meets_nothing() -> None:
    decision = decide(invoice(due=days_ago(20)), policy=PLAIN, credit={"EUR": "500"})
    assert decision.notice is not None
    assert decision.notice.credits == {}


def test_minimum_holds_in_each_currency_that_has_an_amount_or_a_rate() -> None:
    several = policy(reminding={"ignore_below": ["10 GBP", "12 EUR"]}, currencies={"USD": "0.50"})
    small = {"EUR": "11.99", "USD": "19.99"}
    for currency, balance in small.items():
        told = silent(decide(invoice(due=days_ago(20), balance=balance, currency=currency), policy=several))
        assert told == {"INV-1": ["below_minimum"]}
    for currency, balance in {"EUR": "12", "USD": "20", "CHF": "1"}.items():
        assert decide(invoice(due=days_ago(20), balance=balance, currency=currency), policy=several).notice


def test_overdue_totals_below_the_minimum_are_not_chased() -> None:
    thrifty = policy(reminding={"ignore_below": "10 GBP"})
    small = decide(invoice(due=days_ago(20), balance="9.99"), policy=thrifty)
    assert silent(small) == {"INV-1": ["below_minimum"]}
    two = decide(
        invoice("A", due=days_ago(20), balance="6"), invoice("B", due=days_ago(20), balance="6"), policy=thrifty
    )
    assert two.notice is not None
    foreign = decide(invoice(due=days_ago(20), balance="9.99", currency="EUR"), policy=thrifty)
    assert foreign.notice is not None


def test_totals_stay_apart_by_currency() -> None:
    decision = decide(
        invoice("A", due=days_ago(20)), invoice("B", due=days_ago(20), currency="EUR", balance="50"), policy=PLAIN
    )
    assert decision.notice is not None
    assert decision.notice.total == {"GBP": 100, "EUR": 50}


def test_nothing_goes_out_on_a_day_that_is_not_for_sending() -> None:
    saturday = date(2026, 11, 21)
    skipped = only(decide(invoice(due=days_ago(30)), policy=PLAIN, today=saturday))
    assert skipped.reasons[0].code == Blocker.NOT_A_SENDING_DAY
    assert skipped.next_contact == date(2026, 11, 23)


def test_a_heads_up_goes_on_the_sending_day_before() -> None:
    """Five days before Friday 27 November is a Sunday; the heads-up goes on the Friday before that."""
    due = date(2026, 11, 27)
    assert said(decide(invoice(due=due), policy=PLAIN))[0] == "heads-up"
    assert decide(invoice(due=due), policy=PLAIN, today=date(2026, 11, 19)).notice is None


def test_a_heads_up_is_given_once_and_never_after_the_due_date() -> None:
    given = progress(contact("heads-up", Level.HEADS_UP, days_ago(1)))
    assert decide(invoice(due=FRIDAY + timedelta(days=4)), policy=PLAIN, after=given).notice is None
    lapsed = decide(invoice(due=days_ago(1)), policy=PLAIN)
    assert lapsed.notice is None


def test_a_fresh_invoice_needs_no_heads_up() -> None:
    """Due in four days and issued yesterday: the heads-up's day came before the invoice was three days old."""
    fresh = invoice(due=FRIDAY + timedelta(days=4), issue_date=days_ago(1))
    assert decide(fresh, policy=PLAIN).notice is None


def test_a_heads_up_travels_with_an_overdue_notice() -> None:
    decision = decide(invoice("LATE", due=days_ago(20)), invoice("SOON", due=FRIDAY + timedelta(days=4)), policy=PLAIN)
    notice = decision.notice
    assert notice is not None
    assert said(decision) == ("first", ["LATE"])
    assert [(line.invoice.id, line.step) for line in notice.upcoming] == [("SOON", "heads-up")]
    assert notice.total == {"GBP": 100}
    assert silent(decision) == {}


def test_a_heads_up_rests_when_an_overdue_notice_is_near() -> None:
    decision = decide(invoice("LATE", due=days_ago(2)), invoice("SOON", due=FRIDAY + timedelta(days=4)), policy=PLAIN)
    assert silent(decision) == {"LATE": ["next_step_later"], "SOON": ["rides_along"]}


def test_formal_steps_are_in_writing() -> None:
    steps = [{"id": "formal", "at": "3 days after due", "by": "call", "level": "formal"}]
    by_phone = decide(invoice(due=days_ago(5)), policy=policy(steps), who=customer(email=None, phone="123"))
    assert silent(by_phone) == {"INV-1": ["no_contact_details"]}
    in_writing = decide(invoice(due=days_ago(5)), policy=policy(steps), who=customer(phone="123"))
    assert in_writing.notice is not None
    assert in_writing.notice.channels == ("email",)


@pytest.mark.parametrize(
    ("reachable", "channel"),
    [
        ({"email": None, "phone": "123", "address": "1 High St"}, "sms"),
        ({"email": None, "address": "1 High St"}, "letter"),
        ({"email": None}, "call"),
        ({"phone": "123"}, "email"),
    ],
)
def test_a_missing_address_falls_back(reachable: dict[str, Any], channel: str) -> None:
    decision = decide(invoice(due=days_ago(5)), policy=PLAIN, who=customer(**reachable))
    assert decision.notice is not None
    assert decision.notice.channels[0] == channel


def test_the_preferred_channel_is_used_and_named() -> None:
    steps = [{"id": "first", "at": "3 days after due", "by": "preferred", "level": "friendly"}]
    phone_lover = customer(preferred_channel="Phone", phone="123")
    decision = decide(invoice(due=days_ago(5)), policy=policy(steps), who=phone_lover)
    assert decision.notice is not None
    assert decision.notice.channels == ("call",)
    assert "the customer prefers Phone" in decision.notice.why


def test_a_letter_goes_along_where_there_is_an_address() -> None:
    steps = [{"id": "final", "at": "3 days after due", "by": "email", "also": "letter", "level": "final"}]
    decision = decide(invoice(due=days_ago(5)), policy=policy(steps), who=customer(address="1 High St"))
    assert decision.notice is not None
    assert decision.notice.channels == ("email", "letter")


def test_a_notice_led_by_a_call_waits_as_a_whole_for_a_calling_day() -> None:
    steps = [{"id": "ring", "at": "3 days after due", "by": "call", "level": "firm"}]
    tuesdays = policy(steps, calls={"on": "tue"})
    decision = decide(invoice(due=days_ago(5)), policy=tuesdays, who=customer(phone="123"))
    assert only(decision).next_contact == date(2026, 11, 24)


def test_holidays_are_those_of_the_customers_country() -> None:
    """St Andrew's Day is no holiday in England; German Unity Day, 3 October 2025, is one for a German customer."""
    english = policy(reminding={"holidays": "GB-ENG"})
    unity_day = date(2025, 10, 3)
    late = invoice(due=days_ago(30, unity_day))
    assert decide(late, policy=english, today=unity_day).notice is not None
    german = decide(late, policy=english, today=unity_day, who=customer(country="DE"))
    assert silent(german) == {"INV-1": ["not_a_sending_day"]}


def test_the_key_of_a_notice_is_the_same_for_the_same_decision() -> None:
    """Keys stand in journals for years: a change here would send everything again."""
    assert notice_key(invoice(due=FRIDAY), "steady", "first") == "21d140e223fe5f0047fc01aa"


def test_the_date_to_respond_by_is_a_sending_day() -> None:
    steps = [{"id": "formal", "at": "3 days after due", "by": "email", "level": "formal", "respond_within": "8 days"}]
    decision = decide(invoice(due=days_ago(5)), policy=policy(steps))
    assert decision.notice is not None
    assert decision.notice.respond_by == date(2026, 11, 30)  # the eighth day is a Saturday


def test_the_next_contact_keeps_the_wait_after_todays_notice() -> None:
    """The second invoice's step comes on Monday, but the customer hears of the first one today."""
    decision = decide(invoice("A", due=days_ago(30)), invoice("B", due=days_ago(1)), policy=PLAIN)
    (waiting,) = decision.skipped
    assert waiting.reasons[0].until == date(2026, 11, 23)
    assert waiting.next_contact == date(2026, 11, 24)


def test_the_next_contact_of_a_call_is_a_calling_day() -> None:
    steps = [{"id": "ring", "at": "3 days after due", "by": "call", "level": "firm"}]
    wednesdays = policy(steps, calls={"on": "wed"})
    waiting = only(decide(invoice(due=days_ago(1)), policy=wednesdays, who=customer(phone="123")))
    assert waiting.next_contact == date(2026, 11, 25)


def test_a_heads_up_rings_nobody_up_and_waits_for_the_first_overdue_step() -> None:
    """Without any address there is only the call list, and nobody is called about an invoice that is not due."""
    waiting = only(decide(invoice(due=FRIDAY + timedelta(days=3)), policy=PLAIN, who=customer(email=None)))
    assert [reason.code for reason in waiting.reasons] == [Blocker.NEXT_STEP_LATER]
    assert waiting.next_contact == date(2026, 11, 26)


def test_a_reason_names_the_sooner_time_that_made_a_step_due() -> None:
    steps = [{**STEADY[1], "at": "10 days after due", "sooner": "2 days after due if balance >= 5,000"}]
    decision = decide(invoice(due=days_ago(3), balance="5000"), policy=policy(steps))
    assert decision.notice is not None
    assert decision.notice.why == ("INV-1 is 3 days past due: 'first', 2 days after due if balance >= 5,000",)
