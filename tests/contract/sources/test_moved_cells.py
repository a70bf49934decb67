"""Cells that stand under another header than their own, and rows above the headers."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from samples import FOLDER, TODAY, project_of

from mutations import swapping, take_apart
from remindr.errors import DataError
from remindr.sources.book import Book, load_book

Changed = Callable[..., Book]


@pytest.fixture
def changed(tmp_path: Path) -> Changed:
    """A package's sample, read with one of its texts changed."""

    def load(name: str, was: str, now: str) -> Book:
        folder = shutil.copytree(FOLDER / name, tmp_path / name)
        file = folder / "invoices.csv"
        text = file.read_text("utf-8")
        assert was in text
        file.write_text(text.replace(was, now), encoding="utf-8")
        return load_book(folder, project_of(folder), today=TODAY)

    return load


def test_an_invoice_of_which_more_is_open_than_it_came_to_is_set_aside(changed: Changed) -> None:
    with changed("zoho-books-invoices", "640.00,640.00,640.00,240.00", "640.00,640.00,640.00,740.00") as book:
        assert [row.reason for row in book.quarantined] == ["more is open than the invoice came to"]


def test_where_nothing_open_and_nothing_paid_is_a_write_off_the_balance_cannot_be_empty(changed: Changed) -> None:
    with changed("harvest-invoices", '"800,0","0,0","0,0"', '"800,0","0,0",') as book:
        assert [row.column for row in book.quarantined] == ["Balance"]


@pytest.mark.parametrize("day", ["03.08.2026", "3.8.2026", "2026-08-03 14:05"])
def test_days_are_no_invoice_numbers(load: Callable[..., Book], day: str) -> None:
    with pytest.raises(DataError, match="holds no invoice numbers"):
        load(f"Customer,Invoice No,Due Date,Amount\nAda,{day},2026-10-01,12.00\nBo,{day},2026-10-02,13.00\n")


@pytest.mark.parametrize("number", ["2026-08-03", "1/08/2026"])
def test_numbers_may_count_by_day_or_month(load: Callable[..., Book], number: str) -> None:
    with load(f"Customer,Invoice No,Due Date,Amount\nAda,{number},2026-10-01,12.00\n") as book:
        assert not book.quarantined


def test_the_day_of_the_invoice_is_not_its_number(load: Callable[..., Book]) -> None:
    row = "{},2026-08-03,2026-08-03,2026-10-01,12.00\n"
    with pytest.raises(DataError, match="'Invoice No' holds no invoice numbers, but '2026-08-03'"):
        load("Customer,Invoice No,Invoice Date,Due Date,Amount\n" + row.format("Ada") + row.format("Bo"))


def moved(name: str, one: str, other: str, target: Path) -> None:
    """Reads a package's sample with the cells of two columns in each other's place."""
    folder = shutil.copytree(FOLDER / name, target / name)
    with load_book(folder, project_of(folder), today=TODAY) as book:
        file = book.files[0]
    sheet = take_apart((folder / file.name).read_bytes(), file.header_row, file.delimiter)
    swap = swapping(sheet.headers.index(one), sheet.headers.index(other))
    (folder / file.name).write_text(sheet.each(swap, cells_only=True).written(), "utf-8")
    load_book(folder, project_of(folder), today=TODAY).close()


@pytest.mark.parametrize(
    ("package", "one", "other", "told"),
    [
        (
            "xero-contacts",
            "InvoiceAmountDue",
            "UnitAmount",
            "'Total' less 'InvoiceAmountPaid' is not",
        ),
        ("xero-invoices", "POAddressLine2", "Total", "'Total' is empty in most rows"),
        ("stripe-customers", "Customer", "Customer Email", "'Customer Email' holds no address, 'Customer' does"),
        ("freshbooks-invoices", "Quantity", "Line Total", "'Line Total' holds .1. where .Line Subtotal. holds"),
        ("harvest-invoices", "Paid Amount", "Client Address", "'Paid Amount' is empty in most rows"),
        ("german-open-items-overdue", "Bezahlt", "Überfällig", "'Bezahlt' holds 'nein', which"),
    ],
)
def test_what_a_package_says_of_its_columns_tells_moved_cells(
    tmp_path: Path, package: str, one: str, other: str, told: str
) -> None:
    with pytest.raises(DataError, match=told):
        moved(package, one, other, tmp_path)


def test_cells_that_a_package_never_writes_so_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER / "datev-postings", tmp_path / "datev-postings")
    text = (folder / "invoices.csv").read_text("cp1252")
    (folder / "invoices.csv").write_text(text.replace(";8400;", ";119,00;"), encoding="cp1252")
    with pytest.raises(DataError, match="holds '119,00', which DATEV, Buchungsstapel never writes there"):
        load_book(folder, project_of(folder), today=TODAY)


@pytest.mark.parametrize("number", ["07700900111", "+44 7700 900111"])
def test_telephone_numbers_are_no_amounts(load: Callable[..., Book], number: str) -> None:
    with pytest.raises(DataError, match="'Amount' holds no amounts"):
        load(f"Customer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,{number}\n")


def test_a_currency_that_no_column_says_is_told(tmp_path: Path) -> None:
    folder = shutil.copytree(FOLDER / "exact-online-open-items", tmp_path / "exact-online-open-items")
    lines = (folder / "invoices.csv").read_text("utf-8-sig").splitlines()
    rows = [line.split(";") for line in lines]
    at = rows[0].index("Valuta")
    (folder / "invoices.csv").write_text(
        "\n".join(";".join([*row[:at], *row[at + 1 :]]) for row in rows) + "\n", "utf-8"
    )
    with load_book(folder, project_of(folder), today=TODAY) as book:
        assert "invoices.csv: no column says the currency, so amounts that name none are in GBP" in book.asides


@pytest.mark.parametrize(("now", "lacks"), [("77,,2026-09-04", "Payment amount"), ("77,6000,", "Payment date")])
def test_an_invoice_is_not_read_if_a_payment_lacks_its_amount_or_day(changed: Changed, now: str, lacks: str) -> None:
    with changed("dolibarr-invoices", "77,6000,2026-09-04", now) as book:
        assert [(row.column, row.customer_id) for row in book.quarantined] == [(lacks, "13")]
        assert not book.connection.execute("FROM invoices WHERE invoice_id = 'FA2608-0103'").fetchall()


def test_rows_above_the_headers_need_not_be_filled_in_everywhere_below(load: Callable[..., Book]) -> None:
    with pytest.raises(DataError, match=r"invoices\.csv:1: this row stands above the headers"):
        load(
            "Bo,A-2,2026-08-03,2026-10-01,12.00,7\nCustomer,Invoice No,Invoice Date,Due Date,Amount,Rep\n"
            "Ada,A-1,2026-08-03,2026-10-01,12.00,\n"
        )


def test_headers_that_are_each_others_are_refused(load: Callable[..., Book]) -> None:
    head = "Customer,Invoice No,Invoice Date,Due Date,Amount,Balance\n"
    row = "Ada,A-{},{},{},{},{}\n"
    with pytest.raises(DataError, match="1 row has more under 'Balance' than under 'Amount'"):
        load(
            head
            + row.format(1, "2026-08-03", "2026-09-02", "0.00", "18.00")
            + row.format(2, "2026-08-03", "2026-09-02", 7, 7)
        )
    with pytest.raises(DataError, match="2 rows have an earlier day under 'Due Date' than under 'Invoice Date'"):
        load(head + row.format(1, "2026-09-02", "2026-08-03", 7, 7) + row.format(2, "2026-09-02", "2026-08-03", 7, 7))


def test_an_invoice_due_before_its_day_is_told(load: Callable[..., Book]) -> None:
    row = "Ada,A-{},{},2026-09-02,7.00,7.00\n"
    days = ("2026-08-03", "2026-08-04", "2027-08-05")
    rows = "".join(row.format(at, day) for at, day in enumerate(days))
    with load("Customer,Invoice No,Invoice Date,Due Date,Amount,Balance\n" + rows) as book:
        assert "invoices.csv: 1 invoice is due before the day of issue: A-2" in book.warnings


def test_two_columns_of_one_name_that_differ_are_refused(load: Callable[..., Book]) -> None:
    with pytest.raises(DataError, match="columns 4 and 5 are both called 'Amount', and hold other things"):
        load("Customer,Invoice No,Due Date,Amount,Amount\nAda,A-1,2026-10-01,100.00,70.00\n")
    with load("Customer,Invoice No,Due Date,Amount,Amount\nAda,A-1,2026-10-01,70.00,70.00\n") as book:
        assert not book.quarantined


def test_a_list_of_customers_is_none_of_invoices_and_the_other_way_round(load: Callable[..., Book]) -> None:
    people = "Customer No,Customer,Email\n1,Ada,ada@ada.example\n"
    bills = "Customer No,Customer,Invoice No,Invoice Date,Due Date,Amount\n1,Ada,A-1,2026-09-01,2026-10-01,7.00\n"
    with pytest.raises(DataError, match=r"invoices.csv:1: this is a list of customers, not of invoices"):
        load(people)
    with pytest.raises(DataError, match=r"customers.csv:1: this is a list of invoices, not of customers"):
        load(bills, customers=bills)


def test_addresses_above_the_headers_are_no_title(load: Callable[..., Book]) -> None:
    with pytest.raises(DataError, match="this row stands above the headers, but looks like those below"):
        load(
            "Bo,bo@bo.example,A-2,,\nCustomer,Email,Invoice No,Due Date,Amount\n"
            "Ada,ada@ada.example,A-1,2026-10-01,12.00\n"
        )


def test_postal_address_above_the_headers_is_no_title(load: Callable[..., Book]) -> None:
    people = 'Bo,+44 20 7946 0301,,"Quay Road\nHarrow"\nName,Phone,Email,Address\nAda,,,"1 Main St\nSpringfield"\n'
    with pytest.raises(DataError, match="this row stands above the headers, but looks like those below"):
        load("Customer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,12.00\n", customers=people)


def test_a_column_that_a_setting_names_is_taken_at_its_word(load: Callable[..., Book]) -> None:
    text = "Customer,Invoice No,Due Date,Email,Amount\nada@ada.example,A-1,2026-10-01,ask Bo,12.00\n"
    with pytest.raises(DataError, match="'Email' holds no address, 'Customer' does"):
        load(text)
    with load(text, columns={"email": "Email"}) as book:
        assert book.connection.execute("SELECT name, email FROM customers").fetchall() == [("ada@ada.example", None)]
