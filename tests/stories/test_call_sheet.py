"""From the call sheet to the next run's plan: who was rung, what they said, and what follows from it."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from office import SETTINGS, Office, open_office
from projects import write_files

pytestmark = pytest.mark.usefixtures("new_years_eve")

RING = """\
name: ring
about: A call, then an e-mail.
tone: plain
steps:
  - id: first
    at: 3 days after due
    by: call
    level: friendly
  - id: second
    at: 20 days after due
    by: email
    level: firm
"""
WORDS = "Subject: Invoices\n\nDear {{ customer.name }},\n\n{{ invoice_table }}\n\nCounted up to {{ counted_until }}.\n"
THURSDAY, FRIDAY, MONDAY = "2026-11-19", "2026-11-20", "2026-11-23"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Oak & Sons owe 1,000.00, and Thursday's run puts them on the list of calls."""
    made = open_office(tmp_path, SETTINGS.replace("gentle", "ring"))
    write_files(made.root, {"sequences/ring.yaml": RING, "templates/ring/second.email.j2": WORDS})
    assert made.run(THURSDAY, A1="1000.00") == {"call": 1}
    return made


def sheet(office: Office, day: str) -> list[dict[str, str]]:
    """The call sheet of a day."""
    office.does("calls --csv", str(office.root / "calls.csv"), on=day)
    text = (office.root / "calls.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def give_back(office: Office, day: str, rows: list[dict[str, str]], *, code: int = 0, **filled: str) -> str:
    """Fills in the first row and imports the sheet; what is said about it."""
    file = office.root / "calls.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(
            [rows[0] | {name.replace("_", " ").capitalize(): it for name, it in filled.items()}, *rows[1:]]
        )
    return office.does("calls import", str(file), on=day, code=code)


def test_the_sheet_says_who_and_why_and_what_was_promised(office: Office) -> None:
    office.does("note oak promise --until 2026-11-19 --amount 300 --by Ada", on=THURSDAY)
    office.run(MONDAY, A1="1000.00")
    (row,) = sheet(office, MONDAY)
    assert (row["Who"], row["Phone"], row["Dial locally"]) == ("Oak & Sons", "'+442079460001", "02079460001")
    assert (row["Last promise"], row["Kept"]) == ("300.00 GBP by 2026-11-19", "broken")
    assert (row["Invoices"], row["Total"]) == ("A1", "£1,000.00")
    assert "invoice A1" in row["What to say"]
    assert "last on" not in row["What to say"]
    assert row["Outcome"] == row["Promised date"] == row["Note"] == ""


def test_a_promise_made_on_the_phone_rests_chasing_and_is_taken_once(office: Office) -> None:
    rows = [row | {"Promised date": "2026-12-01", "Promised amount": "400"} for row in sheet(office, FRIDAY)]
    assert "promise to pay 400.00 GBP by 2026-12-01" in give_back(office, FRIDAY, rows, outcome="promise")
    assert "0 notes recorded, 2 known before" in give_back(office, FRIDAY, rows, outcome="promise")
    assert "the customer promised 400.00 GBP by 2026-12-01" in office.why_silent("2026-11-30", "A1")
    assert office.does("calls", on=MONDAY).startswith("Nobody is to be rung today.")
    office.export("2026-12-03", A1="1000.00")
    assert office.metric("2026-12-03", "broken_promises") == 1
    assert office.run("2026-12-07", A1="1000.00") == {"email": 1}


def test_a_promise_on_the_phone_is_about_the_invoices_of_the_call_and_says_so(office: Office) -> None:
    rows = sheet(office, FRIDAY)
    office.export(FRIDAY, A1="1000.00", A2="1000.00")
    told = give_back(office, FRIDAY, rows, outcome="promise", promised_date="2026-12-01")
    assert "by 2026-12-01; it is about A1 only: their other invoices are asked for as before" in told
    assert "promised" in office.why_silent(MONDAY, "A1")
    assert office.run(MONDAY) == {"call": 1}


def test_nobody_answered_so_the_call_is_listed_twice_more_on_other_days(office: Office) -> None:
    give_back(office, THURSDAY, sheet(office, THURSDAY), outcome="no answer")
    assert office.does("calls", on=THURSDAY).startswith("Nobody")
    (second,) = sheet(office, FRIDAY)
    assert second["Why"].startswith("attempt 2; on the list since 2026-11-19")
    give_back(office, FRIDAY, [second], outcome="No answer")
    (third,) = sheet(office, MONDAY)
    give_back(office, MONDAY, [third], outcome="no answer")
    assert office.does("calls", on="2026-11-24").startswith("Nobody")


def test_a_message_that_was_left_is_an_attempt_like_any_other(office: Office) -> None:
    said = give_back(office, THURSDAY, sheet(office, THURSDAY), outcome="left a message", note="with his sister")
    assert "called: left a message: with his sister" in said
    (second,) = sheet(office, FRIDAY)
    give_back(office, FRIDAY, [second], outcome="no answer")
    (third,) = sheet(office, MONDAY)
    give_back(office, MONDAY, [third], outcome="Left a message")
    assert office.does("calls", on="2026-11-24").startswith("Nobody")
    assert "the call of 2026-11-19: left a message: with his sister" in office.does("history oak", on=MONDAY)


def test_the_next_sheet_knows_the_last_call_and_what_is_not_to_be_asked_for(office: Office) -> None:
    give_back(office, THURSDAY, sheet(office, THURSDAY), outcome="left a message", note="ask for Sanjay")
    office.export(FRIDAY, A1="1000.00", A2="1000.00")
    office.does("note A2 dispute --by Ada", on=FRIDAY)
    (row,) = sheet(office, FRIDAY)
    assert "left a message on 2026-11-19: ask for Sanjay" in row["Why"]
    assert row["Why"].endswith("disputed, and not part of this call: A2")


def test_a_call_nobody_speaks_of_counts_as_made_after_five_working_days(office: Office) -> None:
    assert len(sheet(office, "2026-11-26")) == 1
    assert office.does("calls", on="2026-11-27").startswith("Nobody")


def test_a_reminder_in_writing_takes_the_place_of_the_call_before_it(office: Office) -> None:
    write_files(office.root, {"sequences/ring.yaml": RING.replace("20 days", "7 days")})
    assert len(sheet(office, FRIDAY)) == 1
    assert office.run(MONDAY, A1="1000.00") == {"email": 1}
    assert office.does("calls", on=MONDAY).startswith("Nobody")


def test_a_call_that_was_agreed_on_is_made_whatever_is_written_meanwhile(office: Office) -> None:
    write_files(office.root, {"sequences/ring.yaml": RING.replace("20 days", "7 days")})
    give_back(office, FRIDAY, sheet(office, FRIDAY), outcome="reached", next_call="2026-11-25")
    assert office.run(MONDAY, A1="1000.00") == {"email": 1}
    assert len(sheet(office, "2026-11-25")) == 1


def test_they_asked_to_be_rung_on_another_day(office: Office) -> None:
    give_back(office, FRIDAY, sheet(office, FRIDAY), outcome="reached", next_call="2026-12-02")
    assert office.does("calls", on="2026-12-01").startswith("Nobody")
    assert len(sheet(office, "2026-12-02")) == 1


def test_who_was_rung_at_a_wrong_number_is_told_in_writing_and_the_step_is_taken_then(office: Office) -> None:
    write_files(office.root, {"templates/ring/first.email.j2": WORDS})
    give_back(office, THURSDAY, sheet(office, THURSDAY), outcome="wrong number")
    assert office.run(FRIDAY, A1="1000.00") == {}
    assert office.run(MONDAY, A1="1000.00") == {"email": 1}
    assert office.plan(MONDAY)["notices"] == []
    assert "Last said: step 'first' on 23 November" in " ".join(office.does("explain A1", on=MONDAY).split())


def test_who_was_rung_at_wrong_numbers_only_is_looked_up_by_a_person(office: Office) -> None:
    give_back(office, THURSDAY, sheet(office, THURSDAY), outcome="wrong number")
    assert office.run(MONDAY, A1="1000.00") == {"call": 1}
    (row,) = sheet(office, MONDAY)
    assert row["Phone"] == ""
    give_back(office, MONDAY, [row], outcome="wrong number")
    assert office.run("2026-11-30", A1="1000.00") == {"call": 1}


def test_a_dispute_a_wrong_number_and_a_copy_have_their_consequences(office: Office) -> None:
    (row,) = sheet(office, FRIDAY)
    give_back(office, FRIDAY, [row], outcome="send a copy", note="to Ms Hill")
    assert office.flags(FRIDAY)["send_a_copy"].endswith("to Ms Hill")
    give_back(office, FRIDAY, [row | {"Key": row["Key"][:-1] + "2"}], outcome="wrong number")
    assert "the phone number on file is wrong" in office.flags(FRIDAY)["wrong_address"]
    give_back(office, FRIDAY, [row | {"Key": row["Key"][:-1] + "3"}], outcome="dispute", note="never delivered")
    assert "noted on 2026-11-20" in office.why_silent(MONDAY, "A1")
    assert "never delivered" in office.why_silent(MONDAY, "A1")


def test_rows_that_cannot_be_read_are_told_and_the_others_taken(office: Office) -> None:
    (row,) = sheet(office, FRIDAY)
    rows = [
        row,
        {**row, "Outcome": "promise"},
        {**row, "Outcome": "lunch"},
        {**row, "Outcome": "reached", "Key": row["Key"].replace("-", "-x")},
    ]
    said = give_back(office, FRIDAY, rows, code=3, outcome="reached")
    assert said.startswith("1 note recorded.")
    assert re.findall(r"calls.csv:(\d+)", said) == ["3", "4", "5"]
    assert "a promise without its date" in said
    assert "not one of reached, no answer, left a message, wrong number, promise, dispute, send a copy" in said
    assert "not the key of a call of the last 60 days" in said


@pytest.mark.parametrize("filled", [{"note": "is on leave"}, {"next_call": "2026-12-02"}])
def test_what_was_written_beside_an_empty_outcome_is_told_and_not_lost(office: Office, filled: dict[str, str]) -> None:
    said = give_back(office, FRIDAY, sheet(office, FRIDAY), code=3, **filled)
    assert (
        "calls.csv:2  007       Outcome         empty, although the row is filled in: choose what came of the call"
        in said
    )
    assert give_back(office, FRIDAY, sheet(office, FRIDAY)) == "0 notes recorded.\n"


def test_a_filled_in_workbook_is_read_like_the_csv(office: Office) -> None:
    (row,) = sheet(office, FRIDAY)
    file = office.root / "calls.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, list(row))
        page.write_row(1, 0, [*(row | {"Outcome": "promise", "Promised date": "2026-12-01"}).values()])
    assert "promise to pay all of it by 2026-12-01" in office.does("calls import", str(file), on=FRIDAY)


def test_the_workbook_offers_outcomes_hides_its_key_and_fits_on_one_page(office: Office) -> None:
    file = office.root / "calls.xlsx"
    office.does("calls --xlsx", str(file), on=FRIDAY)
    with zipfile.ZipFile(file) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
        names = parts.read("xl/workbook.xml").decode()
    assert '"reached,no answer,left a message,wrong number,promise,dispute,send a copy"' in page.replace("&quot;", '"')
    assert 'hidden="1"' in page
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page
    assert "_xlnm.Print_Titles" in names
    assert "<f>" not in page
    assert file.stat().st_mode & 0o077 == 0


def test_no_cell_of_the_sheet_can_be_a_formula(office: Office) -> None:
    export = office.root / "exports" / f"invoices-{THURSDAY}.csv"
    export.write_text(export.read_text("utf-8").replace("Oak & Sons", "=HYPERLINK(1)"), "utf-8")
    (row,) = sheet(office, FRIDAY)
    assert row["Who"] == "'=HYPERLINK(1)"


def test_calls_are_a_document_too(office: Office) -> None:
    (call,) = json.loads(office.does("calls --json", on=FRIDAY))["calls"]
    assert (call["customer_id"], call["phone"], call["attempt"]) == ("007", "+442079460001", 1)
    assert call["total"] == {"GBP": "1000.00"}


def test_history_tells_what_came_of_which_call(office: Office) -> None:
    give_back(office, FRIDAY, sheet(office, FRIDAY), outcome="no answer", note="try the mobile")
    told = office.does("history oak", on=FRIDAY)
    assert "2026-11-19  call on the list: friendly reminder (ring/first) about A1 (1,000.00 GBP)" in told
    assert "the call of 2026-11-19: no answer: try the mobile" in told


def test_a_row_that_lost_its_own_key_is_not_booked_on_somebody_else(office: Office) -> None:
    rows = sheet(office, FRIDAY)
    told = give_back(office, FRIDAY, rows, code=3, outcome="promise", promised_date="2026-11-27", customer="008")
    assert "the key is of a call to 007, this row is about 008" in told
    assert "promised" not in office.why_silent(MONDAY, "A1")


def test_a_sheet_of_another_company_is_not_booked_even_where_all_numbers_are_the_same(office: Office) -> None:
    rows = sheet(office, FRIDAY)
    settings = office.root / "remindr.yaml"
    settings.write_text(settings.read_text("utf-8").replace("Harbour & Finch Ltd", "Finch & Sons"), encoding="utf-8")
    told = give_back(office, FRIDAY, rows, code=3, outcome="reached")
    assert told.startswith("0 notes recorded.\n1 row could not be read")
    assert "not the key of a call of Finch & Sons: is the sheet of another project?" in told


@pytest.mark.parametrize("amount", ["500 EUR", "1200.00"])
def test_nobody_promises_more_than_is_open(office: Office, amount: str) -> None:
    rows = sheet(office, FRIDAY)
    told = give_back(
        office, FRIDAY, rows, code=3, outcome="promise", promised_date="2026-11-27", promised_amount=amount
    )
    assert "more than what is open: 1,000.00 GBP on A1" in told


def test_nobody_promises_a_day_of_another_year(office: Office) -> None:
    told = give_back(office, FRIDAY, sheet(office, FRIDAY), code=3, outcome="promise", promised_date="2036-11-27")
    assert "Promised date  2036-11-27  more than a year away: is the year right?" in told


def test_an_amount_that_can_be_two_is_told_in_its_cell(office: Office) -> None:
    rows = sheet(office, FRIDAY)
    filled = {"promised_date": "2026-11-27", "promised_amount": "1.200"}
    told = give_back(office, FRIDAY, rows, code=3, outcome="promise", **filled)
    assert "Promised amount  1.200  it may be 1.2 or 1,200.00: write 1200, say" in told


def test_a_row_that_was_changed_after_it_was_taken_over_is_told(office: Office) -> None:
    rows = sheet(office, FRIDAY)
    give_back(office, FRIDAY, rows, outcome="promise", promised_date="2026-11-27")
    assert "1 note recorded" not in give_back(office, FRIDAY, rows, outcome="promise", promised_date="2026-11-27")
    told = give_back(office, FRIDAY, rows, code=3, outcome="promise", promised_date="2026-11-30")
    assert "taken over before with something else (note 2): say with remindr note what holds now" in told
