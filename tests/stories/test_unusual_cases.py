"""Unusual cases that the settings of a new project, and remindr itself, have a person look at."""

import re
from pathlib import Path

import pytest
from office import SETTINGS, Office, open_office
from projects import write_files

from remindr.project.starter import starter_settings

pytestmark = pytest.mark.usefixtures("new_years_eve")

(FLAGS,) = re.findall(r"(?m)^flags:\n(?:^(?: .*|)\n)+", starter_settings())
_HEAD = "Invoice Number,Customer Number,Customer Name,Email,Invoice Date,Due Date,Amount,Balance,Paid Date,Currency\n"
ELM = "Z9,008,Elm Ltd,ap@elm.example,2026-10-03,2027-01-31,50.00,50.00,,GBP\n"
_PAID = "P{0},007,Oak & Sons,{1},2026-0{0}-01,2026-0{0}-15,{2},0.00,2026-0{0}-15,GBP\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office with the flags of a new project."""
    return open_office(tmp_path, SETTINGS.replace("everybody", "reliable") + FLAGS)


def export(
    office: Office, owed: str, *, email: str = "ap@oak.example", due: str = "2026-11-02", others: str = ""
) -> None:
    """Oak & Sons have paid five invoices of the same amount, and owe one more."""
    paid = "".join(_PAID.format(month, email, "100.00") for month in range(1, 6))
    row = f"A1,007,Oak & Sons,{email},2026-10-03,{due},{owed},{owed},,GBP\n"
    write_files(office.root, {"exports/invoices-2026-11-20.csv": _HEAD + paid + row + others})


def test_more_than_five_typical_invoices_open_is_unusual(office: Office) -> None:
    export(office, "612.70")
    assert office.flags("2026-11-20") == {
        "unusual_balance": "6.1 times a typical invoice open (over 5), 6 invoices in the history (at least 5)"
    }
    export(office, "500.00")
    assert office.flags("2026-11-20") == {}


def test_two_broken_promises_are_a_flag(office: Office) -> None:
    export(office, "100.00")
    for made, until, seen in (("20", "23", "25"), ("25", "26", "30")):
        office.does(f"note oak promise --until 2026-11-{until} --by Ada", on=f"2026-11-{made}")
        newest = office.root / "exports" / f"invoices-2026-11-{seen}.csv"
        newest.write_text((office.root / "exports" / "invoices-2026-11-20.csv").read_text("utf-8"), "utf-8")
        office.run(f"2026-11-{seen}")
    assert office.flags("2026-11-30")["breaks_promises"] == "2 broken promises (at least 2)"
    assert "broken_promise" in office.flags("2026-11-30")


def test_an_overdue_customer_without_any_address_is_a_flag_whatever_the_day(office: Office) -> None:
    export(office, "100.00", email="", others=ELM)
    told = {"no_contact_details": "no e-mail, phone or postal address on file"}
    assert office.flags("2026-11-20") == told
    office.run("2026-11-20")
    assert office.flags("2026-11-21") == told
    export(office, "100.00", email="", others=ELM, due="2026-12-20")
    assert office.flags("2026-11-20") == {}


def test_where_no_export_has_any_address_nobody_stands_out(office: Office) -> None:
    export(office, "100.00", email="")
    assert office.flags("2026-11-20") == {}


def test_an_address_that_bounced_leaves_nobody_to_write_to(office: Office) -> None:
    export(office, "100.00", others=ELM)
    office.does("note oak wrong-address --by Ada", on="2026-11-20")
    assert sorted(office.flags("2026-11-20")) == ["no_contact_details", "wrong_address"]
