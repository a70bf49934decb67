"""The rules of the schedule that no other story tells: how days are written, what waits for what, what keeps quiet."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cases import FRIDAY, STEADY, contact, customer, decide, invoice, only, policy, progress, said, silent

from remindr.core.schedule import Decision, Scheduler
from remindr.model.book import Account
from remindr.model.classification import Classification
from remindr.model.outcome import State
from remindr.model.plan import Blocker
from remindr.model.policy import Policy
from remindr.model.terms import Level

HEADS_UP, FIRST, SECOND, FORMAL, FINAL = STEADY
RING = {"id": "ring", "at": "5 days after due", "by": "call", "level": "firm"}


def ago(days: int) -> date:
    return FRIDAY - timedelta(days)


def ahead(days: int) -> date:
    return FRIDAY + timedelta(days)


@pytest.mark.parametrize(
    ("written", "due", "goes_on"),
    [
        ("3 days after due", date(2026, 11, 17), date(2026, 11, 20)),
        ("3 working days after due", date(2026, 11, 17), date(2026, 11, 20)),
        ("3 working days after due", date(2026, 11, 19), date(2026, 11, 24)),
        ("35 days after issue", date(2026, 11, 18), date(2026, 11, 23)),  # issued on 19 October
        ("end of the due month + 2 days", date(2026, 11, 3), date(2026, 12, 2)),
    ],
)
def test_a_step_goes_on_the_day_that_is_written(written: str, due: date, goes_on: date) -> None:
    rule = policy([{**FIRST, "at": written}])
    assert only(decide(invoice(due=due), policy=rule, today=goes_on - timedelta(1))).next_contact == goes_on
    assert said(decide(invoice(due=due), policy=rule, today=goes_on)) == ("first", ["INV-1"])


def test_a_heads_up_can_come_on_the_due_day_itself_and_not_after_it() -> None:
    rule = policy([{**HEADS_UP, "at": "on due"}, FIRST])
    assert said(decide(invoice(due=FRIDAY), policy=rule)) == ("heads-up", ["INV-1"])
    assert decide(invoice(due=ago(1)), policy=rule, today=FRIDAY).notice is None


def test_of_two_heads_ups_that_are_reached_only_the_latest_goes_out() -> None:
    rule = policy([{**HEADS_UP, "id": "early", "at": "10 days before due"}, HEADS_UP])
    assert said(decide(invoice(due=ahead(8)), policy=rule)) == ("early", ["INV-1"])
    assert said(decide(invoice(due=ahead(4)), policy=rule)) == ("heads-up", ["INV-1"])


@pytest.mark.parametrize(
    ("rule", "goes", "stays"),
    [
        ("risk_score > 5", {"facts": {"risk_score": 6.0}}, {"facts": {"risk_score": 5.0}}),
        ("amount >= 500", {"balance": "500"}, {"balance": "499"}),
        ("days_past_due >= 4", {"late": 4}, {"late": 3}),
        ("tags has retail", {"tags": "retail"}, {"tags": "trade"}),
        ("terms is net30", {"terms": "net30"}, {"terms": "net60"}),
        ("currency is EUR", {"currency": "EUR"}, {"currency": "GBP"}),
    ],
)
def test_a_step_can_ask_for_facts_of_the_customer_and_of_the_invoice(
    rule: str, goes: dict[str, Any], stays: dict[str, Any]
) -> None:
    def goes_out(given: dict[str, Any]) -> bool:
        facts, late = given.pop("facts", {}), given.pop("late", 9)
        owed = invoice(due=ago(late), **given)
        return decide(owed, policy=policy([{**FIRST, "if": rule}]), facts=facts).notice is not None

    assert goes_out(goes)
    assert not goes_out(stays)


def test_a_step_can_ask_for_a_trait_of_the_customer() -> None:
    rule = policy([{**FIRST, "if": "high_value"}, SECOND], traits={"high_value": "open_amount >= 5000"})
    owed = invoice(due=ago(12))
    assert said(decide(owed, policy=rule, facts={"open_amount": Decimal(5000)})) == ("first", ["INV-1"])
    assert said(decide(owed, policy=rule, facts={"open_amount": Decimal(4999)})) == ("second", ["INV-1"])


def test_a_machine_that_was_off_for_ten_days_sends_one_notice_and_keeps_the_spacing() -> None:
    """Two steps were reached meanwhile; the second of them comes seven days after the first."""
    owed = invoice(due=ago(13))
    decision = decide(owed, policy=policy())
    assert said(decision) == ("first", ["INV-1"])
    caught_up = progress(contact("first", Level.FRIENDLY, FRIDAY))
    assert only(decide(owed, policy=policy(), after=caught_up, today=ahead(3))).next_contact == ahead(7)


def test_the_spacing_counts_from_the_step_before_in_the_file_even_if_that_was_passed_over() -> None:
    """'third' stands six days behind 'second', so it comes six days after 'first', not twelve."""
    steps = [
        {**FIRST, "at": "3 days after due"},
        {**SECOND, "at": "9 days after due", "if": "balance >= 5000"},
        {**FORMAL, "id": "third", "at": "15 days after due"},
    ]
    owed = invoice(due=ago(60))
    assert decide(owed, policy=policy(steps), after=progress(contact("first", Level.FRIENDLY, ago(5)))).notice is None
    six_days_on = progress(contact("first", Level.FRIENDLY, ago(6)))
    assert said(decide(owed, policy=policy(steps), after=six_days_on)) == ("third", ["INV-1"])


def test_a_notice_gives_one_date_the_latest_of_its_lines() -> None:
    steps = [FIRST, {**SECOND, "respond_within": "14 days"}, {**FORMAL, "respond_within": "7 days"}]
    after = progress(
        contact("second", Level.FIRM, ago(10), number="OLD"), contact("first", Level.FRIENDLY, ago(10), number="NEW")
    )
    notice = decide(invoice("OLD", due=ago(40)), invoice("NEW", due=ago(20)), policy=policy(steps), after=after).notice
    assert notice is not None
    assert [line.step for line in notice.invoices] == ["formal", "second"]
    assert notice.respond_by == date(2026, 12, 4)


def test_a_step_that_is_put_in_before_the_reached_one_is_passed() -> None:
    steps = [FIRST, {**SECOND, "id": "new-one", "at": "7 days after due", "level": "firm"}, FORMAL, FINAL]
    after = progress(contact("formal", Level.FORMAL, ago(20)))
    assert said(decide(invoice(due=ago(60)), policy=policy(steps), after=after)) == ("final", ["INV-1"])


def test_after_a_change_of_sequence_no_level_is_left_out_and_none_comes_twice() -> None:
    both = policy(sequences={"gentle": [FIRST, SECOND], "steady": STEADY})
    friendly = progress(contact("nudge", Level.FRIENDLY, ago(20), sequence="gentle"))
    assert said(decide(invoice(due=ago(90)), policy=both, after=friendly)) == ("second", ["INV-1"])
    formal = progress(contact("letter", Level.FORMAL, ago(20), sequence="firm"))
    assert said(decide(invoice(due=ago(90)), policy=both, after=formal)) == ("final", ["INV-1"])


def test_after_a_change_to_a_sequence_with_nothing_firmer_a_person_decides() -> None:
    both = policy(sequences={"steady": STEADY, "gentle": [FIRST, SECOND]})
    formal = progress(contact("formal", Level.FORMAL, ago(20), sequence="firm"))
    assert silent(decide(invoice(due=ago(90)), policy=both, after=formal)) == {"INV-1": ["sequence_used_up"]}


def test_the_tone_is_the_segments_whichever_of_its_sequences_an_invoice_follows() -> None:
    several = [{"sequence": "calm", "if": "amount >= 5000"}, {"sequence": "steady"}]
    made = policy(
        sequences={"calm": STEADY, "steady": STEADY},
        segments=[{"name": "everybody", "default": True, "sequences": several}],
    )
    soft = made.sequences["calm"].model_copy(update={"tone": "soft"})
    rule = Policy(made.project, {**made.sequences, "calm": soft}, made.templates)
    notice = decide(invoice(due=ago(9), balance="9000"), policy=rule).notice
    assert notice is not None
    assert (notice.sequence, notice.tone) == ("calm", "plain")


@pytest.mark.parametrize("resting", [{"disputed": True}, {"hold": "in court"}])
def test_what_rests_stands_in_no_list_of_a_notice_and_in_no_total(resting: dict[str, Any]) -> None:
    invoices = (invoice("GOES", due=ago(30)), invoice("LATE", due=ago(1), **resting))
    notice = decide(*invoices, invoice("SOON", due=ahead(4), **resting), policy=policy()).notice
    assert notice is not None
    assert notice.also_open == notice.upcoming == notice.also_due == ()
    assert notice.total == {"GBP": 100}


@pytest.mark.parametrize("serious", [{"disputed": True}, {"hold": "in court"}])
def test_a_formal_matter_that_rests_does_not_harden_the_tone(serious: dict[str, Any]) -> None:
    formal = progress(contact("formal", Level.FORMAL, ago(9)))
    decision = decide(invoice(due=ago(26), **serious), invoice("FRESH", due=ago(3)), policy=policy(), after=formal)
    assert said(decision) == ("first", ["FRESH"])


def test_a_formal_matter_with_no_step_to_come_does_not_harden_the_tone() -> None:
    final = progress(contact("final", Level.FINAL, ago(9)))
    decision = decide(invoice(due=ago(60)), invoice("FRESH", due=ago(3)), policy=policy(), after=final)
    assert said(decision) == ("first", ["FRESH"])


def test_small_sums_are_looked_at_after_credit() -> None:
    rule = policy(reminding={"ignore_below": "10 GBP"})
    decision = decide(invoice(due=ago(9)), policy=rule, credit={"GBP": "95"})
    assert silent(decision) == {"INV-1": ["below_minimum"]}


def test_two_days_in_a_row_are_the_least_even_without_a_wait() -> None:
    rule = policy(reminding={"wait_between_contacts": "0 days"})
    today = progress(contact("first", Level.FRIENDLY, FRIDAY, number="OTHER"))
    assert only(decide(invoice(due=ago(30)), policy=rule, after=today)).reasons[0].code == Blocker.WAITING
    yesterday = progress(contact("first", Level.FRIENDLY, ago(1), number="OTHER"))
    assert said(decide(invoice(due=ago(30)), policy=rule, after=yesterday)) == ("first", ["INV-1"])


def test_a_heads_up_holds_no_reminder_up() -> None:
    """It counts neither for the wait nor for the budget."""
    rule = policy(reminding={"at_most": "1 contacts in 30 days"})
    yesterday = progress(contact("heads-up", Level.HEADS_UP, ago(1), number="SOON"))
    owed = (invoice(due=ago(30)), invoice("SOON", due=ahead(4)))
    assert said(decide(*owed, policy=rule, after=yesterday)) == ("first", ["INV-1"])


@pytest.mark.parametrize("asked", ["sms", "call"])
def test_formal_words_fall_back_to_what_is_in_writing(asked: str) -> None:
    rule = policy([{**FORMAL, "by": asked}])
    with_address = customer(email=None, phone="123", address="1 High St")
    notice = decide(invoice(due=ago(30)), policy=rule, who=with_address).notice
    assert notice is not None
    assert notice.channels == ("letter",)


def test_e_mails_wait_for_a_call_that_leads_until_its_day() -> None:
    """The e-mail's invoice is a line of the call: one contact, not two."""
    rule = policy([FIRST, {**RING, "at": "20 days after due"}], calls={"on": "mon"})
    after = progress(contact("first", Level.FRIENDLY, ago(17), number="CALL"))
    owed = (invoice("CALL", due=ago(40)), invoice("MAIL", due=ago(4)))
    waiting = decide(*owed, policy=rule, who=customer(phone="123"), after=after)
    assert silent(waiting) == {"CALL": ["not_a_sending_day"], "MAIL": ["not_a_sending_day"]}
    together = decide(*owed, policy=rule, who=customer(phone="123"), after=after, today=ahead(3))
    assert said(together) == ("ring", ["CALL", "MAIL"])


def test_e_mails_wait_for_a_call_without_room_only_once() -> None:
    """On Monday, the first calling day since the call is due, there is no room; on Wednesday there is none again."""
    rule = policy([FIRST, {**RING, "at": "20 days after due"}], calls={"on": "mon, wed", "capacity": 1})
    after = progress(contact("first", Level.FRIENDLY, ago(17), number="CALL"))
    account = Account(customer(phone="123"), (invoice("CALL", due=ago(40)), invoice("MAIL", due=ago(4))))
    classification = Classification("C1", "steady", (), FRIDAY)

    def full(today: date) -> Decision:
        return Scheduler(rule, today).decide(account, classification, {}, after, calls_full=True)

    assert silent(full(ahead(3))) == {"CALL": ["calls_full"], "MAIL": ["calls_full"]}
    assert said(full(ahead(5))) == ("first", ["MAIL"])
    assert silent(full(ahead(5))) == {"CALL": ["calls_full"]}


def test_a_call_of_a_missed_calling_day_is_made_on_the_next() -> None:
    """It could have been made on Tuesday the 17th; nothing ran until Friday."""
    rule = policy([RING], calls={"on": "tue"})
    owed, reachable = invoice(due=ago(10)), customer(phone="123")
    assert only(decide(owed, policy=rule, who=reachable)).next_contact == date(2026, 11, 24)
    assert said(decide(owed, policy=rule, who=reachable, today=date(2026, 11, 24))) == ("ring", ["INV-1"])


def test_nothing_goes_out_while_it_is_not_certain_whether_an_earlier_message_arrived() -> None:
    after = progress(contact("first", Level.FRIENDLY, ago(20), state=State.UNCERTAIN))
    assert silent(decide(invoice(due=ago(40)), policy=policy(), after=after)) == {"INV-1": ["in_doubt"]}


def test_a_formal_step_that_nobody_can_be_sent_is_told_while_there_is_time_to_find_an_address() -> None:
    reminded = progress(contact("second", Level.FIRM, ago(3)))
    phone_only = customer(email=None, phone="+44 20 7946 0001")
    waiting = only(decide(invoice(due=ago(13)), policy=policy(), who=phone_only, after=reminded))
    assert [reason.code for reason in waiting.reasons] == [Blocker.NEXT_STEP_LATER, Blocker.NO_CONTACT_DETAILS]
    assert waiting.next_contact is None
    reachable = customer(email=None, address="1 Oak Lane, Leeds")
    assert only(decide(invoice(due=ago(13)), policy=policy(), who=reachable, after=reminded)).next_contact == ahead(3)


def test_every_reason_for_silence_is_told_and_not_merely_the_first() -> None:
    owed = invoice(due=ago(30), disputed=True, hold="in court")
    decision = decide(owed, policy=policy(), who=customer(do_not_contact=True, hold="insolvent"))
    assert silent(decision) == {"INV-1": ["do_not_contact", "on_hold", "disputed", "on_hold"]}


def test_the_next_contact_is_the_day_on_which_the_last_reason_lifts() -> None:
    """The wait ends on Saturday, the budget a week later, and that is a Saturday, too."""
    rule = policy(reminding={"at_most": "2 contacts in 30 days"})
    after = progress(
        contact("first", Level.FRIENDLY, ago(22), number="A"), contact("first", Level.FRIENDLY, ago(3), number="B")
    )
    skipped = only(decide(invoice(due=ago(30)), policy=rule, after=after))
    assert [reason.until for reason in skipped.reasons] == [ahead(1), ahead(8)]
    assert skipped.next_contact == date(2026, 11, 30)
