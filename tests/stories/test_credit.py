"""Credit that nobody has allocated yet: what it leaves to be asked for, and when a person should look."""

from datetime import timedelta
from decimal import Decimal

from cases import FRIDAY, customer, invoice

from remindr.core.credits import covers_all
from remindr.model.book import Account, Invoice
from remindr.model.plan import Flag

LATE = FRIDAY - timedelta(days=20)


def account(*invoices: Invoice, **credit: str) -> Account:
    return Account(customer(), invoices, {currency: Decimal(amount) for currency, amount in credit.items()})


def test_credit_that_covers_everything_is_a_persons_to_allocate() -> None:
    owing = account(invoice("A", due=LATE), invoice("B", due=LATE, balance="20"), GBP="500")
    detail = "credit of 500.00 GBP covers all of 120.00 GBP that is open; allocate it in the accounts"
    assert covers_all(owing) == Flag("credit_covers_all", "C1", detail)


def test_credit_that_leaves_something_owing_is_no_ones_business() -> None:
    assert covers_all(account(invoice(due=LATE), GBP="99.99")) is None
    assert covers_all(account(invoice(due=LATE))) is None


def test_every_currency_needs_its_own_credit() -> None:
    invoices = invoice("A", due=LATE), invoice("B", due=LATE, balance="50", currency="EUR")
    assert covers_all(account(*invoices, GBP="1000")) is None
    flag = covers_all(account(*invoices, GBP="100", EUR="50"))
    assert flag is not None
    assert flag.detail.startswith("credit of 100.00 GBP and 50.00 EUR covers all")


def test_a_disputed_invoice_is_still_owing() -> None:
    invoices = invoice("A", due=LATE), invoice("B", due=LATE, disputed=True)
    assert covers_all(account(*invoices, GBP="1000")) is None
