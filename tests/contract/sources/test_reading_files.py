"""Which files are read, and how they are taken apart."""

import csv
import hashlib
import io
import os
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from remindr.errors import DataError, Refused
from remindr.sources.book import Book

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]

HEAD = "Customer,Invoice No,Due Date,Amount"
TWO = f"{HEAD}\nAda,A-1,2026-10-01,10.00\nBäckerei Vogt,A-2,2026-10-02,20.50\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "cp850"])
def test_encoding_is_recognised(load: Load, invoices: Rows, encoding: str) -> None:
    book = load(TWO.replace("ä", "äöü ß").encode(encoding))
    assert invoices(book)[1]["customer_id"] == "Bäöü ßckerei Vogt"


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiter_is_recognised(load: Load, invoices: Rows, mark: str) -> None:
    book = load(TWO.replace(",", mark))
    assert book.files[0].delimiter == mark
    assert [row["amount"] for row in invoices(book)] == [10, Decimal("20.5")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_are_recognised(load: Load, invoices: Rows, end: str) -> None:
    assert len(invoices(load(TWO.replace("\n", end)))) == 2


def test_mixed_line_ends_and_lines_within_cells_are_read(load: Load, customers: Rows) -> None:
    book = load(
        'Customer,Invoice No,Due Date,Amount,Address\r\nAda,A-1,2026-10-01,10.00,"1 Quay\nLeeds"\r\n'
        "Bo,A-2,2026-10-01,1,\n"
    )
    assert [row["address"] for row in customers(book)] == ["1 Quay\nLeeds", None]


def test_title_rows_blank_rows_totals_and_footers_are_no_invoices(load: Load, invoices: Rows) -> None:
    book = load(
        'Quay Ltd,,,\n"Open items, by date",,,\n\nCustomer,Invoice No,Due Date,Amount\n'
        'Ada,A-1,2026-10-01,"1,010.00"\n,,,\n'
        'Bo,A-2,2026-10-02,20.50\n\nTOTAL,,,"$1,030.50"\n\n\n"Friday, November 13, 2026 01:47 PM GMT-05:00",,,\n'
    )
    (file,) = book.files
    assert [row["amount"] for row in invoices(book)] == [1010, Decimal("20.5")]
    assert (file.header_row, file.rows_read, file.rows_quarantined, file.rows_ignored) == (4, 2, 0, 8)
    assert file.exported_on == date(2026, 11, 13)


def test_heading_rows_name_the_customer_in_a_grouped_report(load: Load, invoices: Rows) -> None:
    book = load(
        ",Type,Date,Num,Due Date,Open Balance\n3000,,,,,\n,Invoice,2024-03-10,INV-B,2024-04-10,200.00\n"
        ",Payment,2024-03-15,,,-50.00\nTotal 3000,,,,,150.00\nTotal Energies,,,,,\n"
        ",Invoice,2024-01-10,INV-A,2024-02-10,100.00\n"
        "Total Total Energies,,,,,100.00\nTOTAL,,,,,250.00\n"
    )
    assert [(row["customer_id"], row["kind"], row["balance"]) for row in invoices(book)] == [
        ("3000", "invoice", 200),
        ("3000", "credit", 50),
        ("Total Energies", "invoice", 100),
    ]


def test_customer_called_total_is_a_customer(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\nTotal Gas,A-1,2026-10-01,10.00\nTotal,A-2,2026-10-01,10.00\nTotal Gas,,,7.00\n")
    assert [row["customer_id"] for row in invoices(book)] == ["Total Gas", "Total"]
    assert [(row.row, row.reason) for row in book.quarantined] == [(4, "no invoice number")]


def test_rows_keep_their_place_in_the_spreadsheet(load: Load) -> None:
    book = load(
        f'Report,,,\n\n{HEAD}\nAda,A-1,2026-10-01,10.00\n\n"Bo\n& Son",A-2,2026-10-01,10.00\nCy,A-3,32.10.2026,10.00\n'
    )
    assert [(row.row, row.value) for row in book.quarantined] == [(7, "32.10.2026")]


def test_row_with_a_cell_too_many_silences_whoever_it_names(load: Load, invoices: Rows) -> None:
    book = load(
        f'{HEAD}\nAda,A-1,2026-10-01,10.00\n"Lowe, Smith",A-2,2026-10-01,10.00\nLowe, Smith,A-3,2026-10-01,10.00\n'
    )
    assert [row["invoice_id"] for row in invoices(book)] == ["A-1", "A-2"]
    assert [(row.row, row.reason) for row in book.quarantined] == [(4, "5 cells where the headers have 4")]
    assert book.unreadable_customers == {"Lowe, Smith"}


def test_stray_quotation_mark_spoils_its_own_row_only(load: Load, invoices: Rows) -> None:
    lines = "".join(f"C{n},A-{n},2026-10-01,10.00\n" for n in range(3, 200))
    book = load(f'{HEAD}\nAda,A-1,2026-10-01,10.00\nBo,"A-2,2026-10-01,10.00\n{lines}')
    assert len(invoices(book)) == 198
    assert [(row.row, row.value) for row in book.quarantined] == [(3, 'Bo,"A-2,2026-10-01,10.00')]


def test_short_row_is_read_if_only_unused_cells_are_missing(load: Load, invoices: Rows) -> None:
    assert len(invoices(load(f"{HEAD},Weather,Wind\nAda,A-1,2026-10-01,10.00,fair\nBo,A-2,2026-10-01,10.00,,\n"))) == 2


def test_trailing_delimiters_are_passed_over(load: Load, invoices: Rows) -> None:
    assert len(invoices(load(f"{HEAD}\nAda,A-1,2026-10-01,10.00,\nBo,A-2,2026-10-01,10.00,,\n"))) == 2


def test_headers_repeated_further_down_are_no_invoice(load: Load, invoices: Rows) -> None:
    assert len(invoices(load(f"{TWO}{HEAD}\nCy,A-3,2026-10-02,1.00\n"))) == 3


def test_newest_file_by_the_date_in_its_name_is_read(load: Load, invoices: Rows) -> None:
    book = load(
        files={"exports/invoices-2026-11-19.csv": TWO, "exports/invoices_20261118.csv": f"{HEAD}\n"},
        pattern="exports/invoices*.csv",
    )
    assert [file.name for file in book.files] == ["exports/invoices-2026-11-19.csv"]
    assert book.exported_on == date(2026, 11, 19)


def test_newest_file_by_its_time_is_read_where_names_have_no_date(load: Load, tmp_path: Path) -> None:
    files = {"old.csv": f"{HEAD}\nAda,A-1,2026-10-01,10.00\n", "new.csv": TWO}
    for name, day in (("old.csv", 3), ("new.csv", 5)):
        (tmp_path / name).write_text(files[name])
        moment = datetime(2026, 11, day, 23, 30, tzinfo=ZoneInfo("UTC")).timestamp()
        os.utime(tmp_path / name, (moment, moment))
    book = load(pattern="*.csv")
    assert [file.name for file in book.files] == ["new.csv"]
    assert book.exported_on == date(2026, 11, 6)  # after midnight in Berlin


def test_pages_of_one_day_are_joined(load: Load, invoices: Rows) -> None:
    book = load(
        files={
            "invoices-2026-11-19 (1).csv": TWO,
            "invoices-2026-11-19 (2).csv": f"{HEAD}\nCy,A-3,2026-10-33,1.00\nDee,A-4,2026-10-04,1.00\n",
            "invoices-2026-11-19 (3).csv": TWO,
            "invoices-2026-11-19 other.csv": "Region,Head\nNorth,Jo\nSouth,Al\n",
        },
        pattern="invoices*.csv",
    )
    assert [row["invoice_id"] for row in invoices(book)] == ["A-1", "A-2", "A-4"]
    assert [(row.file, row.row) for row in book.quarantined] == [("invoices-2026-11-19 (2).csv", 2)]
    assert len([warning for warning in book.warnings if "same file" in warning or "other columns" in warning]) == 2


def test_files_still_being_written_are_passed_over(load: Load) -> None:
    files = {"in/invoices.csv": TWO, "in/~$invoices.csv": "x", "in/.invoices.csv": "x", "in/invoices.csv.part": "x"}
    assert [file.name for file in load(files=files, pattern="in/*").files] == ["in/invoices.csv"]


def test_report_date_comes_before_the_date_in_the_name(load: Load) -> None:
    text = "Open items,,,\nStand: 17.11.2026,,,\n" + TWO
    assert load(files={"invoices-2026-11-19.csv": text}, pattern="inv*").exported_on == date(2026, 11, 17)


def test_hash_is_that_of_the_original_bytes(load: Load) -> None:
    content = TWO.replace("\n", "\r\n").encode("cp1252")
    (file,) = load(content).files
    assert (file.sha256, file.encoding) == (hashlib.sha256(content).hexdigest(), "cp1252")


def test_workbook_is_read_as_a_person_means_it(load: Load, invoices: Rows, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "invoices.xlsx") as book:
        book.add_worksheet("Notes").hide()
        sheet = book.add_worksheet("Open")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(1, 0, ["Customer No", "Customer", "Invoice No", "Due Date", "Amount"])
        sheet.write_row(2, 0, ["00042", "Ada", 123])
        sheet.write_datetime(2, 3, datetime(2026, 10, 1), day)  # noqa: DTZ001 - a sheet knows no zones
        sheet.write_number(2, 4, 1154.61)
        sheet.write_row(3, 0, ["00043", "Bo\n& Son", 2960623488012345678, "2026-10-02", 0.3])
        book.worksheets()[1].activate()
    book_read = load(pattern="invoices.xlsx")
    assert [(row["customer_id"], row["invoice_id"], row["due_date"], row["amount"]) for row in invoices(book_read)] == [
        ("00042", "123", date(2026, 10, 1), Decimal("1154.61")),
    ]
    assert [(row.row, row.column) for row in book_read.quarantined] == [(4, "Invoice No")]
    assert book_read.files[0].encoding == "xlsx"


def test_both_readers_read_the_same(load: Load, invoices: Rows) -> None:
    regular = load(TWO)
    irregular = load(TWO + "\n")  # one blank line sends the file to the careful reader
    assert invoices(regular) == invoices(irregular)


def test_no_cut_is_mistaken_for_a_whole_file(load: Load, invoices: Rows) -> None:
    head = "Customer No,Customer,Invoice No,Due Date,Amount,Paid Date\n"
    lines = [f'0{n},"Lowe, {n}",A-{n},2026-10-0{n},1{n}.50,2026-11-0{n}\n' for n in range(1, 4)]
    whole = invoices(load(head + "".join(lines)))
    for length in range(len(lines[2])):
        try:
            book = load(head + "".join(lines[:2]) + lines[2][:length])
        except Refused:
            continue
        else:
            assert invoices(book) in (whole, whole[:2]), lines[2][:length]


def test_last_row_that_may_lack_its_payment_is_set_aside(load: Load, invoices: Rows) -> None:
    text = (
        "Customer,Invoice No,Due Date,Amount,Paid Date\nAda,A-1,2026-10-01,10.00,2026-10-02\nBo,A-2,2026-10-01,10.00,"
    )
    assert [row.row for row in load(text).quarantined] == [3]
    assert load(f"{text}\n").quarantined == ()


def test_file_without_a_last_line_end_is_whole_if_its_last_cell_looks_like_the_others(
    load: Load, invoices: Rows
) -> None:
    assert len(invoices(load(TWO.removesuffix("\n")))) == 2


def test_difference_in_another_total_is_only_told(load: Load) -> None:
    book = load("Customer,Invoice No,Due Date,Amount,Balance\nAda,A-1,2026-10-01,10.00,0.00\nTotal,,,99.00,0.00\n")
    assert book.warnings == ("invoices.csv: the file's own total of 'Amount' is 99.00, but its rows add up to 10.00",)


def test_tables_cannot_reach_files_any_more(load: Load, tmp_path: Path) -> None:
    book = load(TWO)
    with pytest.raises(Exception, match="disabled by configuration"):
        book.connection.execute(f"SELECT * FROM read_csv('{tmp_path / 'invoices.csv'}')")


def test_headers_and_cells_are_never_taken_for_sql(load: Load, invoices: Rows) -> None:
    evil = "x'; DROP TABLE facts; --"
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [
            ["Customer", "Invoice No", "Due Date", "Amount", "Status", "Currency", evil],
            [evil, evil, "2026-10-01", "1.00", "open", "EUR", evil],
            ["Bo", "A-2", "2026-10-01", "1.00", evil, "EUR", ""],
        ]
    )
    book = load(stream.getvalue())
    assert [row["invoice_id"] for row in invoices(book)] == [evil]
    assert [row.value for row in book.quarantined] == [evil]


def test_header_of_several_lines_is_one_row(load: Load) -> None:
    book = load('"Customer","Invoice\nNo","Due Date","Amount"\nAda,A-1,2026-10-01,1.00\nBo,A-2,2026-10-32,1.00\n')
    assert [row.row for row in book.quarantined] == [3]


def test_file_that_may_not_be_read_is_told(load: Load, tmp_path: Path) -> None:
    (tmp_path / "invoices.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(DataError, match="no file matches"):
        load()


def test_day_counted_by_a_spreadsheet_is_explained(load: Load) -> None:
    book = load(f"{HEAD}\nAda,A-1,2026-10-01,1.00\nBo,A-2,46296,1.00\n")
    assert [row.reason for row in book.quarantined] == [
        "not a date, but the number a spreadsheet counts days with: format the column as dates and export again"
    ]


def test_xero_sales_invoices(load: Load, invoices: Rows, customers: Rows) -> None:
    head = (
        "ContactName,EmailAddress,POAddressLine1,POCity,POCountry,InvoiceNumber,InvoiceDate,DueDate,Total,"
        "InvoiceAmountPaid,InvoiceAmountDue,Description,LineAmount,AccountCode,Currency,Type,Sent,Status\n"
    )
    cast = {"Ada": "Ada,ap@ada.example,1 Quay,Leeds,United Kingdom", "Bo": "Bo,,,,", "Cy": "Cy,,,,"}
    rows = [
        ("Ada", "INV-1,13/09/2026,13/10/2026,30.00,10.00,20.00,Rope,10.00,200,GBP,Sales invoice,Sent,Awaiting Payment"),
        ("Ada", "INV-1,13/09/2026,13/10/2026,30.00,10.00,20.00,Tar,20.00,200,GBP,Sales invoice,Sent,Awaiting Payment"),
        (
            "Ada",
            "CN-1,14/09/2026,14/09/2026,5.00,0.00,5.00,Rope,5.00,200,GBP,Sales credit note,Unsent,Awaiting Payment",
        ),
        ("Ada", ",15/09/2026,,7.00,0.00,7.00,,7.00,610,GBP,Sales overpayment,Unsent,Awaiting Payment"),
        ("Bo", "INV-2,01/09/2026,01/10/2026,8.00,8.00,0.00,Tar,8.00,200,EUR,Sales invoice,Sent,Paid"),
        ("Bo", "INV-3,01/09/2026,01/10/2026,8.00,0.00,8.00,Tar,8.00,200,EUR,Sales invoice,Unsent,Submitted"),
        ("Cy", "B-1,01/09/2026,01/10/2026,8.00,0.00,8.00,Tar,8.00,310,EUR,Bill,Unsent,Awaiting Payment"),
        ("Bo", "INV-4,01/09/2026,01/10/2026,8.00,0.00,0.00,Tar,8.00,200,EUR,Sales invoice,Sent,Voided"),
    ]
    book = load(head + "".join(f"{cast[name]},{rest}\n" for name, rest in rows))
    assert [(row["invoice_id"], row["kind"], row["balance"], row["currency"]) for row in invoices(book)] == [
        ("INV-1", "invoice", 20, "GBP"),
        ("CN-1", "credit", 5, "GBP"),
        ("Sales overpayment 2026-09-15", "credit", 7, "GBP"),
        ("INV-2", "invoice", 0, "EUR"),
    ]
    assert [(row["customer_id"], row["email"], row["address"]) for row in customers(book)] == [
        ("Ada", "ap@ada.example", "1 Quay\nLeeds"),
        ("Bo", None, None),
    ]
    assert book.warnings == ("invoices.csv: left out: Bill (1), draft (1), void (1)",)


def test_many_broken_rows_are_given_up_on_soon(load: Load) -> None:
    lines = "".join(f'C{n},"A-{n},2026-10-01,1.00\n' for n in range(20_000))
    with pytest.raises(DataError, match="too many to go on"):
        load(f"{HEAD}\n{lines}C,A,2026-10-01,1.00\n")


@pytest.mark.parametrize("text", ["x" * 400_000, "x," * 200_000 + "\n", "Dear all\n" * 50])
def test_text_without_a_table_is_told(load: Load, text: str) -> None:
    with pytest.raises(DataError, match="no table was found"):
        load(text)


def test_cell_beyond_all_measure_spoils_its_row_only(load: Load, invoices: Rows) -> None:
    book = load(f"{HEAD}\nAda,A-1,2026-10-01,1.00\n\n{'B' * 70_000},A-2,2026-10-01,1.00\n")
    assert len(invoices(book)) == 1
    assert [(row.row, row.reason) for row in book.quarantined] == [(4, "a cell of more than 64 kB")]


def test_odd_line_breaks_within_cells_are_not_line_ends(load: Load, invoices: Rows) -> None:
    book = load("Open items\x0b\u2028,,,\n" + TWO.replace("Ada", "Ada\x0b& Co\u2028"))
    assert [row["invoice_id"] for row in invoices(book)] == ["A-1", "A-2"]
    assert book.files[0].header_row == 2


def test_workbook_without_cells_is_refused(load: Load, tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "invoices.xlsx") as book:
        book.add_worksheet()
    with pytest.raises(Refused, match="no rows"):
        load(pattern="invoices.xlsx")


def test_row_above_the_headers_that_looks_like_those_below_is_refused(load: Load) -> None:
    """Two rows have changed places; the first invoice would be taken for a title."""
    head, rows = "Customer,Invoice No,Invoice Date,Due Date,Amount\n", "Ada,A-1,2026-09-01,2026-10-01,10.00\n"
    with pytest.raises(DataError, match=r"invoices\.csv:1: this row stands above the headers"):
        load(rows + head + rows.replace("A-1", "A-2"))


def test_grand_total_is_compared_with_the_rows_though_there_are_totals_before_it(load: Load) -> None:
    head = "Customer,Invoice No,Due Date,Amount,Balance\n"
    ada, bo = "Ada,A-1,2026-10-01,10.00,10.00\n", "Bo,B-1,2026-10-01,5.00,5.00\n"
    totals = "Total,,,10.00,10.00\n", "Total,,,5.00,5.00\n", "Grand total,,,15.00,15.00\n"
    with load(head + ada + totals[0] + bo + totals[1] + totals[2]) as book:
        assert not book.quarantined
    with pytest.raises(DataError, match=r"own total of 'Balance' is 15.00, but its rows add up to 10.00"):
        load(head + ada + "".join(totals))
