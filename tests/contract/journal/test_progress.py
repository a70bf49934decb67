"""What the journal tells the scheduler: steps taken by open invoices, days of contact, whether today is used up."""

from datetime import date, timedelta

import pytest
from journals import DAY, Desk, line, notice

from remindr.model.outcome import AnnouncedCall, Contact, State
from remindr.model.plan import FollowUp, Notice

OPEN = ("C1", "INV-1")


def test_nothing_is_known_at_first(desk: Desk) -> None:
    assert desk.progress(OPEN) == {}


def test_a_step_taken_is_told_in_full(desk: Desk) -> None:
    desk.send(notice(level=3, respond_by=date(2026, 12, 1)))
    (contact,) = desk.progress(OPEN)["C1"].contacts["INV-1"]
    assert contact == Contact("INV-1", "steady", "first", 3, DAY, 0, date(2026, 12, 1), "C1/INV-1/first", State.SENT)


def test_only_the_invoices_asked_for_are_told(desk: Desk) -> None:
    desk.send(notice("C1", ["INV-1", "INV-2"]), notice("C2", ["INV-1"]), notice("C3", ["INV-9"]))
    told = desk.progress(("C1", "INV-2"), ("C2", "INV-1"), ("C4", "INV-4"))
    assert {customer: list(one.contacts) for customer, one in told.items()} == {"C1": ["INV-2"], "C2": ["INV-1"]}


def test_an_invoice_number_belongs_to_its_customer(desk: Desk) -> None:
    desk.send(notice("C1", ["INV-1"]))
    assert desk.progress(("C2", "INV-1")) == {}


def test_also_due_takes_its_own_step_and_upcoming_its_heads_up(desk: Desk) -> None:
    desk.send(
        notice(
            "C1",
            ["INV-1"],
            step="formal",
            level=3,
            also_due=(line("C1", "INV-2", "first", 1),),
            also_open=(line("C1", "INV-3", None, None),),
            upcoming=(line("C1", "INV-4", "soon", 0),),
        )
    )
    told = desk.progress(*(("C1", f"INV-{number}") for number in range(1, 5)))["C1"].contacts
    assert {invoice: [(one.step, one.level) for one in steps] for invoice, steps in told.items()} == {
        "INV-1": [("formal", 3)],
        "INV-2": [("first", 1)],
        "INV-4": [("soon", 0)],
    }


def test_steps_come_oldest_first(desk: Desk) -> None:
    for step, days in (("first", 20), ("second", 10), ("third", 0)):
        day = DAY - timedelta(days=days)
        desk.send(notice(step=step, as_of=day), as_of=day)
    told = desk.progress(OPEN)["C1"]
    assert [contact.step for contact in told.contacts["INV-1"]] == ["first", "second", "third"]
    assert told.overdue_contact_days == (date(2026, 10, 31), date(2026, 11, 10), DAY)


def test_days_of_contact_count_whatever_became_of_the_invoice(desk: Desk) -> None:
    desk.send(notice("C1", ["PAID-SINCE"]))
    told = desk.progress(OPEN)["C1"]
    assert told.contacts == {}
    assert told.overdue_contact_days == (DAY,)


def test_days_of_contact_are_counted_from_a_day_on(desk: Desk) -> None:
    for days in (31, 30, 3):
        day = DAY - timedelta(days=days)
        desk.send(notice(step=f"s{days}", as_of=day), as_of=day)
    told = desk.progress(OPEN, since=DAY - timedelta(days=30))["C1"]
    assert told.overdue_contact_days == (date(2026, 10, 21), date(2026, 11, 17))
    assert len(told.contacts["INV-1"]) == 3


@pytest.mark.parametrize(
    "unpressing",
    [
        notice(step="soon", level=0),
        notice(purpose="thank_you"),
        notice(purpose="announced_call"),
        notice("C1", [], step="soon", level=0, also_open=(line("C1", "INV-1", None, None),)),
    ],
)
def test_heads_ups_and_thanks_use_up_the_day_but_are_no_overdue_contact(desk: Desk, unpressing: object) -> None:
    desk.send(unpressing)  # type: ignore[arg-type]
    told = desk.progress(OPEN)["C1"]
    assert told.noticed_today
    assert told.overdue_contact_days == ()


def test_today_is_used_up_only_today(desk: Desk) -> None:
    desk.send(notice())
    assert desk.progress(OPEN, today=DAY)["C1"].noticed_today
    assert not desk.progress(OPEN, today=DAY + timedelta(days=1))["C1"].noticed_today


def test_today_is_known_even_if_contacts_are_counted_from_later(desk: Desk) -> None:
    desk.send(notice())
    told = desk.progress(OPEN, since=DAY + timedelta(days=1))["C1"]
    assert told.noticed_today
    assert told.overdue_contact_days == ()


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ([], State.CLAIMED),
        ([State.COMMITTING], State.COMMITTING),
        ([State.COMMITTING, State.SENT], State.SENT),
        ([State.COMMITTING, State.UNCERTAIN], State.UNCERTAIN),
    ],
)
def test_a_step_counts_from_its_claim_on(desk: Desk, path: list[State], state: State) -> None:
    desk.settle(desk.claim(notice()), *path)
    told = desk.progress(OPEN)["C1"]
    assert [contact.state for contact in told.contacts["INV-1"]] == [state]
    assert told.noticed_today
    assert told.overdue_contact_days == (DAY,)


def test_asking_again_gives_the_same_answer(desk: Desk) -> None:
    desk.send(notice("C1", ["INV-1", "INV-2"]))
    asked = [OPEN, ("C1", "INV-2"), OPEN]
    assert (
        desk.progress(*asked)
        == desk.progress(*reversed(asked))
        == desk.reopen(create=False).progress(asked, today=DAY, contacts_since=date(2026, 8, 22))
    )


def test_many_open_invoices_and_a_long_history(desk: Desk) -> None:
    for back in range(12, 0, -1):
        day = DAY - timedelta(days=7 * back)
        desk.send(*(notice(f"C{number}", [f"OLD-{back}"], as_of=day) for number in range(400)), as_of=day)
    desk.send(*(notice(f"C{number}", ["A", "B"]) for number in range(400)))
    told = desk.progress(*((f"C{number}", invoice) for number in range(400) for invoice in "ABC"))
    assert len(told) == 400
    assert all(set(one.contacts) == {"A", "B"} and len(one.overdue_contact_days) == 13 for one in told.values())


TUESDAY = DAY + timedelta(days=4)
CALL = FollowUp("call", TUESDAY, "call/C1", "first")


def test_an_announced_call_is_known_with_the_invoices_that_are_open_still(desk: Desk) -> None:
    also = (line("C1", "INV-3", "first", 1),)
    desk.send(notice("C1", ["INV-1", "INV-2"], also_due=also, follow_ups=(CALL,)), notice("C2"))
    told = desk.progress(("C1", "INV-3"), ("C1", "INV-1"), ("C2", "INV-1"))
    assert told["C1"].announced == (AnnouncedCall("call/C1", TUESDAY, DAY, "steady", "first", ("INV-1", "INV-3")),)
    assert told["C2"].announced == ()
    assert desk.progress(("C1", "ANOTHER"))["C1"].announced == ()
    assert desk.progress(OPEN, since=TUESDAY + timedelta(days=1))["C1"].announced == ()


def test_what_was_never_delivered_announced_nothing(desk: Desk) -> None:
    desk.settle(desk.claim(notice(follow_ups=(CALL,))), State.ABANDONED)
    assert desk.progress(OPEN).get("C1") is None


@pytest.mark.parametrize(
    ("call", "made"),
    [
        (notice(purpose="announced_call", key="call/C1", channels=("call",), as_of=TUESDAY), True),
        (notice(purpose="announced_call", key="call/C1", channels=("call",), as_of=TUESDAY + timedelta(2)), True),
        (notice(step="ring", level=2, channels=("call", "letter"), as_of=TUESDAY), True),
        (notice(step="ring", level=2, channels=("call",), as_of=TUESDAY - timedelta(1)), False),
        (notice(step="second", level=2, as_of=TUESDAY), False),
        (notice("C2", step="ring", channels=("call",), as_of=TUESDAY), False),
    ],
)
def test_a_call_is_made_by_its_own_notice_or_another_call_since_its_day(desk: Desk, call: Notice, made: bool) -> None:
    desk.send(notice(follow_ups=(CALL,)))
    desk.send(call, as_of=call.as_of)
    told = desk.progress(OPEN, today=call.as_of)["C1"]
    assert (told.announced == ()) is made


def test_an_announced_call_takes_no_step(desk: Desk) -> None:
    desk.send(notice(follow_ups=(CALL,)))
    before = desk.progress(OPEN, today=TUESDAY)["C1"]
    desk.send(notice(purpose="announced_call", key="call/C1", channels=("call",), as_of=TUESDAY), as_of=TUESDAY)
    after = desk.progress(OPEN, today=TUESDAY)["C1"]
    assert after.contacts == before.contacts
    assert after.overdue_contact_days == before.overdue_contact_days == (DAY,)


def test_a_call_is_announced_still_when_the_invoice_has_another_id(desk: Desk) -> None:
    desk.send(notice(follow_ups=(CALL,)))
    desk.journal.know_formerly({("0001", "1"): [("C1", "INV-1")]})
    (call,) = desk.progress(("0001", "1"), today=TUESDAY)["0001"].announced
    assert call.invoices == ("1",)
