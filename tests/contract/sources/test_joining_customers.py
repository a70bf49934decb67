"""Who is who: rows of several files and several names that are one customer's, and those that are not."""

from collections.abc import Callable
from typing import Any

import pytest
from findings import told

from remindr.sources.book import Book
from remindr.sources.lookalikes import LookAlikes, look_alikes
from remindr.sources.lookalikes import told as told_alike

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]

SMITHS = (
    "'Smith & Sons, Ltd.' (3), 'Smith and Sons Limited' (4) differ only in legal form or punctuation; "
    "they count as 2 customers"
)
HEAD = "Customer No,Customer,Invoice No,Due Date,Amount"
NAMES = "Customer,Invoice No,Due Date,Amount"


def numbered(*people: tuple[str, str], head: str = HEAD) -> str:
    lines = (f"{number},{name},A-{at},2026-10-01,{at}.00" for at, (number, name) in enumerate(people, 1))
    return "\n".join((head, *lines, ""))


def named(*names: str) -> str:
    return "\n".join((NAMES, *(f"{name},A-{at},2026-10-01,{at}.00" for at, name in enumerate(names, 1)), ""))


def emails(book: Book) -> dict[str, str | None]:
    return dict(book.connection.execute("SELECT customer_id, email FROM customers ORDER BY 1").fetchall())


def owners(book: Book) -> list[str]:
    query = "SELECT customer_id FROM invoices WHERE kind = 'invoice' ORDER BY invoice_id"
    return [row[0] for row in book.connection.execute(query).fetchall()]


def alike(book: Book) -> LookAlikes:
    return look_alikes(book.connection, most=10)


# --- numbers, names, spellings --------------------------------------------------------------------------------


def test_numbers_count_before_names(load: Load) -> None:
    book = load(
        numbered(("1", "Ada"), ("2", "Bo")),
        customers="Customer No,Customer,Email\n2,Ada,two@x.example\n1,Bo,one@x.example\n",
    )
    assert emails(book) == {"1": "one@x.example", "2": "two@x.example"}


def test_exact_names_count_before_spellings(load: Load) -> None:
    book = load(numbered(("1", "Ada"), ("2", "ADA")), customers="Name,Email\nADA,two@x.example\nAda,one@x.example\n")
    assert emails(book) == {"1": "one@x.example", "2": "two@x.example"}


def test_name_that_fits_several_customers_is_joined_with_none(load: Load) -> None:
    book = load(
        numbered(("1", "Ada"), ("2", "Ada"), ("3", "Bo")), customers="Name,Email\nada,a@x.example\nBo,b@x.example\n"
    )
    assert emails(book) == {"1": None, "2": None, "3": "b@x.example", "ada": "a@x.example"}
    assert "customers.csv: 'ada' fits several customers (1, 2): its details are taken for none" in "\n".join(told(book))


def test_spelling_that_fits_several_customers_has_no_contact_details(load: Load) -> None:
    book = load(named("ada co"), customers="Number,Name,Email\n7,Ada Co,a@x.example\n8,ADA CO,b@x.example\n")
    assert emails(book) == {"ada co": None}
    assert "'ada co' has several numbers (7, 8)" in told(book)[0]


def test_exact_name_decides_between_numbers(load: Load) -> None:
    book = load(named("Ada Co"), customers="Number,Name,Email\n7,ADA CO,a@x.example\n8,Ada Co,b@x.example\n")
    assert emails(book)["Ada Co"] == "b@x.example"


def test_names_that_differ_in_capitals_and_blanks_are_one_customer(load: Load, customers: Rows) -> None:
    book = load(named("ACME", "Acme", " acme", "Bo"))
    assert [row["customer_id"] for row in customers(book)] == ["ACME", "Bo"]
    assert owners(book) == ["ACME", "ACME", "ACME", "Bo"]


def test_spelling_of_the_customers_file_is_the_customer(load: Load) -> None:
    book = load(named("ACME", "Acme"), customers="Name,Email\nAcme,a@x.example\n")
    assert emails(book) == {"Acme": "a@x.example"}


def test_row_without_a_number_belongs_to_the_one_customer_of_that_name(load: Load) -> None:
    book = load(
        numbered(("K1", "Ada"), ("", "ADA"), ("K2", "Bo"), ("", "Cy")), customers="No,Name\nK1,Ada\nK2,Bo\nK3,Cy\n"
    )
    assert owners(book) == ["K1", "K1", "K2", "K3"]
    assert book.quarantined == ()


def test_numbers_of_another_kind_are_told_and_names_count(load: Load) -> None:
    book = load(
        numbered(("A1", "Ada"), ("A2", "Bo"), ("A3", "Cy")),
        customers="No,Name,Email\n17,Ada,a@x.example\n18,BO,b@x.example\n19,Cy,c@x.example\n20,Cy,d@x.example\n",
    )
    assert {number: emails(book)[number] for number in ("A1", "A2", "A3")} == {
        "A1": "a@x.example", "A2": "b@x.example", "A3": None,
    }  # fmt: skip
    assert told(book)[0] == (
        "customers.csv: none of its customer numbers is in the invoices, so customers are found by name"
    )


# --- payments -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payer", ["Ada", "ADA", "a  da"])
def test_payer_is_found_by_name(load: Load, invoices: Rows, payer: str) -> None:
    name = "A Da" if " " in payer else "Ada"
    book = load(
        numbered(("1", name), ("2", "Bo")),
        payments=f"Customer,Invoice No,Payment Date,Amount\n{payer},A-1,2026-10-02,1.00\n",
    )
    assert [row["balance"] for row in invoices(book)] == [0, 2]


def test_payment_without_invoice_number_is_of_who_bears_the_name(load: Load, invoices: Rows) -> None:
    book = load(numbered(("1", "Ada"), ("2", "Bo")), payments="Customer,Payment Date,Amount\nBO,2026-10-02,1.00\n")
    assert [row["balance"] for row in invoices(book)] == [1, 1]


def test_payer_is_found_by_a_number_that_only_the_customers_file_has(load: Load, invoices: Rows) -> None:
    book = load(
        named("Ada", "Bo"),
        customers="No,Name\n7,Ada\n8,Bo\n",
        payments="Customer No,Payment Date,Amount\n8,2026-10-02,1.00\n",
    )
    assert [row["balance"] for row in invoices(book)] == [1, 1]


def test_payer_whose_name_fits_several_is_who_has_the_invoice(load: Load, invoices: Rows) -> None:
    people = numbered(("1", "Ada"), ("2", "Ada"))
    book = load(people, payments="Customer,Invoice No,Payment Date,Amount\nADA,A-2,2026-10-02,2.00\n")
    assert [row["balance"] for row in invoices(book)] == [1, 0]
    assert book.unreadable_customers == frozenset()


def test_payer_whose_name_fits_several_keeps_all_of_them_from_being_reminded(load: Load) -> None:
    people = numbered(("1", "Ada"), ("2", "Ada"), ("3", "Bo"))
    book = load(people, payments="Customer,Invoice No,Payment Date,Amount\nADA,,2026-10-02,2.00\n")
    assert book.unreadable_customers == {"1", "2"}
    assert "payments.csv: 'ADA' fits several customers (1, 2): none of them is reminded" in told(book)[0]


def test_payer_whose_name_fits_a_customer_without_a_number_is_told(load: Load) -> None:
    people = numbered(("1", "Ada"), ("2", "Ada"), ("", "ada"), ("3", "Bo"))
    book = load(people, payments="Customer,Invoice No,Payment Date,Amount\nADA,,2026-10-02,2.00\n")
    assert book.unreadable_customers == {"1", "2"}
    assert "'ADA' fits several customers (1, 2, one without a number)" in "\n".join(told(book))


# --- aliases --------------------------------------------------------------------------------------------------


def test_aliases_by_number_are_one_customer(load: Load, customers: Rows) -> None:
    book = load(
        numbered(("8", "Acme Ltd"), ("7", "Acme"), ("9", "Bo")),
        customers="No,Name,Email,Phone\n8,Acme Ltd,old@x.example,08\n7,Acme,new@x.example,\n9,Bo,,\n",
        aliases={"7": ["8"]},
    )
    assert owners(book) == ["7", "7", "9"]
    acme = next(row for row in customers(book) if row["customer_id"] == "7")
    assert (acme["name"], acme["email"], acme["phone"]) == ("Acme", "new@x.example", "08")
    assert len(customers(book)) == 2


def test_aliases_by_name_reach_rows_with_numbers(load: Load) -> None:
    book = load(
        numbered(("7", "Acme"), ("8", "ACME  Corporation"), ("9", "Bo")), aliases={"Acme": ["Acme Corporation"]}
    )
    assert owners(book) == ["7", "7", "9"]


def test_aliases_join_files_with_and_without_numbers(load: Load) -> None:
    """Names in the invoices, numbers and names in the customers file, another name in the payments."""
    book = load(
        named("Acme Corp", "ACME Intl", "Bo"),
        customers="No,Name,Email\n7,Acme Corp,a@x.example\n8,ACME Intl,b@x.example\n",
        payments="Customer,Payment Date,Amount\nACME TRADING,2026-10-02,1.50\n",
        aliases={"7": ["8", "Acme Trading"]},
    )
    assert owners(book) == ["Acme Corp", "Acme Corp", "Bo"]
    assert emails(book) == {"Acme Corp": "a@x.example", "Bo": None}
    assert book.connection.execute("SELECT DISTINCT customer_id FROM payments").fetchall() == [("Acme Corp",)]


def test_group_may_have_a_name_of_its_own(load: Load, customers: Rows) -> None:
    book = load(numbered(("7", "Quay North"), ("8", "Quay South")), aliases={"Quay Group": ["7", "8"]})
    assert owners(book) == ["Quay Group", "Quay Group"]
    assert [row["name"] for row in customers(book)] == ["Quay Group"]
    assert book.unborne_aliases == ("Quay Group",)


def test_name_of_several_customers_joins_none_of_them(load: Load) -> None:
    book = load(numbered(("1", "Ada"), ("2", "Ada"), ("3", "Bo")), aliases={"3": ["Ada"]})
    assert owners(book) == ["1", "2", "3"]
    assert "'Ada' is the name of several customers (1, 2) and joins none of them" in told(book)[0]


def test_name_of_several_customers_that_are_all_meant_is_no_question(load: Load) -> None:
    book = load(numbered(("1", "Ada"), ("2", "Ada")), aliases={"1": ["2", "Ada"]})
    assert owners(book) == ["1", "1"]
    assert told(book) == ()


def test_wrapped_and_padded_numbers_are_found(load: Load) -> None:
    book = load(numbered(('"=""007"""', "Ada"), ("8", "Bo")), aliases={"007": ["8"]})
    assert owners(book) == ["007", "007"]


def test_invoice_that_both_had_is_one_invoice(load: Load, invoices: Rows) -> None:
    text = f"{HEAD}\n1,Ada,A-1,2026-10-01,5.00\n2,Ada,A-1,2026-10-01,5.00\n"
    assert len(invoices(load(text, aliases={"1": ["2"]}))) == 1


def test_broken_row_that_names_an_alias_silences_the_customer(load: Load) -> None:
    text = numbered(("1", "Ada"), ("2", "Adele"), ("3", "Bo")) + "2,Adele,A-9,2026-10-01,1.00,,,surplus\n"
    assert load(text, aliases={"1": ["2"]}).unreadable_customers == {"1"}


# --- contacts over several files ------------------------------------------------------------------------------


def test_contact_in_two_files_is_one_customer_and_the_newest_address_counts(load: Load, customers: Rows) -> None:
    head = "ContactName,EmailAddress,PhoneNumber"
    book = load(
        named("Acme", "Bo"),
        files={
            "Contacts (3) 2026-11-20.csv": f"{head}\nACME,old@x.example,01\n",
            "Contacts (4) 2026-11-20.csv": f"{head}\nAcme,new@x.example,\nBo,b@x.example,\n",
        },
        contacts="Contacts*.csv",
    )
    assert [(row["email"], row["phone"]) for row in customers(book)] == [("new@x.example", "01"), ("b@x.example", None)]
    assert any("Acme: new@x.example counts, not old@x.example" in warning for warning in told(book))


# --- jobs -----------------------------------------------------------------------------------------------------


def test_job_is_its_customers(load: Load) -> None:
    book = load(
        named("Acme:Roof", "Acme", "Bo: Yard", "10:30 Club"),
        customers="Name,Email\nAcme,a@x.example\nAcme:Roof,r@x.example\n",
    )
    assert owners(book) == ["Acme", "Acme", "Bo: Yard", "10:30 Club"]
    assert emails(book)["Acme"] == "a@x.example"


# --- look-alikes ----------------------------------------------------------------------------------------------


def test_look_alikes_are_listed_and_kept_apart(load: Load) -> None:
    book = load(
        numbered(
            ("0042", "Elm"), ("42", "Oak"), ("1", "Ada"), ("2", "ada"), ("3", '"Smith & Sons, Ltd."'),
            ("4", "Smith and Sons Limited"), ("5", "Bo"), ("5", "Beau"), ("6", "Unit 1 12"), ("7", "Unit 11 2"),
        )
    )  # fmt: skip
    assert len(set(owners(book))) == 9
    assert [told_alike(one) for one in alike(book).shown] == [
        "customer numbers 0042, 42 differ only in leading zeros; they count as 2 customers",
        "'Ada' has several numbers: 1, 2; they count as 2 customers",
        SMITHS,
        "customer number 5 has several names: 'Beau', 'Bo'; they count as one customer",
    ]
    assert [one.aliases for one in alike(book).shown] == [
        ("0042", ("42",)), ("1", ("2",)), ("3", ("4",)), ("5", ("Beau",)),
    ]  # fmt: skip


def test_what_aliases_join_is_not_listed_any_more(load: Load) -> None:
    people = numbered(("0042", "Elm"), ("42", "Oak"), ("5", "Bo"), ("5", "Beau"))
    assert alike(load(people, aliases={"0042": ["42"], "5": ["Beau"]})).shown == ()


def test_only_ten_are_shown_and_the_rest_counted(load: Load) -> None:
    people = [(f"{number}{at}", f"Customer {at}") for at in range(15) for number in ("A", "B")]
    found = alike(load(numbered(*people)))
    assert (len(found.shown), found.more) == (10, 5)
