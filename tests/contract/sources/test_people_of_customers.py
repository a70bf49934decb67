"""Contacts with a row for each person: whose address and number count follows from their roles."""

from collections.abc import Callable
from typing import Any

import pytest
from findings import told

from remindr.sources.book import Book

Load = Callable[..., Book]
Rows = Callable[[Book], list[dict[str, Any]]]

INVOICES = (
    "Customer No,Customer,Invoice No,Due Date,Amount\n1,Ada Ltd,A-1,2026-10-01,10.00\n2,Bo Ltd,A-2,2026-10-01,10.00\n"
)
HEAD = "Customer No,Customer,Contact name,Role,Email,Phone\n"
ROLES = {"role": "Role", "accounts_payable": "Accounts payable", "escalation": ["director", "CFO"]}
Found = Callable[..., dict[str, Any]]


@pytest.fixture
def found(load: Load, customers: Rows) -> Found:
    """What is known of customer 1 after the rows of its people, without its number: role, name, e-mail, phone."""

    def read(*people: str, contacts: dict[str, Any] = ROLES, **settings: Any) -> dict[str, Any]:
        rows = "".join(f"1,Ada Ltd,{person}\n" for person in people)
        own = settings.pop("own", ("role",))
        book = load(INVOICES, customers=f"{HEAD}{rows}2,Bo Ltd,,,,\n", people=contacts, own=own, **settings)
        return {**customers(book)[0], "told": told(book)}

    return read


def test_each_role_has_its_address_whatever_the_order(found: Found) -> None:
    one = found(
        "Dora,Director,dora@ada.example,01",
        "Sam,Sales,sam@ada.example,02",
        "Ann,accounts  PAYABLE ,ann@ada.example,03",
        "Cy,cfo,cy@ada.example,04",
    )
    assert (one["name"], one["email"], one["phone"]) == ("Ada Ltd", "ann@ada.example", "03")
    assert (one["usual_email"], one["usual_phone"]) == ("sam@ada.example", "02")
    assert one["own_escalation_email"] == "dora@ada.example"
    assert one["own_role"] == "accounts  PAYABLE", "the role of whoever is written to"
    assert one["told"] == (), "people of different roles contradict nobody"


def test_without_accounts_payable_the_first_who_is_nobodys_superior_is_written_to(found: Found) -> None:
    one = found("Dora,Director,dora@ada.example,01", "Sam,Sales,,", "Eve,,eve@ada.example,")
    assert (one["email"], one["phone"], one["own_escalation_email"]) == ("eve@ada.example", "01", "dora@ada.example")


def test_a_superior_who_is_the_only_one_with_an_address_is_written_to(found: Found) -> None:
    assert found("Dora,Director,dora@ada.example,", "Sam,Sales,sam(at)ada,")["email"] == "dora@ada.example"


def test_the_first_usable_address_of_a_role_counts(found: Found) -> None:
    one = found(
        "Sam,Sales,sam@ada.example,",
        "Ann,Accounts payable,ann..x@ada.example,",
        "Al,Accounts payable,al@ada.example,",
    )
    assert one["email"] == "al@ada.example"
    assert any("1 e-mail cell holds no address: 'ann..x@ada.example'" in line for line in one["told"])


def test_where_no_address_of_a_role_can_be_used_the_usual_one_is(found: Found) -> None:
    one = found("Dora,Director,n/a,", "Ann,Accounts payable,ann@ada,", "Sam,Sales,sam@ada.example,")
    assert (one["email"], one["own_escalation_email"]) == ("sam@ada.example", None)
    assert one["told"] == ("customers.csv: 2 e-mail cells hold no address: 'ann@ada', 'n/a'",)


def test_a_person_may_have_several_roles(found: Found) -> None:
    one = found("Sam,Sales,sam@ada.example,", "Dora,Director; Accounts payable,dora@ada.example,")
    assert (one["email"], one["own_escalation_email"]) == ("dora@ada.example", "dora@ada.example")


def test_two_of_one_role_with_different_addresses_are_told(found: Found) -> None:
    one = found(
        "Ann,Accounts payable,ann@ada.example,", "Al,accounts payable,al@ada.example,", "Sam,Sales,sam@ada.example,"
    )
    assert one["told"] == (
        "customers.csv: Ada Ltd: ann@ada.example counts, not al@ada.example",
        "customers.csv: 1 customer in it more than once, the first filled cell counts: 1",
    )


def test_who_is_greeted_is_who_is_written_to(found: Found) -> None:
    styles = {"first_name": "contact_name"}
    people = ("Dora,Director,dora@ada.example,", "Sam,Sales,sam@ada.example,", ",Accounts payable,ann@ada.example,")
    own = ("role", "contact_name")
    assert found(*people[:2], styles=styles, own=own)["own_contact_name"] == "Sam"
    assert found(*people, styles=styles, own=own)["own_contact_name"] is None


def test_without_roles_rows_of_one_customer_are_told_as_ever(load: Load) -> None:
    book = load(INVOICES, customers=f"{HEAD}1,Ada Ltd,,,a@ada.example,\n1,Ada Ltd,,,b@ada.example,\n2,Bo Ltd,,,,\n")
    assert "customers.csv: Ada Ltd: a@ada.example counts, not b@ada.example" in told(book)
