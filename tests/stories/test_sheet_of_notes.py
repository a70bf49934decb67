"""Promises, disputes and holds that people keep in a sheet."""

from pathlib import Path

import pytest
import xlsxwriter
from office import SETTINGS, Office, open_office

pytestmark = pytest.mark.usefixtures("new_years_eve")

HEAD = "Date,Customer,Invoice,Kind,Until,Amount,Text,By\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Oak & Sons owe 1,000.00 on each of two invoices, and the office keeps its notes in a sheet."""
    made = open_office(tmp_path, SETTINGS.replace("  max_age", "  notes: notes.csv\n  max_age"))
    made.export("2026-11-20", A1="1000.00", A2="1000.00")
    return made


def sheet(office: Office, rows: str, name: str = "notes.csv") -> Path:
    file = office.root / name
    file.write_text(HEAD + rows, encoding="utf-8")
    return file


def test_a_hold_in_the_sheet_holds_until_its_row_is_taken_out(office: Office) -> None:
    sheet(office, "20/11/2026,oak & sons,,Hold,01/12/2026,,new owner,Ada\n")
    assert "on hold until 2026-12-01, noted on 2026-11-20 by Ada: new owner" in office.why_silent("2026-11-23", "A1")
    assert office.run("2026-11-23") == {}
    sheet(office, "")
    assert office.run("2026-11-24") == {"email": 1}


def test_promises_of_one_day_are_a_payment_plan_that_exports_judge(office: Office) -> None:
    rows = '2026-11-20,007,A1,promise,2026-12-01,"400.00",,\n2026-11-20,007,A1,promise,2026-12-15,600.00,,\n'
    sheet(office, rows)
    office.does("note A2 hold --by Ada", on="2026-11-20")
    assert "400.00 GBP by 2026-12-01, noted on 2026-11-20 by notes.csv" in office.why_silent("2026-11-23", "A1")
    assert office.run("2026-11-23") == {}
    assert office.run("2026-12-03", A1="600.00", A2="1000.00") == {}
    assert "600.00 GBP by 2026-12-15" in office.why_silent("2026-12-03", "A1")
    office.export("2026-12-17", A1="600.00", A2="1000.00")
    assert "promised 600.00 GBP by 2026-12-15" in office.flags("2026-12-17")["broken_promise"]


def test_a_row_that_cannot_be_read_is_told_and_its_customer_left_alone(office: Office) -> None:
    rows = ("007,A1,promise,31.02.2026", "nobody,,hold,", "007,A1,promise,2036-12-01", "007,A2,hold,2026-11-19")
    sheet(office, "".join(f"2026-11-20,{row},,,Ada\n" for row in rows))
    plan = office.plan("2026-11-20")
    told = [(one["file"], one["row"], one["column"], one["value"], one["reason"]) for one in plan["quarantined"]]
    assert told == [
        ("notes.csv", 2, "Until", "31.02.2026", "not a date"),
        ("notes.csv", 3, "Customer", "nobody", "fits no customer of the exports, or several"),
        ("notes.csv", 4, "Until", "2036-12-01", "more than a year away: is the year right?"),
        ("notes.csv", 5, "Until", "2026-11-19", "past on 2026-11-20, the day of the note"),
    ]
    assert "unreadable_row" in office.why_silent("2026-11-20", "A1")
    assert plan["notices"] == []


def test_days_that_can_be_read_in_two_ways_are_asked_about_with_their_cell(office: Office) -> None:
    sheet(office, "2026-11-20,007,A1,hold,,,,Ada\n2026-11-20,007,A2,promise,03/04/2027,,,Ada\n")
    said = office.does("preview", on="2026-11-20", code=1)
    assert "notes.csv:3: the dates can be read in two ways: '03/04/2027' under 'Until' is 3 April 2027 or 4" in said
    assert "write days like 2026-12-31, or 'dates: day/month/year'" in said
    assert "or 'dates: month/day/year' under 'sources:' in remindr.yaml" in said
    settings = office.root / "remindr.yaml"
    text = settings.read_text("utf-8").replace("  max_age", "  dates: day/month/year\n  max_age")
    settings.write_text(text, encoding="utf-8")
    assert "promised all of it by 2027-04-03" in office.why_silent("2026-11-20", "A2")


def test_a_workbook_is_taken_over_once(tmp_path: Path) -> None:
    office = open_office(tmp_path)
    office.export("2026-11-20", A1="1000.00", A2="1000.00")
    file = office.root / "kept.xlsx"
    with xlsxwriter.Workbook(str(file)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEAD.strip().split(","))
        page.write_row(1, 0, ["2026-11-20", "007", "A1", "dispute", "", "", "wrong price", "Ada"])
        page.write_row(2, 0, ["2026-11-20", "007", "A2", "lunch", "", "", "", "Ada"])
    said = office.does("notes import", str(file), on="2026-11-20", code=3)
    assert said.startswith("1 note recorded.\n  1: invoice A1 of 007, dispute: wrong price\n1 row could not be read")
    assert "not one of promise, dispute, resolved" in said
    assert "0 notes recorded, 1 known before." in office.does("notes import", str(file), on="2026-11-20", code=3)
    assert "disputed" in office.why_silent("2026-11-20", "A1")


def test_a_sheet_without_the_columns_is_refused_with_what_it_has(office: Office) -> None:
    (office.root / "notes.csv").write_text("Customer,Text\nOak,hm\n", encoding="utf-8")
    said = office.does("preview", on="2026-11-20", code=1)
    assert "notes.csv:1: there is no column 'Date'" in said
    assert "it has: Customer, Text" in said


def test_a_flag_that_the_sheet_says_was_seen_is_listed_again_once_its_row_is_taken_out(office: Office) -> None:
    said = "2026-11-20,,A1,paid-says-customer,,,,Ada\n"
    seen = "2026-11-20,007,,ack,,,paid_says_customer: I have looked,Ada\n"
    sheet(office, said)
    assert list(office.flags("2026-11-20")) == ["paid_says_customer"]
    sheet(office, said + seen)
    assert office.flags("2026-11-20") == {}
    assert "flag" not in office.does("run -q", on="2026-11-20")
    assert office.flags("2026-11-23") == {}
    sheet(office, said)
    assert list(office.flags("2026-11-23")) == ["paid_says_customer"]


def test_a_flag_that_was_seen_is_named_by_its_row(office: Office) -> None:
    sheet(office, "2026-11-20,007,,ack,,,,Ada\n")
    (cell,) = office.plan("2026-11-20")["quarantined"]
    assert cell["reason"] == "which flag was seen: its name, such as turning_late"
