"""Headers to fields."""

import pytest

from remindr.errors import ProjectError
from remindr.sources.columns import field_name, match_columns, recognised
from remindr.sources.folding import fold
from remindr.sources.missing import missing_column, nearest_header
from remindr.sources.synonyms import SYNONYMS, Role


def fields(*headers: str, role: Role = "invoices", **wanted: str) -> dict[str, str]:
    return dict(match_columns(headers, role, wanted).headers)


@pytest.mark.parametrize(
    "headers",
    [
        ("Customer", "Invoice No.", "Invoice Date", "Due Date", "Total", "Balance"),
        ("kunde", "RECHNUNGSNUMMER", "Rechnungsdatum", "Faelligkeitsdatum", "Betrag", "Offener Betrag"),
        ("Relatie", "Factuurnummer", "Factuurdatum", "Vervaldatum", "Bedrag", "Openstaand"),
        ("Client", "N° facture", "Date de facture", "Date d'échéance", "Montant TTC", "Reste à payer"),
        ("Cliente", "Nº factura", "Fecha de factura", "Fecha de vencimiento", "Importe", "Saldo pendiente"),
    ],
)
def test_headers_of_five_languages_are_known(headers: tuple[str, ...]) -> None:
    names = ("customer_name", "invoice_id", "issue_date", "due_date", "amount", "balance")
    assert fields(*headers) == dict(zip(names, headers, strict=True))


def test_spelling_does_not_matter() -> None:
    assert len({fold(word) for word in ("Due Date", "due_date", "DueDate", "*DUE-DATE ", "due.date")}) == 1
    assert fold("Fälligkeit") == fold("FAELLIGKEIT") == fold("Fa\u0308lligkeit")


def test_brackets_after_a_header_do_not_matter() -> None:
    assert fields("Due Date (UTC)", "Amount [EUR]") == {"due_date": "Due Date (UTC)", "amount": "Amount [EUR]"}


def test_more_telling_header_wins() -> None:
    got = fields("Invoice ID", "Invoice Number", "Customer ID", "Customer Name", "SubTotal", "Total", "Balance")
    assert (got["invoice_id"], got["amount"], got["customer_id"]) == ("Invoice Number", "Total", "Customer ID")


def test_customer_beside_customer_name_is_the_number() -> None:
    assert fields("Customer", "Customer Name") == {"customer_name": "Customer Name", "customer_id": "Customer"}
    assert fields("Customer") == {"customer_name": "Customer"}


def test_account_of_the_ledger_is_no_customer_and_a_lines_total_no_invoices() -> None:
    assert "customer_id" not in fields("AccountCode", "ContactName")
    assert "amount" not in fields("Line Total", "Item Total", "SubTotal", "Rate")


def test_slip_in_a_long_word_is_forgiven_another_word_is_not() -> None:
    assert fields("Rechnungsnumer", "Fälligkeitsdatun") == {
        "invoice_id": "Rechnungsnumer",
        "due_date": "Fälligkeitsdatun",
    }
    assert fields("Dye Date", "Order Number", "Bill Amount Net") == {}


def test_header_a_person_names_comes_first_and_is_not_used_twice() -> None:
    assert fields("Balance", "Open Amt", balance="Open Amt") == {"balance": "Open Amt"}
    assert fields("Status", status="") == {}


def test_first_of_two_equal_headers_is_taken() -> None:
    assert match_columns(["Phone", "Phone", "Name"], "customers", {}).positions == {"customer_name": 2, "phone": 0}


def test_unknown_headers_are_left_over() -> None:
    assert match_columns(["Customer", "", "Weather"], "invoices", {}).unused == ("Weather",)


def test_line_items_are_noticed() -> None:
    assert match_columns(["Invoice No", "Quantity"], "invoices", {}).line_items


def test_data_is_not_taken_for_headers() -> None:
    assert recognised(["Ada", "A-1", "2026-10-01", "10.00"], "invoices", {}) == 0
    assert recognised(["Customer", "Open Amt", "Due date (UTC)"], "invoices", {"balance": "open amt"}) == 3


def test_missing_date_is_looked_for_among_dates() -> None:
    columns = match_columns(["Customer", "Due Status", "Payable"], "invoices", {})
    told = missing_column("a.csv", 1, "due_date", columns, {"Due Status": "late", "Payable": "01/02/2026"}, "invoices")
    assert told.hint == "if it is 'Payable', write 'due_date: Payable' under 'sources: columns:' in remindr.yaml"


def test_field_names_are_checked() -> None:
    assert field_name("name") == "customer_name"
    with pytest.raises(ProjectError, match="did you mean 'due_date'"):
        field_name("due_dat")


def test_field_of_another_meaning_is_not_suggested() -> None:
    with pytest.raises(ProjectError) as caught:
        field_name("contact")
    assert (caught.value.problems[0].hint or "").startswith("known: ")


def test_near_header_is_found_whatever_its_case() -> None:
    assert nearest_header("open amont", ["Weather", "Open Amount"]) == "Open Amount"
    assert nearest_header("x", ["Weather"]) is None


@pytest.mark.parametrize("role", ["invoices", "customers", "payments"])
def test_no_word_stands_for_two_fields_unless_its_place_decides(role: Role) -> None:
    """A header is given to the first field that wants it; only `customer` and the like may be wanted twice."""
    homes: dict[str, list[str]] = {}
    for field, words in SYNONYMS[role].items():
        for word in {fold(word) for word in words}:
            homes.setdefault(word, []).append(field)
    shared = {word for word, owners in homes.items() if len(owners) > 1}
    assert shared <= {"customer", "debtor", "saldo"}


@pytest.mark.parametrize("header", ["Debet / credit", "D/C", "Soll/Haben-Kennzeichen", "Dr/Cr"])
def test_sign_in_a_column_of_its_own_is_the_kind(header: str) -> None:
    columns = match_columns(["Factuurnummer", "Bedrag", header], "invoices", {})
    assert columns.headers["kind"] == header
