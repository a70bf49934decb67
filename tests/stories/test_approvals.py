"""What goes out only after a person has approved it, and what becomes of an approval when things change."""

import json
from pathlib import Path
from typing import Any

import pytest
from office import SETTINGS, Office, open_asking_office, open_office

pytestmark = pytest.mark.usefixtures("new_years_eve")

FINAL = "2026-11-23"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return open_asking_office(tmp_path)


def with_a_younger_invoice(office: Office) -> None:
    """A2 is another invoice by Monday, so that its first step is due beside the final one of A1."""
    export = office.root / f"exports/invoices-{FINAL}.csv"
    a1, a2 = "A1,007,Oak & Sons,ap@oak.example,+442079460001,2026-10-03,2026-11-02", "A3,007,Oak & Sons,"
    text = export.read_text("utf-8").replace("A2,007,Oak & Sons,", a2)
    assert a1 in text
    export.write_text(text.replace(a2 + a1[18:], f"{a2}ap@oak.example,+442079460001,2026-10-17,2026-11-16"), "utf-8")


def waiting(office: Office, day: str) -> list[Any]:
    found: list[Any] = json.loads(office.does("approve --json", on=day))["steps"]
    return found


def test_a_step_waits_until_a_person_approves_it_and_then_goes_exactly_once(office: Office) -> None:
    assert office.run(FINAL) == {}
    (asked, other) = waiting(office, FINAL)
    assert (asked["invoice_id"], asked["step"], asked["channels"]) == ("A1", "final", ["email"])
    assert (asked["since"], asked["until"], other["invoice_id"]) == (FINAL, "2026-11-30", "A2")
    said = office.does("approve oak --by Ada", on=FINAL)
    assert said.startswith("Approved until 2026-11-30: step 'final' for invoice A1 of 007, 1,000.00 GBP to ap@oak")
    assert waiting(office, FINAL) == []
    assert office.run(FINAL) == {"email": 1}
    assert office.run(FINAL) == office.run("2026-11-24") == {}
    assert waiting(office, "2026-12-04") == []


def test_a_run_that_waits_says_so_once_and_is_no_failure(office: Office) -> None:
    said = office.does("run -q --exit-code", on=FINAL, code=4)
    assert "2 steps wait for an approval: remindr approve lists what." in said
    assert "needs_approval" in said
    assert office.does("run -q --exit-code", on="2026-11-24") == ""
    done = json.loads(office.does("run --json", on="2026-11-24"))
    assert (done["held"], done["failed"], done["sent"]) == (2, 0, {})


def test_the_preview_tells_what_waits(office: Office) -> None:
    plan = office.plan(FINAL)
    assert [one["invoice_id"] for one in plan["waiting"]] == ["A1", "A2"]
    assert (plan["notices"], plan["summary"]["held"]) == ([], 2)
    assert office.why_silent(FINAL, "A1") == (
        "needs_approval: step 'final' goes only after a person has approved it (until None)"
    )
    assert "step 'final' goes only after a person has approved it" in office.does("explain A1", on=FINAL)


def test_the_list_shows_the_words_that_wait(office: Office) -> None:
    assert "is open" not in office.does("approve", on=FINAL)
    said = office.does("approve -v", on=FINAL)
    assert "── Oak & Sons (007), everybody: email" in said
    assert "£2,000.00 is open" in said
    assert office.run(FINAL) == {}


def test_the_list_shows_the_notice_that_a_step_goes_out_in(office: Office) -> None:
    with_a_younger_invoice(office)
    (asked,) = waiting(office, FINAL)
    assert asked["notice"] == {"step": "final", "invoices": ["A1", "A3"], "total": {"GBP": "2000.00"}}
    listed = " ".join(office.does("approve", on=FINAL).split())
    assert "in a notice of" in listed
    assert "final, 2 invoices, 2,000.00 GBP" in listed
    assert office.run(FINAL) == {"email": 1}
    (alone,) = waiting(office, FINAL)
    assert alone["notice"]["invoices"] == ["A1"]
    assert "in a notice of" not in office.does("approve", on=FINAL)


def test_an_approval_is_about_one_invoice(office: Office) -> None:
    office.does("approve A1 --by Ada", on=FINAL)
    (notice,) = office.plan(FINAL)["notices"]
    assert [one["invoice_id"] for one in notice["invoices"]] == ["A1"]
    assert notice["needs_approval"] is False
    assert notice["why"][1] == "A1 was approved on 2026-11-23 by Ada"
    assert [one["invoice_id"] for one in waiting(office, FINAL)] == ["A2"]


def test_other_steps_of_the_customer_go_ahead_meanwhile(office: Office) -> None:
    with_a_younger_invoice(office)
    assert office.run(FINAL) == {"email": 1}
    assert [one["invoice_id"] for one in waiting(office, FINAL)] == ["A1"]
    office.does("approve --all --by Ada", on=FINAL)
    assert office.run("2026-11-26") == {}  # four days between contacts
    assert office.run("2026-11-27") == {"email": 1}


def test_an_approval_holds_for_a_week_from_the_first_day_on_which_it_may_go(office: Office) -> None:
    """The contact on Monday keeps the step back until Friday; a week from then is the Friday after."""
    with_a_younger_invoice(office)
    assert office.run(FINAL) == {"email": 1}
    said = office.does("approve A1 --by Ada", on=FINAL)
    assert "Approved until 2026-12-04" in said
    (notice,) = office.plan("2026-12-04")["notices"]
    assert notice["step"] == "final"
    (asked,) = waiting(office, "2026-12-05")
    assert asked["why"].endswith("approved on 2026-11-23 by Ada, which held until 2026-12-04")


def test_what_was_approved_and_changed_is_asked_about_again(office: Office) -> None:
    office.does("approve A1 --by Ada", on=FINAL)
    office.export("2026-11-24", A1="600.00", A2="1000.00")
    (asked, _) = waiting(office, "2026-11-24")
    assert asked["why"].endswith(
        "approved on 2026-11-23 by Ada, but the balance is 600.00 GBP now, and was 1,000.00 GBP"
    )
    assert office.run("2026-11-24") == {}
    office.export("2026-11-25", A1="1000.00", A2="1000.00")
    assert office.run("2026-11-25") == {"email": 1}


def test_another_address_or_other_words_ask_again(office: Office) -> None:
    office.does("approve A1 --by Ada", on=FINAL)
    words = office.root / "templates/_any/any.email.j2"
    before = words.read_text("utf-8")
    words.write_text(before + "\nP.S.\n", encoding="utf-8")
    assert waiting(office, FINAL)[0]["why"].endswith("the company's details have been changed")
    words.write_text(before, encoding="utf-8")
    assert [one["invoice_id"] for one in waiting(office, FINAL)] == ["A2"]
    settings = office.root / "remindr.yaml"
    known = settings.read_text("utf-8")
    settings.write_text(known.replace("company:\n", "company:\n  how_to_pay: IBAN DE00 0000\n"), encoding="utf-8")
    assert waiting(office, FINAL)[0]["why"].endswith("the company's details have been changed")
    settings.write_text(known, encoding="utf-8")
    export = office.root / f"exports/invoices-{FINAL}.csv"
    export.write_text(export.read_text("utf-8").replace("ap@oak", "boss@oak"), encoding="utf-8")
    assert waiting(office, FINAL)[0]["why"].endswith("by Ada, but it goes to another address")


def test_a_refusal_rests_the_step_until_somebody_approves_it_after_all(office: Office) -> None:
    office.does("approve --not A1", "--text", "in talks with Mr Oak", "--by", "Ada", on=FINAL)
    said = "refused on 2026-11-23 by Ada: in talks with Mr Oak"
    assert office.why_silent("2026-12-18", "A1").startswith(f"needs_approval: {said}; it rests until")
    assert "1 step refused and at rest." in office.does("approve", on=FINAL)
    office.does("approve --all --by Bob", on=FINAL)
    assert [one["invoice_id"] for one in office.plan(FINAL)["notices"][0]["invoices"]] == ["A2"]
    office.does("approve A1 --by Bob", on=FINAL)
    assert office.run(FINAL) == {"email": 1}
    assert office.plan("2026-11-24")["skipped"][0]["blockers"][0]["code"] == "next_step_later"


def test_a_refused_step_is_asked_about_again_once_it_is_another(office: Office) -> None:
    office.does("approve --not A1 --text later --by Ada", on=FINAL)
    office.export("2026-11-24", A1="600.00", A2="1000.00")
    (asked, _) = waiting(office, "2026-11-24")
    assert asked["refused"] is None
    assert "refused on 2026-11-23 by Ada: later, but the balance is 600.00 GBP now" in asked["why"]


def test_each_repeat_needs_an_approval_of_its_own(office: Office) -> None:
    office.does("approve --all --by Ada", on=FINAL)
    assert office.run(FINAL) == {"email": 1}
    office.export("2026-12-07", A1="1000.00", A2="1000.00")
    assert office.run("2026-12-07") == {}
    assert {one["repeat"] for one in waiting(office, "2026-12-07")} == {1}


def test_one_segment_can_be_approved_at_once(office: Office) -> None:
    assert office.does("approve --segment unreliable", on=FINAL) == "Nothing waits for an approval.\n"
    assert "unknown segment 'nobody'" in office.does("approve --segment nobody", on=FINAL, code=2)
    office.does("approve --segment everybody", on=FINAL)
    assert waiting(office, FINAL) == []


def test_what_does_not_wait_cannot_be_approved(office: Office) -> None:
    assert "nothing of 'elm' waits for an approval" in office.does("approve elm", on=FINAL, code=1)
    assert "a refusal says why" in office.does("approve --not A1", on=FINAL, code=2)
    assert "do not go together" in office.does("approve A1 --all", on=FINAL, code=2)
    assert "is in the future" in office.does("approve A1", on="2027-01-04", code=2)


def test_nobody_is_asked_about_what_rests_anyway(office: Office) -> None:
    office.does("note A1 dispute", on=FINAL)
    assert [one["invoice_id"] for one in waiting(office, FINAL)] == ["A2"]
    office.does("note oak hold", on=FINAL)
    assert waiting(office, FINAL) == []


HOLDING = (
    SETTINGS
    + """\
flags:
  large_debt:
    when: open_amount >= 1500
    hold: true
  owes_anything: open_amount > 0
"""
)


def test_a_flag_that_holds_keeps_the_customers_reminders_for_an_approval(tmp_path: Path) -> None:
    office = open_office(tmp_path, HOLDING)
    assert office.run("2026-11-12", A1="1000.00", A2="1000.00") == {}
    assert office.why_silent("2026-11-12", "A1") == (
        "needs_approval: the flag 'large_debt' holds it until a person approves (until None)"
    )
    assert set(office.flags("2026-11-12")) == {"large_debt", "owes_anything", "needs_approval"}
    office.does("approve oak --by Ada", on="2026-11-12")
    assert office.run("2026-11-12") == {"email": 1}


def test_a_flag_that_is_not_raised_any_more_holds_nothing(tmp_path: Path) -> None:
    office = open_office(tmp_path, HOLDING)
    assert office.run("2026-11-12", A1="1000.00", A2="1000.00") == {}
    assert office.run("2026-11-13", A1="1000.00", A2="400.00") == {"email": 1}


def test_a_third_promise_rests_once_a_person_has_approved_it(tmp_path: Path) -> None:
    office = open_office(tmp_path, SETTINGS.replace("max_age: 30 days", "max_age: 300 days"))
    office.export("2026-11-03", A1="1000.00")
    for made, until, day in (("03", "04", "06"), ("06", "09", "11")):
        office.does(f"note oak promise --until 2026-11-{until} --by Ada", on=f"2026-11-{made}")
        office.export(f"2026-11-{day}", A1="1000.00")
    said = office.does("note oak promise --until 2026-11-30 --by Ada", on="2026-11-11")
    assert "They broke 2 promises before" in said
    (asked,) = waiting(office, "2026-11-11")
    assert (asked["promise"], asked["balance"]) == ("promise of all of it by 2026-11-30", "1000.00")
    office.does("approve oak --by Bob", on="2026-11-11")
    assert waiting(office, "2026-11-11") == []
    assert office.why_silent("2026-11-12", "A1").startswith("promised: the customer promised")
    assert "promise_not_accepted" not in office.flags("2026-11-12")
