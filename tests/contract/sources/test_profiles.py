"""What each key of a profile does to a file, and which file a profile is taken for."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from remindr.errors import DataError, Refused
from remindr.sources import profiles, recognition
from remindr.sources.book import Book

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]
Packages = Callable[..., None]

_CACHED = (
    profiles.all_profiles, profiles.known_headers, recognition._packages_by_header,
)  # fmt: skip
QUAY = """
package: quay
title: Quay, Invoices
role: invoices
headers: Mandant;Konto;Beleg;Vom;Bis;Summe;Rest;Art;Stand;Feld
columns:
  customer_name: Mandant
  invoice_id: Beleg
  issue_date: Vom
  due_date: Bis
  amount: Summe
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """`packages("text of a profile", …)` makes these the only ones there are."""
    folder = tmp_path / "profiles"
    folder.mkdir()

    def write(*texts: str) -> None:
        for number, text in enumerate(texts):
            (folder / f"profile-{number}.yaml").write_text(text, "utf-8")
        monkeypatch.setattr(profiles, "FOLDER", folder)
        for cached in _CACHED:
            cached.cache_clear()

    yield write
    for cached in _CACHED:
        cached.cache_clear()


HEAD = "Mandant;Konto;Beleg;Vom;Bis;Summe;Rest;Art;Stand;Feld\n"


def seen(book: Book) -> list[tuple[Any, ...]]:
    names = "customer_id, invoice_id, amount::DOUBLE, balance::DOUBLE, cleared_on"
    return book.connection.execute(f"SELECT {names} FROM invoices ORDER BY ordinal").fetchall()


def test_file_of_a_package_is_read_as_its_profile_says(load: Load, packages: Packages) -> None:
    packages(QUAY + "  balance: Rest\n  status: Stand\nstatuses:\n  Zu: paid\n  Tot: void\n")
    book = load(
        HEAD + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;10,00;;Zu;\nAda;1;A-2;2026-09-01;2026-10-01;7,00;7,00;;Tot;\n"
    )
    assert seen(book) == [("Ada", "A-1", 10, 0, None)]
    assert (book.files[0].profile.title, book.files[0].headers_known) == ("Quay, Invoices", 10)


def test_file_with_other_headers_is_not_taken_for_the_package(load: Load, packages: Packages) -> None:
    packages(QUAY)
    book = load("Customer,Invoice No,Due Date,Amount,Summe\nAda,A-1,2026-10-01,10.00,x\n")
    assert book.files[0].profile.name == ""


def test_two_packages_with_the_same_headers_are_told_apart_by_cells(load: Load, packages: Packages) -> None:
    other = QUAY.replace("package: quay", "package: moor") + "sometimes: Andere\n"
    row = "Ada;1;A-1;2026-09-01;2026-10-01;10,00;10,00;;;\n"
    packages(QUAY, other)
    with pytest.raises(DataError):
        load(HEAD + row)
    packages(QUAY + "cells:\n  invoice_id: 'X-.*'\n", other + "cells:\n  invoice_id: 'A-.*'\n")
    assert load(HEAD + row).files[0].profile.package == "moor"


def test_named_format_is_taken_without_a_contest(load: Load, packages: Packages) -> None:
    packages(QUAY, QUAY.replace("package: quay", "package: moor") + "sometimes: Andere\n")
    row = "Ada;1;A-1;2026-09-01;2026-10-01;10,00;10,00;;;\n"
    assert load(HEAD + row, format="moor").files[0].profile.package == "moor"
    assert load(HEAD + row, format="profile-0").files[0].profile.package == "quay"


def test_setting_wins_over_the_profile(load: Load, packages: Packages) -> None:
    packages(QUAY)
    book = load(
        HEAD + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;4,00;;;\n", columns={"amount": "Rest", "customer_id": "Konto"}
    )
    assert seen(book) == [("1", "A-1", 4, 4, None)]


def test_header_may_be_renamed_within_a_pattern(load: Load, packages: Packages) -> None:
    packages(QUAY.replace("customer_name: Mandant", 'customer_name: ["Mandant", "* full name"]'))
    book = load(HEAD.replace("Mandant", "Dealer full name") + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;4,00;;;\n")
    assert seen(book) == [("Ada", "A-1", 10, 10, None)]


def test_field_that_the_export_is_without_is_taken_from_no_column(load: Load, packages: Packages) -> None:
    packages(QUAY.replace(";Art;", ";Balance;") + "without:\n  - balance\n")
    book = load(HEAD.replace(";Art;", ";Balance;") + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;4,00;3,00;;\n")
    assert seen(book) == [("Ada", "A-1", 10, 10, None)]


def test_rows_of_payments_become_one_invoice_with_its_payments(load: Load, packages: Packages) -> None:
    packages(QUAY + "  paid: Rest\n  cleared_on: Stand\nrow: payment\n")
    book = load(
        HEAD
        + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;3,00;;2026-09-20;\n"
        + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;7,00;;2026-10-20;\n"
        + "Ada;1;A-2;2026-09-01;2026-10-01;10,00;4,00;;2026-09-20;\n"
        + "Ada;1;A-2;2026-09-01;2026-10-01;10,00;4,00;;2026-09-20;\n"
        + "Bo;2;A-3;2026-09-01;2026-10-01;10,00;;;;\n"
    )
    assert seen(book) == [
        ("Ada", "A-1", 10, 0, date(2026, 10, 20)),
        ("Ada", "A-2", 10, 2, None),
        ("Bo", "A-3", 10, 10, None),
    ]
    paid = "SELECT invoice_id, paid_on, amount::DOUBLE FROM payments ORDER BY ALL"
    assert book.connection.execute(paid).fetchall() == [
        ("A-1", date(2026, 9, 20), 3),
        ("A-1", date(2026, 10, 20), 7),
        ("A-2", date(2026, 9, 20), 4),
        ("A-2", date(2026, 9, 20), 4),
    ]


def test_lines_are_added_up_and_blank_cells_are_those_of_the_first(load: Load, packages: Packages) -> None:
    packages(QUAY + "row: line\nadd_up:\n  - amount\n")
    book = load(
        HEAD
        + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;;;Seil\n;;;;;5,50;;;;Teer\n;;;;;5,50;;;;Teer\n"
        + "Bo;2;A-2;2026-09-01;2026-10-01;4,00;;;;Seil\n"
    )
    assert seen(book) == [("Ada", "A-1", 21, 21, None), ("Bo", "A-2", 4, 4, None)]
    assert (book.files[0].rows_read, book.files[0].rows_folded) == (4, 2)


def test_lines_behind_a_broken_row_belong_to_nobody(load: Load, packages: Packages) -> None:
    packages(QUAY + "row: line\nadd_up:\n  - amount\n")
    book = load(
        HEAD
        + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;;;Seil\n"
        + "Bo;2;A-2;2026-09-01;2026-10-01;4,00;;;;Seil;;;x\n;;;;;5,50;;;;Teer\n"
    )
    assert seen(book) == []
    assert [(row.row, row.reason) for row in book.quarantined] == [
        (2, "the row below cannot be read, and may be a part of this invoice"),
        (3, "13 cells where the headers have 10"),
        (4, "no customer's name"),
    ]


def test_line_that_cannot_be_read_spoils_the_whole_invoice(load: Load, packages: Packages) -> None:
    packages(QUAY + "row: line\nadd_up:\n  - amount\n")
    book = load(
        HEAD
        + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;;;\nAda;1;A-1;2026-09-01;2026-10-01;zehn;;;;\n"
        + "Bo;2;A-2;2026-09-01;2026-10-01;4,00;;;;\n"
    )
    assert seen(book) == [("Bo", "A-2", 4, 4, None)]
    assert book.unreadable_customers == {"Ada"}


def test_dates_without_a_year_are_the_last_before_the_end_of_the_period(load: Load, packages: Packages) -> None:
    packages(QUAY + "dates: day/month\n")
    rows = "Ada;1;A-1;1507;1408;10,00;;;;\nBo;2;A-2;112;3112;4,00;;;;\n"
    book = load("EXTF;700;21;20260101;20260831\n" + HEAD + rows)
    days = book.connection.execute("SELECT issue_date, due_date FROM invoices ORDER BY ordinal").fetchall()
    assert days == [(date(2026, 7, 15), date(2026, 8, 14)), (date(2025, 12, 1), date(2025, 12, 31))]
    with pytest.raises(DataError, match="no year"):
        load(HEAD + rows)


def test_package_decides_what_its_cells_leave_open(load: Load, packages: Packages) -> None:
    packages(QUAY + "dates: month/day/year\ndecimals: comma\n")
    book = load(HEAD + "Ada;1;A-1;03/04/2026;05/04/2026;1.234;;;;\n")
    assert seen(book)[0][2] == 1234
    assert book.connection.execute("SELECT due_date FROM invoices").fetchall() == [(date(2026, 5, 4),)]
    book = load(HEAD + "Ada;1;A-1;13/04/2026;06/05/2026;1.23;;;;\n")
    assert seen(book)[0][2] == 1.23
    assert book.connection.execute("SELECT due_date FROM invoices").fetchall() == [(date(2026, 5, 6),)]


def test_what_was_settled_without_payment_was_written_off(load: Load, packages: Packages) -> None:
    packages(QUAY + "  paid: Art\n  balance: Rest\n  cleared_on: Stand\nwritten_off_if_unpaid: true\n")
    book = load(
        HEAD
        + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;0,00;0,00;2026-10-09;\n"
        + "Ada;1;A-2;2026-09-01;2026-10-01;10,00;0,00;10,00;2026-10-09;\n"
    )
    assert seen(book) == [("Ada", "A-1", 10, 0, None), ("Ada", "A-2", 10, 0, date(2026, 10, 9))]


def test_customers_stand_in_headings_and_ages_do_not(load: Load, packages: Packages) -> None:
    packages(QUAY.replace("  customer_name: Mandant\n", "") + "customer_in_headings: true\njobs: true\n")
    book = load(
        HEAD
        + "7-Eleven:Umbau;;;;;;;;;\n1 - 30 days past due;;;;;;;;;\n;1;A-1;2026-09-01;2026-10-01;10,00;;;;\n"
        + "Total for 7-Eleven:Umbau;;;;;10,00;;;;\nBo;;;;;;;;;\n;2;A-2;2026-09-01;2026-10-01;4,00;;;;\n"
    )
    assert seen(book) == [("7-Eleven", "A-1", 10, 10, None), ("Bo", "A-2", 4, 4, None)]


def test_report_with_customers_in_headings_is_of_the_day_in_its_footer(load: Load, packages: Packages) -> None:
    packages(QUAY.replace("  customer_name: Mandant\n", "") + "customer_in_headings: true\n")
    book = load(
        HEAD + "Ada;;;;;;;;;\n;1;A-1;2026-09-01;2026-10-01;10,00;;;;\nTotal Energies;;;;;;;;;\n"
        ";2;A-2;2026-09-01;2026-10-01;4,00;;;;\nFriday, November 13, 2026 09:30 AM;;;;;;;;;\n"
    )
    assert seen(book) == [("Ada", "A-1", 10, 10, None), ("Total Energies", "A-2", 4, 4, None)]
    assert book.files[0].exported_on == date(2026, 11, 13)


def test_report_that_ends_before_a_customers_total_is_refused(load: Load, packages: Packages) -> None:
    packages(QUAY.replace("  customer_name: Mandant\n", "") + "customer_in_headings: true\njobs: true\n")
    rows = "Ada;;;;;;;;;\n;1;A-1;2026-09-01;2026-10-01;5,00;;;;\n"
    job = "Anbau;;;;;;;;;\n;1;A-2;2026-09-01;2026-10-01;10,00;;;;\nTotal for Anbau;;;;;10,00;;;;\n"
    with pytest.raises(Refused, match="the file ends before the total of 'Ada'"):
        load(HEAD + rows + job)


def test_adjustment_is_a_credit_where_it_is_negative_and_else_left_out(load: Load, packages: Packages) -> None:
    packages(QUAY + "  balance: Rest\n  kind: Art\nkinds:\n  Umbuchung: adjustment\n  '*': invoice\n")
    book = load(
        HEAD + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;10,00;Dies;;\nAda;1;U-1;2026-09-01;;-4,00;-4,00;Umbuchung;;\n"
        "Ada;1;U-2;2026-09-01;;3,00;3,00;Umbuchung;;\n"
    )
    assert seen(book) == [("Ada", "A-1", 10, 10, None), ("Ada", "U-1", 0, 4, None)]
    assert book.warnings[0] == "invoices.csv: left out: Umbuchung (1)"


def test_empty_payment_is_nought_where_the_profile_says_so(load: Load, packages: Packages) -> None:
    kinds = QUAY + "  kind: Art\nkinds:\n  Rechnung: invoice\n  Eingang: payment\n"
    rows = (
        HEAD + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;Rechnung;;\nAda;1;;2026-10-01;;4,00;;Eingang;;\n"
        "Ada;1;;2026-10-02;;;;Eingang;;\n"
    )
    packages(kinds)
    assert len(load(rows).quarantined) == 1
    packages(kinds + "payments_may_be_empty: true\n")
    book = load(rows)
    assert (seen(book)[0], book.quarantined) == (("Ada", "A-1", 10, 6, None), ())


def test_payments_of_one_number_are_several_if_they_differ(load: Load, packages: Packages) -> None:
    packages(QUAY + "  kind: Art\nkinds:\n  Rechnung: invoice\n  Eingang: payment\n")
    payment = "Ada;1;ACH;2026-10-01;;4,00;;Eingang;;\n"
    book = load(
        HEAD + "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;Rechnung;;\n" + payment * 2 + payment.replace("4,00", "5,00")
    )
    assert seen(book) == [("Ada", "A-1", 10, 1, None)]


def test_heads_of_groups_with_the_number_of_their_rows_are_no_invoices(load: Load, packages: Packages) -> None:
    packages(QUAY)
    book = load(
        HEAD + "Juli 2026 (2);;;;;14,00;;;;\nAda (1);1;A-1;2026-09-01;2026-10-01;10,00;;;;\n"
        "Bo;2;A-2;2026-09-01;2026-10-01;4,00;;;;\n"
    )
    assert seen(book) == [("Ada (1)", "A-1", 10, 10, None), ("Bo", "A-2", 4, 4, None)]


def test_lines_of_a_payment_without_a_number_are_one_credit(load: Load, packages: Packages) -> None:
    packages(QUAY + "  balance: Rest\n  kind: Art\nrow: line\nkinds:\n  Vorauszahlung: payment\n")
    rows = "Ada;1;;2026-09-01;;9,00;9,00;Vorauszahlung;;Seil\nAda;1;;2026-09-01;;9,00;9,00;Vorauszahlung;;Teer\n"
    book = load(HEAD + rows + "Ada;1;;2026-09-01;;8,00;8,00;Vorauszahlung;;Seil\n")
    assert sorted(row[3] for row in seen(book)) == [8, 9]


def test_export_without_due_dates_is_refused_until_the_terms_are_known(load: Load, packages: Packages) -> None:
    packages(QUAY.replace("  due_date: Bis\n", "").replace(";Bis;", ";") + "without:\n  - due_date\n")
    text = HEAD.replace(";Bis;", ";") + "Ada;1;A-1;2026-09-01;10,00;;;;\n"
    with pytest.raises(DataError, match="an export of Quay, Invoices has no due date") as caught:
        load(text)
    assert "write 'terms: 30 days'" in str(caught.value)
    book = load(text, terms="14 days")
    assert book.connection.execute("SELECT due_date FROM invoices").fetchall() == [(date(2026, 9, 15),)]


def test_export_without_a_column_that_the_package_always_writes_is_asked_about(load: Load, packages: Packages) -> None:
    """Without its types a bill is an invoice, without its balances everything is open."""
    packages(QUAY + "  balance: Rest\n  kind: Art\n")
    text = HEAD.replace(";Rest;", ";").replace(";Stand;", ";Ort;")
    rows = "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;;\n"
    with pytest.raises(DataError, match="this looks like Quay, Invoices, but has no column for the balance") as caught:
        load(text + rows)
    assert "export it with 'Rest'" in str(caught.value)
    assert "write 'balance: \"\"' there" in str(caught.value)
    assert seen(load(text + rows, columns={"balance": ""})) == [("Ada", "A-1", 10, 10, None)]


def test_lost_column_is_not_found_among_those_that_the_package_calls_otherwise(load: Load, packages: Packages) -> None:
    packages(QUAY.replace(";Konto;", ";Invoice ID;"))
    text = HEAD.replace(";Konto;", ";Invoice ID;").replace(";Beleg;", ";")
    row = "Ada;77;2026-09-01;2026-10-01;10,00;;;;\n"
    with pytest.raises(DataError, match="has no column for the invoice number"):
        load(text + row)
    assert seen(load(text.replace("Invoice ID", "Invoice No") + row)) == [("Ada", "77", 10, 10, None)]


def test_file_that_ends_in_the_middle_of_a_row_is_refused_though_all_that_is_read_is_there(
    load: Load, packages: Packages
) -> None:
    packages(QUAY)
    row = "Ada;1;A-1;2026-09-01;2026-10-01;10,00;;;;\n"
    with pytest.raises(Refused, match="ends in the middle"):
        load(HEAD + row + row.replace("A-1", "A-2")[:-4])


def test_first_address_that_may_be_used_is_taken(load: Load, packages: Packages) -> None:
    packages("""
package: quay
title: Quay, Contacts
role: customers
headers: Mandant;Haupt;Neben;Neben erlaubt;Dritte;Ruf
columns:
  customer_name: Mandant
  email: Haupt
  email_2: Neben
  email_2_if: Neben erlaubt
  email_3: Dritte
  phone: Ruf
""")
    book = load(
        "Customer,Invoice No,Due Date,Amount\nAda,A-1,2026-10-01,1.00\n",
        customers="Mandant;Haupt;Neben;Neben erlaubt;Dritte;Ruf\n"
        "Ada;a@ada.example; b@ada.example;TRUE;;Phone:905-216-6077 Mobile:905-216-6078\n"
        "Bo;;b@bo.example;true;c@bo.example;Mobile: 905-216-6079\nCy;;b@cy.example;false;c@cy.example;905 1\n",
    )
    found = book.connection.execute("SELECT name, email, phone FROM customers ORDER BY name").fetchall()
    assert found == [
        ("Ada", "a@ada.example", "905-216-6077"),
        ("Bo", "b@bo.example", "905-216-6079"),
        ("Cy", "c@cy.example", "905 1"),
    ]
