"""One message per invoice: what a customer hears who wants each invoice by itself, and what stays one for all."""

from datetime import date, timedelta
from typing import Any

from cases import FRIDAY, STEADY, contact, customer, decide, invoice, policy, progress, silent

from remindr.core.announced import CallDays
from remindr.core.calendar import Calendar, Calendars
from remindr.core.contended import Contender, one_an_address
from remindr.core.schedule import Decision, Scheduler
from remindr.model.book import Account
from remindr.model.classification import Classification
from remindr.model.outcome import Progress
from remindr.model.policy import Policy
from remindr.model.terms import Level

RING = {"id": "ring", "at": "5 days after due", "by": "call", "level": "firm"}


def each(steps: list[dict[str, Any]] | None = None, *, calls: dict[str, Any] | None = None, **reminding: Any) -> Policy:
    """A project that wants one message per invoice."""
    return policy(steps, reminding={"one_message_per": "invoice", **reminding}, calls=calls or {})


def ago(days: int) -> date:
    return FRIDAY - timedelta(days=days)


def told(decision: Decision) -> list[tuple[str, list[str]]]:
    """The step and the invoices of each notice."""
    return [(one.step, [line.invoice.id for line in one.invoices]) for one in decision.notices]


def test_each_invoice_that_is_due_has_a_notice_of_its_own_the_firmest_first() -> None:
    after = progress(contact("first", Level.FRIENDLY, ago(8), number="OLD"))
    invoices = (invoice("OLD", due=ago(20)), invoice("NEW", due=ago(5), balance="40"))
    decision = decide(*invoices, policy=each(), after=after)
    assert told(decision) == [("second", ["OLD"]), ("first", ["NEW"])]
    assert [one.total for one in decision.notices] == [{"GBP": 100}, {"GBP": 40}]
    assert [one.about for one in decision.notices] == ["OLD", "NEW"]
    assert len({one.key for one in decision.notices}) == 2


def test_a_notice_names_no_other_invoice() -> None:
    """With one notice for all, LATER would be also open and SOON announced in it."""
    invoices = (invoice("A", due=ago(30)), invoice("LATER", due=ago(1)), invoice("SOON", due=FRIDAY + timedelta(4)))
    decision = decide(*invoices, policy=each())
    assert told(decision) == [("first", ["A"]), ("heads-up", ["SOON"])]
    assert not any(one.also_due or one.also_open or one.upcoming for one in decision.notices)
    assert silent(decision) == {"LATER": ["next_step_later"]}


def test_a_credit_stands_on_the_notice_of_the_invoice_that_it_meets() -> None:
    invoices = (invoice("OLD", due=ago(40), balance="60"), invoice("NEW", due=ago(20)))
    first, second = decide(*invoices, policy=each(), credit={"GBP": "25"}).notices
    assert first.credits == {"GBP": 25}
    assert first.total == {"GBP": 35}
    assert second.credits == {}
    assert second.total == {"GBP": 100}


def test_the_notices_of_a_day_are_one_contact_for_the_wait() -> None:
    """Both were reminded four days ago, and both may be again; a third invoice did not have to wait longer."""
    after = progress(contact("first", Level.FRIENDLY, ago(4), number="A"), contact("first", Level.FRIENDLY, ago(4)))
    decision = decide(invoice("C", due=ago(9)), policy=each(), after=after)
    assert told(decision) == [("first", ["C"])]
    too_soon = decide(invoice("C", due=ago(9)), policy=each(wait_between_contacts="5 days"), after=after)
    assert silent(too_soon) == {"C": ["waiting"]}


def test_every_notice_counts_for_the_budget_and_the_oldest_debts_go_first() -> None:
    rule = each(at_most="3 contacts in 30 days")
    invoices = [invoice(f"N{days}", due=ago(days)) for days in (9, 20, 40, 50)]
    decision = decide(*invoices, policy=rule, after=Progress(overdue_contact_days=(ago(10),)))
    assert told(decision) == [("first", ["N50"]), ("first", ["N40"])]
    assert silent(decision) == {"N20": ["over_budget"], "N9": ["over_budget"]}
    (first, _) = decision.skipped
    assert first.reasons[0].until == ago(10) + timedelta(30)
    used_up = decide(*invoices, policy=rule, after=Progress(overdue_contact_days=(ago(10),) * 3))
    assert used_up.notices == ()


def test_heads_ups_do_not_count_for_the_budget() -> None:
    rule = each(at_most="1 contacts in 30 days")
    decision = decide(invoice("A", due=ago(9)), invoice("SOON", due=FRIDAY + timedelta(4)), policy=rule)
    assert told(decision) == [("first", ["A"]), ("heads-up", ["SOON"])]


def test_a_call_is_one_call_about_every_invoice_whose_step_is_a_call() -> None:
    rule = each([RING, {**STEADY[3], "at": "30 days after due"}])
    invoices = (invoice("A", due=ago(9)), invoice("B", due=ago(7)), invoice("F", due=ago(90)))
    after = progress(contact("ring", Level.FIRM, ago(30), number="F"))
    decision = decide(*invoices, policy=rule, who=customer(phone="123"), after=after)
    assert told(decision) == [("formal", ["F"]), ("ring", ["A", "B"])]
    assert [one.channels[0] for one in decision.notices] == ["email", "call"]
    assert [one.about for one in decision.notices] == ["F", ""]


def test_what_speaks_more_mildly_than_a_call_waits_for_the_calling_day() -> None:
    """An e-mail today would put the call off by the wait between contacts."""
    steps = [STEADY[1], {**RING, "at": "20 days after due"}]
    invoices = (invoice("CALL", due=ago(40)), invoice("MAIL", due=ago(4)))
    after = progress(contact("first", Level.FRIENDLY, ago(17), number="CALL"))
    mondays = each(steps, calls={"on": "mon"})
    decision = decide(*invoices, policy=mondays, who=customer(phone="123"), after=after)
    assert silent(decision) == {"CALL": ["not_a_sending_day"], "MAIL": ["not_a_sending_day"]}


def test_beside_a_formal_matter_a_friendly_step_is_said_firmly_at_once() -> None:
    """There is no notice that it could ride along with; the step taken is the friendly one all the same."""
    after = progress(contact("formal", Level.FORMAL, ago(10), number="FORMAL"))
    invoices = (invoice("FORMAL", due=ago(40)), invoice("MILD", due=ago(4)))
    decision = decide(*invoices, policy=each(), after=after)
    notices = {one.about: one for one in decision.notices}
    assert set(notices) == {"FORMAL", "MILD"}
    assert notices["MILD"].step == "second"
    assert notices["MILD"].invoices[0].step == "first"


def test_a_friendly_step_is_said_firmly_on_the_day_on_which_another_invoice_becomes_formal() -> None:
    after = progress(contact("second", Level.FIRM, ago(10), number="OLD"))
    decision = decide(invoice("OLD", due=ago(40)), invoice("MILD", due=ago(4)), policy=each(), after=after)
    assert [(one.about, one.step) for one in decision.notices] == [("OLD", "formal"), ("MILD", "second")]


def test_small_sums_are_looked_at_for_the_customer_as_a_whole() -> None:
    rule = each(ignore_below="10 GBP")
    two = decide(invoice("A", due=ago(9), balance="6"), invoice("B", due=ago(8), balance="6"), policy=rule)
    assert told(two) == [("first", ["A"]), ("first", ["B"])]
    assert silent(decide(invoice("A", due=ago(9), balance="6"), policy=rule)) == {"A": ["below_minimum"]}


def test_after_a_notice_of_today_everything_waits() -> None:
    decision = decide(invoice("A", due=ago(9)), policy=each(), after=progress(noticed_today=True))
    assert silent(decision) == {"A": ["waiting"]}


def test_the_notices_of_a_customer_announce_one_call() -> None:
    rule = each([{**STEADY[1], "then": "call"}], calls={"capacity": 1})
    decision = decide(invoice("A", due=ago(9)), invoice("B", due=ago(8)), policy=rule, who=customer(phone="123"))
    calendar = Calendars(rule.project).home
    days = CallDays(rule.project.calls, ())
    promised = [days.promise(one, calendar).follow_ups[0].on for one in decision.notices]
    assert promised == [date(2026, 11, 23), date(2026, 11, 23)]


def contender(name: str, *invoices: str, rule: Policy, **who: Any) -> Contender:
    own = tuple(invoice(number, due=ago(9), customer_id=name) for number in invoices)
    account = Account(customer(id=name, **who), own, {})
    classification = Classification(name, rule.project.segments[-1].name, (), FRIDAY)
    decision = Scheduler(rule, FRIDAY).decide(account, classification, {}, Progress())
    return Contender(account, classification, {}, Progress(), decision)


def settled(rule: Policy, address: str, *contenders: Contender) -> dict[str, Decision]:
    def calendar(_: Contender) -> Calendar:
        return Calendars(rule.project).home

    return {one.customer_id: one.decision for one in one_an_address(contenders, {address}, FRIDAY, calendar)}


def test_an_address_under_two_ids_hears_of_each_invoice_once_a_day() -> None:
    rule = each()
    one, other = contender("A", "1", "2", rule=rule), contender("B", "2", "3", rule=rule)
    decisions = settled(rule, "ap@oak.example", one, other)
    assert told(decisions["A"]) == [("first", ["1"]), ("first", ["2"])]
    assert told(decisions["B"]) == [("first", ["3"])]
    assert silent(decisions["B"]) == {"2": ["waiting"]}


def test_a_number_under_two_ids_is_rung_once_a_day() -> None:
    rule = each([RING])
    one, other = contender("A", "1", rule=rule, phone="123"), contender("B", "2", "3", rule=rule, phone="123")
    decisions = settled(rule, "123", one, other)
    assert told(decisions["A"]) == [("ring", ["1"])]
    assert decisions["B"].notices == ()
    assert silent(decisions["B"]) == {"2": ["waiting"], "3": ["waiting"]}
