"""What an invoice file says, and what the book then holds."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from findings import told

from remindr.errors import DataError
from remindr.sources.book import Book

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]

HEAD = "Customer No,Customer,Invoice No,Due Date,Amount"


def test_ids_keep_their_leading_zeros_and_lose_blanks_around_them(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n 00042 ,Ada ,  0007,2026-10-01,10.00\n")
    assert [(row["customer_id"], row["invoice_id"]) for row in invoices(book)] == [("00042", "0007")]


def test_spreadsheet_wrapping_is_taken_off_ids(load: Load, invoices: Rows) -> None:
    book = load(f'{HEAD}\n"=""00042""",Ada,\'0007,2026-10-01,10.00\n"=""00043""",Bo,0008,2026-10-01,10.00\n')
    assert [(row["customer_id"], row["invoice_id"]) for row in invoices(book)] == [("00042", "0007"), ("00043", "0008")]


def test_ids_that_became_floats_lose_their_point_nought_only_if_all_did(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1.0,Ada,20.0,2026-10-01,10.00\n2.0,Bo,v1.0,2026-10-01,10.00\n3.0,Cy,31,2026-10-01,10.00\n")
    assert [row["customer_id"] for row in invoices(book)] == ["1", "2", "3"]
    assert [row["invoice_id"] for row in invoices(book)] == ["20.0", "v1.0", "31"]


def test_number_in_scientific_notation_is_no_id(load: Load) -> None:
    book = load(f"{HEAD}\n1,Ada,2.96062E+18,2026-10-01,10.00\n2,Bo,A-2,2026-10-01,10.00\n")
    assert [(row.row, row.customer_id) for row in book.quarantined] == [(2, "1")]
    assert book.unreadable_customers == {"1"}


def test_customer_without_a_number_column_is_known_by_name(load: Load, customers: Rows) -> None:
    book = load("Customer,Invoice No,Due Date,Amount\nAda & Co,A-1,2026-10-01,10.00\n")
    assert [(row["customer_id"], row["name"]) for row in customers(book)] == [("Ada & Co", "Ada & Co")]


def test_customers_go_by_name_where_numbers_are_mostly_missing(load: Load, invoices: Rows) -> None:
    lines = "".join(f"{'' if n > 1 else '77'},Ada,A-{n},2026-10-01,10.00\n" for n in range(1, 9))
    book = load(f"{HEAD}\n{lines}")
    assert {row["customer_id"] for row in invoices(book)} == {"Ada"}
    assert "customers are told apart by name" in book.warnings[0]


def test_single_missing_customer_number_is_quarantined(load: Load) -> None:
    lines = "".join(f"{'' if n == 3 else n},Ada {n},A-{n},2026-10-01,10.00\n" for n in range(1, 9))
    book = load(f"{HEAD}\n{lines}")
    assert [(row.row, row.column, row.reason) for row in book.quarantined] == [(4, "Customer No", "no customer")]


@pytest.mark.parametrize(
    ("columns", "cells", "balance"),
    [
        ("Amount,Balance", "100.00,40.00", "40"),
        ("Amount,Amount Paid", "100.00,60.00", "40"),
        ("Amount,Amount Paid,Status", "100.00,60.00,Partially paid", "40"),
        ("Amount,Amount Paid,Status", "100.00,0.00,Paid", "0"),
        ("Amount,Balance,Status", "100.00,100.00,Paid", "0"),
        ("Amount,Status", "100.00,Overdue", "100"),
        ("Amount,Status", "100.00,bezahlt", "0"),
        ("Amount,Status", "100.00,Written off", "0"),
        ("Amount,Paid Date", "100.00,2026-10-05", "0"),
        ("Amount,Paid Date", "100.00,", "100"),
        ("Amount,Status,Paid Date", "100.00,Overdue,2026-10-05", "100"),
        ("Amount,Paid", "100.00,TRUE", "0"),
        ("Amount,Paid", "100.00,no", "100"),
        ("Balance,Terms", "40.00,Net 30", "40"),
        ("Amount,Terms", "40.00,Net 30", "40"),
    ],
)
def test_balance_comes_from_the_best_evidence(
    load: Load, invoices: Rows, columns: str, cells: str, balance: str
) -> None:
    (row,) = invoices(load(f"Customer,Invoice No,Due Date,{columns}\nAda,A-1,2026-10-01,{cells}\n"))
    assert row["balance"] == Decimal(balance)


def test_an_empty_balance_is_asked_about_and_not_taken_for_the_whole_amount(load: Load) -> None:
    """Some packages leave the balance of paid invoices empty: a reminder would go out after payment."""
    book = load(f"{HEAD},Balance\n1,Ada,A-1,2026-10-01,10.00,\n2,Bo,B-1,2026-10-01,10.00,10.00\n")
    assert [(row.row, row.column, row.customer_id) for row in book.quarantined] == [(2, "Balance", "1")]
    assert book.quarantined[0].reason == "empty, and nothing else in the row says whether the invoice is paid"


def test_amount_and_balance_of_opposite_signs_are_not_guessed_at(load: Load) -> None:
    book = load(f"{HEAD},Balance\n1,Ada,A-1,2026-10-01,(10.00),10.00\n2,Bo,B-1,2026-10-01,10.00,10.00\n")
    assert [(row.row, row.column, row.value) for row in book.quarantined] == [(2, "Balance", "10.00")]


def test_date_of_a_part_payment_does_not_clear_an_invoice(load: Load, invoices: Rows) -> None:
    text = "Customer,Invoice No,Due Date,Amount,Balance,Last Payment Date\nAda,1,2026-10-01,100.00,{},2026-10-05\n"
    assert invoices(load(text.format("40.00")))[0]["cleared_on"] is None
    assert invoices(load(text.format("0.00")))[0]["cleared_on"] == date(2026, 10, 5)


def test_drafts_voids_and_other_papers_are_no_invoices(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Type,Due Date,Amount,Status\n"
        "Ada,A-1,Invoice,2026-10-01,10.00,Open\nAda,A-2,Invoice,,,Draft\nAda,A-3,Invoice,2026-10-01,10.00,Void\n"
        "Bo,Q-1,Estimate,2026-10-01,10.00,Open\nCy,B-1,Bill,2026-10-01,10.00,Open\n"
        "Ada,A-4,Invoice,2026-10-01,10.00,Cancelled by Jo\n"
    )
    assert [row["invoice_id"] for row in invoices(book)] == ["A-1"]
    assert book.quarantined == ()
    assert book.warnings == ("invoices.csv: left out: Bill (1), Estimate (1), draft (1), void (2)",)


def test_due_date_is_worked_out_from_terms(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Invoice Date,Terms,Amount\nAda,1,2026-10-01,Net 30,1.00\n"
        'Ada,2,2026-10-01,"2% 10, net 45",1.00\nAda,3,2026-10-01,Due on receipt,1.00\n'
        "Ada,4,2026-10-01,14 Tage netto,1.00\n"
    )
    assert [(row["due_date"] - row["issue_date"]).days for row in invoices(book)] == [30, 45, 0, 14]


def test_invoice_without_due_date_or_terms_is_quarantined(load: Load) -> None:
    book = load("Customer,Invoice No,Due Date,Amount\nAda,1,,1.00\nBo,2,2026-10-01,1.00\n")
    assert [(row.row, row.reason) for row in book.quarantined] == [
        (2, "no due date, and no issue date with terms to work it out from")
    ]
    assert book.unreadable_customers == {"Ada"}


def test_credits_are_known_by_type_or_by_sign_and_stored_positive(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Type,Date,Due Date,Amount,Balance\nAda,A-1,Invoice,2026-09-01,2026-10-01,100.00,100.00\n"
        "Ada,C-1,Credit note,2026-09-02,,30.00,30.00\nAda,C-2,Credit note,2026-09-02,,-20.00,-20.00\n"
        "Ada,C-3,,2026-09-02,,-10.00,-10.00\n"
        "Ada,,Payment,2026-09-03,,-5.00,-5.00\nAda,,Payment,2026-09-03,,-5.00,-5.00\n"
    )
    assert [(row["invoice_id"], row["kind"], row["amount"], row["balance"]) for row in invoices(book)] == [
        ("A-1", "invoice", 100, 100),
        ("C-1", "credit", 30, 30),
        ("C-2", "credit", 20, 20),
        ("C-3", "credit", 10, 10),
        ("Payment 2026-09-03", "credit", 0, 5),
        ("Payment 2026-09-03 (2)", "credit", 0, 5),
    ]


def test_overpaid_invoice_is_settled_and_leaves_a_credit(load: Load, invoices: Rows) -> None:
    book = load("Customer,Invoice No,Due Date,Amount,Amount Paid\nAda,A-1,2026-10-01,100.00,130.00\n")
    assert [(row["invoice_id"], row["kind"], row["balance"]) for row in invoices(book)] == [
        ("A-1", "invoice", 0),
        ("A-1", "credit", 30),
    ]


def test_disputes_and_holds_come_from_columns_or_status(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount,Status,Disputed,Hold\nAda,1,2026-10-01,1.00,Open,No,\n"
        "Ada,2,2026-10-01,1.00,Open,wrong goods,\nAda,3,2026-10-01,1.00,Disputed,,no\n"
        "Ada,4,2026-10-01,1.00,Open,0,waiting for PO\nAda,5,2026-10-01,1.00,On hold,0,\n"
        "Ada,6,2026-10-01,1.00,Open,0,yes\n"
    )
    assert [(row["disputed"], row["hold"]) for row in invoices(book)] == [
        (False, None),
        (True, None),
        (True, None),
        (False, "waiting for PO"),
        (False, "On hold"),
        (False, "on hold in the export"),
    ]


def test_unknown_status_is_told_and_amounts_decide(load: Load, invoices: Rows) -> None:
    book = load("Customer,Invoice No,Due Date,Amount,Balance,Status\nAda,1,2026-10-01,1.00,1.00,Gefaxt\n")
    assert invoices(book)[0]["balance"] == 1
    assert "unknown status 'Gefaxt'" in book.warnings[0]


def test_unknown_status_is_unreadable_where_all_hangs_on_it(load: Load) -> None:
    book = load("Customer,Invoice No,Due Date,Amount,Status\nAda,1,2026-10-01,1.00,Gefaxt\nBo,2,2026-10-01,1.00,Open\n")
    assert [(row.column, row.value, row.customer_id) for row in book.quarantined] == [("Status", "Gefaxt", "Ada")]


@pytest.mark.parametrize(
    ("header", "cell", "currency"),
    [
        ("Amount,Currency", "10.00,usd", "USD"),
        ("Amount,Currency", "10.00,Swedish Krona - SEK", "SEK"),
        ("Amount,Currency", "10.00,", "EUR"),
        ("Amount (GBP)", "10.00", "GBP"),
        ("Amount", "£10.00", "GBP"),
        ("Amount", "10.00 CHF", "CHF"),
        ("Amount", "Fr. 10.00", "CHF"),
        ("Amount", "$10.00", "USD"),
        ("Amount", "10.00", "EUR"),
    ],
)
def test_currency_comes_from_column_cell_header_or_company(
    load: Load, invoices: Rows, header: str, cell: str, currency: str
) -> None:
    (row,) = invoices(load(f"Customer,Invoice No,Due Date,{header}\nAda,A-1,2026-10-01,{cell}\n"))
    assert (row["currency"], row["amount"]) == (currency, 10)


def test_dollar_sign_is_the_companys_own_dollar(load: Load, invoices: Rows) -> None:
    (row,) = invoices(load("Customer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,$10.00\n", currency="CAD"))
    assert row["currency"] == "CAD"


def test_line_items_are_folded_into_their_invoice(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Total,Balance,Item Name,Quantity,Item Total\n"
        "Ada,A-1,2026-10-01,30.00,30.00,Rope,1,10.00\nAda,A-1,2026-10-01,30.00,30.00,Tar,2,20.00\n"
        "Bo,A-2,2026-10-01,5.00,5.00,Nails,1,5.00\n"
    )
    assert [(row["invoice_id"], row["balance"]) for row in invoices(book)] == [("A-1", 30), ("A-2", 5)]
    assert book.warnings == ()


def test_rows_of_part_payments_are_folded_and_the_last_date_counts(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Due Date,Amount,Balance,Payment Date\n"
        "Ada,A-1,2026-10-01,30.00,0.00,2026-10-03\nAda,A-1,2026-10-01,30.00,0.00,2026-10-09\n"
    )
    assert [row["cleared_on"] for row in invoices(book)] == [date(2026, 10, 9)]


def test_copies_of_a_row_are_read_once_and_told(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1,Ada,A-1,2026-10-01,10.00\n1,Ada,A-1,2026-10-01,10.00\n2,Bo,A-2,2026-10-01,10.00\n")
    assert [row["invoice_id"] for row in invoices(book)] == ["A-1", "A-2"]
    assert told(book) == ("invoices.csv: 1 row repeats an invoice that is there already; it was read once",)


def test_rows_that_contradict_each_other_are_all_set_aside(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1,Ada,A-1,2026-10-01,10.00\n1,Ada,A-1,2026-10-01,11.00\n2,Bo,A-2,2026-10-01,10.00\n")
    assert [row["invoice_id"] for row in invoices(book)] == ["A-2"]
    assert [(row.row, row.value, row.reason) for row in book.quarantined] == [
        (2, "10.00", "another row of the same invoice has a different amount"),
        (3, "11.00", "another row of the same invoice has a different amount"),
    ]
    assert book.unreadable_customers == {"1"}


def test_same_number_with_another_customer_is_another_invoice(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1,Ada,A-1,2026-10-01,10.00\n2,Bo,A-1,2026-10-01,11.00\n")
    assert [row["customer_id"] for row in invoices(book)] == ["1", "2"]


def test_ids_that_differ_only_in_zeros_are_kept_apart(load: Load, customers: Rows) -> None:
    book = load(f"{HEAD}\n0042,Ada,007,2026-10-01,10.00\n42,Ada,8,2026-10-01,10.00\n42,Ada,08,2026-10-01,10.00\n")
    assert [row["customer_id"] for row in customers(book)] == ["0042", "42"]
    assert told(book) == ("42: invoices '08' and '8' differ only in leading zeros",)


def test_column_that_a_person_names_is_taken(load: Load, invoices: Rows) -> None:
    text = "Customer,Invoice No,Due Date,Amount,Open Amt\nAda,A-1,2026-10-01,100.00,40.00\n"
    assert invoices(load(text, columns={"balance": "Open Amt"}))[0]["balance"] == 40


def test_column_that_a_person_rules_out_is_not_read(load: Load, invoices: Rows) -> None:
    text = "Customer,Invoice No,Due Date,Amount,Status\nAda,A-1,2026-10-01,100.00,Paid\n"
    assert invoices(load(text, columns={"status": ""}))[0]["balance"] == 100


def test_columns_that_nothing_is_read_from_are_no_warning(load: Load) -> None:
    book = load(f"{HEAD},Weather\n1,Ada,A-1,2026-10-01,1.00,fair\n")
    assert book.asides == ("invoices.csv: not used: Weather",)
    assert told(book) == ()


def test_a_file_of_amounts_alone_counts_as_open_and_says_so(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1,Ada,A-1,2026-10-01,1.00\n")
    assert book.warnings == ("invoices.csv: no column says what is paid, so every invoice in it counts as open",)
    assert invoices(book)[0]["balance"] == 1


def test_reminders_that_others_sent_are_read(load: Load) -> None:
    text = (
        "Kunde,Rechnung,Fällig,Betrag,Offen,Mahnstufe,Letzte Mahnung\n"
        "Ada,A-1,01.10.2026,10,10,2,13.11.2026\nBo,B-1,02.10.2026,10,10,Stufe 1,\nCy,C-1,03.10.2026,10,10,,unbekannt\n"
    )
    book = load(text)
    query = "SELECT reminder_level, last_reminded FROM invoices ORDER BY invoice_id"
    assert book.connection.execute(query).fetchall() == [(2, date(2026, 11, 13)), (1, None), (None, None)]
    assert not book.quarantined


def test_amounts_that_are_all_open_can_be_called_so(load: Load, invoices: Rows) -> None:
    text = f"{HEAD},Sum before\n1,Ada,A-1,2026-10-01,7.00,9.00\n"
    with pytest.raises(DataError, match="no column says what is still open, and 'Sum before' was not recognised"):
        load(text)
    assert invoices(load(text, columns={"balance": "Amount"}))[0]["balance"] == 7


def test_amounts_with_more_than_four_decimals_are_not_rounded(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1,Ada,1,2026-10-01,10.1234\n2,Bo,2,2026-10-01,10.12345\n3,Cy,3,2026-10-01,10.123400\n")
    assert [row["amount"] for row in invoices(book)] == [Decimal("10.1234"), Decimal("10.1234")]
    assert [row.reason for row in book.quarantined] == ["an amount with more than four decimals"]


def test_dates_of_all_columns_decide_the_order_together(load: Load, invoices: Rows) -> None:
    book = load(
        "Customer,Invoice No,Invoice Date,Due Date,Amount,Paid Date\nAda,1,01/09/2026,02/10/2026,1.00,\n"
        "Bo,2,03/09/2026,04/10/2026,1.00,25/10/2026\n"
    )
    assert [row["due_date"] for row in invoices(book)] == [date(2026, 10, 2), date(2026, 10, 4)]
    assert book.files[0].date_order == "day/month/year"


def test_setting_decides_where_the_file_leaves_it_open(load: Load, invoices: Rows) -> None:
    text = "Customer;Invoice No;Due Date;Amount\nAda;1;01/09/2026;1.154\n"
    (row,) = invoices(load(text, dates="month/day/year", decimals="comma"))
    assert (row["due_date"], row["amount"]) == (date(2026, 1, 9), 1154)


def test_column_that_leaves_the_decimal_mark_open_follows_the_others(load: Load, invoices: Rows) -> None:
    (row,) = invoices(load("Customer;Invoice No;Due Date;Amount;Balance\nAda;1;2026-10-01;1.154;0,50\n"))
    assert (row["amount"], row["balance"]) == (1154, Decimal("0.5"))


def test_times_of_day_are_passed_over(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\n1,Ada,1,2026-10-01 23:59:59,1.00\n2,Bo,2,2026-10-02T00:00:00.000Z,1.00\n")
    assert [row["due_date"] for row in invoices(book)] == [date(2026, 10, 1), date(2026, 10, 2)]


def test_name_in_a_row_without_number_silences_its_bearers(load: Load) -> None:
    lines = "".join(f"{'' if n == 3 else f'K{n % 2}'},Ada,A-{n},2026-10-01,10.00\n" for n in range(1, 9))
    assert load(f"{HEAD}\n{lines}").unreadable_customers == {"K0", "K1"}


def test_terms_that_are_days_are_due_dates(load: Load, invoices: Rows) -> None:
    text = "Kunde;Rechnungsnummer;Rechnungsdatum;Zahlungsziel;Betrag\nAda;1;01.09.2026;{};1,00\n"
    assert invoices(load(text.format("15.10.2026")))[0]["due_date"] == date(2026, 10, 15)
    assert invoices(load(text.format("30 Tage")))[0]["due_date"] == date(2026, 10, 1)


def test_payments_dated_after_the_export_are_told(load: Load) -> None:
    book = load("Stand: 19.11.2026,,,\nCustomer,Invoice No,Due Date,Amount,Paid on\nAda,1,2026-10-01,1.00,2026-12-01\n")
    assert told(book) == (
        "invoices.csv: 1 invoice was paid after 2026-11-19, the day of the export; are day and month read rightly?",
    )


def test_paid_may_be_one_and_nought(load: Load, invoices: Rows) -> None:
    text = "Client,Invoice,Due,Total,Paid\nAda,A-1,2026-10-01,70.00,1\nAda,A-2,2026-10-02,30.00,0\n"
    assert [row["balance"] for row in invoices(load(text))] == [0, 30]


PAPERS = "Customer,Invoice No,Type,Due Date,Amount,Balance\n"


def papers(*kinds: str) -> str:
    return PAPERS + "".join(f"Ada,A-{at},{kind},2026-10-01,9.00,9.00\n" for at, kind in enumerate(kinds))


def test_bill_is_an_invoice_where_nothing_else_is_called_so(load: Load, invoices: Rows) -> None:
    assert len(invoices(load(papers("Bill", "Bill", "Credit note", "Estimate")))) == 3


def test_bill_beside_invoices_or_purchases_is_somebody_elses(load: Load, invoices: Rows) -> None:
    assert len(invoices(load(papers("Bill", "Invoice", "Invoice")))) == 2
    assert len(invoices(load(papers("Bill", "Purchase credit note", *["Credit note"] * 3)))) == 3


def test_half_of_the_rows_may_be_no_invoices(load: Load, invoices: Rows) -> None:
    assert len(invoices(load(papers("Quote", "Invoice")))) == 1


def test_type_that_leaves_out_too_much_can_be_ruled_out(load: Load, invoices: Rows) -> None:
    text = papers("Order", "Order", "Invoice")
    with pytest.raises(DataError, match=r"2 of 3 rows are left out by the words under 'Type': Order \(2\)"):
        load(text)
    assert len(invoices(load(text, columns={"type": ""}))) == 3


OWN_WORDS = "Client;Bill no;Raised;Payable by;Gross;{};Settled on\n"


def own_words(headers: str, *cells: str) -> str:
    rows = "".join(f"Ada;A-{at};2026-09-01;2026-10-01;100,50;{of};\n" for at, of in enumerate(cells))
    return OWN_WORDS.format(headers) + rows


def test_words_of_a_small_business_are_known(load: Load, invoices: Rows) -> None:
    row = invoices(load(own_words("Paid so far;Still owing;Cur", "40,00;60,50;GBP")))[0]
    assert (row["balance"], row["currency"], row["due_date"]) == (Decimal("60.50"), "GBP", date(2026, 10, 1))


def test_amount_to_pay_is_all_of_it_where_no_other_column_is_the_amount(load: Load, invoices: Rows) -> None:
    text = "Client,Invoice,Due,To pay,Paid on\nAda,A-1,2026-10-01,70.00,2026-10-05\nAda,A-2,2026-10-02,30.00,\n"
    assert [row["balance"] for row in invoices(load(text))] == [0, 30]
    beside = "Client,Invoice,Due,Gross,To pay\nAda,A-1,2026-10-01,70.00,20.00\n"
    assert invoices(load(beside))[0]["balance"] == 20


def test_column_of_currencies_that_nothing_is_read_from_is_asked_about(load: Load, invoices: Rows) -> None:
    text = own_words("Still owing;Kurz", "60,50;GBP", "1,00;")
    with pytest.raises(DataError, match="no column for the currency was recognised, but 'Kurz' holds"):
        load(text)
    assert invoices(load(text, columns={"currency": "Kurz"}))[0]["currency"] == "GBP"
    assert invoices(load(text, columns={"currency": ""}))[0]["currency"] == "EUR"


def test_columns_of_amounts_that_may_say_what_is_open_are_asked_about(load: Load, invoices: Rows) -> None:
    text = own_words("Sofar;Lefty", "40,00;60,50", "0,00;100,50")
    with pytest.raises(DataError, match="but 'Sofar' and 'Lefty' hold amounts"):
        load(text)
    assert invoices(load(text, columns={"balance": "Lefty"}))[0]["balance"] == Decimal("60.50")
    assert invoices(load(text, columns={"balance": ""}))[0]["balance"] == Decimal("100.50")


@pytest.mark.parametrize("headers", ["Net;VAT 19 %", "Netto;MwSt", "Days overdue;Weather", "PO;Ref 2"])
def test_other_sums_and_numbers_are_not_asked_about(load: Load, invoices: Rows, headers: str) -> None:
    cells = {"Net;VAT 19 %": "84,45;16,05", "Netto;MwSt": "84,45;16,05"}.get(headers, "12;4711")
    assert invoices(load(own_words(headers, cells)))[0]["balance"] == Decimal("100.50")


def test_status_decides_where_amounts_are_not_recognised(load: Load, invoices: Rows) -> None:
    text = "Client;Invoice;Due;Gross;Lefty;Status\nAda;A-1;2026-10-01;100,50;60,50;paid\n"
    assert invoices(load(text))[0]["balance"] == 0


def test_column_of_addresses_that_nothing_is_read_from_is_told(load: Load) -> None:
    text = own_words("Still owing;Bote", "60,50;ada@ada.example")
    (said,) = told(load(text))
    assert said.startswith("invoices.csv: no column for e-mail addresses was recognised, but 'Bote' holds some: write")
    assert told(load(text, columns={"email": ""})) == ()
