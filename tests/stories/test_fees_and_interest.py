"""Late payment costs what the project says: interest by the day, a fee once per invoice and level, and nothing else."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cases import FRIDAY, STEADY, contact, customer, decide, invoice, policy, progress
from messages import STARTER
from pydantic import TypeAdapter, ValidationError

from remindr.cli.shapes import PlanDocument, PlannedNotice
from remindr.cli.views import plan_document
from remindr.core.compose import Composer
from remindr.core.schedule import Scheduler
from remindr.model.book import Account
from remindr.model.classification import Classification
from remindr.model.outcome import AnnouncedCall, Progress, State
from remindr.model.plan import ChannelName, Charge, Message, Notice, Plan
from remindr.model.policy import LatePayment, Policy, Sequence, TemplateSource
from remindr.model.terms import Level

RATES = [{"from": "2026-01-01", "rate": "9.5 %"}, {"from": "2026-11-01", "rate": "9.75 %"}]
FEES = {"formal": "15 GBP", "final": "40"}


def late(**changed: Any) -> Policy:
    """A project that asks for interest from firm steps on, and for fees at formal and final ones."""
    return policy(late_payment={"interest": RATES, "fees": FEES, **changed})


def ago(days: int) -> date:
    return FRIDAY - timedelta(days)


AFTER_FIRST = progress(contact("first", Level.FRIENDLY, ago(10)))
AFTER_SECOND = progress(contact("first", Level.FRIENDLY, ago(15)), contact("second", Level.FIRM, ago(8)))
AFTER_FORMAL = progress(contact("second", Level.FIRM, ago(20)), contact("formal", Level.FORMAL, ago(12)))


def notice_of(*invoices: Any, rules: Policy | None = None, after: Progress | None = None, **more: Any) -> Notice:
    who = more.pop("who", None) or customer(country="GB")
    found = decide(*invoices, policy=rules or late(), after=after, who=who, **more).notice
    assert found is not None
    return found


def charge_of(*invoices: Any, rules: Policy | None = None, after: Progress | None = None, **more: Any) -> Charge:
    """What the notice about the invoices asks for on top, for the one that it asks anything for."""
    (charge,) = notice_of(*invoices, rules=rules, after=after, **more).charges
    return charge


def fees_of(charge: Charge) -> tuple[int, int]:
    """The fee for the notice, and those of earlier ones."""
    return int(charge.fee), int(charge.earlier_fees)


# Interest


def test_interest_runs_from_the_day_after_the_due_date_through_today() -> None:
    flat = late(interest="9.5 %", fees={})
    charge = charge_of(invoice(due=ago(34), balance="1200"), rules=flat, after=AFTER_FIRST)
    assert charge.interest == Decimal("10.62")  # 1200 · 9.5 % · 34 / 365
    assert charge.told == "9.5 % a year on 1,200.00 GBP for 34 days: 10.62 GBP"


def test_each_day_bears_the_rate_of_its_own_period() -> None:
    charge = charge_of(invoice(due=date(2026, 10, 30), balance="2870.32"), after=AFTER_FIRST)
    assert charge.told == "9.5 % a year on 2,870.32 GBP for 1 day, 9.75 % for 20 days: 16.08 GBP"


def test_a_day_before_the_first_rate_bears_nothing() -> None:
    young = late(interest=[{"from": "2026-11-11", "rate": "10 %"}], fees={})
    charge = charge_of(invoice(due=date(2025, 1, 1), balance="3650"), rules=young, after=AFTER_FIRST)
    assert charge.told == "10 % a year on 3,650.00 GBP for 10 days: 10.00 GBP"
    coming = late(interest=[{"from": "2027-01-01", "rate": "10 %"}], fees={})
    assert notice_of(invoice(due=ago(20)), rules=coming, after=AFTER_FIRST).charges == ()


def test_a_year_may_have_three_hundred_and_sixty_days() -> None:
    banker = late(interest="9 %", days_in_year=360, fees={})
    assert charge_of(invoice(due=ago(40), balance="1000"), rules=banker, after=AFTER_FIRST).interest == Decimal(10)


def test_half_a_penny_is_rounded_up_and_only_once() -> None:
    flat = late(interest="10 %", fees={})
    half = charge_of(invoice(due=ago(73), balance="0.25"), rules=flat, after=AFTER_FIRST)  # 0.005 exactly
    assert half.interest == Decimal("0.01")
    twice = late(
        interest=[{"from": "2026-01-01", "rate": "10 %"}, {"from": ago(36).isoformat(), "rate": "10 %"}], fees={}
    )
    assert charge_of(invoice(due=ago(73), balance="0.25"), rules=twice, after=AFTER_FIRST).interest == Decimal("0.01")


@pytest.mark.parametrize(("currency", "interest"), [("JPY", "110"), ("KWD", "109.589"), ("GBP", "109.59")])
def test_interest_is_rounded_to_what_the_currency_has(currency: str, interest: str) -> None:
    flat = late(interest="10 %", fees={})
    owed = invoice(due=ago(40), balance="10000", currency=currency)
    assert str(charge_of(owed, rules=flat, after=AFTER_FIRST).interest) == interest


def test_there_is_no_interest_before_the_level_at_which_it_starts() -> None:
    owed = invoice(due=ago(40), balance="5000")
    assert notice_of(owed).charges == ()  # the first step is a friendly one
    assert charge_of(owed, after=AFTER_FIRST).interest
    later = late(starts_at="formal")
    assert notice_of(owed, rules=later, after=AFTER_FIRST).charges == ()
    assert charge_of(owed, rules=later, after=AFTER_SECOND).interest


def test_credit_bears_no_interest() -> None:
    flat = late(interest="10 %", fees={})
    charge = charge_of(invoice(due=ago(73), balance="1000"), rules=flat, after=AFTER_FIRST, credit={"GBP": "500"})
    assert charge.told == "10 % a year on 500.00 GBP for 73 days: 10.00 GBP"


def test_invoices_that_no_notice_asks_for_cost_nothing() -> None:
    disputed = invoice("D", due=ago(40), balance="900", disputed=True)
    held = invoice("H", due=ago(40), balance="900", hold="legal")
    fresh = invoice("F", due=ago(1), balance="900")
    after = progress(*(contact("first", Level.FRIENDLY, ago(10), number=number) for number in ("D", "H", "A")))
    notice = notice_of(invoice("A", due=ago(20)), disputed, held, fresh, after=after)
    assert [one.invoice_id for one in notice.charges] == ["A"]


# Fees


def test_a_fee_is_asked_for_with_the_notice_of_its_level_and_stays() -> None:
    owed, fees = invoice(due=ago(60)), late(interest=None)
    assert notice_of(owed, rules=fees, after=AFTER_FIRST).charges == ()
    formal = charge_of(owed, rules=fees, after=AFTER_SECOND)
    assert fees_of(formal) == (15, 0)
    final = charge_of(owed, rules=fees, after=AFTER_FORMAL)
    assert fees_of(final) == (40, 15)
    assert final.told == "fee for formal 15.00 GBP; fee for final 40.00 GBP"


def test_a_step_that_is_repeated_costs_no_second_fee() -> None:
    rules = late(interest=None)
    written = {"name": "steady", "about": "x", "tone": "x", "steps": STEADY}
    again = Sequence.model_validate({**written, "after_last": "repeat final every 14 days, at most 2 times"})
    after = progress(contact("formal", Level.FORMAL, ago(30)), contact("final", Level.FINAL, ago(14)))
    charge = charge_of(
        invoice(due=ago(60)), rules=Policy(rules.project, {"steady": again}, rules.templates), after=after
    )
    assert fees_of(charge) == (0, 55)


def test_a_change_of_sequence_costs_no_second_fee() -> None:
    after = progress(contact("stern", Level.FORMAL, ago(20), sequence="firm"))
    charge = charge_of(invoice(due=ago(60)), rules=late(interest=None), after=after)
    assert fees_of(charge) == (40, 15)


@pytest.mark.parametrize("state", [State.FAILED, State.ABANDONED])
def test_a_notice_that_did_not_go_out_costs_nothing(state: State) -> None:
    after = progress(contact("second", Level.FIRM, ago(20)), contact("formal", Level.FORMAL, ago(12), state=state))
    assert charge_of(invoice(due=ago(60)), rules=late(interest=None), after=after).earlier_fees == 0


def test_what_others_said_before_us_costs_nothing() -> None:
    known = invoice(due=ago(60), reminder_level=3, last_reminded=ago(20))
    charge = charge_of(known, rules=late(interest=None))
    assert fees_of(charge) == (40, 0)


def test_a_level_that_was_left_out_costs_nothing() -> None:
    steps = [step for step in STEADY if step["id"] != "formal"]
    rules = policy(steps, late_payment={"fees": FEES})
    after = progress(contact("second", Level.FIRM, ago(20)))
    assert charge_of(invoice(due=ago(60)), rules=rules, after=after).told == "fee for final 40.00 GBP"


def test_a_fee_is_asked_for_only_in_the_currency_of_the_invoice() -> None:
    euro = invoice(due=ago(60), currency="EUR")
    assert notice_of(euro, rules=late(interest=None), after=AFTER_FORMAL).charges == ()
    both = late(interest=None, fees={"final": ["40 GBP", "45 EUR"]})
    assert charge_of(euro, rules=both, after=AFTER_FORMAL).told == "fee for final 45.00 EUR"


def test_every_invoice_costs_what_its_own_level_says() -> None:
    after = progress(
        contact("formal", Level.FORMAL, ago(12), number="A"), contact("first", Level.FRIENDLY, ago(12), number="B")
    )
    notice = notice_of(invoice("A", due=ago(60)), invoice("B", due=ago(40)), after=after, rules=late(interest=None))
    assert [line.invoice.id for line in notice.also_due] == ["B"]
    assert [(one.invoice_id, one.told) for one in notice.charges] == [
        ("A", "fee for formal 15.00 GBP; fee for final 40.00 GBP")
    ]


def test_with_a_message_per_invoice_each_asks_for_its_own() -> None:
    rules = policy(
        reminding={"one_message_per": "invoice", "ignore_below": "0"}, late_payment={"interest": RATES, "fees": FEES}
    )
    after = progress(*(contact("second", Level.FIRM, ago(8), number=number) for number in ("A", "B")))
    decision = decide(invoice("A", due=ago(60)), invoice("B", due=ago(60)), policy=rules, after=after)
    notices = [decision.notice, *decision.more]
    assert [[(one.invoice_id, int(one.fee)) for one in notice.charges] for notice in notices if notice] == [
        [("A", 15)],
        [("B", 15)],
    ]


# A call that was announced


def test_an_announced_call_asks_for_what_was_asked_for_before() -> None:
    steps: list[dict[str, Any]] = [
        {"id": "firm", "at": "3 days after due", "by": "email", "then": "call", "level": "firm"},
        {"id": "formal", "at": "9 days after due", "by": "email", "level": "formal"},
    ]
    rules = policy(steps, late_payment={"interest": "10 %", "fees": {"firm": "5", "formal": "15"}})
    known = progress(contact("firm", Level.FIRM, ago(3)))
    told = AnnouncedCall("k", FRIDAY, ago(3), "steady", "firm", ("INV-1", "INV-2"))
    other = invoice("INV-2", due=ago(6), balance="900")  # told of in the same message, and of no level yet
    account = Account(customer(phone="1"), (invoice(due=ago(73), balance="1000"), other))
    scheduler = Scheduler(rules, FRIDAY)
    after = Progress(known.contacts, known.overdue_contact_days, announced=(told,))
    call = scheduler.announced(account, Classification("C1", "steady", (), FRIDAY), {}, after)
    assert call is not None
    assert [(one.invoice_id, fees_of(one), int(one.interest)) for one in call.charges] == [("INV-1", (0, 5), 20)]


# What it leaves alone


def test_without_the_setting_a_notice_is_what_it_was() -> None:
    owed = (invoice("A", due=ago(60), balance="900"), invoice("B", due=ago(30), balance="70"))
    plain = notice_of(*owed, rules=policy(), after=AFTER_FORMAL)
    asked = notice_of(*owed, after=AFTER_FORMAL)
    assert plain.charges == ()
    assert (asked.key, asked.total, asked.credits) == (plain.key, plain.total, plain.credits)
    assert asked.why[: len(plain.why)] == plain.why


def test_reasons_tell_how_each_amount_comes_about() -> None:
    notice = notice_of(invoice(due=ago(34), balance="1200"), rules=late(interest="9.5 %"), after=AFTER_SECOND)
    assert notice.why[-1] == "INV-1: 9.5 % a year on 1,200.00 GBP for 34 days: 10.62 GBP; fee for formal 15.00 GBP"


# In words


def worded(
    notice: Notice, channel: ChannelName, text: str = "Subject: x\n\nPlease pay {{ to_pay }}.\n\n{{ invoice_table }}"
) -> Message:
    shared = {
        file.relative_to(STARTER).as_posix().removesuffix(".j2"): file.read_text("utf-8")
        for file in STARTER.rglob("_*/*.j2")
    }
    texts = {**shared, "_any/any.email": text}
    rules = late()
    templates = {name: TemplateSource(name, f"templates/{name}.j2", one) for name, one in texts.items()}
    composer = Composer(Policy(rules.project, rules.sequences, templates), FRIDAY)
    messages = composer.compose(notice, {}, Progress())
    return next(message for message in messages if message.channel == channel)


def test_the_table_tells_interest_and_fees_below_the_invoice() -> None:
    notice = notice_of(invoice(due=ago(34), balance="1200"), rules=late(interest="9.5 %"), after=AFTER_SECOND)
    assert worded(notice, "email").text == (
        "Please pay £1,225.62.\n\n"
        "Invoice  Due date         Days overdue  Outstanding\n"
        "INV-1    17 October 2026            34    £1,200.00\n\n"
        "Interest to 20 November 2026                 £10.62\n"
        "Fee for this reminder                        £15.00\n"
        "Total to pay                              £1,225.62"
    )


def test_several_invoices_have_a_total_without_interest_and_fees_first() -> None:
    after = progress(
        contact("formal", Level.FORMAL, ago(12), number="A"), contact("formal", Level.FORMAL, ago(12), number="B")
    )
    invoices = invoice("A", due=ago(73), balance="1000"), invoice("B", due=ago(73), balance="500", currency="EUR")
    notice = notice_of(*invoices, rules=late(interest="10 %"), after=after, credit={"GBP": "100"})
    rows = worded(notice, "email").text.split("\n\n")[2].splitlines()
    assert [" ".join(row.split()) for row in rows] == [
        "Less credit £100.00",
        "Total outstanding £900.00",
        "Total outstanding €500.00",
        "Interest to 20 November 2026 £18.00",
        "Interest to 20 November 2026 €10.00",
        "Fees for earlier reminders £15.00",
        "Fee for this reminder £40.00",
        "Total to pay £973.00",
        "Total to pay €510.00",
    ]
    assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("channel", ["email", "letter"])
def test_page_and_text_tell_the_same(channel: ChannelName) -> None:
    who = customer(address="1 Oak Lane", country="GB")
    notice = notice_of(invoice(due=ago(34), balance="1200"), rules=late(interest="9.5 %"), after=AFTER_FORMAL, who=who)
    html = worded(notice, channel).html or ""
    for text in ("Interest to 20 November 2026", "&#163;10.62", "Fees for earlier reminders", "&#163;15.00",
                 "Fee for this reminder", "&#163;40.00", "Total to pay", "&#163;1,265.62"):  # fmt: skip
        assert text in html


def test_call_notes_say_what_comes_on_top() -> None:
    steps: list[dict[str, Any]] = [
        *STEADY[:2],
        {"id": "ring", "at": "10 days after due", "by": "call", "level": "firm"},
    ]
    rules = policy(steps, late_payment={"interest": "9.5 %", "fees": {"firm": "5"}})
    who = customer(phone="+44 20 7946 0018", country="GB")
    notice = notice_of(invoice(due=ago(34), balance="1200"), rules=rules, after=AFTER_FIRST, who=who)
    told = "On top of that come £10.62 of interest up to today and £5.00 of fees: £1,215.62 in all."
    assert told in worded(notice, "call").text
    plain = notice_of(invoice(due=ago(34), balance="1200"), rules=policy(steps), after=AFTER_FIRST, who=who)
    assert "On top" not in worded(plain, "call").text


def test_a_template_can_tell_each_invoice_with_what_it_costs() -> None:
    lines = "{% for line in invoices %}{{ line.id }}: {{ line.interest or '-' }}, {{ line.fees or '-' }}\n{% endfor %}"
    notice = notice_of(invoice(due=ago(34), balance="1200"), rules=late(interest="9.5 %"), after=AFTER_FORMAL)
    assert worded(notice, "email", f"Subject: x\n\n{lines}{{{{ interest }}}} {{{{ fees }}}}").text == (
        "INV-1: £10.62, £55.00\n£10.62 £55.00"
    )


# For other programs


def in_json(notice: Notice) -> PlannedNotice:
    document = plan_document(Plan(FRIDAY, FRIDAY, (notice,), (), (), ()), {notice.key: worded(notice, "email")}, 0)
    return TypeAdapter(PlanDocument).validate_python(document)["notices"][0]


def test_json_keeps_its_total_and_has_charges_beside_it_only_if_there_are_any() -> None:
    owed = invoice(due=ago(34), balance="1200")
    asked = in_json(notice_of(owed, rules=late(interest="9.5 %"), after=AFTER_FORMAL))
    assert asked["total"] == {"GBP": "1200.00"}
    assert asked["charges"] == [{"invoice_id": "INV-1", "interest": "10.62", "fees": "55.00", "currency": "GBP"}]
    assert "charges" not in in_json(notice_of(owed, rules=policy(), after=AFTER_FORMAL))


# As it is written


@pytest.mark.parametrize("rate", ["9.5", "9,5 %", "101 %", "-1 %", "% 9", ["9 %"], True])
def test_a_rate_is_a_percentage_between_nothing_and_everything(rate: Any) -> None:
    with pytest.raises(ValidationError):
        LatePayment.model_validate({"interest": rate})


@pytest.mark.parametrize("rate", ["0 %", "9.5%", "9.125 %", "100 %"])
def test_a_rate_may_be_written_without_a_table(rate: str) -> None:
    (only,) = LatePayment.model_validate({"interest": rate}).interest or ()
    assert only.since == date.min


# Consumers

THEIRS = {"interest": "5 %", "starts_at": "final", "fees": {"final": "5 GBP"}}


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ({}, "9.5 % a year on 100.00 GBP for 13 days, 9.75 % for 27 days: 1.06 GBP; fee for final 40.00 GBP"),
        ({"consumers": "none"}, None),
        ({"consumers": THEIRS}, "5 % a year on 100.00 GBP for 40 days: 0.55 GBP; fee for final 5.00 GBP"),
        ({"consumers": {"fees": {"final": "5 GBP"}}}, "fee for final 5.00 GBP"),
    ],
)
def test_consumers_are_asked_for_what_is_written_of_them(written: Any, asked: str | None) -> None:
    rates = [{"from": "2026-01-01", "rate": "9.5 %"}, {"from": "2026-10-25", "rate": "9.75 %"}]
    rules = policy(late_payment={"interest": rates, "fees": {"final": "40"}, **written})
    owed = invoice(due=ago(40))
    after = progress(contact("formal", Level.FORMAL, ago(12)))
    told = [one.told for one in notice_of(owed, rules=rules, after=after, traits=("consumer",)).charges]
    assert told == ([asked] if asked else [])
    (business,) = notice_of(owed, rules=rules, after=after, traits=("high_value",)).charges
    assert "fee for final 40.00 GBP" in business.told
