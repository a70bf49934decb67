"""Customers from two files, payments from a third."""

from collections.abc import Callable
from datetime import date
from typing import Any

from findings import told

from remindr.sources.book import Book

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]

BY_NUMBER = "Customer No,Customer,Invoice No,Due Date,Amount\n1,Ada,A-1,2026-10-01,10.00\n2,Bo,A-2,2026-10-01,10.00\n"
BY_NAME = "Customer,Invoice No,Due Date,Amount\nAda & Co,A-1,2026-10-01,10.00\nBo,A-2,2026-10-01,10.00\n"


def test_customers_file_describes_the_customers(load: Load, customers: Rows) -> None:
    book = load(
        BY_NUMBER,
        customers="Customer ID,Name,E-mail,Phone,Address line 1,City,Postcode,Country,Language,Preferred contact,"
        "Do not contact,Hold,Industry,Credit rating,Size,Tags,Payment terms,Account manager\n"
        '1,Ada Ltd,"ap@ada.example; jo@ada.example",01 23,1 Quay,Leeds,LS1,gb,German,Telephone,no,,retail,A,small,'
        '"vip, old",'
        "Net 30,Jo\n2,Bo,,,,,,,nl-BE,,yes,in administration,,,,,,\n3,Cy,n/a,,,,,,,,,,,,,,,\n",
    )
    ada, bo, cy = customers(book)
    assert ada == {
        "customer_id": "1", "name": "Ada Ltd", "email": "ap@ada.example", "phone": "01 23",
        "address": "1 Quay\nLeeds\nLS1", "country": "GB", "language": "de", "preferred_channel": "phone",
        "do_not_contact": False, "hold": None, "listed": True, "industry": "retail", "credit_rating": "A",
        "company_size": "small", "tags": "vip, old", "terms": "Net 30", "owner": "Jo",
    }  # fmt: skip
    assert (bo["language"], bo["do_not_contact"], bo["hold"]) == ("nl-BE", True, "in administration")
    assert cy["name"] == "Cy"
    assert told(book) == (
        "customers.csv: 1 e-mail cell holds no address: 'n/a'",
        "customers.csv: 1 e-mail cell holds several addresses, the first is used: 'ap@ada.example; jo@ada.example'",
    )


def test_customer_missing_from_the_customers_file_is_kept_and_told(load: Load, customers: Rows) -> None:
    book = load(BY_NUMBER, customers="Customer ID,Name\n1,Ada\n")
    assert [(row["customer_id"], row["listed"]) for row in customers(book)] == [("1", True), ("2", False)]
    assert told(book) == ("customers.csv: 1 customer with invoices not in it: 2",)


def test_invoice_file_fills_what_the_customers_file_leaves_open(load: Load, customers: Rows) -> None:
    book = load(
        "Customer No,Customer,Email,Invoice No,Due Date,Amount\n1,Ada,old@ada.example,A-1,2026-10-01,1.00\n"
        "2,Bo,bo@bo.example,A-2,2026-10-01,1.00\n2,Bo,later@bo.example,A-3,2026-10-01,1.00\n",
        customers="Customer ID,Email\n1,new@ada.example\n2,\n",
    )
    assert [(row["name"], row["email"]) for row in customers(book)] == [
        ("Ada", "new@ada.example"),
        ("Bo", "bo@bo.example"),
    ]


def test_files_that_share_only_names_meet_by_name(load: Load, customers: Rows) -> None:
    book = load(BY_NAME, customers="Account Number,Name,Email\n77,ADA &  Co,ap@ada.example\n78,Bo,bo@bo.example\n")
    assert [(row["customer_id"], row["email"], row["listed"]) for row in customers(book)] == [
        ("Ada & Co", "ap@ada.example", True),
        ("Bo", "bo@bo.example", True),
    ]


def test_customers_file_without_numbers_meets_numbered_invoices_by_name(load: Load, customers: Rows) -> None:
    book = load(BY_NUMBER, customers="Name,Email\nADA,ap@ada.example\nBo,bo@bo.example\n")
    assert [(row["customer_id"], row["email"]) for row in customers(book)] == [
        ("1", "ap@ada.example"),
        ("2", "bo@bo.example"),
    ]


def test_name_that_several_numbers_share_gets_no_contact_details(load: Load, customers: Rows) -> None:
    book = load(
        BY_NAME, customers="Account Number,Name,Email\n77,Bo,one@bo.example\n78,Bo,two@bo.example\n79,Ada & Co,\n"
    )
    assert [row["email"] for row in customers(book) if row["name"] == "Bo"] == [None]
    assert "no contact details are taken" in book.warnings[0]


def test_customer_who_stands_there_twice_is_told_and_the_first_filled_cell_counts(load: Load, customers: Rows) -> None:
    book = load(BY_NUMBER, customers="Customer ID,Name,Email,Phone\n1,Ada,,01\n1,Ada Ltd,ap@ada.example,02\n2,Bo,,\n")
    assert [(row["name"], row["email"], row["phone"]) for row in customers(book)] == [
        ("Ada", "ap@ada.example", "01"),
        ("Bo", None, None),
    ]
    assert "1 customer in it more than once" in told(book)[0]


def test_payments_settle_invoices_that_know_no_balance(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,100.00\nAda,A-2,2026-10-01,50.00\n",
        payments="Customer,Invoice No,Payment Date,Amount\nAda,A-1,2026-10-02,60.00\nAda,A-1,2026-10-09,40.00\n"
        "Ada,A-2,2026-10-03,20.00\n",
    )
    assert [(row["balance"], row["cleared_on"]) for row in invoices(book)] == [(0, date(2026, 10, 9)), (30, None)]
    paid = book.connection.execute("SELECT customer_id, invoice_id, paid_on, amount, currency FROM payments").fetchall()
    assert paid[0] == ("Ada", "A-1", date(2026, 10, 2), 60, "EUR")
    assert len(paid) == 3


def test_exported_balance_wins_over_payments(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount,Balance\nAda,A-1,2026-10-01,100.00,90.00\n",
        payments="Customer,Invoice No,Payment Date,Amount\nAda,A-1,2026-10-02,60.00\n",
    )
    assert invoices(book)[0]["balance"] == 90


def test_payments_without_an_invoice_number_settle_the_oldest_invoices(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,100.00\nAda,A-2,2026-09-01,50.00\n"
        "Bo,B-1,2026-09-01,70.00\n",
        payments="Customer,Invoice No,Payment Date,Amount\nAda,,2026-09-20,30.00\nAda,,2026-10-04,60.00\n"
        "Bo,,2026-09-05,90.00\n",
    )
    assert [(row["invoice_id"], row["kind"], row["balance"], row["cleared_on"]) for row in invoices(book)] == [
        ("A-1", "invoice", 60, None),
        ("A-2", "invoice", 0, date(2026, 10, 4)),
        ("B-1", "invoice", 0, date(2026, 9, 5)),
        ("payment 2026-09-05", "credit", 20, None),
    ]
    paid = "SELECT invoice_id, paid_on, amount FROM payments WHERE invoice_id IS NOT NULL ORDER BY ALL"
    assert [(number, str(day), int(amount)) for number, day, amount in book.connection.execute(paid).fetchall()] == [
        ("A-1", "2026-10-04", 40),
        ("A-2", "2026-09-20", 30),
        ("A-2", "2026-10-04", 20),
        ("B-1", "2026-09-05", 70),
    ]
    left_over = "20.00 EUR is left over as credit"
    what = "invoices.csv: 3 payments name no invoice and count for the oldest invoices of their customers"
    assert told(book) == (f"{what}; {left_over}",)


def test_unnumbered_payments_settle_nothing_disputed_or_in_another_currency(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount,Currency,Disputed\n"
        "Ada,A-1,2026-10-01,100.00,EUR,yes\nAda,A-2,2026-10-01,80.00,USD,\n",
        payments="Customer,Invoice No,Payment Date,Amount,Currency\nAda,,2026-10-02,60.00,EUR\n",
    )
    assert [(row["kind"], row["balance"]) for row in invoices(book)] == [
        ("invoice", 100),
        ("invoice", 80),
        ("credit", 60),
    ]


def test_payment_knows_its_customer_by_the_invoice(load: Load) -> None:
    book = load(BY_NUMBER, payments="Invoice No,Payment Date,Amount\nA-2,2026-10-02,60.00\nA-1,soon,1.00\n")
    assert book.connection.execute("SELECT customer_id FROM payments").fetchall() == [("2",)]
    assert book.unreadable_customers == {"1"}


def test_book_counts_payments_up_to_the_older_file(load: Load) -> None:
    text = "Stand: {},,,\nCustomer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,1.00\n"
    paid = "Stand: {},,,\nCustomer,Invoice No,Payment Date,Amount\nAda,A-1,2026-10-01,1.00\n"
    book = load(text.format("19.11.2026"), payments=paid.format("18.11.2026"), customers="Name,Phone\nAda,1\n")
    assert book.exported_on == date(2026, 11, 18)


def test_file_dated_after_today_is_told(load: Load) -> None:
    book = load("Stand: 21.11.2026,,,\nCustomer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,1.00\n")
    assert told(book) == ("invoices.csv is of 2026-11-21, which is after 2026-11-20",)


def test_payment_in_another_currency_settles_nothing(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount,Currency\nAda,A-1,2026-10-01,100.00,GBP\nAda,A-2,2026-10-01,100.00,GBP\n",
        payments="Customer,Invoice No,Payment Date,Amount,Currency\nAda,A-1,2026-10-02,100.00,USD\n"
        "Ada,A-2,2026-10-02,40.00,\n",
    )
    assert [row["balance"] for row in invoices(book)] == [100, 60]
    assert book.connection.execute("SELECT currency FROM payments").fetchall() == [("USD",), ("GBP",)]


def test_customer_row_without_number_or_name_is_set_aside(load: Load) -> None:
    book = load(BY_NUMBER, customers="Customer ID,Name,Email\n1,Ada,\n2,Bo,\n,,lost@example.com\n")
    assert [(row.file, row.row, row.reason) for row in book.quarantined] == [("customers.csv", 4, "no customer")]


def test_cells_that_silence_without_a_yes_are_told(load: Load, customers: Rows) -> None:
    listed = "Customer No,Name,Contact\n1,Ada & Co,Ann Alder\n2,Bo,Jan Prst\n3,Cy,\n4,Di,no\n"
    book = load(BY_NUMBER, customers=listed, columns={"do_not_contact": "Contact"})
    assert told(book) == (
        (
            "customers.csv: under 'Contact' 2 cells are neither a yes nor a no, and taken for a yes: "
            "'Ann Alder', 'Jan Prst'; these customers hear nothing"
        ),
    )
    assert [row["do_not_contact"] for row in customers(book)] == [True, True, False, False]
