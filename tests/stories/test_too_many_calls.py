"""More calls than fit into a day, and one address under several ids."""

from datetime import date, timedelta
from typing import Any

from cases import FRIDAY, customer, decide, invoice, policy, progress, said, silent

from remindr.core.calendar import Calendar, Calendars
from remindr.core.contended import CallList, Contender, one_an_address
from remindr.core.schedule import Decision, Scheduler
from remindr.model.book import Account
from remindr.model.classification import Classification
from remindr.model.notes import Note, Noted, Part, Promise
from remindr.model.outcome import Progress
from remindr.model.policy import Policy

BROKEN = Promise(Note("k", FRIDAY, "A", "", "promise", "Ada"), "broken", Part(FRIDAY), FRIDAY)
RING = [
    {"id": "call", "at": "3 days after due", "by": "call", "level": "firm"},
    {"id": "formal", "at": "30 days after due", "by": "email", "level": "formal"},
]


def ringing(**calls: Any) -> Policy:
    return policy(RING, calls={"capacity": 1, **calls}, traits={"dear": "lifetime_value >= 1000"})


def contender(
    name: str,
    *,
    rule: Policy,
    balance: str = "100",
    traits: tuple[str, ...] = (),
    facts: dict[str, Any] | None = None,
    after: Progress | None = None,
    due: date = FRIDAY - timedelta(4),
    **who: Any,
) -> Contender:
    """A customer with one invoice that is due for a notice."""
    account = Account(
        customer(id=name, **who), (invoice(f"INV-{name}", due=due, balance=balance, customer_id=name),), {}
    )
    classification = Classification(name, rule.project.segments[-1].name, traits, FRIDAY)
    decision = Scheduler(rule, FRIDAY).decide(account, classification, facts or {}, after or Progress())
    return Contender(account, classification, facts or {}, after or Progress(), decision)


def rung(rule: Policy, *called: Contender) -> list[str]:
    """Those for whom there is room."""
    beyond = CallList(rule).beyond(called)
    return [one.customer_id for one in called if one.customer_id not in beyond]


def test_who_broke_a_promise_is_rung_before_all_others() -> None:
    rule = ringing(first="broken_promise, risk_score")
    broke = contender("A", rule=rule, facts={"risk_score": 1.0}, after=Progress(noted=Noted(unkept=(BROKEN,))))
    risky = contender("B", rule=rule, facts={"risk_score": 9.5, "broken_promises": 1})
    assert [one.customer_id for one in CallList(rule).in_order([risky, broke])] == ["A", "B"]


def test_the_most_important_are_rung_first() -> None:
    rule = ringing(first="dear, risk_score, balance")
    plain = contender("A", rule=rule, balance="9000", facts={"risk_score": 9.5})
    dear = contender("B", rule=rule, traits=("dear",), facts={"risk_score": 1.0})
    risky = contender("C", rule=rule, facts={"risk_score": 30.0})
    unknown = contender("D", rule=rule, balance="50000")
    assert rung(rule, plain, dear, risky, unknown) == ["B"]
    assert rung(ringing(first="risk_score", capacity=2), plain, dear, risky, unknown) == ["A", "C"]
    assert rung(ringing(first="balance"), plain, dear, risky, unknown) == ["D"]


def full(*invoices: Any, today: date = FRIDAY, **who: Any) -> Decision:
    """A day on which the list of calls is full without this customer."""
    rule = ringing()
    account = Account(customer(phone="+44 20 7946 0018", **who), invoices, {})
    classification = Classification("C1", "steady", (), today)
    return Scheduler(rule, today).decide(account, classification, {}, Progress(), calls_full=True)


def test_a_call_without_room_moves_to_the_next_calling_day() -> None:
    decision = full(invoice(due=FRIDAY - timedelta(3)))
    assert silent(decision) == {"INV-1": ["calls_full"]}
    assert decision.skipped[0].next_contact == FRIDAY + timedelta(3)


def test_the_third_time_an_email_goes_instead_unless_there_is_only_a_phone() -> None:
    reached_on_wednesday = invoice(due=FRIDAY - timedelta(5))
    decision = full(reached_on_wednesday)
    assert decision.notice is not None
    assert decision.notice.channels == ("email",)
    assert decision.notice.instead == "there was no room for a call 3 times, so email instead"
    assert silent(full(reached_on_wednesday, email=None)) == {"INV-1": ["calls_full"]}


def test_one_address_under_two_ids_hears_from_us_once_a_day() -> None:
    rule = policy()
    recent = contender("A", rule=rule, after=progress(), due=FRIDAY - timedelta(3), email="AP@oak.example")
    waiting = contender("B", rule=rule, due=FRIDAY - timedelta(9))
    alone = contender("C", rule=rule, email="other@oak.example")

    def calendar(_: Contender) -> Calendar:
        return Calendars(rule.project).home

    settled = one_an_address([recent, waiting, alone], {"ap@oak.example"}, FRIDAY, calendar)
    decisions = {one.customer_id: one.decision for one in settled}
    assert said(decisions["B"]) == ("first", ["INV-B"])
    assert said(decisions["C"]) == ("first", ["INV-C"])
    assert silent(decisions["A"]) == {"INV-A": ["waiting"]}
    (reason,) = decisions["A"].skipped[0].reasons
    assert reason.detail == "a notice to Oak & Sons (B) goes to the same address today"
    assert decisions["A"].skipped[0].next_contact == FRIDAY + timedelta(3)


def test_without_a_limit_everybody_is_rung() -> None:
    assert not CallList(policy(RING)).is_limited
    decision = decide(invoice(due=FRIDAY - timedelta(9)), policy=policy(RING), who=customer(phone="1"))
    assert said(decision) == ("call", ["INV-1"])
