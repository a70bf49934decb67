"""What people note: promises that are kept or broken, disputes, holds, and taking a note back."""

import re
from pathlib import Path

import pytest
import time_machine
from office import Office, open_office

pytestmark = pytest.mark.usefixtures("new_years_eve")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Oak & Sons owe 1,000.00 on one invoice, due on Monday, 2 November."""
    made = open_office(tmp_path)
    made.export("2026-11-20", A1="1000.00")
    return made


def test_a_promise_rests_chasing_until_its_day_and_one_working_day(office: Office) -> None:
    said = office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    assert "promise to pay 400.00 GBP by 2026-12-01" in said
    assert office.run("2026-11-20") == {}
    assert office.why_silent("2026-12-02", "A1") == (
        "promised: the customer promised 400.00 GBP by 2026-12-01, noted on 2026-11-20 by Ada (until 2026-12-03)"
    )


def test_a_promise_that_is_kept_gives_what_is_left_three_working_days(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    assert office.run("2026-12-03", A1="600.00") == {}
    assert office.why_silent("2026-12-03", "A1") == (
        "waiting: the promise ended on 2026-12-01; customers get 3 working days (until 2026-12-04)"
    )
    assert office.flags("2026-12-03") == {}
    assert office.metric("2026-12-03", "broken_promises") == 0
    assert "(kept)" in " ".join(office.does("explain oak", on="2026-12-03").split())
    assert office.run("2026-12-04", A1="600.00") == {"email": 1}


def test_a_promise_that_is_broken_is_a_flag_and_chasing_goes_on_the_day_after(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    assert office.run("2026-12-02", A1="1000.00") == {}
    office.export("2026-12-03", A1="900.00")
    assert office.flags("2026-12-03")["broken_promise"] == (
        "promised 400.00 GBP by 2026-12-01, noted on 2026-11-20 by Ada; 900.00 GBP is still open"
    )
    assert office.metric("2026-12-03", "broken_promises") == 1
    assert office.metric("2026-12-02", "broken_promises") == 0
    assert office.run("2026-12-03") == {"email": 1}


def test_the_next_words_speak_of_the_promise_until_it_is_made_good(office: Office) -> None:
    broken = "You had told us that £400.00 would come by 1 December 2026. By our books it has not arrived"
    office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    office.run("2026-12-03", A1="900.00")
    assert broken in " ".join(office.does("history oak --text", on="2026-12-03").split())
    office.export("2026-12-14", A1="600.00")
    assert broken not in " ".join(office.does("preview oak -v", on="2026-12-14").split())
    office.does("note oak promise --until 2026-12-09 --by Ada", on="2026-12-03")
    office.export("2026-12-14", A1="900.00")
    said = " ".join(office.does("preview oak -v", on="2026-12-14").split())
    assert "You had told us that the payment would come by 9 December 2026." in said


def test_of_a_plan_the_words_tell_what_should_have_come_by_now(office: Office) -> None:
    office.does("note oak promise --by Ada", "--pay", "2026-11-25 300", "--pay", "2026-12-04 200", on="2026-11-20")
    for day, told in (
        ("2026-11-30", "£300.00 would come by 25 Nov"),
        ("2026-12-14", "£500.00 would come by 4 Dec"),
    ):
        office.export(day, A1="1000.00")
        assert told in " ".join(office.does("preview oak -v", on=day).split())


def test_what_is_paid_too_late_does_not_mend_a_promise(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --by Ada", on="2026-11-20")
    office.run("2026-12-02", A1="1000.00")
    office.run("2026-12-07", A1="500.00")
    assert office.metric("2026-12-07", "broken_promises") == 1
    office.export("2026-12-09", A1="0.00")
    assert office.metric("2026-12-09", "broken_promises") == 1
    assert office.flags("2026-12-09") == {}


def test_a_promise_that_was_kept_stays_kept_when_the_rest_is_paid_later(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    office.run("2026-12-03", A1="600.00")
    office.run("2026-12-11", A1="600.00")
    office.run("2026-12-14", A1="0.00")
    assert office.metric("2026-12-14", "broken_promises") == 0
    assert "(kept)" in office.does("history oak", on="2026-12-14")


def test_what_was_paid_between_two_exports_is_not_guessed_to_have_come_too_late(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --by Ada", on="2026-11-20")
    office.run("2026-11-30", A1="1000.00")
    office.run("2026-12-11", A1="0.00")
    assert office.metric("2026-12-11", "broken_promises") == 0


def test_while_no_export_is_as_late_as_the_promise_nobody_is_blamed(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --by Ada", on="2026-11-20")
    told = office.why_silent("2026-12-03", "A1")
    assert "an export of 2026-12-02 or later will tell whether it was kept" in told
    assert office.metric("2026-12-03", "broken_promises") == 0


def test_a_plan_with_one_part_unpaid_is_broken_on_that_day(office: Office) -> None:
    plan = ["--pay", "2026-12-01 400", "--pay", "2026-12-15 600", "--by", "Ada"]
    office.does("note A1 promise", *plan, on="2026-11-20")
    assert office.run("2026-12-04", A1="600.00") == {}
    assert "600.00 GBP by 2026-12-15" in office.why_silent("2026-12-04", "A1")
    assert office.run("2026-12-16", A1="600.00") == {}
    office.export("2026-12-17", A1="600.00")
    assert "promised 600.00 GBP by 2026-12-15" in office.flags("2026-12-17")["broken_promise"]
    assert office.run("2026-12-17") == {"email": 1}


def test_after_two_broken_promises_a_third_does_not_rest_anything(office: Office) -> None:
    office.does("note oak promise --until 2026-11-23 --by Ada", on="2026-11-20")
    office.run("2026-11-25", A1="1000.00")
    office.does("note oak promise --until 2026-11-26 --by Ada", on="2026-11-25")
    office.run("2026-11-30", A1="1000.00")
    said = office.does("note oak promise --until 2026-12-10 --by Ada", on="2026-11-30")
    assert "They broke 2 promises before, so chasing goes on" in said
    assert office.metric("2026-11-30", "broken_promises") == 2
    flags = office.flags("2026-12-01")
    assert "chasing goes on until approved" in flags["promise_not_accepted"]
    assert "promised" not in office.why_silent("2026-12-01", "A1")


def test_a_new_day_agreed_in_time_takes_the_place_of_the_old_one(office: Office) -> None:
    office.does("note oak promise --until 2026-12-01 --by Ada", on="2026-11-20")
    office.does("note oak promise --until 2026-12-08 --by Ada", on="2026-12-02")
    office.export("2026-12-04", A1="1000.00")
    assert office.metric("2026-12-04", "broken_promises") == 0
    assert "by 2026-12-08" in office.why_silent("2026-12-04", "A1")
    assert "(replaced)" in " ".join(office.does("explain oak", on="2026-12-04").split())


def test_a_dispute_rests_its_invoice_until_it_is_resolved_and_three_working_days_more(office: Office) -> None:
    office.export("2026-11-20", A1="1000.00", A2="1000.00")
    office.does("note A1 dispute --by Ada", "--text", "wrong price", on="2026-11-20")
    assert office.run("2026-11-20") == {"email": 1}
    assert office.metric("2026-11-20", "open_disputes") == 1
    assert office.why_silent("2026-11-27", "A1") == (
        "disputed: the invoice is disputed, noted on 2026-11-20 by Ada: wrong price (until None)"
    )
    office.does("note A1 resolved --by Ada", on="2026-12-01")
    assert "the dispute ended on 2026-12-01" in office.why_silent("2026-12-01", "A1")
    assert office.run("2026-12-04", A1="1000.00", A2="1000.00") == {"email": 1}


def test_a_hold_lasts_through_its_last_day(office: Office) -> None:
    office.does("note oak hold --until 2026-12-01 --by Ada", "--text", "new owner", on="2026-11-20")
    assert office.why_silent("2026-12-01", "A1") == (
        "on_hold: the customer is on hold until 2026-12-01, noted on 2026-11-20 by Ada: new owner (until 2026-12-02)"
    )
    assert "the hold ended on 2026-12-02" in office.why_silent("2026-12-02", "A1")


def test_a_hold_ends_with_its_release(office: Office) -> None:
    office.does("note A1 hold --by Ada", on="2026-11-20")
    assert office.run("2026-11-20") == {}
    office.does("note A1 release --by Ada", on="2026-11-23")
    assert "the hold ended on 2026-11-23" in office.why_silent("2026-11-23", "A1")


def test_what_the_customer_says_is_paid_rests_five_working_days_and_is_a_flag(office: Office) -> None:
    office.does("note oak paid-says-customer --by Ada", on="2026-11-20")
    assert office.run("2026-11-27") == {}
    assert "look for the payment" in office.flags("2026-11-30")["paid_says_customer"]
    assert office.run("2026-11-30", A1="1000.00") == {"email": 1}


def test_a_wrong_address_is_not_used_until_the_export_has_another(office: Office) -> None:
    office.does("note oak wrong-address --by Ada", on="2026-11-20")
    (notice,) = office.plan("2026-11-20")["notices"]
    assert notice["channels"] != ["email"]
    assert "find another" in office.flags("2026-11-20")["wrong_address"]
    export = office.root / "exports" / "invoices-2026-11-20.csv"
    export.write_text(export.read_text("utf-8").replace("ap@oak", "new@oak"), "utf-8")
    (notice,) = office.plan("2026-11-20")["notices"]
    assert notice["to"] == "new@oak.example"
    assert office.flags("2026-11-20") == {}


def test_a_note_that_was_taken_back_does_nothing_any_more_and_can_be_made_again(office: Office) -> None:
    office.does("note oak hold --by Ada", on="2026-11-20")
    assert office.run("2026-11-20") == {}
    said = office.does("note oak --undo --by Ada", on="2026-11-20")
    assert said.startswith("Taken back: note 1 about customer 007, hold.")
    assert office.plan("2026-11-23")["summary"]["notices"] == 1
    assert "there is no note to take back" in office.does("note oak --undo", on="2026-11-20", code=1)
    assert "Noted as 3" in office.does("note oak hold --by Ada", on="2026-11-20")
    assert office.does("note oak hold --by Ada", on="2026-11-20").startswith("It was noted before")


def test_a_flag_that_was_seen_is_listed_again_only_when_its_cause_comes_back(office: Office) -> None:
    office.does("note oak paid-says-customer --by Ada", on="2026-11-20")
    assert list(office.flags("2026-11-20")) == ["paid_says_customer"]
    office.does("note oak ack --by Ada", on="2026-11-20")
    assert office.flags("2026-11-20") == {}
    with time_machine.travel("2026-12-31T13:00:00Z", tick=False):
        office.run("2026-11-23", A1="1000.00")
        assert office.flags("2026-11-23") == {}
        office.run("2026-11-24", A1="0.00")
        office.export("2026-11-25", A1="1000.00")
        assert list(office.flags("2026-11-25")) == ["paid_says_customer"]


def test_a_note_is_known_from_its_own_day_on(office: Office) -> None:
    office.does("note oak hold --by Ada", on="2026-11-25")
    assert office.plan("2026-11-24")["summary"]["notices"] == 1
    assert office.plan("2026-11-25")["summary"]["notices"] == 0


def test_dates_of_payments_tell_exactly_what_was_paid_in_time(office: Office) -> None:
    """400.00 promised by 1 December came on the 4th, and the next export is of the 7th."""
    settings = office.root / "remindr.yaml"
    settings.write_text(
        settings.read_text("utf-8").replace("  max_age", "  payments: payments*.csv\n  max_age"), "utf-8"
    )
    payments = "Customer Number,Invoice Number,Payment Date,Amount\n007,A1,2026-10-20,1.00\n{}"
    (office.root / "payments-2026-11-20.csv").write_text(payments.format(""), "utf-8")
    office.export("2026-11-20", A1="999.00")
    office.does("note oak promise --until 2026-12-01 --amount 400 --by Ada", on="2026-11-20")
    office.export("2026-12-07", A1="599.00")
    newer = office.root / "payments-2026-12-07.csv"
    newer.write_text(payments.format("007,A1,2026-12-04,400.00\n"), "utf-8")
    assert office.metric("2026-12-07", "broken_promises") == 1
    newer.write_text(payments.format("007,A1,2026-12-02,400.00\n"), "utf-8")
    assert office.metric("2026-12-07", "broken_promises") == 0


def test_what_nobody_noted_cannot_be_ended(office: Office) -> None:
    said = office.does("note A1 resolved", on="2026-11-20", code=1)
    assert said.startswith("no dispute was noted that 'resolved' could end")
    assert "the export shows it no more" in said


def test_a_promise_for_another_year_is_asked_about(office: Office) -> None:
    told = office.does("note oak promise --until 2036-12-01 --by Ada", on="2026-11-20", code=2)
    assert "2036-12-01 is more than a year away: is the year right?" in told


@pytest.mark.parametrize("written", ["13/12/2026", "13.12.26", "13 Dec 2026"])
def test_a_day_can_be_written_in_every_way_that_has_one_meaning(office: Office, written: str) -> None:
    told = office.does("note oak promise --by Ada --until", written, on="2026-11-20")
    assert "promise to pay all of it by 2026-12-13" in told


def test_a_day_with_two_meanings_is_asked_about_unless_the_exports_show_which(office: Office) -> None:
    told = office.does("note oak promise --by Ada --pay", "01/12/2026 400", on="2026-11-20", code=2)
    assert told.startswith("'01/12/2026' can be read in two ways: 1 December 2026 or 12 January 2026")
    assert "hint: write 2026-12-01 or 2026-01-12" in told
    export = office.root / "exports" / "invoices-2026-11-20.csv"
    export.write_text(re.sub(r"(20\d\d)-(\d\d)-(\d\d)", r"\3/\2/\1", export.read_text("utf-8")), "utf-8")
    told = office.does("note oak promise --by Ada --pay", "01/12/2026 400", on="2026-11-20")
    assert "promise to pay 400.00 GBP by 2026-12-01" in told
    office.does("note oak hold --by Ada --until 05/12/2026", on="2026-11-20")
    assert "on hold until 2026-12-05" in office.why_silent("2026-11-20", "A1")


def test_what_is_no_day_is_said_so(office: Office) -> None:
    told = office.does("note oak hold --until tomorrow", on="2026-11-20", code=2)
    assert told == "'tomorrow' is not a day\n  hint: write it as year-month-day, like 2026-12-01\n"
