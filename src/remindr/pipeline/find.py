"""Whom or what people mean: by number, by name, or by a part of either that fits only one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from remindr.core.told import shortlist
from remindr.errors import DataError, Problem
from remindr.project.near import nearest_few

if TYPE_CHECKING:
    from remindr.pipeline.station import Station

_AS_A_NUMBER = 1  # the worst rank of what is called so, rather than having it in its name

# The better a word fits, the lower the rank: exactly, but for capitals and leading zeros, as a word, as a part.
_RANKED = """
SELECT * FROM (
    SELECT {columns}, CASE
        WHEN {number} = $word THEN 0
        WHEN lower({name}) = lower($word) OR ltrim(lower({number}), '0') = ltrim(lower($word), '0') THEN 1
        WHEN contains(' ' || lower({name}) || ' ', ' ' || lower($word) || ' ') THEN 2
        WHEN contains(lower({name}), lower($word)) OR contains(lower({number}), lower($word)) THEN 3
    END AS fit FROM {table} WHERE $of IS NULL OR customer_id = $of
) WHERE fit IS NOT NULL ORDER BY fit, 1, 2
"""
_CALLED = """(
    SELECT customer_id, customer_id AS number, name, name AS called FROM customers
    UNION SELECT customer_id, former, name, former FROM merged JOIN customers USING (customer_id)
)"""
_CUSTOMERS = _RANKED.format(columns="customer_id, name", number="number", name="called", table=_CALLED)
_INVOICES = _RANKED.format(
    columns="customer_id, invoice_id", number="invoice_id", name="invoice_id", table="invoices"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meant:
    """A customer, or one of their invoices."""

    customer_id: str
    invoice_id: str | None = None


def customer_meant(at: "Station", word: str) -> str:
    """The id of the one customer a word fits best; DataError with the nearest names, or with the choice."""
    fit, found = _best(at, _CUSTOMERS, word)
    if not found:
        raise _unknown(at, word, "customer")
    return _the_one(word, found) if fit else found[0][0]


def meant(at: "Station", word: str, invoice: str | None = None, *, command: str = "explain") -> Meant:
    """The customer or the invoice a word fits best; with `invoice`, that invoice of the customer.

    DataError if it fits nothing, with the nearest names, or if it fits several alike; the `command` is named there.
    """
    if invoice is not None:
        return _of_customer(at, customer_meant(at, word), invoice, command)
    fit, customers = _best(at, _CUSTOMERS, word)
    invoice_fit, invoices = _best(at, _INVOICES, word)
    if invoices and (not customers or invoice_fit < fit):
        return _the_invoice(word, invoices, command)
    if not customers:
        raise _unknown(at, word, "customer or invoice")
    if invoices and invoice_fit == fit <= _AS_A_NUMBER:
        raise _either(word, customers[0], invoices[0], command)
    return Meant(_the_one(word, customers))


def one_of(word: str, customers: list[str], invoices: list[tuple[str, str]], *, command: str) -> Meant:
    """The one that a number means of those that the journal has; DataError if there is none, or several.

    Names stand in the exports alone.
    """
    if not customers and not invoices:
        what = f"no customer or invoice of the number '{word}' is remembered"
        raise DataError(what, hint="names are in the exports alone; customers go by their number here")
    if customers and invoices:
        raise _either(word, (customers[0], customers[0]), invoices[0], command)
    if customers:
        return Meant(_the_one(word, [(number, number) for number in customers]))
    return _the_invoice(word, invoices, command)


def _best(at: "Station", query: str, word: str, of: str | None = None) -> tuple[int, list[tuple[str, str]]]:
    """Everything that the word fits equally well, while nothing fits better; only what is a customer's with `of`."""
    wanted = " ".join(word.split())
    rows = at.book.connection.execute(query, {"word": wanted, "of": of}).fetchall() if wanted else []
    best = rows[0][2] if rows else 0
    return best, list(dict.fromkeys((row[0], row[1]) for row in rows if row[2] == best))


def _the_one(word: str, found: list[tuple[str, str]]) -> str:
    if len(found) == 1:
        return found[0][0]
    listed = [f"{name} ({number})" for number, name in found]
    raise _ambiguous(word, "customers", listed, hint=f"say which by its number, for example {found[0][0]}")


def _the_invoice(word: str, found: list[tuple[str, str]], command: str) -> Meant:
    if len(found) == 1:
        return Meant(*found[0])
    listed = [f"{number} of {customer}" for customer, number in found]
    customer, number = found[0]
    raise _ambiguous(word, "invoices", listed, hint=f"say which, for example: remindr {command} {customer} {number}")


def _either(word: str, customer: tuple[str, str], invoice: tuple[str, str], command: str) -> DataError:
    what = f"customer {customer[1]} ({customer[0]}) and invoice {invoice[1]} of customer {invoice[0]}"
    hint = f"for the invoice: remindr {command} {invoice[0]} {invoice[1]}; for the customer, say a part of the name"
    return DataError(f"'{word}' could be {what}", hint=hint)


def _of_customer(at: "Station", customer_id: str, word: str, command: str) -> Meant:
    found = _best(at, _INVOICES, word, of=customer_id)[1]
    if not found:
        raise DataError(f"no invoice '{word}' of customer {customer_id} in the exports", hint=_aside(at))
    return _the_invoice(word, found, command)


def _ambiguous(word: str, what: Literal["customers", "invoices"], listed: list[str], *, hint: str) -> DataError:
    return DataError(f"'{word}' fits {len(listed)} {what}: {shortlist(listed)}", hint=hint)


def _unknown(at: "Station", word: str, what: str) -> DataError:
    people = at.book.connection.execute("SELECT name, min(customer_id) FROM customers GROUP BY name").fetchall()
    number_of = dict(people)
    near = [f"{name} ({number_of[name]})" for name in nearest_few(word, number_of)]
    told = f"did you mean {' or '.join(near)}?" if near else "remindr segment lists the customers"
    rest = _aside(at)
    return DataError(Problem(f"no {what} '{word}' in the exports", hint=f"{told} {rest}" if rest else told))


def _aside(at: "Station") -> str | None:
    """A row that could not be read may be the one that is looked for."""
    return "(rows that could not be read: remindr check lists them)" if at.book.quarantined else None
