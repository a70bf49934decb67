"""Credits meet invoices: oldest due first, per currency, none for disputed ones."""

from decimal import Decimal

from remindr.core.told import totals_words
from remindr.model.book import Account
from remindr.model.money import total_by_currency
from remindr.model.plan import Flag

COVERS_ALL = "credit_covers_all"


def allocate(account: Account) -> dict[str, Decimal]:
    """How much credit each invoice receives, by invoice id; invoices without any are absent.

    The account's invoices come oldest due first.
    """
    if not account.credits:
        return {}
    left = dict(account.credits)
    allocated: dict[str, Decimal] = {}
    for invoice in account.invoices:
        share = min(left.get(invoice.currency, Decimal(0)), invoice.balance)
        if share > 0 and not invoice.disputed:
            allocated[invoice.id] = share
            left[invoice.currency] -= share
    return allocated


def covers_all(account: Account) -> Flag | None:
    """The flag of a customer whose credit leaves nothing owing: nobody is chased, and somebody should allocate it."""
    if not account.credits or not account.invoices:
        return None
    met = allocate(account)
    if any(met.get(invoice.id) != invoice.balance for invoice in account.invoices):
        return None
    sums = total_by_currency((invoice.currency, invoice.balance) for invoice in account.invoices)
    credit = totals_words({currency: account.credits[currency] for currency in sums})
    detail = f"credit of {credit} covers all of {totals_words(sums)} that is open; allocate it in the accounts"
    return Flag(COVERS_ALL, account.customer.id, detail)
