"""Customers who may be one and count as several, and the other way round: listed for a person, never joined."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, Literal

import duckdb

from remindr.core.told import shortlist
from remindr.sources.identity import FOLDED

Kind = Literal["leading_zeros", "one_name", "similar_names", "one_number"]

_FORMS: Final = (
    "ltd", "limited", "plc", "llp", "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "lp", "pty",
    "gmbh", "mbh", "ag", "kg", "kgaa", "ug", "ohg", "gbr", "ek", "ev", "se", "bv", "nv", "vof", "sa", "sas", "sarl",
    "sasu", "eurl", "sl", "slu", "srl", "spa", "ltda", "lda", "oy", "oyj", "ab", "as", "asa", "aps", "dac", "cic",
)  # fmt: skip
_SIGNS: Final = ".,;:()/+*!?-_\u2013\u2019`\u00b4''\"&"
_AND: Final = (" and ", " und ", " et ", " en ", " y ", "  ", "  ")
_WORDS: Final = reduce(
    lambda sql, word: f"replace({sql}, '{word}', ' ')", _AND, f"translate(strip_accents(lower({{0}})), '{_SIGNS}', '')"
)
_LIKENESS: Final = rf"regexp_replace(trim({_WORDS}), '( ({'|'.join(_FORMS)}))+$', '')"  # no legal form, no punctuation
_DIGITS: Final = r"array_to_string(regexp_extract_all({0}, '\pN+'), ' ')"  # 1-12 is not 11-2

_ZEROS: Final = """
SELECT list(customer_id ORDER BY customer_id) FROM customers WHERE ltrim(customer_id, '0') <> ''
GROUP BY ltrim(customer_id, '0') HAVING count(*) > 1 ORDER BY min(customer_id)
"""
_NAMES: Final = f"""
WITH alike AS (
    SELECT customer_id, name, {_LIKENESS.format("name")} AS likeness FROM customers
), repeated AS (
    FROM alike WHERE likeness IN (SELECT likeness FROM alike WHERE likeness <> '' GROUP BY 1 HAVING count(*) > 1)
)
SELECT list(customer_id ORDER BY customer_id), min({FOLDED.format("name")}) = max({FOLDED.format("name")}) FROM repeated
GROUP BY likeness, {_DIGITS.format("name")} HAVING count(*) > 1 ORDER BY min(customer_id)
"""
_NUMBERS: Final = f"""
SELECT c.number, list(DISTINCT c.customer_id ORDER BY c.customer_id), list(DISTINCT c.name ORDER BY c.name)
FROM called c SEMI JOIN (SELECT number FROM called GROUP BY number HAVING count(*) > 1) USING (number)
WHERE c.number IS NOT NULL
GROUP BY c.number HAVING min({FOLDED.format("c.name")}) <> max({FOLDED.format("c.name")})
    AND NOT bool_and(c.name IN (SELECT former FROM merged) OR c.name IN (SELECT name FROM customers))
ORDER BY c.number
"""
# The first of them is the one the others are joined to: who can be written to, who has most invoices.
_WHO: Final = """
SELECT c.customer_id, c.name FROM customers c LEFT JOIN (
    SELECT customer_id, count(*) AS invoices FROM invoices
    WHERE customer_id IN (SELECT unnest(CAST($1 AS VARCHAR[]))) GROUP BY 1
) i USING (customer_id)
WHERE c.customer_id IN (SELECT unnest(CAST($1 AS VARCHAR[])))
ORDER BY (c.email IS NULL), coalesce(i.invoices, 0) DESC, strlen(c.customer_id) DESC, c.customer_id
"""


@dataclass(frozen=True, slots=True)
class LookAlike:
    """Customers, each an id with a name, that may be one; or one number with several `names`, that may be several."""

    kind: Kind
    customers: tuple[tuple[str, str], ...]
    number: str = ""
    names: tuple[str, ...] = ()

    @property
    def aliases(self) -> tuple[str, tuple[str, ...]]:
        """What `aliases:` would say: the customer, and who else is meant."""
        head, *others = self.customers
        if others:
            return head[0], tuple(customer_id for customer_id, _ in others)
        return head[0], tuple(name for name in self.names if name != head[1])


@dataclass(frozen=True, slots=True)
class LookAlikes:
    """Those that are shown, and how many more there are."""

    shown: tuple[LookAlike, ...]
    more: int


def look_alikes(connection: duckdb.DuckDBPyConnection, *, most: int) -> LookAlikes:
    """Everybody in a book who may be somebody else, the surest first; the first `most` of them in full."""
    found = list(_found(connection))
    return LookAlikes(
        tuple(_with_names(connection, make, ids) for make, ids in found[:most]), max(0, len(found) - most)
    )


_Make = Callable[[tuple[tuple[str, str], ...]], LookAlike]


def _found(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[_Make, Sequence[str]]]:
    """Each group of customers once, with how it is told when their names are known."""
    told: set[frozenset[str]] = set()
    groups: list[tuple[Kind, list[str]]] = [("leading_zeros", row[0]) for row in connection.execute(_ZEROS).fetchall()]
    names = connection.execute(_NAMES).fetchall()
    groups += [("one_name", ids) for ids, same in names if same]
    groups += [("similar_names", ids) for ids, same in names if not same]
    for kind, ids in groups:
        if frozenset(ids) not in told:
            told.add(frozenset(ids))
            yield _of_kind(kind), ids
    for number, ids, called in connection.execute(_NUMBERS).fetchall():
        if len(ids) == 1 or frozenset(ids) not in told:
            yield _of_number(number, tuple(called)), ids


def _of_kind(kind: Kind) -> _Make:
    return lambda customers: LookAlike(kind, customers)


def _of_number(number: str, names: tuple[str, ...]) -> _Make:
    return lambda customers: LookAlike("one_number", customers, number, names)


def _with_names(connection: duckdb.DuckDBPyConnection, make: _Make, ids: Sequence[str]) -> LookAlike:
    return make(tuple(connection.execute(_WHO, [list(ids)]).fetchall()))


def told(one: LookAlike) -> str:
    """In a line, what looks alike and how it counts."""
    ids = shortlist([customer_id for customer_id, _ in one.customers])
    name = one.customers[0][1]
    if one.kind == "leading_zeros":
        return f"customer numbers {ids} differ only in leading zeros; they count as {len(one.customers)} customers"
    if one.kind == "one_name":
        return f"'{name}' has several numbers: {ids}; they count as {len(one.customers)} customers"
    if one.kind == "similar_names":
        called = shortlist([f"'{name}'" + (f" ({number})" if number != name else "") for number, name in one.customers])
        return f"{called} differ only in legal form or punctuation; they count as {len(one.customers)} customers"
    called = shortlist([f"'{name}'" for name in one.names])
    count = "one customer" if len(one.customers) == 1 else f"{len(one.customers)} customers"
    return f"customer number {one.number} has several names: {called}; they count as {count}"
