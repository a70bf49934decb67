"""Why a customer is treated so, in sentences: everything said comes from the case, and dates are in words."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from cases import FRIDAY, STEADY, contact, customer, decide, invoice, policy, progress

from remindr.core.explain import AskedInvoice, Case, explanation
from remindr.model.book import Account, Invoice, Quarantined
from remindr.model.classification import Classification
from remindr.model.outcome import Progress
from remindr.model.terms import Level

FACTS: dict[str, Any] = {"paid_invoices": 5, "avg_days_late": 4.0, "book_days_late": 6.7}


def case(*invoices: Invoice, after: Progress | None = None, asked: AskedInvoice | None = None, **changed: Any) -> Case:
    """A customer of a project with one segment and one sequence, decided by the scheduler as a run would."""
    rules = changed.pop("policy", policy(STEADY))
    who = changed.pop("customer", customer())
    decision = decide(*invoices, policy=rules, who=who, after=after)
    given: dict[str, Any] = {
        "policy": rules,
        "today": FRIDAY,
        "counted_until": FRIDAY,
        "customer": who,
        "facts": FACTS,
        "judged": FACTS,
        "classification": Classification(who.id, rules.project.segments[-1].name, (), FRIDAY),
        "account": Account(who, invoices) if invoices else None,
        "progress": after or Progress(),
        "notice": decision.notice,
        "skipped": decision.skipped,
        "flags": (),
        "held": None,
        "unreadable": (),
        "asked": asked,
    }
    return Case(**{**given, **changed})


def told(one: Case, **options: Any) -> str:
    return "\n".join(explanation(one, **options))


def days_ago(days: int) -> date:
    return FRIDAY - timedelta(days)


def asked(**changed: Any) -> AskedInvoice:
    given = {"id": "INV-9", "kind": "invoice", "due_date": days_ago(40), "amount": Decimal(80), "balance": Decimal(0)}
    return AskedInvoice(**{**given, "currency": "GBP", "cleared": days_ago(38), **changed})


def test_a_notice_is_told_with_its_step_its_reason_and_its_address() -> None:
    lines = told(case(invoice(due=days_ago(6))))
    assert "Today they get an e-mail (ap@oak.example): step 'first', 3 days after due, because INV-1 is 6 days" in lines
    assert "They owe 100.00 GBP on 1 invoice, all of it overdue, the oldest since 14 November 2026 (6 days)." in lines


def test_silence_is_told_with_its_reason_and_the_day_of_the_next_contact() -> None:
    lines = told(case(invoice(due=days_ago(1))))
    assert "No reminder about INV-1 today: the next step is on 23 November 2026." in lines
    assert "the next contact is on Monday, 23 November 2026: step 'first'." in lines


def test_silence_that_only_a_person_ends_says_so() -> None:
    lines = told(case(invoice(due=days_ago(6)), customer=customer(hold="flood at the brewery")))
    assert "No reminder about INV-1 today: the customer is on hold: flood at the brewery." in lines
    assert lines.endswith("There is no next contact until that changes.")


def test_invoices_that_rest_for_the_same_reason_are_told_together() -> None:
    lines = told(case(*(invoice(f"INV-{n}", due=days_ago(6), disputed=True) for n in range(1, 6))))
    assert "No reminder about INV-1, INV-2, INV-3 and 2 more today: the invoice is disputed." in lines


def test_ten_sentences_are_enough_unless_more_are_asked_for() -> None:
    """Many invoices, each silent for a reason of its own."""
    many = case(*(invoice(f"INV-{n}", due=days_ago(6), hold=f"reason {n}") for n in range(20)))
    assert len(explanation(many)) == 10
    assert "and 18 more" in told(many) or "18 more invoices" in told(many)
    assert len(explanation(many, most=None)) > 20


def test_what_was_said_last_is_told_with_its_day() -> None:
    said = progress(contact("first", Level.FRIENDLY, days_ago(2), respond_by=days_ago(-5)))
    lines = told(case(invoice(due=days_ago(8)), after=said))
    assert "Last said: step 'first' on 18 November 2026, about INV-1, to be answered by 25 November 2026." in lines


def test_a_settled_invoice_says_when_and_how_late() -> None:
    lines = told(case(asked=asked()))
    assert "Invoice INV-9 of Oak & Sons (C1)" in lines
    assert "it was settled on 13 October 2026, 2 days late. Nothing goes out about it any more." in lines
    assert "in time" in told(case(asked=asked(cleared=days_ago(41))))
    assert "settled, but not when" in told(case(asked=asked(cleared=None)))


def test_a_credit_note_is_never_chased() -> None:
    lines = told(case(asked=asked(kind="credit", balance=Decimal(30), cleared=None)))
    assert "INV-9 is a credit of 80.00 GBP; 30.00 GBP of it is left." in lines


def test_an_invoice_of_later_is_not_known_in_a_look_back() -> None:
    assert "It was not issued yet on 20 November 2026" in told(case(asked=asked(due_date=None, cleared=None)))


def test_an_override_says_who_and_until_when() -> None:
    given = {"C1": {"segment": "steady", "reason": "agreed with Ann", "until": "2026-12-31"}}
    rules = policy(STEADY, overrides=given)
    by_hand = Classification("C1", "steady", (), FRIDAY, override="agreed with Ann")
    lines = told(case(invoice(due=days_ago(6)), policy=rules, classification=by_hand))
    assert "Segment 'steady': set by a person, until 31 December 2026: agreed with Ann." in lines


def test_a_move_is_told_before_it_happens() -> None:
    going = Classification("C1", "steady", (), date(2026, 11, 1), "firm", date(2026, 12, 1), since=date(2026, 5, 1))
    lines = told(case(invoice(due=days_ago(6)), classification=going))
    assert (
        "Every review since 1 May 2026 has found that; the next is on 1 December 2026, and as things stand they are "
        "moving to 'firm'." in lines
    )


def test_a_row_that_cannot_be_read_is_named() -> None:
    cell = Quarantined("exports/i.csv", 293, "Due Date", "31/11/2026", "not a date", "C1")
    assert "The row to mend is exports/i.csv:293, Due Date '31/11/2026': not a date." in told(
        case(invoice(due=days_ago(6)), unreadable=(cell,))
    )


def test_of_one_invoice_only_its_own_story_is_told() -> None:
    """The other one goes out today, and is not what was asked about."""
    both = (invoice("INV-1", due=days_ago(6)), invoice("INV-2", due=days_ago(1), balance="40", amount=Decimal(90)))
    lines = told(case(*both, asked=asked(id="INV-2")))
    assert "40.00 GBP of 90.00 GBP is open; it was due on 19 November 2026, 1 day ago." in lines
    assert "No reminder about it today: the next step is on 23 November 2026." in lines
    assert "INV-1" not in lines


def test_what_is_asked_for_late_payment_is_told_with_how_it_comes_about() -> None:
    rules = policy(STEADY, late_payment={"interest": "9.5 %", "starts_at": "friendly", "fees": {"friendly": "5"}})
    lines = told(case(invoice(due=days_ago(34), balance="1200"), policy=rules))
    assert (
        "On top of what is open, 15.62 GBP for late payment is asked for. INV-1: 9.5 % a year on 1,200.00 GBP for "
        "34 days: 10.62 GBP; fee for friendly 5.00 GBP."
    ) in lines
    assert "late payment" not in told(case(invoice(due=days_ago(34), balance="1200")))


def test_no_more_than_three_invoices_are_told_with_what_they_cost() -> None:
    rules = policy(STEADY, late_payment={"fees": {"friendly": "5"}})
    lines = told(case(*(invoice(f"INV-{number}", due=days_ago(20)) for number in range(5)), policy=rules))
    assert "25.00 GBP for late payment is asked for." in lines
    assert "INV-2: fee for friendly 5.00 GBP; and for 2 more." in lines
