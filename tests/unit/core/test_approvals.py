"""What asks for an approval, judged invoice by invoice."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from cases import FRIDAY, STEADY, contact, customer, decide, invoice, policy, progress, said, silent

from remindr.core.approvals import changes
from remindr.core.schedule import Decision
from remindr.model.approvals import Approval, Waiting
from remindr.model.outcome import Progress
from remindr.model.policy import Policy
from remindr.model.terms import Level

DUE = date(2026, 11, 16)


def asking(*steps: str, **settings: Any) -> Policy:
    """The steady sequence, in which these steps go only with a person's word."""
    return policy([{**one, "approval": "always"} if one["id"] in steps else one for one in STEADY], **settings)


def waiting(decision: Decision) -> list[Waiting]:
    return [one.waiting for one in decision.skipped if one.waiting]


def approved(asked: Sequence[Waiting], on: date = FRIDAY, **changed: Any) -> Progress:
    """What the journal knows once Ada has approved these."""
    given = {"by": "Ada", **changed}
    return Progress(
        approvals={
            one.invoice_id: (Approval("C1", one.invoice_id, one.bound, on, until=one.until, **given),) for one in asked
        }
    )


def test_one_invoice_waits_and_the_other_goes() -> None:
    older, younger = invoice("A", due=date(2026, 11, 1)), invoice("B", due=DUE)
    known = progress(contact("first", Level.FRIENDLY, date(2026, 11, 4), number="A"))
    decision = decide(older, younger, policy=asking("second"), after=known)
    assert said(decision) == ("first", ["B"])
    assert silent(decision) == {"A": ["needs_approval"]}
    assert decision.notice is not None
    assert decision.notice.also_open == ()  # what waits is not told either


def test_each_invoice_has_its_own_message_and_its_own_approval() -> None:
    each = asking("first", reminding={"one_message_per": "invoice"})
    invoices = invoice("A", due=DUE), invoice("B", due=DUE)
    first, _ = waiting(decide(*invoices, policy=each))
    decision = decide(*invoices, policy=each, after=approved([first]))
    assert [one.about for one in decision.notices] == ["A"]
    assert silent(decision) == {"B": ["needs_approval"]}


def test_an_approval_needs_no_address_to_wait_for() -> None:
    nobody = customer(email=None, phone=None)
    formal = [one for one in STEADY if one["level"] == "formal"]
    decision = decide(invoice(due=date(2026, 10, 1)), who=nobody, policy=policy([{**formal[0], "approval": "always"}]))
    assert silent(decision) == {"INV-1": ["no_contact_details"]}


def test_a_heads_up_of_a_customer_whom_a_flag_holds_waits_too() -> None:
    holding = policy(flags={"large": {"when": "open_amount >= 100", "hold": True}})
    soon = invoice(due=date(2026, 11, 24))
    (asked,) = waiting(decide(soon, policy=holding, facts={"open_amount": 100}))
    assert (asked.bound.step, asked.until) == ("heads-up", date(2026, 11, 27))
    assert asked.why == "the flag 'large' holds it until a person approves"
    assert said(decide(soon, policy=holding, facts={"open_amount": 99})) == ("heads-up", ["INV-1"])
    assert said(decide(soon, policy=holding, facts={"open_amount": 100}, after=approved([asked])))[0] == "heads-up"


def test_what_counts_is_the_newest_word() -> None:
    one = invoice(due=DUE)
    asked = waiting(decide(one, policy=asking("first")))
    yes = approved(asked).approvals["INV-1"][0]
    no = Approval("C1", "INV-1", asked[0].bound, FRIDAY, "Bob", "wait")
    refused = decide(one, policy=asking("first"), after=Progress(approvals={"INV-1": (yes, no)}))
    assert [one.refused for one in waiting(refused)] == [no]
    assert decide(one, policy=asking("first"), after=Progress(approvals={"INV-1": (no, yes)})).notice


def test_an_approval_of_another_step_is_told() -> None:
    one = invoice(due=DUE)
    (asked,) = waiting(decide(one, policy=asking("first")))
    other = policy(sequences={"gentle": [{**STEADY[1], "id": "nudge", "approval": "always"}]})
    (again,) = waiting(decide(one, policy=other, after=approved([asked])))
    assert again.why.endswith("; what was approved on 2026-11-20 by Ada was step 'first' of 'steady'")


def test_a_template_that_is_taken_in_counts_as_part_of_the_words() -> None:
    one = invoice(due=DUE)
    plain = asking("first")
    (asked,) = waiting(decide(one, policy=plain))
    used = plain.templates["_any/any.email"]
    for text in ("Subject: x\n\nother", 'Subject: x\n\nx {% include "_any/any.sms" %}'):
        plain.templates["_any/any.email"] = type(used)(used.name, used.path, text)  # type: ignore[index]
        (again,) = waiting(decide(one, policy=plain, after=approved([asked])))
        assert again.why.endswith("but the template or the company's details have been changed")
        assert changes(asked.bound, again.bound) == "the template or the company's details have been changed"


def test_what_does_not_ask_is_not_asked_about() -> None:
    assert decide(invoice(due=DUE), policy=asking("final")).notice
    assert waiting(decide(invoice(due=date(2026, 12, 30)), policy=asking("first"))) == []
