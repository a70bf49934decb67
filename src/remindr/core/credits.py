"""Credits meet invoices: oldest due first, per currency, none for disputed ones."""

from decimal import Decimal

from remindr.model.book import Account


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
